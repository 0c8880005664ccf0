"""What a change is called, for people who do not read commits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.titles import bare_title, title_of
from indexer.changes.types import Nature, Rated, Size, Story
from indexer.types import Commit, FileChange, Person


def called(title: str, nature: Nature = Nature.CHANGE) -> str:
    return title_of(Rated(Story(title, "", ()), 1.0, nature, Size()))


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("feat(api)!: drop Python 3.8 (#12)", "drop Python 3.8"),
        ("[SHOP-12] :sparkles: Introduce refunds", "Introduce refunds"),
        ("SHOP-12: Keep the basket", "Keep the basket"),
        ("Fix #123 -- Crash in the parser.", "Crash in the parser"),
        ("Closes #77: Airflow of racks", "Airflow of racks"),
        ("gh-9: Read dates", "Read dates"),
        ("🐛 Fix memory leak", "Fix memory leak"),
        ("tsdb: Improve compaction", "tsdb: Improve compaction"),  # a part of the software, no type of change
        ("Sign in [#5]", "Sign in"),
        ("#123", "#123"),
        ("", "(no title)"),
        ("-v is -q now", "-v is -q now"),
        ("`basket` keeps its order", "`basket` keeps its order"),
    ],
)
def test_marks_for_machines_are_left_out(title: str, bare: str) -> None:
    assert bare_title(title) == bare


@pytest.mark.parametrize(
    ("title", "nature", "expected"),
    [
        ("Add support for refunds", Nature.FEATURE, "New: support for refunds"),
        ("Introduce refunds", Nature.FEATURE, "Introduce refunds"),  # one word alone would tell too little
        ("feat: refunds in parts", Nature.FEATURE, "New: refunds in parts"),
        ("Remove the old checkout", Nature.REMOVAL, "Removed: the old checkout"),
        ("feat!: drop Python 3.8", Nature.BREAKING, "Breaking: drop Python 3.8"),
        ("Fixed crash in parser", Nature.FIX, "Fixed: crash in parser"),
        ('Revert "Add refunds (#12)"', Nature.REVERT, "Taken back: Add refunds"),
        ("web/api: add search of rules", Nature.FEATURE, "New: search of rules (web/api)"),
        ("web/api: search of rules", Nature.FEATURE, "New: web/api: search of rules"),
        ("Introduce a new way & deprecate the old", Nature.DEPRECATION, "Introduce a new way & deprecate the old"),
        ("Offer other readings of a name", Nature.FEATURE, "Offer other readings of a name"),
        ("improve the search", Nature.CHANGE, "Improve the search"),
        ("iOS gets a button", Nature.CHANGE, "iOS gets a button"),
    ],
)
def test_a_title_begins_with_what_the_change_does(title: str, nature: Nature, expected: str) -> None:
    assert called(title, nature) == expected


def test_a_title_that_says_nothing_gives_way_to_what_it_brought() -> None:
    when = datetime(2026, 1, 1, tzinfo=UTC)
    person = Person("Ada", "ada@example.com")
    changed = (FileChange("shop/utils.py"),)
    merged = Commit("a" * 40, ("b", "c"), person, person, when, when, "Merge commit from fork")
    brought = Commit("c" * 40, ("b",), person, person, when, when, "Escape names of files", changes=changed)
    story = Story("Merge commit from fork", "", (merged, brought))
    assert title_of(Rated(story, 1.0, Nature.SECURITY, Size())) == "Security: Escape names of files"
    alone = Story("Merge commit from fork", "", (replace(merged, changes=changed),))
    assert title_of(Rated(alone, 1.0, Nature.SECURITY, Size())) == "Security: a fix from a private fork in `utils.py`"


@given(st.text(max_size=200), st.sampled_from(Nature))
def test_any_title_becomes_one_line_that_is_not_empty(title: str, nature: Nature) -> None:
    found = called(title, nature)
    assert found.strip() and "\n" not in found
    assert set(bare_title(title)) <= set(title) | set(" …(no title)")
