"""One repository's part of the index, as the search sees it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from indexer.chunking.commits import commit_chunk_id
from indexer.errors import StoreError
from indexer.retrieval.corpus import Found
from indexer.retrieval.filing import Filing
from indexer.stores import facts
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.shelf import Scores, Shelf
from indexer.stores.vectors import ExactVectors, VectorSearch
from indexer.types import Chunk, Hint, Hit, Query

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
        self._shelves: dict[bool, Shelf] = {}
        self._scores: dict[tuple[bool, bytes], Scores] = {}

    def dense(
        self, vector: np.ndarray, k: int, *, commits: bool = False, within: np.ndarray | None = None
    ) -> list[tuple[str, float]]:
        if within is None and self.elsewhere(commits):
            try:
                return self._vectors.nearest(self._row, vector, k, commits_only=commits)
            except StoreError as exc:
                log.warning("%s Searching the catalog's vectors instead.", exc)
        shelf = self.shelf(commits)
        places, scores = shelf.nearest(vector, k, within, self._known(vector, commits))
        return shelf.ids_at(places, scores)

    def lexical(
        self, text: str, k: int, *, commits: bool = False, within: np.ndarray | None = None
    ) -> list[tuple[str, float]]:
        shelf = self.shelf(commits)
        places, scores = shelf.worded(text, k, within)
        return shelf.ids_at(places, scores)

    def found(
        self, vector: np.ndarray, text: str, k: int, *, commits: bool = False, within: np.ndarray | None = None,
        hints: Sequence[Hint] = (),
    ) -> tuple[Found, Found]:  # fmt: skip
        shelf = self.shelf(commits)
        if within is None and self.elsewhere(commits):
            near = self.dense(vector, k, commits=commits)
            places, scores = shelf.places_of([chunk_id for chunk_id, _ in near]), np.array([score for _, score in near])
        else:
            places, scores = shelf.nearest(vector, k, within, self._known(vector, commits))
        worded = shelf.worded(text, k, within, hints)
        return Found(places, scores, shelf.files_of[places]), Found(*worded, shelf.files_of[worded[0]])

    def worded(self, text: str, k: int, *, within: np.ndarray | None = None) -> Found:
        shelf = self.shelf(False)
        places, scores = shelf.worded(text, k, within)
        return Found(places, scores, shelf.files_of[places])

    def cosines(self, vector: np.ndarray, ids: Collection[str]) -> dict[str, float]:
        shelf = self.shelf(False)
        listed = shelf.listed(ids)
        known = [chunk_id for chunk_id in ids if chunk_id in listed]
        found = shelf.cosines(vector, shelf.places_of(known))
        return {chunk_id: cosine for chunk_id, cosine in zip(known, found.tolist(), strict=True) if cosine == cosine}

    def found_among(self, shas: Collection[str], vector: np.ndarray, text: str, k: int) -> tuple[Found, Found]:
        shelf = self.shelf(True)
        chosen = shelf.places_of([commit_chunk_id(self.repo, sha) for sha in shas])
        all_of_them = len(shelf.rowids)
        legs = shelf.nearest(vector, all_of_them, None, self._known(vector, True)), shelf.worded(text, all_of_them)
        kept = [(places[mask][:k], scores[mask][:k]) for places, scores in legs for mask in [np.isin(places, chosen)]]
        near, worded = (Found(places, scores, shelf.files_of[places]) for places, scores in kept)
        return near, worded

    def dated(self, since: float, until: float) -> dict[str, tuple[float, float]]:
        return facts.dated(self._catalog, self._row, since, until)

    def reached(self, base: str, tip: str) -> frozenset[str]:
        return facts.reached(self._catalog, self._row, base, tip or self._row.head)

    def holds(self, word: str) -> bool:
        return any(self.shelf(commits).worded_by.holds(word) for commits in (False, True))

    def vocabulary(self) -> Mapping[str, int]:
        return self.shelf(False).vocabulary

    def at(self, places: Collection[int], *, commits: bool = False) -> dict[int, Chunk]:
        return self.shelf(commits).at(places)

    def chunks(self, ids: Collection[str], *, commits: bool = False) -> dict[str, Chunk]:
        return self.shelf(commits).listed(ids)

    @property
    def filing(self) -> Filing:
        return self.shelf(False).filing

    def size(self, *, commits: bool = False) -> int:
        return len(self.shelf(commits).rowids)

    def places(self, ids: Collection[str]) -> np.ndarray:
        return self.shelf(False).places_of(list(ids))

    def definitions(self, places: np.ndarray) -> np.ndarray:
        return self.shelf(False).definitions[places]

    def defining(self, names: Collection[str]) -> dict[str, set[str]]:
        return self.shelf(False).defined.defining(names)

    def documented(self, ids: Collection[str]) -> Mapping[str, Mapping[str, float]]:
        return self.shelf(False).defined.documented(ids)

    def file_means(self, vector: np.ndarray) -> np.ndarray:
        return self.shelf(False).means_scores(vector)

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        return self.shelf(True).touched.by(shas)

    def likeness(self, places: np.ndarray, near: Mapping[str, float]) -> np.ndarray:
        return self.shelf(True).likeness(places, near)

    def footprints(self, places: np.ndarray) -> np.ndarray:
        return self.shelf(True).footprints(places)

    def commits_touching(self, path: str, limit: int) -> list[str]:
        return facts.commits_touching(self._catalog, self._row, path, limit)

    def fits(self, commits: bool, vectors: np.ndarray) -> bool:
        """Whether these vectors (n, d) are of the size of those here."""
        return self.shelf(commits).matrix.shape[1] == vectors.shape[1]

    def multiply(self, commits: bool, keys: Sequence[bytes], vectors: np.ndarray, out: np.ndarray) -> bool:
        """Multiply now with the vectors (n, d) of one or many questions, into `out`, float32 (n, vectors here); each question is then
        searched for as by itself; `keys` are the bytes of each vector. Whether it is done roughly."""
        rough = self.shelf(commits).multiply(vectors, out)
        self._scores.update(((commits, key), Scores(scores, rough)) for key, scores in zip(keys, out, strict=True))
        return rough

    def warm_up(self) -> None:
        """Read now what the first questions would wait for."""
        for commits in (False, True):
            self.shelf(commits).warm()

    def _known(self, vector: np.ndarray, commits: bool) -> Scores | None:
        return self._scores.get((commits, vector.tobytes())) if self._scores else None

    def shelf(self, commits: bool) -> Shelf:
        """The chunks of its files, or of its commits."""
        shelf = self._shelves.get(commits)
        if shelf is None:
            shelf = self._shelves[commits] = self._exact.shelves.of(self._row, commits_only=commits)
        return shelf

    def elsewhere(self, commits: bool) -> bool:
        """Whether all vectors are searched in Chroma, as there are too many."""
        return self._vectors is not self._exact and len(self.shelf(commits).matrix) > _EXACT_MOST


def read_whole(catalog: Catalog, found: Sequence[Sequence[Hit]]) -> list[list[Hit]]:
    """Hits of several questions with everything about their chunks, but for what a refresh has just taken away."""
    def number(chunk: Chunk) -> int:
        return chunk.rowid  # type: ignore[attr-defined, no-any-return]  # ranking sees listed chunks

    seen = [chunk for hits in found for hit in hits for chunk in (hit.chunk, *hit.more)]
    known = catalog.whole({number(chunk): (chunk.repo, chunk.id) for chunk in seen})

    def whole(hit: Hit) -> Hit:
        more = (known.get(number(chunk)) for chunk in hit.more)
        return replace(hit, chunk=known[number(hit.chunk)], more=tuple(chunk for chunk in more if chunk is not None))

    return [[whole(hit) for hit in hits if number(hit.chunk) in known] for hits in found]


class Remembered:
    """A corpus that looks up everything once, so that one question can be ranked in many ways for little more than one."""

    def __init__(self, corpus: RepoCorpus) -> None:
        self.repo = corpus.repo
        self._corpus = corpus
        self._known: dict[Any, Any] = {}

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._corpus, name)
        if not callable(asked):
            return asked

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
    return value if value is None or isinstance(value, (str, int, float, Query)) else frozenset(value)
