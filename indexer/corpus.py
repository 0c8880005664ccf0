"""One repository's part of the index, as the search sees it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from indexer.errors import StoreError
from indexer.stores import facts
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.vectors import ExactVectors, VectorSearch
from indexer.types import Chunk

log = logging.getLogger(__name__)


class RepoCorpus:
    """One repository's searchable index, as retrieval sees it. Made for one question: it keeps one row of the catalog."""

    def __init__(self, catalog: Catalog, row: RepoRow, vectors: VectorSearch, exact: ExactVectors) -> None:
        self.repo = row.name
        self._catalog = catalog
        self._row = row
        self._vectors = vectors
        self._exact = exact
        self._languages: dict[str, str] | None = None

    def dense(
        self, vector: np.ndarray, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        if paths is None:
            try:
                return self._vectors.nearest(self._row, vector, k, commits_only=commits)
            except StoreError as exc:
                log.warning("%s Searching the catalog's vectors instead.", exc)
        return self._exact.nearest(self._row, vector, k, commits_only=commits, paths=paths)

    def lexical(
        self, text: str, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        return self._catalog.lexical(self._row, text, k, commits_only=commits, paths=paths)

    def chunks(self, ids: Collection[str]) -> dict[str, Chunk]:
        return self._catalog.chunks(self._row, ids)

    def defining(self, names: Collection[str]) -> dict[str, set[str]]:
        return facts.defining(self._catalog, self._row, names)

    def paths(self) -> list[str]:
        return list(self.languages())

    def languages(self) -> dict[str, str]:
        if self._languages is None:
            self._languages = {row.path: row.language for row in self._catalog.file_rows(self._row.id)}
        return self._languages

    def file_means(self, vector: np.ndarray) -> dict[str, float]:
        return self._exact.file_means(self._row, vector)

    def commits_touching(self, path: str, limit: int) -> list[str]:
        return facts.commits_touching(self._catalog, self._row, path, limit)

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        return facts.files_of_commits(self._catalog, self._row, shas)


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
