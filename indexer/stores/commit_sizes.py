"""How many lines the commits of a repository added and deleted."""

from __future__ import annotations

import threading
from collections.abc import Collection

import sqlalchemy as sa

from indexer.stores.catalog import Catalog, RepoRow, pages
from indexer.stores.schema import commits

_ALL_AT = 2  # the look from which on those of all commits are held


class CommitSizes:
    """Read when they are first asked for. Safe for many threads."""

    def __init__(self, catalog: Catalog, row: RepoRow) -> None:
        self._catalog = catalog
        self._row = row
        self._lock = threading.Lock()
        self._asked = 0
        self._known: dict[str, tuple[int, int]] = {}

    def of(self, shas: Collection[str]) -> dict[str, tuple[int, int]]:
        """SHA to lines added and deleted, of the commits among `shas` that exist."""
        with self._lock:
            self._asked += 1
            if self._asked == _ALL_AT:
                self._take(sa.true())
            missing = [sha for sha in shas if sha not in self._known]
            for page in pages(missing if self._asked < _ALL_AT else ()):
                self._take(commits.c.sha.in_(page))
            return {sha: self._known[sha] for sha in shas if sha in self._known}

    def _take(self, which: sa.ColumnElement[bool]) -> None:
        query = sa.select(commits.c.sha, commits.c.added, commits.c.deleted).where(commits.c.repo_id == self._row.id, which)
        with self._catalog.reading() as connection:
            self._known.update((sha, (added, deleted)) for sha, added, deleted in connection.execute(query))
