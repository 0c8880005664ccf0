"""What ranking looks at of each chunk of a repository, read when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa

from indexer.stores.catalog import Catalog, pages
from indexer.stores.schema import chunks
from indexer.types import DESCRIPTION, Chunk, Kind, Role

_ALL_AT = 2  # the time from which on all chunks that can be found by meaning are held


class ListedChunk:
    """A chunk as ranking sees it. What is not held, like its text, is read from the catalog when it is asked for."""

    __slots__ = (
        "_read", "commit", "id", "is_description", "kind", "language", "path", "place", "repo", "role", "rowid", "subject", "symbol",
    )  # fmt: skip

    def __init__(self, read: Callable[[Collection[str]], Mapping[str, Chunk]], repo: str, row: Any, place: int, path: str | None) -> None:
        self._read = read
        self.place = place
        self.rowid: int = row.id
        self.repo = repo
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
        return getattr(self._read([self.id])[self.id], name)


class Listing:
    """The chunks with these rowids, which rise, by their places among them. Safe for many threads."""

    def __init__(
        self,
        catalog: Catalog,
        repo: str,
        which: Sequence[sa.ColumnElement[bool]],
        rowids: np.ndarray,
        path_at: Callable[[int], str | None],
        read: Callable[[Collection[str]], Mapping[str, Chunk]],
        *,
        subjects: bool,
    ) -> None:
        """`which` chunks of the catalog these are; `subjects` says whether the first lines of their texts are looked at."""
        self._catalog = catalog
        self._repo = repo
        self._which = which
        self._rowids = rowids
        self._path_at = path_at
        self._read = read
        self._subjects = subjects
        self._lock = threading.RLock()
        self._at: list[ListedChunk | None] = [None] * len(rowids)
        self._by_id: dict[str, ListedChunk] = {}
        self._asked = 0

    def at(self, places: Collection[int], usual: np.ndarray) -> dict[int, Chunk]:
        """The chunks at these places, but for what a refresh has just taken away; `usual` are those that are often asked for."""
        known = self._at
        missing = [place for place in places if known[place] is None]
        if missing:
            with self._lock:
                self._asked += 1
                self._hold(missing if self._asked < _ALL_AT else [*missing, *usual.tolist()])
        return {place: chunk for place in places if (chunk := known[place]) is not None}  # type: ignore[misc]

    def by_id(self, ids: Collection[str]) -> dict[str, Chunk]:
        """The chunks among `ids` that exist."""
        with self._lock:
            missing = [chunk_id for chunk_id in ids if chunk_id not in self._by_id]
            for page in pages(missing):
                self._take(chunks.c.chunk_id.in_(page))
            return {chunk_id: self._by_id[chunk_id] for chunk_id in ids if chunk_id in self._by_id}  # type: ignore[misc]

    def hold(self, usual: np.ndarray) -> None:
        """Read those that are often asked for now."""
        with self._lock:
            self._asked = max(self._asked, _ALL_AT)
            self._hold(usual.tolist())

    def _hold(self, places: Sequence[int]) -> None:
        rowids = self._rowids[list(dict.fromkeys(place for place in places if self._at[place] is None))].tolist()
        if len(rowids) > len(self._rowids) // 4:
            self._take(sa.true())
        else:
            for page in pages(rowids):
                self._take(chunks.c.id.in_(page))

    def _take(self, which: sa.ColumnElement[bool]) -> None:
        line = sa.func.instr(chunks.c.text + "\n", "\n") - 1
        subject = sa.func.substr(chunks.c.text, 1, line) if self._subjects else sa.literal("")
        columns = (chunks.c.id, chunks.c.chunk_id, chunks.c.kind, chunks.c.role, chunks.c.language, chunks.c.symbol, chunks.c.commit,
                   chunks.c.symbol_kind)
        query = sa.select(*columns, subject.label("subject")).where(*self._which, which)
        with self._catalog.reading() as connection:
            rows = connection.execute(query).all()
        last = len(self._rowids) - 1
        places = np.searchsorted(self._rowids, [row.id for row in rows]).tolist()
        for place, row in zip(places, rows, strict=True):
            if place > last or self._rowids[place] != row.id:
                continue  # of a refresh since this was read
            if self._at[place] is None:
                self._at[place] = self._by_id[row.chunk_id] = ListedChunk(self._read, self._repo, row, place, self._path_at(place))
