"""Account names that the subjects of merges tell."""

from __future__ import annotations

import pytest

from indexer.types import Person
from indexer.vcs.handles import handles_told
from tests.git_repo import ADA, BOB, GitRepo

RENOVATE = ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")


def merged(repo: GitRepo, subject: str, author: tuple[str, str]) -> None:
    """A branch of one commit by `author`, merged by Bob under this subject."""
    name = f"b{len(repo.git('log', '--format=%h').splitlines())}"
    repo.branch(name)
    repo.commit(f"{name}.txt", "x\n", author=author)
    repo.checkout("main")
    repo.merge(name, message=subject, author=BOB)


@pytest.fixture
def told(git_repo: GitRepo):
    git_repo.commit("a.txt", "a\n")

    def told() -> dict[str, Person]:
        repository = git_repo.opened()
        commits = list(repository.log(repository.fetch().sha))
        repository.close()
        return handles_told(commits, lambda person: person)

    return told


@pytest.mark.parametrize(
    "subject",
    [
        "Merge pull request #{n} from Countess-1/fix-it",
        "Merge pull request 'Fix it' (#{n}) from Countess-1/fix-it into main",
        "Merge pull request 'Fix it' (#{n}) from Countess-1:fix-it into main",
    ],
)
def test_the_owner_of_merged_branches_is_their_author(git_repo, told, subject):
    for number in (1, 2):
        merged(git_repo, subject.format(n=number), ADA)
    assert told() == {"countess-1": Person(*ADA)}


def test_one_merge_alone_and_an_account_of_many_tell_nothing(git_repo, told):
    merged(git_repo, "Merge pull request #1 from once/fix", ADA)
    for number, author in enumerate((ADA, BOB, ADA, BOB), 2):
        merged(git_repo, f"Merge pull request #{number} from acme/fix", author)
    assert told() == {}


def test_bots_and_other_merges_tell_nothing(git_repo, told):
    for number in (1, 2):
        merged(git_repo, f"Merge pull request #{number} from app/renovate", RENOVATE)
        merged(git_repo, "Merge branch 'countess/fix'", ADA)
        merged(git_repo, f"Merge pull request #{number + 2} from fix", ADA)
    git_repo.commit("b.txt", "b\n", message="Merge pull request #9 from ada/fix")  # a squash, which has one parent
    assert told() == {}
