"""The repositories of one question or batch as the search sees them, their vectors multiplied for all at once."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor
from functools import cached_property
from typing import cast

import numpy as np

from indexer.corpus import Remembered, RepoCorpus
from indexer.kept import Latest
from indexer.retrieval.corpora import Corpora, Legs
from indexer.retrieval.corpus import Found
from indexer.stores.joined import Joined
from indexer.stores.products import products
from indexer.stores.shelf import FEW
from indexer.stores.worded import weighed
from indexer.types import Hint, Query

CORES = min(4, os.cpu_count() or 1)


class RepoCorpora(Corpora):
    """Made for one question or one batch: it keeps what was multiplied for it. `joined` keeps the shelves that were asked as one last."""

    def __init__(self, each: Sequence[RepoCorpus], joined: Latest) -> None:
        super().__init__(each)
        self._latest = joined
        self._as_one: dict[bool, Joined | None] = {}
        self.repositories = tuple(each)
        self._means: dict[bytes, np.ndarray] = {}
        self._rough: dict[tuple[bool, bytes], np.ndarray] = {}

    def prepare(self, of_files: np.ndarray, of_commits: np.ndarray, threads: Executor, query: Query | None = None) -> None:
        """Multiply now with the vectors (n, d) of one or many questions that files and commits are searched with, on all cores: products
        leave Python to others meanwhile. Where a `query` is given whose filters leave few files of a repository, their vectors are
        left to the search."""
        within = self.files.within(query) if query else None
        means = np.full((len(of_files), len(self.files)), np.nan, np.float32)
        vectors = {False: of_files, True: of_commits}
        scores = {commits: np.empty((len(vectors[commits]), self._rows(commits)[-1]), np.float32) for commits in vectors}
        keys = {commits: [vector.tobytes() for vector in some] for commits, some in vectors.items()}
        exactly: list[bool] = []  # what was not multiplied roughly: of commits, or of files

        def multiply(number: int) -> None:
            corpus = self.repositories[number]
            start, end = self.files.starts[number : number + 2].tolist()
            few = within is not None and np.count_nonzero(within[start:end]) < FEW * (end - start)
            for commits, some in vectors.items():
                first, last = self._rows(commits)[number : number + 2].tolist()
                done = False
                if not (corpus.elsewhere(commits) if commits or within is None else few) and corpus.fits(commits, some):
                    done = corpus.multiply(commits, keys[commits], some, scores[commits][:, first:last])
                if not done and first < last:
                    exactly.append(commits)
            own = corpus.shelf(False).means()
            if own.shape[1] == of_files.shape[1]:
                means[:, start:end] = products(own, of_files)

        def each(part: Sequence[int]) -> None:
            for number in part:
                multiply(number)

        largest = sorted(range(len(self.repositories)), key=lambda number: -int(self.files.sizes[number]))
        parts = [largest[start::CORES] for start in range(min(CORES, len(largest)))]
        waiting = [threads.submit(each, part) for part in parts[1:]]
        each(parts[0])
        for one in waiting:
            one.result()
        self._rough.update(
            ((commits, key), found) for commits in vectors if commits not in exactly
            for key, found in zip(keys[commits], scores[commits], strict=True)
        )  # fmt: skip
        if not np.isnan(means).any():
            self._means.update(zip(keys[False], means, strict=True))

    def found(
        self, vector: np.ndarray, text: str, k: int, *, commits: bool = False, within: np.ndarray | None = None,
        hints: Sequence[Hint] = (),
    ) -> Legs:  # fmt: skip
        rough = self._rough.get((commits, vector.tobytes()))
        joined = self._joined(commits) if rough is not None and within is None else None
        if rough is None or joined is None:
            return super().found(vector, text, k, commits=commits, within=within, hints=hints)
        legs = joined.nearest(vector, k, rough), joined.worded(weighed(text, hints), k)
        near, worded = (Found(places, scores, self._files_of(commits)[places]) for places, scores in legs)
        return near, worded

    def remembering(self) -> Corpora:
        """These repositories, of which everything is looked up once."""
        return Corpora([cast(RepoCorpus, Remembered(corpus)) for corpus in self.repositories])

    def file_means(self, vector: np.ndarray) -> np.ndarray:
        known = self._means.get(vector.tobytes())
        return super().file_means(vector) if known is None else known

    def _joined(self, commits: bool) -> Joined | None:
        """The shelves as one, where that pays."""
        if commits not in self._as_one:
            shelves = [corpus.shelf(commits) for corpus in self.repositories]
            what, state = (commits, *(corpus.repo for corpus in self.repositories)), tuple(shelf.state for shelf in shelves)
            self._as_one[commits] = self._latest.get(what, lambda: Joined(shelves), state) if Joined.pays(shelves) else None
        return self._as_one[commits]

    def _rows(self, commits: bool) -> np.ndarray:
        """The first vector of each repository, and how many there are."""
        return self._row_starts[commits]

    @cached_property
    def _row_starts(self) -> tuple[np.ndarray, np.ndarray]:
        def of(commits: bool) -> np.ndarray:
            return np.cumsum([0, *(len(corpus.shelf(commits).matrix) for corpus in self.repositories)])

        return of(False), of(True)

    def _files_of(self, commits: bool) -> np.ndarray:
        """The number of the file of each place, -1 for commits."""
        if commits:
            return np.full(self.starts(commits=True)[-1], -1)
        return self._files_of_chunks

    @cached_property
    def _files_of_chunks(self) -> np.ndarray:
        own = zip((corpus.shelf(False).files_of for corpus in self.repositories), self.files.starts.tolist(), strict=False)
        return np.concatenate([np.where(files < 0, -1, files + start) for files, start in own])
