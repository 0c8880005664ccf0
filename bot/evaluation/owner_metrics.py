"""What share of labelled cases of ownership is answered rightly. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.evaluation.owner_cases import OwnerCase
from indexer.types import Person, Sureness

NAMED = 3
"""How many people a predictor may name; hit@3 counts a right one among them, hit@1 at the top."""


class Predictor(StrEnum):
    """Who names owners: docent, and what one would do without it."""

    DOCENT = "docent"
    MOST_COMMITS = "most commits"
    LAST_AUTHOR = "last author"


@dataclass(frozen=True, slots=True)
class Judged:
    """One case as it was answered: whom each predictor named, best first, and who is right.

    No `right`: none of the owners takes part in this history, under any name known of theirs.
    """

    case: OwnerCase
    files: int
    named: Mapping[Predictor, tuple[Person, ...]]
    right: frozenset[Person]
    sureness: Sureness

    def hit(self, predictor: Predictor, first: int) -> bool:
        """Whether somebody right is among the `first` people named."""
        return not self.right.isdisjoint(self.named[predictor][:first])


@dataclass(frozen=True, slots=True)
class Hits:
    """Shares of cases, 0..1, with somebody right at the top, and among the first three."""

    at1: float
    at3: float


@dataclass(frozen=True, slots=True)
class Said:
    """How often a sureness was stated, and how often the person named first was right then."""

    times: int
    right: int


@dataclass(frozen=True, slots=True)
class Figures:
    """The result over some cases; `hits` is empty where there are none."""

    cases: int
    hits: Mapping[Predictor, Hits]
    said: Mapping[Sureness, Said]

    def gain(self) -> Hits:
        """By how much docent is better than naming whoever has most commits."""
        ours, theirs = self.hits[Predictor.DOCENT], self.hits[Predictor.MOST_COMMITS]
        return Hits(ours.at1 - theirs.at1, ours.at3 - theirs.at3)


def figures(judged: Sequence[Judged]) -> Figures:
    """Every case counts the same."""
    hits = {one: Hits(_share(judged, one, 1), _share(judged, one, NAMED)) for one in Predictor} if judged else {}
    times = Counter(one.sureness for one in judged)
    right = Counter(one.sureness for one in judged if one.hit(Predictor.DOCENT, 1))
    return Figures(len(judged), hits, {sureness: Said(times[sureness], right[sureness]) for sureness in Sureness})


def known_to_history(judged: Sequence[Judged]) -> list[Judged]:
    """Without the cases that nobody could answer from this history, since it does not know any of the owners."""
    return [one for one in judged if one.right]


def _share(judged: Sequence[Judged], predictor: Predictor, first: int) -> float:
    return sum(one.hit(predictor, first) for one in judged) / len(judged)
