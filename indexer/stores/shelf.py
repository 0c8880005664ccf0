"""What a search needs of one repository, held in memory for as long as its index stays as it is.

Vectors are searched exactly: one product with all of them takes 0.05 ms per thousand chunks, which is less than the graph of an
approximate index takes for the hundreds of candidates that ranking reads. What is known of words, of files, of chunks, of definitions
and of what commits touched stands beside, each in its module.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sqlalchemy as sa

from indexer.errors import IndexOutdated
from indexer.retrieval.filing import Filed, Filing
from indexer.retrieval.footprints import Footprint, footprint
from indexer.stores import lexical
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.commit_sizes import CommitSizes
from indexer.stores.defined import Defined
from indexer.stores.footprints import Footprints
from indexer.stores.listing import Listing
from indexer.stores.parts import SAMPLED, STEP, in_sample
from indexer.stores.products import Rough, product, products
from indexer.stores.schema import chunks, files, vectors
from indexer.stores.touched import Touched
from indexer.stores.worded import Worded
from indexer.types import Chunk, Hint, Kind, Role

_BLOCK = 10_000  # vectors made float32 at once
SPARE = 1.25  # times as many as are wanted are looked at in full, of those that are nearest by the rough
FEW = 0.25  # where a filter leaves less than this share of the chunks, only their vectors are multiplied


@dataclass(frozen=True, slots=True)
class Scores:
    """The cosine similarity of a unit vector and every chunk that has one: float32 (m,); or about that."""

    values: np.ndarray
    rough: bool


class Shelf:
    """The chunks of a repository's files, or of its commits, each known by its place. Safe for many threads.

    `rowids` (n,) are the catalog's, rising; `files_of` (n,) the numbers in `filing` of their files, -1 for none; `definitions`, bool (n,),
    says which are those of something; `matrix`, float16 (m, d), is the vectors of those that have one, which `with_vector` (m,) says.
    """

    def __init__(self, catalog: Catalog, row: RepoRow, commits_only: bool) -> None:
        self.row = row
        self._catalog = catalog
        self._commits_only = commits_only
        self._lock = threading.Lock()
        self._means: np.ndarray | None = None
        self._rough: Rough | None = None
        self.rowids, self.files_of, self.definitions, self.with_vector, self.matrix, self.filing = self._load()
        self.worded_by = Worded(catalog, row.name, commits_only, self.rowids)
        self.defined = Defined(catalog, row)
        self.touched = Touched(catalog, row, self.rowids)
        self.sizes = CommitSizes(catalog, row)
        self._footprints = Footprints(len(self.rowids) if commits_only else 0, self._footprints_of)
        self._listing = Listing(catalog, row.name, self._which(), self.rowids, self._path_at, self.read, subjects=commits_only)

    @property
    def state(self) -> tuple[str, str, str]:
        """What is another one after every change of the index."""
        return _state(self.row)

    def warm(self) -> None:
        """Hold now what later questions would make this hold."""
        self._listing.hold(self.with_vector)
        self.worded_by.read()
        if self._commits_only:
            self.touched.read()
            self._footprints.at(self.with_vector)
        else:
            self.defined.read()
            self.means()
            _ = self.vocabulary
        if self._rough is None and len(self.matrix):
            self._rough = Rough.of(self.matrix)

    # vectors

    def scores(self, vector: np.ndarray) -> np.ndarray:
        """The cosine similarity of a unit vector and every chunk that has one: float32 (m,). IndexOutdated."""
        return self._product(self.matrix, vector)

    def multiply(self, vectors: np.ndarray, out: np.ndarray) -> bool:
        """Write the product of each of these vectors (n, d) and every chunk that has one into `out`, float32 (n, m); whether it is rough,
        as where this shelf is warm."""
        if (rough := self._rough) is not None:
            rough.multiply(vectors, out)
            return True
        out[:] = products(self.matrix, vectors)
        return False

    def nearest(
        self, vector: np.ndarray, k: int, within: np.ndarray | None = None, known: Scores | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The places of at most k chunks and their cosine similarity, best first; `within` says by number of which files, `known` is
        what was multiplied already. IndexOutdated."""
        rows = None if within is None else np.flatnonzero(self._of(within)[self.with_vector])
        if known is None and rows is not None and len(rows) < FEW * len(self.matrix):
            scores = self._product(self.matrix[rows], vector)
        else:
            scores = known.values if known else self.scores(vector)
            scores = scores if rows is None else scores[rows]
        places = self.with_vector if rows is None else self.with_vector[rows]
        if known and known.rough:
            likely = np.sort(best(scores, int(SPARE * k)))
            scores = self._product(self.matrix[likely if rows is None else rows[likely]], vector)
            places = places[likely]
        top = best(scores, k)
        return places[top], scores[top]

    def cosines(self, vector: np.ndarray, places: np.ndarray) -> np.ndarray:
        """The cosine similarity of a unit vector and the chunks at these places, NaN for those without a vector. IndexOutdated."""
        rows = np.searchsorted(self.with_vector, places)
        known = self.with_vector[np.minimum(rows, len(self.with_vector) - 1)] == places if len(self.with_vector) else rows < 0
        found = np.full(len(places), np.nan, np.float32)
        found[known] = self._product(self.matrix[rows[known]], vector)
        return found

    def means(self) -> np.ndarray:
        """For every file the mean of the vectors of its chunks, at unit length: float16 (files, d); 0 where it has none."""
        with self._lock:
            if self._means is None:
                of_file = self.files_of[self.with_vector]
                sums = np.zeros((len(self.filing.paths), self.matrix.shape[1]), np.float32)
                for start in range(0, len(of_file), _BLOCK):
                    np.add.at(sums, of_file[start : start + _BLOCK], self.matrix[start : start + _BLOCK].astype(np.float32))
                sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
                self._means = sums.astype(np.float16)
            return self._means

    def means_scores(self, vector: np.ndarray) -> np.ndarray:
        """The cosine similarity of a unit vector and the mean of every file, -inf where there is none: float (files,). IndexOutdated."""
        return self._product(self.means(), vector) if len(self.matrix) else np.full(len(self.filing.paths), -np.inf)

    def _product(self, matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """An endpoint may begin to serve another model under the same name."""
        if not len(matrix):
            return np.zeros(0, np.float32)
        if matrix.shape[1] != len(vector):
            sizes = f"vectors of {matrix.shape[1]} dimensions, and the embedding model now gives {len(vector)}"
            message = f"The index of {self.row.name} holds {sizes}."
            raise IndexOutdated(message, "Run `docent index --full`, or put the earlier model back.")
        return product(matrix, vector)

    # words

    def worded(
        self, text: str, k: int, within: np.ndarray | None = None, hints: Sequence[Hint] = ()
    ) -> tuple[np.ndarray, np.ndarray]:
        """The places of at most k chunks that hold words of a text, or of `hints`, and their BM25, best first; `within` as in `nearest`."""
        scores = self.worded_by.scores(text, hints)
        if within is not None:
            scores[~self._of(within)] = 0.0
        top = best(scores, k)
        top = top[scores[top] > 0.0]
        return top, scores[top]

    @cached_property
    def vocabulary(self) -> dict[str, int]:
        """Every word, and how many chunks hold it: 1 ms per thousand words, once."""
        with self._catalog.reading() as connection:
            return lexical.vocabulary(connection, self.row.name)

    # chunks

    def at(self, places: Collection[int]) -> dict[int, Chunk]:
        """The chunks at these places, as ranking sees them."""
        return self._listing.at(places, self.with_vector)

    def listed(self, ids: Collection[str]) -> dict[str, Chunk]:
        """The chunks among `ids` that exist, as ranking sees them."""
        return self._listing.by_id(ids)

    def read(self, ids: Collection[str]) -> dict[str, Chunk]:
        """The chunks among `ids` that exist, with everything about them."""
        return self._catalog.chunks(self.row, ids)

    def ids_at(self, places: np.ndarray, scores: np.ndarray) -> list[tuple[str, float]]:
        """The ids of the chunks at these places, with their scores, but for what a refresh has just taken away."""
        known = self.at(places.tolist())
        pairs = zip(places.tolist(), scores.tolist(), strict=True)
        return [(known[place].id, score) for place, score in pairs if place in known]

    def places_of(self, ids: Sequence[str]) -> np.ndarray:
        """The places of these chunks, as far as they exist."""
        listed = self.listed(ids)
        return np.array([listed[chunk_id].place for chunk_id in ids if chunk_id in listed], np.int64)  # type: ignore[attr-defined]

    def likeness(self, places: np.ndarray, near: Mapping[str, float]) -> np.ndarray:
        """For the commits at these places (n,) the highest value that `near` gives a file they changed, 0 for none: float (n,)."""
        found = self.touched.likeness(near)
        others = places[~self._embedded[places]] if self.touched.held else places
        if len(others):
            shas = {chunk.commit: place for place, chunk in self.at(others.tolist()).items() if chunk.commit}
            for sha, paths in self.touched.by(shas).items():
                found[shas[sha]] = max((near[path] for path in paths if path in near), default=0.0)
        return found[places]

    def footprints(self, places: np.ndarray) -> np.ndarray:
        """What the commits at these places (n,) are besides their words: float (n, fields of a `Footprint`)."""
        return self._footprints.at(places)

    def _footprints_of(self, places: Sequence[int]) -> dict[int, Footprint]:
        known = self.at(places)
        shas = [chunk.commit or "" for chunk in known.values()]
        touched, sizes = self.touched.by(shas), self.sizes.of(shas)
        return {
            place: footprint(chunk.subject, touched.get(sha, ()), *sizes.get(sha, (0, 0)))  # type: ignore[attr-defined]
            for (place, chunk), sha in zip(known.items(), shas, strict=True)
        }

    @cached_property
    def _embedded(self) -> np.ndarray:
        """Which chunks have a vector: bool (n,)."""
        embedded = np.zeros(len(self.rowids), bool)
        embedded[self.with_vector] = True
        return embedded

    def _path_at(self, place: int) -> str | None:
        file = int(self.files_of[place])
        return self.filing.paths[file] if file >= 0 else None

    def _of(self, within: np.ndarray) -> np.ndarray:
        """Which chunks are of these files: bool (n,)."""
        return np.append(within, False)[self.files_of]  # the last one is for chunks of no file, whose number is -1

    def _which(self) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
        return chunks.c.repo_id == self.row.id, chunks.c.commit.is_not(None) if self._commits_only else chunks.c.commit.is_(None)

    def _load(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, Filing]:
        defines = sa.and_(sa.func.coalesce(chunks.c.symbol, "") != "", chunks.c.kind == Kind.CODE.value)
        query = sa.select(chunks.c.id, chunks.c.file_id, vectors.c.data, defines).outerjoin(vectors, vectors.c.id == chunks.c.vector_id)
        with self._catalog.reading() as connection:
            columns = (files.c.id, files.c.path, files.c.language, files.c.kind, files.c.role)
            of_repo = sa.select(*columns).where(files.c.repo_id == self.row.id).order_by(files.c.path)
            filed = [] if self._commits_only else connection.execute(of_repo).all()
            rows = connection.execute(query.where(*self._which()).order_by(chunks.c.id)).all()
        numbers = {row.id: number for number, row in enumerate(filed)}
        filing = Filing([Filed(row.path, row.language, Kind(row.kind), Role(row.role)) for row in filed])
        rowids = np.array([row[0] for row in rows], np.int64)
        of_file = np.array([numbers.get(row[1], -1) for row in rows], np.int32)
        definitions = np.array([row[3] for row in rows], bool)
        places = np.array([place for place, row in enumerate(rows) if row[2] is not None], np.int64)
        if not len(places):
            return rowids, of_file, definitions, places, np.zeros((0, 1), np.float16), filing
        data = np.frombuffer(b"".join(row[2] for row in rows if row[2] is not None), "<f2").reshape(len(places), -1)
        return rowids, of_file, definitions, places, data, filing


class Shelves:
    """The shelves of the repositories asked about, each until its index changes. Safe for many threads."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept: dict[tuple[int, bool], Shelf] = {}
        self._lock = threading.Lock()

    def of(self, row: RepoRow, *, commits_only: bool) -> Shelf:
        key = (row.id, commits_only)
        with self._lock:
            kept = self._kept.get(key)
            if kept is None or _state(kept.row) != _state(row):
                self._kept.pop(key, None)  # not both at once in memory
                kept = self._kept[key] = Shelf(self._catalog, row, commits_only)
            return kept


def best(scores: np.ndarray, k: int) -> np.ndarray:
    """The places of the k highest scores, best first, equal ones in their order."""
    if k < 1:
        return np.zeros(0, np.int64)
    if len(scores) <= k:
        return np.argsort(-scores, kind="stable")
    if len(scores) > SAMPLED * k:  # what an eighth of them says of the k-th highest leaves few to look at, and all of the best
        sample = scores[::STEP]
        about = min(len(sample), in_sample(k))
        some = np.flatnonzero(scores >= np.partition(sample, len(sample) - about)[len(sample) - about])
        if k <= len(some) < len(scores):
            return some[best(scores[some], k)]
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    chosen = np.flatnonzero(scores >= least)
    if len(chosen) > k:  # of those that are level with the last one, the first
        level = np.flatnonzero(scores[chosen] == least)
        chosen = np.delete(chosen, level[len(level) - (len(chosen) - k) :])
    return chosen[np.argsort(-scores[chosen], kind="stable")]


def _state(row: RepoRow) -> tuple[str, str, str]:
    return row.head, row.fingerprint, row.revision
