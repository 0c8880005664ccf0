"""What the figures count."""

from __future__ import annotations

from collections.abc import Sequence

from bot.evaluation.owner_cases import OwnerCase
from bot.evaluation.owner_metrics import Hits, Judged, Predictor, Said, figures, known_to_history
from bot.evaluation.owner_report import Bar
from bot.evaluation.owners import OwnerResult
from indexer.types import Person, Sureness

ADA, BOB, CAT, DAN = (Person(name, f"{name}@example.com") for name in ("ada", "bob", "cat", "dan"))


def judged(
    docent: Sequence[Person], right: Sequence[Person], *, most: Sequence[Person] = (), sureness: Sureness = Sureness.MAYBE
) -> Judged:
    named = {Predictor.DOCENT: tuple(docent), Predictor.MOST_COMMITS: tuple(most), Predictor.LAST_AUTHOR: ()}
    return Judged(OwnerCase(1, "", ("a.py",), ("@somebody",)), 1, named, frozenset(right), sureness)


FIRST = judged([ADA, BOB], [ADA], most=[BOB, ADA], sureness=Sureness.LIKELY)
THIRD = judged([ADA, BOB, CAT], [CAT, DAN], most=[DAN])
MISSED = judged([ADA, BOB, CAT], [DAN], sureness=Sureness.LIKELY)
UNKNOWN = judged([ADA], [])


def test_a_hit_is_anybody_right_among_the_first() -> None:
    found = figures([FIRST, THIRD, MISSED, UNKNOWN])
    assert found.cases == 4
    assert found.hits[Predictor.DOCENT] == Hits(0.25, 0.5)
    assert found.hits[Predictor.MOST_COMMITS] == Hits(0.25, 0.5)
    assert found.hits[Predictor.LAST_AUTHOR] == Hits(0.0, 0.0)


def test_the_gain_is_over_most_commits() -> None:
    assert figures([FIRST]).gain() == Hits(1.0, 0.0)
    assert figures([THIRD]).gain() == Hits(-1.0, 0.0)


def test_a_stated_sureness_is_right_where_the_first_name_is() -> None:
    said = figures([FIRST, THIRD, MISSED, UNKNOWN]).said
    assert said == {Sureness.LIKELY: Said(2, 1), Sureness.MAYBE: Said(2, 0), Sureness.UNCLEAR: Said(0, 0)}


def test_cases_whose_owners_history_does_not_know_can_be_left_out() -> None:
    assert known_to_history([FIRST, UNKNOWN, MISSED]) == [FIRST, MISSED]


def test_a_bar_holds_for_every_repository_and_without_cases_nothing_is_reached() -> None:
    results = [OwnerResult(name, "0" * 40, 1, (), cases, (), 0.0) for name, cases in (("good", (FIRST,)), ("bad", (THIRD,)), ("none", ()))]
    assert Bar("hit@1", 0.5).missed(results) == [("bad", 0.0), ("none", 0.0)]
    assert Bar("hit@3", 1.0).missed(results) == [("none", 0.0)]
    assert Bar("hit@1", 0.0).missed(results) == []
