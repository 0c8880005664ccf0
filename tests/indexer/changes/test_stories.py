"""Commits become stories: pull request, shared issue, branch, one person's day on one place; each commit in exactly one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given

from indexer.changes.issues import closed_issues, named_issues
from indexer.changes.stories import group_stories, pull_request_number
from indexer.types import Commit
from tests.git_repo import BOB as BOB_OF_GIT
from tests.git_repo import GitRepo
from tests.indexer.changes.commits import BOB, BOT, commit, histories, lines


def grouped(commits: Sequence[Commit]) -> list[list[str]]:
    return [[one.subject for one in story.commits] for story in group_stories(commits)]


def read(git_repo: GitRepo) -> list[Commit]:
    repo = git_repo.opened()
    return list(repo.log(repo.fetch().sha))


@pytest.mark.parametrize(
    ("subject", "body", "parents", "number"),
    [
        ("Add x (#41)", "", 1, 41),
        ("Merge pull request #42 from ada/x", "Add x", 2, 42),
        ("Merge branch 'x' into 'main'", "Add x\n\nSee merge request acme/shop!43", 2, 43),
        ("Merged in x (pull request #44)", "Add x", 2, 44),
        ("Merged PR 45: Add x", "", 1, 45),
        ("Merge pull request 'Add x' (#46) from ada/x into main", "", 2, 46),
        ("Merge PR #48: Add x", "", 2, 48),
        ("Add x", "Fixes #47", 1, None),
        ("Add x", "Differential Revision: https://phabricator.example.com/D12", 1, None),
        ("Add x", "Change-Id: I0123456789\nReviewed-on: https://review.example.com/c/shop/+/99", 1, None),
        ("PR 49 was wrong", "", 1, None),
        ("Merge branch 'main' into x", "", 2, None),
    ],
)
def test_pull_request_numbers_of_each_host(subject: str, body: str, parents: int, number: int | None) -> None:
    assert pull_request_number(commit(subject, body=body, parents=tuple("ab"[:parents]))) == number


@pytest.mark.parametrize(
    ("subject", "body", "closed", "more"),
    [
        ("Fixes #12: Handle empty carts", "", ["#12"], []),
        ("Handle empty carts", "Closes: #12, #13 and #14", ["#12", "#13", "#14"], []),
        ("SHOP-34: Handle empty carts", "", ["SHOP-34"], []),
        ("Handle empty carts [SHOP-34]", "See SHOP-35.", ["SHOP-34"], ["SHOP-35"]),
        ("Handle empty carts", "Closes acme/shop#12", ["acme/shop#12"], []),
        ("Handle empty carts", "Resolves https://gitlab.example.com/acme/shop/-/issues/12", ["acme/shop#12"], []),
        ("#12: Handle empty carts", "Refs #13, part of #14", ["#12"], ["#13", "#14"]),
        ("Handle empty carts (#12)", "", [], []),
        ("Fix UTF-8 and SHA-256", "CVE-2024-1234, RFC-2616", [], []),
        ("Fix 12 bugs", "as in version 3.1, see PEP-8", [], []),
    ],
)
def test_issues_that_a_message_names(subject: str, body: str, closed: list[str], more: list[str]) -> None:
    assert list(closed_issues(subject, body)) == closed
    assert list(named_issues(subject, body)) == closed + more


def test_a_merged_pull_request_is_one_story(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "x\n", message="Begin")
    git_repo.branch("topic")
    git_repo.commit("new.py", "y\n" * 80, message="wip", author=BOB_OF_GIT)
    git_repo.commit("new.py", "y\n" * 90, message="wip 2", author=BOB_OF_GIT)
    git_repo.checkout("main")
    git_repo.commit("a.py", "z\n", message="Tidy")
    told = "Introduce the new engine\n\nThe old one was too slow. Closes #3."
    git_repo.merge("topic", message=f"Merge pull request #7 from bob/topic\n\n{told}")
    git_repo.branch("sync")
    git_repo.commit("b.py", "b\n", message="On sync")
    git_repo.checkout("main")
    git_repo.merge("sync", message="Merge branch 'master' of example.com:demo")
    stories = group_stories(read(git_repo))
    assert [story.title for story in stories] == ["On sync", "Introduce the new engine", "Tidy", "Begin"]
    engine = stories[1]
    assert (engine.body, engine.pull_request, engine.issues) == ("The old one was too slow. Closes #3.", 7, ("#3",))
    assert [one.subject for one in engine.commits] == ["Merge pull request #7 from bob/topic", "wip 2", "wip"]


def test_a_release_that_gathers_pull_requests_is_not_their_story(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "x\n", message="Begin")
    git_repo.branch("develop")
    for number in (1, 2):
        git_repo.branch(f"topic{number}")
        git_repo.commit(f"new{number}.py", "y\n", message=f"Work {number}")
        git_repo.checkout("develop")
        git_repo.merge(f"topic{number}", message=f"Merge pull request #{number} from bob/topic{number}\n\nAdd {number}")
    git_repo.checkout("main")
    git_repo.merge("develop", message="Merge pull request #3 from acme/develop\n\nRelease 2.0")
    assert [(one.pull_request, one.title) for one in group_stories(read(git_repo))] == [(2, "Add 2"), (1, "Add 1"), (None, "Begin")]


def test_a_branch_merged_without_a_number_is_one_story_named_by_its_main_commit(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "x\n", message="Begin")
    git_repo.branch("refunds")
    git_repo.commit("refunds.py", "y\n" * 80, message="Add refunds\n\nCustomers ask for them.")
    git_repo.commit("tests/test_refunds.py", "y\n" * 200, message="Add tests")
    git_repo.checkout("main")
    git_repo.merge("refunds", message="Merge branch 'refunds'")
    first = group_stories(read(git_repo))[0]
    assert (first.title, first.body, len(first.commits)) == ("Add refunds", "Customers ask for them.", 3)


def test_what_went_to_two_branches_under_one_number_is_one_story() -> None:
    commits = [commit("Add x (#5)", sha="b", parents=("a",)), commit("Other (#6)", sha="a", parents=("c",)), commit("Add x (#5)", sha="c")]
    assert grouped(commits) == [["Add x (#5)", "Add x (#5)"], ["Other (#6)"]]


@pytest.mark.parametrize(
    ("subject", "title"),
    [
        ("Add x (#5)", "Add x"),
        ("Merge pull request #5, add x", "add x"),
        ("Merge pull request #5 from ada/add-an-x", "Add an x"),
        ("Merged PR 5: Add x", "Add x"),
        ("Roller and dropdown enhancements; (#5)", "Roller and dropdown enhancements"),
    ],
)
def test_a_title_is_what_its_author_says(subject: str, title: str) -> None:
    assert group_stories([commit(subject)])[0].title == title


def test_commits_that_close_one_issue_are_one_story() -> None:
    commits = [
        commit("#12: Mend the tests", lines("tests/test_a.py", 300), hours=90),
        commit("Release 2.0", lines("setup.py", 1), hours=80),
        commit("Closes #12 and #13", lines("b.py", 1), author=BOB, hours=50),
        commit("Say when a cart is empty", lines("cart.py", 20), body="Fixes #12", author=BOB),
    ]
    assert grouped(commits) == [["#12: Mend the tests", "Say when a cart is empty"], ["Release 2.0"], ["Closes #12 and #13"]]
    story = group_stories(commits)[0]
    assert (story.title, story.issues, story.pull_request) == ("Say when a cart is empty", ("#12",), None)


def test_a_series_of_patches_is_one_story() -> None:
    commits = [
        commit("xen/arm: use the ring in traps", lines("xen/arch/arm/traps.c", 10), hours=3),
        commit("xen/arm: add a ring", lines("xen/arch/arm/ring.c", 90), hours=2),
        commit("xen/arm: prepare for the ring", lines("xen/arch/arm/setup.c", 9), hours=1),
    ]
    assert len(grouped(commits)) == 1
    assert group_stories(commits)[0].title == "xen/arm: add a ring"


@pytest.mark.parametrize(
    "other",
    [
        commit("docs: tell of rings", lines("docs/ring.md", 9), hours=2),  # other folders
        commit("sched: add a ring", lines("xen/arch/arm/ring.c", 9), hours=2),  # another scope
        commit("xen/arm: use the ring", lines("xen/arch/arm/traps.c", 9), hours=30),  # another day
        commit("xen/arm: use the ring", lines("xen/arch/arm/traps.c", 9), author=BOB, hours=2),  # another person
        commit("Correct a leap second", lines("xen/arch/arm/time.c", 9), hours=2),  # a maintainer's day of small repairs
    ],
)
def test_what_is_not_of_one_series(other: Commit) -> None:
    first = commit("xen/arm: add a ring", lines("xen/arch/arm/ring.c", 90))
    assert len(grouped([other, first])) == 2


def test_bots_make_no_series() -> None:
    bumps = [commit(f"Update dependency a{n} of the shop to v2", lines("package.json", 1), author=BOT) for n in (1, 2)]
    assert len(grouped(bumps)) == 2


@given(histories())
def test_every_commit_is_in_exactly_one_story(commits: list[Commit]) -> None:
    stories = group_stories(commits)
    told = [one.sha for story in stories for one in story.commits]
    assert len(told) == len(set(told))
    assert {one.sha for one in commits if len(one.parents) < 2} <= set(told) <= {one.sha for one in commits}
    order = {one.sha: place for place, one in enumerate(commits)}
    assert [story.commits[0].sha for story in stories] == sorted((story.commits[0].sha for story in stories), key=order.__getitem__)
