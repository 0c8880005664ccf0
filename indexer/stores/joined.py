"""Small shelves searched as one. What each of twenty of them costs a question is mostly the asking: 0.2 ms for 500 commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexer.stores.products import product
from indexer.stores.shelf import SPARE, Shelf
from indexer.stores.words import Words

_SMALL = 4_000  # chunks of a shelf; the work on more is worth its asking


class Joined:
    """Shelves of one kind, whose places are numbered one shelf after another. Made for one search; what takes long is given: `words` are
    those of all of them."""

    def __init__(self, shelves: Sequence[Shelf], words: Words) -> None:
        self._shelves = shelves
        self._words = words
        self._starts = starts_of([len(shelf.rowids) for shelf in shelves])
        self._rows = starts_of([len(shelf.matrix) for shelf in shelves])

    @staticmethod
    def pays(shelves: Sequence[Shelf]) -> bool:
        """Whether these are small enough, and their words are read."""
        small = sum(len(shelf.rowids) for shelf in shelves) <= _SMALL * len(shelves)
        return small and len(shelves) > 1 and all(shelf.worded_by.all is not None for shelf in shelves)

    def nearest(self, vector: np.ndarray, k: int, rough: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `Shelf.nearest` gives of each shelf; `rough`, float32 (m,), is about the cosine similarity of every chunk that has a
        vector."""
        likely = np.sort(best_of_each(rough, self._rows, int(SPARE * k)))
        ends = np.searchsorted(likely, self._rows)
        matrix = np.empty((len(likely), len(vector)), np.float16)
        places = np.empty(len(likely), np.int64)
        for number, shelf in enumerate(self._shelves):
            here, rows = slice(ends[number], ends[number + 1]), likely[ends[number] : ends[number + 1]] - self._rows[number]
            if len(rows):
                np.take(shelf.matrix, rows, axis=0, out=matrix[here])
                places[here] = shelf.with_vector[rows] + self._starts[number]
        scores = product(matrix, vector)
        top = best_of_each(scores, ends, k)
        return places[top], scores[top]

    def worded(self, terms: Mapping[str, float], k: int) -> tuple[np.ndarray, np.ndarray]:
        """What `Shelf.worded` gives of each shelf for these words, each with what it counts."""
        scores = self._words.scores(terms)
        top = best_of_each(scores, self._starts, k)
        top = top[scores[top] > 0.0]
        return top, scores[top]


def best_of_each(scores: np.ndarray, starts: np.ndarray, k: int) -> np.ndarray:
    """The places of the k highest scores of each part, best first, equal ones in their order; one part after another. Where parts begin,
    and where the last one ends, is told by `starts` (parts + 1,)."""
    sizes = np.diff(starts)
    width, part = int(sizes.max(initial=0)), np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
    if width > k:
        grid = np.full((len(sizes), width), -np.inf, scores.dtype)
        grid[part, np.arange(len(scores)) - starts[part]] = scores
        least = np.partition(grid, width - k, axis=1)[:, width - k]
        chosen = np.flatnonzero(scores >= least[part])
    else:
        chosen = np.arange(len(scores))
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    chosen = chosen[np.argsort(part[chosen], kind="stable")]
    counts = np.bincount(part[chosen], minlength=len(sizes))
    rank = np.arange(len(chosen)) - np.repeat(np.cumsum(counts) - counts, counts)
    return chosen[rank < k]  # more where several are level with the last one


def starts_of(sizes: Sequence[int]) -> np.ndarray:
    """Where parts of these sizes begin, one after another, and where the last one ends: int (parts + 1,)."""
    return np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
