"""Putting legs with different units together: each is scaled to 0..1, then they are added with weights.

Scores are added, not ranks: reciprocal rank fusion lets a lexical leg that found nothing sensible outvote the vectors, and lost
0.08 NDCG@10 on questions in everyday words.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping
from heapq import nlargest
from operator import itemgetter
from typing import TypeVar

import numpy as np

from indexer.retrieval.corpus import Found

Key = TypeVar("Key", bound=Hashable)

TAIL = 100  # scores are scaled between the best and the 100th hit, so that one leg's flat tail cannot outvote the other


def scaled(scores: Mapping[Key, float], only: Collection[Key] | None = None) -> dict[Key, float]:
    """Map one leg's scores to 0..1, so that legs with different units can be added; the 100th best and all below become 0.
    Gives those among `only`, where that is given."""
    if not scores:
        return {}
    ranked = nlargest(TAIL, scores.values())
    best, floor = ranked[0], ranked[-1]
    if only is not None:
        scores = {key: scores[key] for key in only if key in scores}
    if best == floor:
        return dict.fromkeys(scores, 1.0)
    span = best - floor
    return {key: (score - floor) / span if score > floor else 0.0 for key, score in scores.items()}


def scaled_scores(leg: Found, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What `scaled` makes of a leg's chunks: the places of those of the files that are `shown`, bool (files,), and their values."""
    kept = leg.kept(shown[leg.files])
    if not len(kept.scores):
        return kept.places, kept.scores
    best = float(leg.scores.max())
    floor = float(np.partition(leg.scores, -TAIL)[-TAIL] if len(leg.scores) > TAIL else leg.scores.min())
    if best == floor:
        return kept.places, np.ones(len(kept.scores))
    return kept.places, np.maximum(kept.scores.astype(float) - floor, 0.0) / (best - floor)


def top(scores: Mapping[Key, float]) -> dict[Key, float]:
    """What `scaled` gives, without what becomes 0."""
    ranked = nlargest(TAIL, scores.items(), key=itemgetter(1))
    if not ranked or ranked[0][1] == ranked[-1][1]:
        return dict.fromkeys(scores, 1.0)
    best, floor = ranked[0][1], ranked[-1][1]
    return {key: (score - floor) / (best - floor) for key, score in ranked if score > floor}


def fused(legs: Iterable[tuple[Mapping[Key, float], float]]) -> dict[Key, float]:
    """The weighted sum of legs (scores, weight); a key that a leg does not know counts 0 there."""
    total: dict[Key, float] = {}
    for scores, weight in legs:
        for key, score in scores.items():
            total[key] = total.get(key, 0.0) + weight * score
    return total
