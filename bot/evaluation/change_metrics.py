"""How well rankings of a release's stories agree with its release notes. Pure functions on places in the list of stories."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb

TOP, DEPTH = 10, 20
"""precision@10 is the share of the first ten stories that the notes name; recall@20 the share of what they name within twenty."""


class Ranking(StrEnum):
    """Who ranks: docent without and with the changelog entries that the commits add, and what one would do without it."""

    DOCENT = "docent"
    WITH_NOTES = "docent, reading changelogs"
    MOST_LINES = "most lines"
    RANDOM = "random"
    BEST = "at best"


@dataclass(frozen=True, slots=True)
class Score:
    """Both shares are 0..1."""

    precision: float
    recall: float


def score(ranked: Sequence[int], named: Sequence[Collection[int]]) -> Score:
    """What an order of all stories reaches; `named` are the stories of each entry, never none.

    Where fewer than ten stories landed, precision is the share of all of them.
    """
    top, first = ranked[:TOP], set(ranked[:DEPTH])
    major = {place for places in named for place in places}
    found = sum(not first.isdisjoint(places) for places in named)
    return Score(sum(place in major for place in top) / max(1, len(top)), found / len(named) if named else 0.0)


def expected(stories: int, named: Sequence[Collection[int]]) -> Score:
    """What all orders of so many stories reach on average, exactly.

    An entry with k stories among n is within the first d with probability 1 - C(n-k, d) / C(n, d).
    """
    major = {place for places in named for place in places}
    depth = min(DEPTH, stories)
    chances = [1 - comb(stories - len(places), depth) / comb(stories, depth) for places in named]
    return Score(len(major) / stories if stories else 0.0, mean(chances))


def best(stories: int, named: Sequence[Collection[int]]) -> Score:
    """The most that any order of so many stories could reach: an entry counts once, and often there are more than twenty.

    Recall takes greedily whatever story most of the remaining entries are about.
    """
    major = {place for places in named for place in places}
    left, found = [set(places) for places in named], 0
    for _ in range(min(DEPTH, stories)):
        if not left:
            break
        counts = {place: sum(place in places for places in left) for place in set().union(*left)}
        choice = max(sorted(counts), key=lambda place: counts[place])
        found += counts[choice]
        left = [places for places in left if choice not in places]
    top = min(TOP, stories)
    return Score(min(top, len(major)) / max(1, top), found / len(named) if named else 0.0)


def mean(values: Iterable[float]) -> float:
    """0.0 for none."""
    listed = list(values)
    return sum(listed) / len(listed) if listed else 0.0


def mean_scores(scores: Sequence[Mapping[Ranking, Score]]) -> dict[Ranking, Score]:
    """Each ranking's mean, all scores counting the same; empty for none."""
    if not scores:
        return {}
    return {one: Score(mean(s[one].precision for s in scores), mean(s[one].recall for s in scores)) for one in Ranking}


def gain(scores: Mapping[Ranking, Score]) -> Score:
    """By how much docent is better than the most changed lines, changelogs hidden from it."""
    ours, theirs = scores[Ranking.DOCENT], scores[Ranking.MOST_LINES]
    return Score(ours.precision - theirs.precision, ours.recall - theirs.recall)
