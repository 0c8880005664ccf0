"""Stories are ranked by how much they matter, with reasons; what nobody outside the team notices is folded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given

from indexer.changes.natures import nature_of
from indexer.changes.ranking import rate
from indexer.changes.sizes import size_of
from indexer.changes.stories import group_stories
from indexer.changes.titles import split_title
from indexer.changes.types import Fold, Nature, Rated, Size, Story
from indexer.types import Commit, Person
from indexer.vcs.identity import Identities
from tests.indexer.changes.commits import ADA, BOB, BOT, commit, histories, lines


def rated(commits: Sequence[Commit], *, use_notes: bool = True) -> list[Rated]:
    people = Identities((one.author, 1, one.committed_at) for one in commits)
    return rate(group_stories(commits), people, use_notes=use_notes)


def fold_of(one: Commit) -> Fold | None:
    return rated([one])[0].fold


def test_what_matters_comes_first_and_says_why() -> None:
    found = rated(
        [
            commit("Fix off-by-one in invoice rounding", lines("src/billing.py", 4)),
            commit("Bump left-pad from 1.2.0 to 1.3.0", lines("package.json", 1), author=BOT),
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
            commit("Reformat with black", lines("src/a.py", 900)),
            commit("Release 2.1.0", lines("src/version.py", 1)),
        ]
    )
    refunds = found[0]
    assert (refunds.story.title, refunds.story.pull_request, refunds.nature, refunds.fold) == (
        "Add refunds to the billing API", 12, Nature.FEATURE, None,
    )  # fmt: skip
    assert refunds.size == Size(source=180, tests=300, docs=40, docs_added=40, files=1, all_files=3, added=520)
    assert refunds.authors == (ADA, Person("Bob Baker", "bob@b.org"))
    assert refunds.reasons == (
        "its title says that something is new",
        "40 lines of documentation added",
        "180 lines of code changed in 1 file",
        "300 lines of tests changed",
    )
    assert [one.fold for one in found[1:]].count(None) == 0
    assert {one.story.title: one.fold for one in found[1:]} == {
        "Fix off-by-one in invoice rounding": Fold.SMALL,
        "Bump left-pad from 1.2.0 to 1.3.0": Fold.BOTS,
        "Add tests for the parser": Fold.TESTS,
        "Refactor the session store": Fold.REFACTORING,
        "Fix typos in the guide": Fold.DOCS,
        "Reformat with black": Fold.FORMATTING,
        "Release 2.1.0": Fold.BUMPS,
    }


@pytest.mark.parametrize(
    ("title", "nature"),
    [
        ("feat(api)!: drop v1", Nature.BREAKING),
        ("Remove the old importer", Nature.REMOVAL),
        ("Drop support for Python 3.9", Nature.REMOVAL),
        ("Remove unused imports", Nature.UPKEEP),
        ("Closes #12: Add refunds", Nature.FEATURE),
        ("[lvgl] Support round displays", Nature.FEATURE),
        ("feat: refunds", Nature.FEATURE),
        ("Add tests for refunds", Nature.UPKEEP),
        ("Add missing type hints", Nature.UPKEEP),
        ("Add a note on refunds", Nature.CHANGE),
        ("autodoc: Deprecate the old options", Nature.DEPRECATION),
        ("Fix deprecation warnings", Nature.FIX),
        ("Fixes #12: Refunds of 0", Nature.FIX),
        ("Prevent double refunds", Nature.FIX),
        ("Fix CVE-2024-1234 in refunds", Nature.SECURITY),
        ('Revert "Add refunds"', Nature.REVERT),
        ("Show refunds in the list", Nature.CHANGE),
        ("chore(deps): update dependency x to v2", Nature.UPKEEP),
        ("Update dependency x to v2", Nature.UPKEEP),
        ("docs: explain refunds", Nature.UPKEEP),
        ("[fix] deprecated functions in refunds", Nature.FIX),
        ("Remove an extra space in refunds", Nature.FIX),
        ("Introduce ``_refund()``", Nature.CHANGE),
        ("Update JavaScript dependencies", Nature.UPKEEP),
    ],
)
def test_nature_of_a_title(title: str, nature: Nature) -> None:
    assert nature_of(Story(title, "", ()), Size(source=30, tests=40)) is nature


def test_words_of_testing_mean_the_software_itself_where_its_source_and_manual_change() -> None:
    title = "Add a fixture that shows output as it comes"
    assert nature_of(Story(title, "", ()), Size(source=41, tests=90, docs=22, docs_added=22)) is Nature.FEATURE
    assert nature_of(Story(title, "", ()), Size(source=4, tests=90)) is Nature.UPKEEP


def test_a_breaking_change_may_be_marked_in_the_text() -> None:
    assert nature_of(Story("fix: rounding", "More exact.\n\nBREAKING CHANGE: totals differ by a cent.", ()), Size()) is Nature.BREAKING


def test_a_title_taken_apart() -> None:
    title = split_title("[3.2] Fixes #12: feat(api)!: add refunds (#34)")
    assert (title.text, title.type, title.scope, title.breaking, title.closes) == ("add refunds", "feat", "3.2", True, "fix")


def test_a_bots_major_version_is_told_unless_it_is_for_ci_alone() -> None:
    bump = "Bump django from 4.2.1 to 5.0"
    shipped = commit(bump, lines("requirements.txt", 1), author=BOT)
    assert fold_of(shipped) is None
    assert rated([shipped])[0].reasons == ("a major version of a dependency",)
    assert fold_of(commit(bump, lines(".github/workflows/ci.yml", 1), author=BOT)) is Fold.BOTS
    assert fold_of(commit(bump, lines("requirements.txt", 1))) is None
    assert fold_of(commit("Bump django from 4.1 to 4.2", lines("requirements.txt", 1))) is Fold.BUMPS


def test_size_leaves_out_what_is_generated_or_copied() -> None:
    changes = [lines("src/a.py", 5), lines("package-lock.json", 900), lines("vendor/github.com/a/b.go", 90), lines("src/x.min.js", 7)]
    assert size_of(changes) == Size(source=5, files=1, all_files=4, added=1002)


def test_without_notes_changelogs_do_not_count() -> None:
    one = commit("Add refunds", lines("src/a.py", 30), lines("CHANGES.md", 2), lines("changelog/1.feature.md", 1, "A"))
    hidden, seen = rated([one], use_notes=False)[0], rated([one])[0]
    assert hidden.score == rated([commit("Add refunds", lines("src/a.py", 30))])[0].score
    assert seen.score > hidden.score
    assert hidden.size.docs_added == seen.size.docs_added == 0


@pytest.mark.parametrize(
    ("fragment", "nature"), [("1.bugfix.rst", Nature.FIX), ("1.removal.rst", Nature.REMOVAL), ("1.trivial.rst", Nature.UPKEEP)]
)
def test_a_fragment_says_what_kind_of_change_it_is(fragment: str, nature: Nature) -> None:
    one = commit("Add refunds", lines("src/a.py", 30), lines(f"changelog/{fragment}", 1, "A"))
    assert rated([one])[0].nature is nature
    assert rated([one], use_notes=False)[0].nature is Nature.FEATURE


def test_a_copy_on_another_branch_is_counted_once() -> None:
    copies = [commit("Add x (#5)", lines("a.py", 50), sha=sha) for sha in ("b", "a")]
    assert rated(copies)[0].size.source == 50


def test_authors_are_those_who_wrote_most_first() -> None:
    made = Story("Add x", "", (commit("m", author=ADA, parents=("1", "2")), commit("x", author=BOB), commit("y", author=BOB)))
    assert rate([made], Identities(()))[0].authors == (BOB,)


def test_an_empty_period_has_no_stories() -> None:
    assert rate([], Identities(())) == []


@given(histories())
def test_every_story_is_rated_once_and_the_folded_come_last(commits: list[Commit]) -> None:
    stories = group_stories(commits)
    found = rate(stories, Identities(()))
    assert sorted(one.story.commits[0].sha for one in found) == sorted(one.commits[0].sha for one in stories)
    told = [one.fold is None for one in found]
    assert told == sorted(told, reverse=True)
    assert [one.score for one in found if one.fold is None] == sorted((one.score for one in found if one.fold is None), reverse=True)
