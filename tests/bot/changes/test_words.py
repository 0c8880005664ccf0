"""A report in words: headline, one change as a paragraph, and what is only counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.changes.types import ChangesReport, Further, Period, Span, ToldChange
from bot.changes.words import counted_line, headline, quiet_line, told
from indexer.changes.types import Fold, Nature, Rated, Size, Story
from indexer.types import Person

ADA = Person("Ada Lovelace", "ada@example.com")
RATED = Rated(Story("Add refunds", "", ()), 5.0, Nature.FEATURE, Size(), authors=(ADA,))
CHANGE = ToldChange("shop", 1, RATED, "New: refunds in parts", "“So that support has less to do”.", "", (), ("a", "b", "c", "d"), ())
REPORT = ChangesReport(Period("in the last 7 days"), (Span("shop", "", "h", None, None),), (CHANGE,))


def test_a_headline_names_what_was_asked_for() -> None:
    assert headline(REPORT) == "What changed in shop in the last 7 days"
    assert headline(replace(REPORT, places=("`shop/billing/`",))) == "What changed in `shop/billing/` of shop in the last 7 days"
    assert headline(replace(REPORT, by="Ada Lovelace")) == "What Ada Lovelace changed in shop in the last 7 days"


def test_a_change_is_one_paragraph_with_three_surprises_at_most() -> None:
    assert told(CHANGE) == (
        "**New: refunds in parts** (Ada Lovelace). “So that support has less to do”. Look twice: a; b; c; 1 more to look at."
    )
    assert "Look twice" not in told(CHANGE, watch=False)
    assert told(replace(CHANGE, summary=""), repo=True, watch=False) == (
        "**shop: New: refunds in parts** (Ada Lovelace). No reason given."
    )


@pytest.mark.parametrize(
    ("folded", "words"),
    [
        ({}, ""),
        ({Fold.SMALL: 1}, "and 1 other small change"),
        ({Fold.BOTS: 2, Fold.SMALL: 3}, "and 5 other changes: 2 automatic updates, 3 small"),
    ],
)
def test_the_rest_is_counted_by_kind(folded: dict[Fold, int], words: str) -> None:
    assert counted_line(replace(REPORT, folded=folded)) == words


def test_changes_of_note_behind_those_told_are_counted_first() -> None:
    report = replace(REPORT, further=(Further("shop", RATED),), folded={Fold.DOCS: 1})
    assert counted_line(report) == "and 2 other changes: 1 of note, 1 to documentation alone"


def test_a_quiet_period_is_told_with_what_there_was() -> None:
    quiet = replace(REPORT, changes=())
    assert quiet_line(quiet) == "Nothing changed in shop in the last 7 days."
    one = replace(quiet, folded={Fold.BOTS: 1})
    assert quiet_line(one) == "Nothing that stands out changed in shop in the last 7 days; there was 1 change: 1 automatic update."
    assert quiet_line(replace(quiet, by="Ada Lovelace")) == "Nothing changed in shop by Ada Lovelace in the last 7 days."


def test_every_kind_of_fold_has_words() -> None:
    assert all(counted_line(replace(REPORT, folded={fold: 2, Fold.BOTS: 1})) for fold in Fold)
