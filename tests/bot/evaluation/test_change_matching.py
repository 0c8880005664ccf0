"""Which stories an entry of release notes means: those about its number or with its commit, and no others."""

from datetime import UTC, datetime

import pytest

from bot.evaluation.change_cases import Reference
from bot.evaluation.change_matching import Finder, numbers_of
from indexer.changes.types import Story
from indexer.types import Commit, Person

ADA = Person("Ada", "ada@example.com")
DAY = datetime(2026, 1, 5, tzinfo=UTC)


def commit(subject: str, body: str = "", sha: str = "a" * 40) -> Commit:
    return Commit(sha, (), ADA, ADA, DAY, DAY, subject, body)


@pytest.mark.parametrize(
    ("subject", "body", "numbers"),
    [
        ("Add a till (#12)", "", {12}),
        ("Add a till (#12, #13)", "", {12, 13}),
        ("#12: Add a till", "", {12}),
        ("[#12] Add a till", "", {12}),
        ("Closes #12: Add a till", "", {12}),
        ("Fix #12 and #13: add a till", "", {12, 13}),
        ("Add a till (refs #12)", "", {12}),
        ("Add a till (!12)", "", {12}),
        ("Add a till", "Closes #12, #13\n", {12, 13}),
        ("Add a till", "It resolves: #12", {12}),
        ("Add a till", "As told in #12, tills were slow.", set()),
        ("Add a till", "Closes other/shop#12", set()),
        ("Add a till", "Fixes https://example.com/other/shop/issues/12", set()),
        ("Update the changelog for #12", "", set()),
        ("Revert \"Add a till (#12)\" (#14)", "This reverts commit 1234567.", {14}),
        ("Add till 12 for 13 shops", "", set()),
        ("Add a till (#12a)", "", set()),
    ],
)
def test_a_commit_is_about_the_numbers_it_begins_with_brackets_or_closes(subject: str, body: str, numbers: set[int]) -> None:
    assert numbers_of(commit(subject, body)) == numbers


def test_an_entry_means_every_story_of_its_pull_request_its_issue_and_its_commits() -> None:
    stories = [
        Story("Refund by post", "", (commit("Refund by post", sha="c" * 40),), 12),
        Story("Mend the till", "", (commit("Mend the till (#13)", sha="b" * 40), commit("wip", "Closes #12", sha="d" * 40)), 13),
        Story("Paint it", "", (commit("Paint it", sha="abcdef0" + "1" * 33),)),
        Story("Paint it again", "", (commit("Paint it", sha="abcdef0" + "2" * 33),)),
    ]
    finder = Finder(stories)
    assert finder.of([Reference(12)]) == {0, 1}
    assert finder.of([Reference(13)]) == {1}
    assert finder.of([Reference(sha="abcdef0")]) == {2, 3}
    assert finder.of([Reference(sha="abcdef01"), Reference(13)]) == {1, 2}
    assert finder.of([Reference(99), Reference(sha="abcdef03")]) == set()
