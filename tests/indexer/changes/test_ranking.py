"""Major changes: pull requests become stories, what matters comes first, the rest is counted by kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.changes.ranking import Changes, Fold, rank_changes
from indexer.changes.stories import group_stories, pull_request_number
from indexer.types import Commit, FileChange, Person
from tests.git_repo import BOB, GitRepo

ADA = Person("Ada Lovelace", "ada@a.org")
DAY = datetime(2025, 1, 1, tzinfo=UTC)


def commit(
    subject: str,
    *changes: FileChange,
    body: str = "",
    author: Person = ADA,
    sha: str = "",
    parents: tuple[str, ...] = ("0",),
    day: int = 0,
) -> Commit:
    when = DAY + timedelta(days=day)
    return Commit(sha or subject, parents, author, author, when, when, subject, body, changes)


def lines(path: str, added: int, status: str = "M") -> FileChange:
    return FileChange(path, status, None, added, 0)


def titles(found: Changes) -> list[str]:
    return [change.title for change in found.major]


def test_what_matters_comes_first_and_says_why() -> None:
    found = rank_changes(
        [
            commit("Fix off-by-one in invoice rounding", lines("src/billing.py", 4)),
            commit("Bump left-pad from 1.2.0 to 1.3.0", lines("package.json", 1), author=Person("dependabot[bot]", "x@y")),
            commit(
                "Add refunds to the billing API (#12)",
                lines("src/billing/refunds.py", 180, "A"),
                lines("tests/test_refunds.py", 300, "A"),
                lines("docs/refunds.md", 40, "A"),
                body="Customers asked for it since the spring.\n\nCo-authored-by: Bob Baker <bob@b.org>",
            ),
            commit("Add tests for the parser", lines("tests/test_parser.py", 900)),
            commit("Refactor the session store", lines("src/session.py", 60)),
            commit("Fix typos in the guide", lines("docs/guide.md", 2)),
            commit("Update the lock file", lines("package-lock.json", 9000)),
        ]
    )  # fmt: skip
    assert titles(found) == ["Add refunds to the billing API"]
    refunds = found.major[0]
    assert refunds.story.pull_request == 12
    assert refunds.reasons == ("180 lines of source changed in 1 file", 'its title says "Add"', "40 lines of documentation added")
    assert refunds.why == "Customers asked for it since the spring."
    assert refunds.authors == (ADA, Person("Bob Baker", "bob@b.org"))
    assert (refunds.files, refunds.added, refunds.deleted) == (3, 520, 0)
    assert refunds.areas == ("tests", "src/billing", "docs")
    assert found.folded == {Fold.BOT: 1, Fold.TESTS: 1, Fold.DOCS: 1, Fold.UPKEEP: 1, Fold.SMALL: 2}


def test_score_is_the_formula_of_the_findings() -> None:
    found = rank_changes([commit("feat!: drop Python 3.8", lines("src/a.py", 3000), lines("README.md", 9))])
    assert found.major[0].score == pytest.approx(7.6014 + 1.5 * 1.5 + 0.6 * 2.3026, rel=1e-4)
    assert found.major[0].surprises == ("marked as breaking",)


def test_no_more_than_asked_for_and_the_rest_is_counted() -> None:
    found = rank_changes([commit(f"Add feature {number}", lines("a.py", 50 + number)) for number in range(8)], limit=3)
    assert titles(found) == ["Add feature 7", "Add feature 6", "Add feature 5"]
    assert sum(found.folded.values()) == 5


def test_a_bots_major_version_is_told_unless_it_is_for_ci_alone() -> None:
    bot = Person("renovate[bot]", "x@y")
    bump = "Bump django from 4.2.1 to 5.0"
    assert titles(rank_changes([commit(bump, lines("requirements.txt", 1), author=bot)])) == [bump]
    assert titles(rank_changes([commit(bump, lines(".github/workflows/ci.yml", 1), author=bot)])) == []


def test_reverts_and_removed_files_are_surprises() -> None:
    story = rank_changes([commit('Revert "Add refunds"', lines("a.py", 200, "D"), body="This reverts commit abc.")]).major[0]
    assert story.surprises == ("takes back an earlier change", "removes 1 source file")


def test_an_empty_period_is_quiet() -> None:
    assert rank_changes([]) == Changes((), {})


def test_a_merged_pull_request_is_one_story(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "x\n", message="Begin")
    git_repo.branch("topic")
    git_repo.commit("new.py", "y\n" * 80, message="wip", author=BOB)
    git_repo.commit("new.py", "y\n" * 90, message="wip 2", author=BOB)
    git_repo.checkout("main")
    git_repo.commit("a.py", "z\n", message="Tidy")
    told = "Introduce the new engine\n\nThe old one was too slow."
    git_repo.merge("topic", message=f"Merge pull request #7 from bob/topic\n\n{told}")
    git_repo.branch("sync")
    git_repo.commit("b.py", "b\n", message="On sync")
    git_repo.checkout("main")
    git_repo.merge("sync", message="Merge branch 'sync' of example.com:demo")
    repo = git_repo.opened()
    commits = list(repo.log(repo.fetch().sha))
    stories = group_stories(commits)
    assert [story.title for story in stories] == ["On sync", "Introduce the new engine", "Tidy", "Begin"]
    engine = rank_changes(commits).major[0]
    assert (engine.title, engine.story.pull_request, len(engine.story.commits)) == ("Introduce the new engine", 7, 3)
    assert [person.name for person in engine.authors] == ["Bob Baker"]
    assert engine.why == "The old one was too slow."


@pytest.mark.parametrize(
    ("subject", "body", "parents", "number"),
    [
        ("Add x (#41)", "", 1, 41),
        ("Merge pull request #42 from ada/x", "Add x", 2, 42),
        ("Merge branch 'x' into 'main'", "Add x\n\nSee merge request acme/shop!43", 2, 43),
        ("Merged in x (pull request #44)", "Add x", 2, 44),
        ("Merged PR 45: Add x", "", 1, 45),
        ("Merge pull request 'Add x' (#46) from ada/x into main", "", 2, 46),
        ("Add x", "Fixes #47", 1, None),
        ("Merge branch 'main' into x", "", 2, None),
    ],
)
def test_pull_request_numbers_of_each_host(subject: str, body: str, parents: int, number: int | None) -> None:
    assert pull_request_number(commit(subject, body=body, parents=tuple("ab"[:parents]))) == number


@st.composite
def _histories(draw: st.DrawFn) -> list[Commit]:
    """Random graphs: each commit has parents among those before it."""
    found: list[Commit] = []
    for number in range(draw(st.integers(0, 12))):
        parents = tuple(draw(st.lists(st.sampled_from([one.sha for one in found]), max_size=3, unique=True))) if found else ()
        subject = draw(st.sampled_from(["Merge pull request #1 from x", "Merge branch 'main'", "Add y", "Fix (#3)", ""]))
        changes = () if len(parents) > 1 else (lines(draw(st.sampled_from(["a.py", "docs/b.md", "tests/test_c.py"])), 100),)
        found.append(commit(subject, *changes, sha=str(number), parents=parents, day=number))
    return found[::-1]


@given(_histories())
def test_every_change_is_in_exactly_one_story(commits: list[Commit]) -> None:
    told = [one.sha for story in group_stories(commits) for one in story.commits if one.changes]
    assert sorted(told) == sorted(one.sha for one in commits if one.changes)
    found = rank_changes(commits)
    assert len(found.major) + sum(found.folded.values()) == len(group_stories(commits))
