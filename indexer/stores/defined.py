"""What a repository defines, and what its documentation names of that; asked of the catalog at first, after some questions held."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping

import sqlalchemy as sa

from indexer.retrieval.ranking import definers
from indexer.stores import facts
from indexer.stores.catalog import Catalog, RepoRow, pages
from indexer.stores.schema import chunks, symbols
from indexer.types import Kind

_ALL_AT = 16  # questions after which all definitions and passages are read at once
_BACKTICKED = re.compile(r"`+[~.!]?([A-Za-z_][\w.]*)(?:\(\))?`+")


class Defined:
    """The names that the files of one repository define. Safe for many threads."""

    def __init__(self, catalog: Catalog, row: RepoRow) -> None:
        self._catalog = catalog
        self._row = row
        self._lock = threading.RLock()
        self._asked = 0
        self._names: dict[str, set[str]] | None = None
        self._said: dict[str, Mapping[str, float]] = {}
        self._all_said = False

    def defining(self, names: Collection[str]) -> dict[str, set[str]]:
        """Name, as written, to the paths of the files that define it; names without a definition are left out."""
        if not names:
            return {}
        if (known := self._names) is None:
            return facts.defining(self._catalog, self._row, names)
        return {name: known[name] for name in names if name in known}

    def documented(self, ids: Collection[str]) -> dict[str, Mapping[str, float]]:
        """Of these passages of documentation, by their chunks' ids: the files that define what they name in backticks, each with how
        telling that is (see `definers`)."""
        with self._lock:
            self._asked += 1
            if self._asked == _ALL_AT:
                self.read()
            missing = [] if self._all_said else [chunk_id for chunk_id in ids if chunk_id not in self._said]
            for page in pages(missing):
                self._say(chunks.c.chunk_id.in_(page))
            return {chunk_id: said for chunk_id in ids if (said := self._said.get(chunk_id))}

    def read(self) -> None:
        """Read all definitions, and all that passages name, now."""
        with self._lock, self._catalog.reading() as connection:
            names: dict[str, set[str]] = {}
            for name, path in connection.execute(sa.select(symbols.c.name, symbols.c.path).where(symbols.c.repo_id == self._row.id)):
                names.setdefault(name, set()).add(path)
            self._names = names
            self._say(sa.and_(chunks.c.kind == Kind.DOC.value, chunks.c.text.contains("`")))
            self._all_said = True

    def _say(self, which: sa.ColumnElement[bool]) -> None:
        query = sa.select(chunks.c.chunk_id, chunks.c.text).where(chunks.c.repo_id == self._row.id, which)
        with self._catalog.reading() as connection:
            named = {chunk_id: names_in(text) for chunk_id, text in connection.execute(query)}
        defined = self.defining({name for names in named.values() for name in names})
        self._said.update((chunk_id, definers(names, defined)) for chunk_id, names in named.items())


def names_in(text: str) -> set[str]:
    """The names that stand in backticks in a text, whole and by their last part."""
    return {part for name in _BACKTICKED.findall(text) for part in (name, name.rpartition(".")[2]) if len(part) > 2}
