"""The repositories of one question or batch as the search sees them, their vectors multiplied for all at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor

import numpy as np

from indexer.corpus import RepoCorpus
from indexer.retrieval.corpora import Corpora
from indexer.stores.products import products
from indexer.stores.shelf import FEW
from indexer.types import Query

CORES = min(4, os.cpu_count() or 1)


class RepoCorpora(Corpora):
    """Made for one question or one batch: it keeps what was multiplied for it."""

    def __init__(self, each: Sequence[RepoCorpus]) -> None:
        super().__init__(each)
        self.repositories = tuple(each)
        self._means: dict[bytes, np.ndarray] = {}

    def prepare(self, of_files: np.ndarray, of_commits: np.ndarray, threads: Executor, query: Query | None = None) -> None:
        """Multiply now with the vectors (n, d) of one or many questions that files and commits are searched with, on all cores: products
        leave Python to others meanwhile. Where a `query` is given whose filters leave few files of a repository, their vectors are
        left to the search."""
        within = self.files.within(query) if query else None
        means = np.empty((len(of_files), len(self.files)), np.float32)

        def multiply(number: int) -> None:
            corpus, start, end = self.repositories[number], *self.files.starts[number : number + 2].tolist()
            left = within is not None and np.count_nonzero(within[start:end]) < FEW * (end - start)
            for commits, vectors in ((False, of_files), (True, of_commits)):
                if not (corpus.elsewhere(commits) if commits or within is None else left):
                    matrix = corpus.shelf(commits).matrix
                    if matrix.shape[1] == vectors.shape[1]:
                        corpus.multiply(commits, vectors, np.empty((len(vectors), len(matrix)), np.float32))
            own = corpus.shelf(False).means()
            means[:, start:end] = products(own, of_files) if own.shape[1] == of_files.shape[1] else np.nan

        def some(part: Sequence[int]) -> None:
            for number in part:
                multiply(number)

        largest = sorted(range(len(self.repositories)), key=lambda number: -int(self.files.sizes[number]))
        parts = [largest[start::CORES] for start in range(min(CORES, len(largest)))]
        waiting = [threads.submit(some, part) for part in parts[1:]]
        for part in parts[:1]:
            some(part)
        for one in waiting:
            one.result()
        if not np.isnan(means).any():
            self._means.update((vector.tobytes(), product) for vector, product in zip(of_files, means, strict=True))

    def file_means(self, vector: np.ndarray) -> np.ndarray:
        known = self._means.get(vector.tobytes())
        return super().file_means(vector) if known is None else known
