"""Measures of a ranking against what should have been found. Gains are binary."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scores:
    """How one ranking did."""

    ndcg10: float
    recall1: float
    recall5: float
    recall10: float
    reciprocal_rank: float


def score(ranked: Sequence[str], gold: Collection[str]) -> Scores:
    """Measure the first ten of a ranking; `gold` is not empty."""
    ranked = ranked[:10]
    gains = [item in gold for item in ranked]
    found = sum(1 / math.log2(place + 2) for place, gain in enumerate(gains) if gain)
    ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(gold))))
    first = next((place for place, gain in enumerate(gains, start=1) if gain), 0)
    recalls = [len(set(ranked[:k]) & set(gold)) / len(gold) for k in (1, 5, 10)]
    return Scores(found / ideal, *recalls, 1 / first if first else 0.0)


def mean(scores: Sequence[Scores]) -> Scores:
    """The average of each measure."""
    n = len(scores) or 1
    return Scores(
        sum(item.ndcg10 for item in scores) / n,
        sum(item.recall1 for item in scores) / n,
        sum(item.recall5 for item in scores) / n,
        sum(item.recall10 for item in scores) / n,
        sum(item.reciprocal_rank for item in scores) / n,
    )
