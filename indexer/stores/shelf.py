"""What a search needs of one repository, held in memory for as long as its index stays as it is.

Vectors are searched exactly: one product with all of them takes 0.13 ms per thousand chunks, which is less than the graph of an
approximate index takes for the hundreds of candidates that ranking reads. Words are found by BM25 as FTS5 computes it, a sum over
the question's words (https://www.sqlite.org/fts5.html#the_bm25_function); what a word adds to each chunk is kept, because the
words that cost most are those that come again. Of the chunks only what ranking looks at is held, and their text is not.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from indexer.errors import IndexOutdated
from indexer.retrieval.ranking import name_of_path, terms_of_path
from indexer.retrieval.tokens import query_terms
from indexer.stores import lexical
from indexer.stores.catalog import Catalog, RepoRow, pages
from indexer.stores.commit_sizes import CommitSizes
from indexer.stores.schema import chunks, commit_files, commits, files, vectors
from indexer.stores.words import Postings, Words
from indexer.types import DESCRIPTION, Chunk, Kind, Role

_WORDS_KEPT = 16  # as many frequent words as would fill every chunk are remembered: 12 bytes a chunk and word
_WORDED = 16  # questions after which all words of the shelf are read at once
_FEW = 0.25  # where a filter leaves less than this share of the chunks, only their vectors are multiplied


class ListedChunk:
    """A chunk as ranking sees it. What is not held, like its text, is read from the catalog when it is asked for."""

    __slots__ = ("_shelf", "commit", "id", "is_description", "kind", "language", "path", "place", "repo", "role", "subject", "symbol")

    def __init__(self, shelf: Shelf, row: Any, place: int, path: str | None) -> None:
        self._shelf = shelf
        self.place = place
        self.repo = shelf.row.name
        self.id: str = row.chunk_id
        self.path = path
        self.kind = Kind(row.kind)
        self.role = Role(row.role)
        self.language: str = row.language
        self.symbol: str | None = row.symbol
        self.commit: str | None = row.commit
        self.subject: str = row.subject
        self.is_description: bool = row.symbol_kind == DESCRIPTION

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._shelf.read([self.id])[self.id], name)


class Filed(NamedTuple):
    """An indexed file: its number among those of its shelf, and its language."""

    number: int
    language: str
    kind: str


class Shelf:
    """The chunks of a repository's files, or of its commits. Safe for many threads."""

    def __init__(self, catalog: Catalog, row: RepoRow, commits_only: bool) -> None:
        self.row = row
        self._catalog = catalog
        self._commits_only = commits_only
        self._lock = threading.RLock()
        self._words: OrderedDict[str, Postings] = OrderedDict()
        self._words_size = 0
        self._worded = 0
        self._all_words: Words | None = None
        self._listed: dict[str, ListedChunk] = {}
        self._saying: dict[str, list[str]] | None = None
        self._named: dict[tuple[str, str], list[str]] | None = None
        self._asked = 0
        self._means: np.ndarray | None = None
        self._touched: dict[str, tuple[str, ...]] = {}
        self.sizes = CommitSizes(catalog, row)
        self._touched_all = False
        self.rowids, self.files_of, self._with_vector, self.matrix, self.files = self._load()
        self._at: list[ListedChunk | None] = [None] * len(self.rowids)
        self.paths = list(self.files)
        self.passages = np.array([filed.kind == Kind.DOC for filed in self.files.values()], bool)
        self.languages = {path: filed.language for path, filed in self.files.items()}

    # vectors

    def scores(self, vector: np.ndarray) -> np.ndarray:
        """The cosine similarity of a unit vector and every chunk that has one: float32 (m,). IndexOutdated."""
        return self._product(self.matrix, vector)

    def nearest(
        self, vector: np.ndarray, k: int, paths: Collection[str] | None = None, scores: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The places of at most k chunks and their cosine similarity, best first; `scores` where they are known already.
        IndexOutdated."""
        places = self._with_vector
        if paths is not None:
            kept = np.flatnonzero(self._within(paths)[places])
            if scores is None and len(kept) < _FEW * len(places):
                scores = self._product(self.matrix[kept], vector)
            else:
                scores = (self.scores(vector) if scores is None else scores)[kept]
            places = places[kept]
        elif scores is None:
            scores = self.scores(vector)
        top = best(scores, k)
        return places[top], scores[top]

    def means(self) -> np.ndarray:
        """For every file of `paths` the mean of the vectors of its chunks, at unit length: float32 (files, d); 0 where it has none."""
        with self._lock:
            if self._means is None:
                of_file = self.files_of[self._with_vector]
                sums = np.zeros((len(self.paths), self.matrix.shape[1]), np.float32)
                np.add.at(sums, of_file, self.matrix)
                sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
                self._means = sums
            return self._means

    def nearest_means(self, vector: np.ndarray, most: int, scores: np.ndarray | None = None) -> dict[str, float]:
        """The files whose means are nearest to a unit vector, with the cosine similarity, best first. IndexOutdated."""
        if not self.paths or not len(self.matrix):
            return {}
        if scores is None:
            scores = self._product(self.means(), vector)
        top = best(scores, most)
        return {self.paths[place]: value for place, value in zip(top.tolist(), scores[top].tolist(), strict=True)}

    def _product(self, matrix: np.ndarray, vector: np.ndarray) -> np.ndarray:
        """An endpoint may begin to serve another model under the same name."""
        if not len(matrix):
            return np.zeros(0, np.float32)
        if matrix.shape[1] != len(vector):
            sizes = f"vectors of {matrix.shape[1]} dimensions, and the embedding model now gives {len(vector)}"
            message = f"The index of {self.row.name} holds {sizes}."
            raise IndexOutdated(message, "Run `docent index --full`, or put the earlier model back.")
        return matrix @ vector.astype(np.float32, copy=False)

    # words

    def worded(self, text: str, k: int, paths: Collection[str] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The places of at most k chunks that hold words of a text and their BM25, best first."""
        scores = np.zeros(len(self.rowids))
        for places, values in self._postings(query_terms(text)[: lexical.MAX_TERMS]):
            scores[places] += values
        if paths is not None:
            scores[~self._within(paths)] = 0.0
        found = np.flatnonzero(scores)
        top = found[best(scores[found], k)]
        return top, scores[top]

    def _postings(self, terms: Sequence[str]) -> list[Postings]:
        """Where each word stands, as places among `rowids`, and what it adds to the score there; in the order of the words."""
        with self._lock:
            missing = [term for term in terms if term not in self._words]
            self._worded += 1
            if self._worded == _WORDED and self._all_words is None:
                self._read_words()
            for term, found in self._found(missing).items():
                self._words[term] = found
                self._words_size += 1 + len(found[0])
            for term in terms:
                self._words.move_to_end(term)
            asked = [self._words[term] for term in terms]
            while self._words_size > _WORDS_KEPT * len(self.rowids) + 1000:
                self._words_size -= 1 + len(self._words.popitem(last=False)[1][0])
        return asked

    def _found(self, terms: Sequence[str]) -> dict[str, Postings]:
        if self._all_words is not None:
            return {term: self._all_words.of(term) for term in terms}
        if not terms or not len(self.rowids):
            return dict.fromkeys(terms, (np.zeros(0, np.int32), np.zeros(0)))
        with self._catalog.reading() as connection:
            found = lexical.postings(connection, self.row.name, terms, self._commits_only)
        return {term: self._placed(*postings) for term, postings in found.items()}

    def _placed(self, rowids: np.ndarray, values: np.ndarray) -> Postings:
        places = np.searchsorted(self.rowids, rowids).astype(np.int32)
        known = self.rowids[np.minimum(places, len(self.rowids) - 1)] == rowids  # others are of a refresh since this was read
        return places[known], values[known]

    def _read_words(self) -> None:
        with self._catalog.reading() as connection:
            words = lexical.words(connection, self.row.name, self._commits_only)
        if words is not None and np.array_equal(words.rowids, self.rowids):
            self._all_words = words

    # chunks

    def listed(self, ids: Collection[str]) -> dict[str, Chunk]:
        """The chunks among `ids` that exist, as ranking sees them."""
        with self._lock:
            missing = [chunk_id for chunk_id in ids if chunk_id not in self._listed]
            for page in pages(missing):
                self._take(chunks.c.chunk_id.in_(page))
            return {chunk_id: self._listed[chunk_id] for chunk_id in ids if chunk_id in self._listed}  # type: ignore[misc]

    def warm(self) -> None:
        """Hold now what the second question would make this hold."""
        with self._lock:
            self._asked = 1
            self._hold(self._with_vector.tolist())
            self._read_words()
            if self._commits_only:
                self._touch_all()
            else:
                self.means()

    def read(self, ids: Collection[str]) -> dict[str, Chunk]:
        """The chunks among `ids` that exist, with everything about them."""
        return self._catalog.chunks(self.row, ids)

    def touched(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        """SHA to the files it changed, by the names they have today; from the second question on held for embedded commits."""
        with self._lock:
            if self._asked > 1 and not self._touched_all:
                self._touch_all()
            missing = [sha for sha in shas if sha not in self._touched]
            if missing:
                self._touched.update(dict.fromkeys(missing, ()))
                for page in pages(missing):
                    self._touch(commits.c.sha.in_(page))
            return {sha: paths for sha in shas if (paths := self._touched[sha])}

    def _touch_all(self) -> None:
        self._touched_all = True
        embedded = sa.select(chunks.c.commit).where(*self._which(), chunks.c.vector_id.is_not(None))
        self._touched.update(dict.fromkeys((one.commit for one in self._at if one is not None and one.commit), ()))
        self._touch(commits.c.sha.in_(embedded))

    def _touch(self, which: sa.ColumnElement[bool]) -> None:
        query = sa.select(commits.c.sha, commit_files.c.today).join(commit_files, commit_files.c.commit_id == commits.c.id)
        found: dict[str, dict[str, None]] = {}
        with self._catalog.reading() as connection:
            for sha, path in connection.execute(query.where(commits.c.repo_id == self.row.id, which)):
                found.setdefault(sha, {})[path] = None
        names: dict[str, str] = {}
        self._touched.update((sha, tuple(names.setdefault(path, path) for path in paths)) for sha, paths in found.items())

    def at(self, places: Collection[int]) -> dict[int, Chunk]:
        """The chunks at these places, as ranking sees them."""
        with self._lock:
            known = self._at
            missing = [place for place in places if known[place] is None]
            if missing:
                self._hold(missing)
            return {place: chunk for place in places if (chunk := known[place]) is not None}  # type: ignore[misc]

    def ids_at(self, places: np.ndarray, scores: np.ndarray) -> list[tuple[str, float]]:
        """The ids of the chunks at these places, with their scores, but for what a refresh has just taken away."""
        known = self.at(places.tolist())
        pairs = zip(places.tolist(), scores.tolist(), strict=True)
        return [(known[place].id, score) for place, score in pairs if place in known]

    def places_of(self, ids: Sequence[str]) -> np.ndarray:
        """The places of these chunks, all of which exist."""
        listed = self.listed(ids)
        return np.array([listed[chunk_id].place for chunk_id in ids if chunk_id in listed], np.int64)  # type: ignore[attr-defined]

    def numbers(self, paths: Collection[str]) -> np.ndarray:
        """The numbers of these files, as far as they are indexed."""
        return np.array([self.files[path].number for path in paths if path in self.files], np.int64)

    def saying(self, terms: Collection[str]) -> list[str]:
        """The files whose names or folders hold one of these terms."""
        if self._saying is None:
            saying: dict[str, list[str]] = {}
            for path in self.paths:
                for term in terms_of_path(path):
                    saying.setdefault(term, []).append(path)
            self._saying = saying
        return [path for term in terms for path in self._saying.get(term, ())]

    def named(self, names: Collection[tuple[str, str]]) -> list[str]:
        """The files of these names: the stem in lower case, and the suffix."""
        if self._named is None:
            named: dict[tuple[str, str], list[str]] = {}
            for path in self.paths:
                named.setdefault(name_of_path(path), []).append(path)
            self._named = named
        return [path for name in names for path in self._named.get(name, ())]

    def _hold(self, places: Sequence[int]) -> None:
        """Hold what ranking looks at of these chunks; from the second time on, of all that have vectors."""
        self._asked += 1
        if self._asked == 2:
            places = [*self._with_vector.tolist(), *places]
        rowids = self.rowids[list(dict.fromkeys(place for place in places if self._at[place] is None))].tolist()
        if len(rowids) > len(self.rowids) // 4:
            self._take(sa.true())
        else:
            for page in pages(rowids):
                self._take(chunks.c.id.in_(page))

    def _take(self, which: sa.ColumnElement[bool]) -> None:
        line = sa.func.instr(chunks.c.text + "\n", "\n") - 1
        subject = sa.func.substr(chunks.c.text, 1, line) if self._commits_only else sa.literal("")
        columns = (chunks.c.id, chunks.c.chunk_id, chunks.c.kind, chunks.c.role, chunks.c.language, chunks.c.symbol, chunks.c.commit,
                   chunks.c.symbol_kind)
        query = sa.select(*columns, subject.label("subject")).where(*self._which(), which)
        with self._catalog.reading() as connection:
            rows = connection.execute(query).all()
        last = len(self.rowids) - 1
        places = np.searchsorted(self.rowids, [row.id for row in rows]).tolist()
        for place, row in zip(places, rows, strict=True):
            if place > last or self.rowids[place] != row.id:
                continue  # of a refresh since this was read
            if self._at[place] is None:
                file = int(self.files_of[place])
                self._at[place] = self._listed[row.chunk_id] = ListedChunk(self, row, place, self.paths[file] if file >= 0 else None)

    def _within(self, paths: Collection[str]) -> np.ndarray:
        """Which chunks are of these files: bool (n,)."""
        chosen = np.zeros(len(self.paths) + 1, bool)  # the last one is for chunks of no file, whose number is -1
        chosen[[self.files[path].number for path in paths if path in self.files]] = True
        return chosen[self.files_of]

    def _which(self) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
        return chunks.c.repo_id == self.row.id, chunks.c.commit.is_not(None) if self._commits_only else chunks.c.commit.is_(None)

    def _load(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Filed]]:
        query = sa.select(chunks.c.id, chunks.c.file_id, vectors.c.data).outerjoin(vectors, vectors.c.id == chunks.c.vector_id)
        with self._catalog.reading() as connection:
            of_repo = sa.select(files.c.id, files.c.path, files.c.language, files.c.kind).where(files.c.repo_id == self.row.id)
            filed = [] if self._commits_only else connection.execute(of_repo.order_by(files.c.path)).all()
            rows = connection.execute(query.where(*self._which()).order_by(chunks.c.id)).all()
        numbers = {row.id: number for number, row in enumerate(filed)}
        named = {row.path: Filed(number, row.language, row.kind) for number, row in enumerate(filed)}
        rowids = np.array([row[0] for row in rows], np.int64)
        of_file = np.array([numbers.get(row[1], -1) for row in rows], np.int32)
        places = np.array([place for place, row in enumerate(rows) if row[2] is not None], np.int64)
        if not len(places):
            return rowids, of_file, places, np.zeros((0, 1), np.float32), named
        data = np.frombuffer(b"".join(row[2] for row in rows if row[2] is not None), "<f2").reshape(len(places), -1)
        return rowids, of_file, places, data.astype(np.float32), named


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
    least = np.partition(scores, len(scores) - k)[len(scores) - k]
    above = np.flatnonzero(scores > least)
    level = np.flatnonzero(scores == least)[: k - len(above)]
    chosen = np.sort(np.concatenate([above, level]))
    return chosen[np.argsort(-scores[chosen], kind="stable")]


def _state(row: RepoRow) -> tuple[str, str, str]:
    return row.head, row.fingerprint, row.revision
