"""One repository's part of the index, as the search sees it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from indexer.chunking.commits import commit_chunk_id
from indexer.errors import StoreError
from indexer.retrieval.corpus import Found
from indexer.stores import facts
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.shelf import Shelf
from indexer.stores.vectors import ExactVectors, VectorSearch
from indexer.types import Chunk

log = logging.getLogger(__name__)

_EXACT_MOST = 300_000  # vectors of one repository: 40 ms on one core


class RepoCorpus:
    """One repository's searchable index, as retrieval sees it. Made for one question or one batch: it keeps one row of the catalog.

    Vectors are searched exactly, in memory, up to a size; in Chroma above it.
    """

    def __init__(self, catalog: Catalog, row: RepoRow, vectors: VectorSearch, exact: ExactVectors) -> None:
        self.repo = row.name
        self._catalog = catalog
        self._row = row
        self._vectors = vectors
        self._exact = exact
        self._products: dict[tuple[str, bytes], np.ndarray] = {}

    def dense(
        self, vector: np.ndarray, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        if paths is None and self._vectors is not self._exact and self._is_large(commits):
            try:
                return self._vectors.nearest(self._row, vector, k, commits_only=commits)
            except StoreError as exc:
                log.warning("%s Searching the catalog's vectors instead.", exc)
        shelf = self._shelf(commits)
        places, scores = shelf.nearest(vector, k, paths, self._product(vector, "commits" if commits else "files"))
        return shelf.ids_at(places, scores)

    def lexical(
        self, text: str, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        shelf = self._shelf(commits)
        places, scores = shelf.worded(text, k, paths)
        return shelf.ids_at(places, scores)

    def found(
        self, vector: np.ndarray, text: str, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> tuple[Found, Found]:
        shelf = self._shelf(commits)
        if paths is None and self._vectors is not self._exact and self._is_large(commits):
            near = self.dense(vector, k, commits=commits)
            places, scores = shelf.places_of([chunk_id for chunk_id, _ in near]), np.array([score for _, score in near])
        else:
            places, scores = shelf.nearest(vector, k, paths, self._product(vector, "commits" if commits else "files"))
        worded = shelf.worded(text, k, paths)
        return Found(places, scores, shelf.files_of[places]), Found(*worded, shelf.files_of[worded[0]])

    def found_among(self, shas: Collection[str], vector: np.ndarray, text: str, k: int) -> tuple[Found, Found]:
        shelf = self._shelf(True)
        chosen = shelf.places_of([commit_chunk_id(self.repo, sha) for sha in shas])
        all_of_them = len(shelf.rowids)
        legs = shelf.nearest(vector, all_of_them, None, self._product(vector, "commits")), shelf.worded(text, all_of_them)
        kept = [(places[mask][:k], scores[mask][:k]) for places, scores in legs for mask in [np.isin(places, chosen)]]
        near, worded = (Found(places, scores, shelf.files_of[places]) for places, scores in kept)
        return near, worded

    def dated(self, since: float, until: float) -> dict[str, tuple[float, float]]:
        return facts.dated(self._catalog, self._row, since, until)

    def reached(self, base: str, tip: str) -> frozenset[str]:
        return facts.reached(self._catalog, self._row, base, tip or self._row.head)

    def at(self, places: Collection[int], *, commits: bool = False) -> dict[int, Chunk]:
        return self._shelf(commits).at(places)

    def passages(self) -> np.ndarray:
        return self._shelf(False).passages

    def numbers(self, paths: Collection[str]) -> np.ndarray:
        return self._shelf(False).numbers(paths)

    def saying(self, terms: Collection[str]) -> list[str]:
        return self._shelf(False).saying(terms)

    def named(self, names: Collection[tuple[str, str]]) -> list[str]:
        return self._shelf(False).named(names)

    def chunks(self, ids: Collection[str], *, commits: bool = False) -> dict[str, Chunk]:
        return self._shelf(commits).listed(ids)

    def read(self, ids: Collection[str]) -> dict[str, Chunk]:
        return self._catalog.chunks(self._row, ids)

    def defining(self, names: Collection[str]) -> dict[str, set[str]]:
        return facts.defining(self._catalog, self._row, names)

    def paths(self) -> list[str]:
        return self._shelf(False).paths

    def languages(self) -> Mapping[str, str]:
        return self._shelf(False).languages

    def file_means(self, vector: np.ndarray, most: int) -> dict[str, float]:
        shelf = self._shelf(False)
        product = self._product(vector, "means")
        return shelf.nearest_means(vector, most, product)

    def commits_touching(self, path: str, limit: int) -> list[str]:
        return facts.commits_touching(self._catalog, self._row, path, limit)

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        return self._shelf(True).touched(shas)

    def sizes_of_commits(self, shas: Collection[str]) -> dict[str, tuple[int, int]]:
        return self._shelf(True).sizes.of(shas)

    def prepare(self, of_files: np.ndarray, of_commits: np.ndarray) -> None:
        """Multiply with the vectors (n, d) of many questions at once that files and commits are searched with; each question is then
        searched for as by itself."""
        files, commits = self._shelf(False), self._shelf(True)
        parts = (("files", files.matrix, of_files), ("means", files.means(), of_files), ("commits", commits.matrix, of_commits))
        for part, matrix, vectors in parts:
            if matrix.shape[1] == vectors.shape[1]:
                products = (matrix @ np.ascontiguousarray(vectors.T, dtype=np.float32)).T
                self._products.update(((part, vector.tobytes()), product) for vector, product in zip(vectors, products, strict=True))

    def warm_up(self) -> None:
        """Read now what the first questions would wait for."""
        for commits in (False, True):
            self._shelf(commits).warm()

    def _product(self, vector: np.ndarray, part: str) -> np.ndarray | None:
        return self._products.get((part, vector.tobytes())) if self._products else None

    def _shelf(self, commits: bool) -> Shelf:
        return self._exact.shelves.of(self._row, commits_only=commits)

    def _is_large(self, commits: bool) -> bool:
        return len(self._shelf(commits).matrix) > _EXACT_MOST


class Remembered:
    """A corpus that looks up everything once, so that one question can be ranked in many ways for little more than one."""

    def __init__(self, corpus: RepoCorpus) -> None:
        self.repo = corpus.repo
        self._corpus = corpus
        self._known: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Callable[..., Any]:
        asked = getattr(self._corpus, name)

        def known(*args: Any, **options: Any) -> Any:
            key = (name, *map(_key, args), *((option, _key(value)) for option, value in sorted(options.items())))
            if key not in self._known:
                self._known[key] = asked(*args, **options)
            return self._known[key]

        return known


def _key(value: Any) -> Any:
    """Something to look an argument up by; the order of names and ids makes no difference."""
    if isinstance(value, np.ndarray):
        return value.tobytes()
    return value if value is None or isinstance(value, (str, int, float)) else frozenset(value)
