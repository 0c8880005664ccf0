"""Measures of a ranking against what should have been found (binary gains), and how sure their means are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

TOP = 10
"""What is looked at of a ranking: NDCG, reciprocal rank and recall count its first ten."""

_DRAWS = 2_000
_AT_ONCE = 2_000_000  # draws times cases held in memory at once
_SEED = 20_250_106  # any; a fixed one gives the same intervals every time


@dataclass(frozen=True, slots=True)
class Scores:
    """How one ranking did, each 0..1."""

    ndcg10: float
    mrr: float
    recall1: float
    recall5: float
    recall10: float
    hit1: float
    hit5: float
    hit10: float


MEASURES = tuple(Scores.__slots__)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float


def score(ranks: Sequence[int | None]) -> Scores:
    """Measure a ranking by the rank (from 1; None: nowhere) of each of the things that should have been found, at least one.

    NDCG as in Järvelin and Kekäläinen (2002) with gains 0 and 1 and log2(rank + 1); MRR is 1 / rank of the first that is right.
    """
    top = sorted(rank for rank in ranks if rank is not None and rank <= TOP)
    found = math.fsum(1 / math.log2(rank + 1) for rank in top)
    ideal = math.fsum(1 / math.log2(rank + 1) for rank in range(1, min(TOP, len(ranks)) + 1))
    within = [sum(rank <= k for rank in top) for k in (1, 5, TOP)]
    recalls, hits = [count / len(ranks) for count in within], [float(count > 0) for count in within]
    return Scores(found / ideal, 1 / top[0] if top else 0.0, *recalls, *hits)


def values(scores: Sequence[Scores], measure: str) -> np.ndarray:
    """One measure of every ranking, float64 (n,)."""
    return np.array([getattr(one, measure) for one in scores], dtype=np.float64)


def mean(sample: np.ndarray) -> Mean:
    """The mean of (n,) cases, n above 0, with a percentile bootstrap interval: Efron and Tibshirani (1993), chapter 13.

    Cases are resampled with a fixed seed. Given the differences of two rankings case by case, this is the paired comparison.
    """
    n = len(sample)
    random = np.random.default_rng(_SEED)
    step = max(1, _AT_ONCE // n)
    means = np.concatenate(
        [sample[random.integers(0, n, size=(min(step, _DRAWS - done), n))].mean(axis=1) for done in range(0, _DRAWS, step)]
    )
    low, high = np.percentile(means, (2.5, 97.5))
    return Mean(float(sample.mean()), float(low), float(high))


def means(scores: Sequence[Scores]) -> dict[str, Mean]:
    """Every measure; nothing for no cases."""
    return {measure: mean(values(scores, measure)) for measure in MEASURES} if scores else {}
