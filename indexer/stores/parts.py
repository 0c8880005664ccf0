"""The best of each of many parts of an array, told for all parts at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

SAMPLED = 6  # times as many as are wanted: of more, a sample says first which are looked at
STEP = 8  # one in so many is in the sample
_ROOM = 4  # times the size of all parts that a table of them may have, a row each
_ENOUGH = 1.5  # times as many as are wanted
_TINY = np.nextafter(np.float32(0), np.float32(1))


def in_sample(k: int) -> int:
    """The rank in a sample of one in eight that is hardly ever above the k-th of all."""
    return k // STEP + int(2.5 * (k / STEP) ** 0.5) + 2


class Parts:
    """Parts of these sizes, one after another. `starts`, int (parts + 1,), says where each begins, and where the last one ends."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self.sizes = np.array(sizes, np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)])

    def even(self) -> bool:
        """Whether a table with a row for each part is not mostly empty."""
        return int(self.sizes.max(initial=0)) * len(self.sizes) <= _ROOM * int(self.starts[-1])

    def best(self, scores: np.ndarray, k: int, *, positive: bool = False) -> np.ndarray:
        """The places of the k highest scores of each part, best first, equal ones in their order; one part after another. With `positive`
        only of those above 0."""
        chosen = self.above(scores, k, positive=positive)
        chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
        chosen = chosen[np.argsort(self._part[chosen], kind="stable")]
        counts = self._counts(chosen)
        rank = np.arange(len(chosen)) - np.repeat(np.cumsum(counts) - counts, counts)
        return chosen[rank < k]

    def above(self, scores: np.ndarray, k: int, *, positive: bool = False) -> np.ndarray:
        """The places of `best`, rising, and of those that are about level with the last one of their part."""
        single = scores.astype(np.float32, copy=False)  # rounding keeps the order, but for making some equal
        least = np.full(len(self.sizes), _TINY if positive else -np.inf, np.float32)
        if k < self.sizes.max(initial=0):
            least = np.maximum(least, self._least(single, k))
        chosen = np.flatnonzero(single >= np.repeat(least, self.sizes))
        if len(chosen) <= _ENOUGH * k * len(self.sizes):
            return chosen
        some = Parts(self._counts(chosen).tolist())  # the sample let too many pass
        if not some.even():
            return chosen
        return chosen[some.above(single[chosen], k)] if len(chosen) < len(scores) else chosen

    def _least(self, scores: np.ndarray, k: int) -> np.ndarray:
        """What the best k of each part have at least."""
        if len(scores) <= SAMPLED * k * len(self.sizes):
            return self._highest(scores, self._every, k)
        least = self._highest(scores, self._some, in_sample(k))
        counts = np.add.reduceat(scores >= np.repeat(least, self.sizes), self.starts[:-1], dtype=np.int64)
        for part in np.flatnonzero((counts < k) & (self.sizes > k)).tolist():  # the sample did not tell
            least[part] = np.partition(scores[self.starts[part] : self.starts[part + 1]], -k)[-k]
        return least

    def _counts(self, places: np.ndarray) -> np.ndarray:
        return np.bincount(self._part[places], minlength=len(self.sizes))

    @staticmethod
    def _highest(scores: np.ndarray, which: tuple[np.ndarray, np.ndarray], k: int) -> np.ndarray:
        """The k-th highest score of each row of a table of places, which says also what is beyond each row's part."""
        places, beyond = which
        table = scores.take(places)
        table[beyond] = -np.inf
        k = min(k, table.shape[1])
        return np.partition(table, -k, axis=1)[:, -k]

    @cached_property
    def _every(self) -> tuple[np.ndarray, np.ndarray]:
        return self._rows(1)

    @cached_property
    def _some(self) -> tuple[np.ndarray, np.ndarray]:
        return self._rows(STEP)

    def _rows(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """The places of one in `step` of each part, a row each, and which of a row are beyond its part."""
        offsets = np.arange(0, int(self.sizes.max()), step)
        beyond = offsets[None] >= self.sizes[:, None]
        return np.where(beyond, 0, self.starts[:-1, None] + offsets), beyond

    @cached_property
    def _part(self) -> np.ndarray:
        return np.repeat(np.arange(len(self.sizes), dtype=np.int16), self.sizes)
