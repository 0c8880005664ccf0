"""Several shelves searched as one. What each of twenty of them costs a question is mostly the asking: 0.2 ms for 500 commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from indexer.stores.parts import Parts
from indexer.stores.products import product
from indexer.stores.shelf import SPARE, Shelf
from indexer.stores.words import Words

_SMALL = 1_000  # chunks of a shelf, up to which its words are kept a second time, with those of the others: 3 ms and 0.6 MB


class Joined:
    """Shelves of one kind that have read their words; their places are numbered one shelf after another."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._shelves = [(shelf.matrix, shelf.with_vector) for shelf in shelves]
        self._chunks = Parts([len(shelf.rowids) for shelf in shelves])
        self._rows = Parts([len(shelf.matrix) for shelf in shelves])
        words = [shelf.worded_by.all for shelf in shelves]
        self._words = [one for one in words if one is not None]
        if self._chunks.starts[-1] <= _SMALL * len(shelves):
            self._words = [Words.joined(self._words)]

    @staticmethod
    def pays(shelves: Sequence[Shelf]) -> bool:
        """Whether these can be searched as one, and are about of a size."""
        return len(shelves) > 1 and all(shelf.worded_by.all is not None for shelf in shelves) and (
            Parts([len(shelf.rowids) for shelf in shelves]).even())

    def nearest(self, vector: np.ndarray, k: int, rough: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What `Shelf.nearest` gives of each shelf; `rough`, float32 (m,), is about the cosine similarity of every chunk that has a
        vector."""
        likely = self._rows.above(rough, int(SPARE * k))
        ends = np.searchsorted(likely, self._rows.starts)
        matrix, places = np.empty((len(likely), len(vector)), np.float16), np.empty(len(likely), np.int64)
        parts = zip(self._shelves, self._rows.starts.tolist(), self._chunks.starts.tolist(), ends.tolist(), ends[1:].tolist(), strict=False)
        for (vectors, with_vector), row, place, start, end in parts:
            if start < end:
                rows = likely[start:end] - row
                np.take(vectors, rows, axis=0, out=matrix[start:end], mode="clip")  # which is faster, and nothing is beyond
                places[start:end] = with_vector[rows] + place
        scores = product(matrix, vector)
        top = Parts(np.diff(ends).tolist()).best(scores, k)
        return places[top], scores[top]

    def worded(self, terms: Mapping[str, float], k: int) -> tuple[np.ndarray, np.ndarray]:
        """What `Shelf.worded` gives of each shelf for these words, each with what it counts."""
        parts = [words.scores(terms) for words in self._words]
        scores = parts[0] if len(parts) == 1 else np.concatenate(parts)
        top = self._chunks.best(scores, k, positive=True)
        return top, scores[top]
