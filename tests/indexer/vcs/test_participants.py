"""Who took part in a commit: helpers, reviewers, and those who brought it in, on histories that git made."""

from __future__ import annotations

from datetime import UTC, datetime

from indexer.types import Commit, CommitFacts, Person
from indexer.vcs.mailmap import Mailmap
from indexer.vcs.participants import commit_facts, mergers
from tests.git_repo import ADA, BOB, GitRepo

CAROL = ("Carol Clay", "carol@example.com")
DAY = datetime(2025, 1, 1, tzinfo=UTC)


def facts(repo: GitRepo, mailmap: str = "") -> dict[str, CommitFacts]:
    opened = repo.opened()
    return commit_facts(list(opened.log(opened.fetch().sha)), Mailmap(mailmap))


def names(people: tuple[Person, ...]) -> list[str]:
    return [one.name for one in people]


def test_what_a_commit_says_of_itself(git_repo: GitRepo) -> None:
    body = (
        "Co-authored-by: Bob Baker <bob@example.com>\nReviewed-by: Carol Clay <carol@example.com>\n"
        "Signed-off-by: Ada Lovelace <ada@example.com>\nSigned-off-by: Bob Baker <bob@example.com>\n"
        "Signed-off-by: Dan Dow <dan@example.com>"
    )
    sha = git_repo.commit({"a.py": "1\n2\n", "b.bin": b"\0"}, message=f"Add\n\n{body}", author=ADA)
    found = facts(git_repo)[sha]
    assert (found.files, found.added, found.deleted, found.author) == (2, 2, 0, Person(*ADA))
    assert (names(found.co_authors), names(found.reviewers)) == (["Bob Baker"], ["Carol Clay"])
    assert names(found.integrators) == ["Dan Dow"]  # who helped signs too, which brings nothing in


def test_who_signs_their_own_commit_with_another_address_brought_nothing_in(git_repo: GitRepo) -> None:
    message = "Mend\n\nSigned-off-by: carol <carol@home.example>"
    sha = git_repo.commit("a.py", "1\n", message=message, author=("Carol", "1+carol@users.noreply.github.com"))
    assert facts(git_repo)[sha].integrators == ()


def test_a_committer_who_is_not_the_author_brought_it_in_but_not_a_host_or_bot(git_repo: GitRepo) -> None:
    def committed_by(name: str, mail: str) -> list[str]:
        git_repo.write({"a.py": name})
        git_repo.git("add", "--all")
        git_repo.git("commit", "--quiet", "-m", "x", env={"GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": mail})
        return names(facts(git_repo)[git_repo.head].integrators)

    assert committed_by("Bob Baker", "bob@example.com") == ["Bob Baker"]
    assert committed_by("GitHub", "noreply@github.com") == []
    assert committed_by("acme[bot]", "acme[bot]@users.noreply.github.com") == []
    assert committed_by("Ada Lovelace", "ada@home.org") == []
    assert committed_by("ada", "ADA@example.com") == []


def test_whoever_merged_a_branch_brought_its_commits_in(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "1\n")
    git_repo.branch("topic")
    inner = git_repo.commit("t.py", "1\n", author=BOB)
    own = git_repo.commit("t.py", "2\n", author=CAROL)
    git_repo.branch("deeper")
    deep = git_repo.commit("d.py", "1\n", author=BOB)
    git_repo.checkout("topic")
    nested = git_repo.merge("deeper", author=BOB)
    git_repo.checkout("main")
    direct = git_repo.commit("a.py", "2\n", author=BOB)
    merge = git_repo.merge("topic", author=CAROL)
    git_repo.branch("later")
    late = git_repo.commit("l.py", "1\n", author=BOB)
    git_repo.checkout("main")
    git_repo.merge("later", author=ADA)
    found = facts(git_repo)
    brought = {sha: names(found[sha].integrators) for sha in (inner, own, deep, nested, direct, merge, late)}
    assert brought == {
        inner: ["Carol Clay"], own: [], deep: ["Carol Clay"], nested: ["Carol Clay"], direct: [], merge: [], late: ["Ada Lovelace"],
    }  # fmt: skip
    assert (found[merge].files, found[merge].added) == (0, 0)


def test_a_merge_reaches_only_as_far_as_history_is_known(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "1\n")
    git_repo.branch("topic")
    old = git_repo.commit("t.py", "1\n", author=BOB)
    new = git_repo.commit("t.py", "2\n", author=BOB)
    git_repo.checkout("main")
    merge = git_repo.merge("topic", author=CAROL)
    opened = git_repo.opened()
    newest = list(opened.log(opened.fetch().sha, known=old))
    assert {commit.sha for commit in newest} == {new, merge}
    assert mergers(newest, merge) == {new: Person(*CAROL)}


def test_many_merges_cost_little() -> None:
    """Every merge reaches the whole history below it; a pass that walked it each time would take hours."""
    commits: list[Commit] = []
    ada, bob = Person(*ADA), Person(*BOB)
    for number in range(15_000):
        line, side = f"m{number}", f"s{number}"
        parents = (f"m{number - 1}", side) if number else ()
        commits.append(Commit(side, parents[:1], bob, bob, DAY, DAY, "Work"))
        commits.append(Commit(line, parents, ada, ada, DAY, DAY, "Merge"))
    assert len(mergers(commits, "m14999")) == 14_999


def test_people_named_in_messages_are_mapped_too(git_repo: GitRepo) -> None:
    sha = git_repo.commit("a.py", "1\n", message="x\n\nReviewed-by: bob <b@old>\nCo-authored-by: ada <a@old>")
    mailmap = "Bob Baker <bob@example.com> <b@old>\nAda Lovelace <ada@example.com> <a@old>\n"
    found = facts(git_repo, mailmap)[sha]
    assert (found.reviewers, found.co_authors) == ((Person(*BOB),), ())


def test_no_commits_no_facts() -> None:
    assert commit_facts([]) == {} == mergers([], "")
