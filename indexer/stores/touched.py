"""Which files each embedded commit of a repository touched, by the names they have today."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from operator import itemgetter

import numpy as np
import sqlalchemy as sa

from indexer.stores.catalog import Catalog, RepoRow, pages
from indexer.stores.schema import chunks, commit_files, commits

_ALL_AT = 3  # looks, of which a question takes two, from which on the files of all embedded commits are held


class Touched:
    """What the commits with these rowids, which rise, touched. Safe for many threads."""

    def __init__(self, catalog: Catalog, row: RepoRow, rowids: np.ndarray) -> None:
        self._catalog = catalog
        self._row = row
        self._rowids = rowids
        self._lock = threading.RLock()
        self._asked = 0
        self._paths: dict[str, tuple[str, ...]] = {}
        self._places: dict[str, list[int]] | None = None

    @property
    def held(self) -> bool:
        """Whether the files of all embedded commits are held."""
        return self._places is not None

    def by(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        """SHA to the files it changed."""
        with self._lock:
            self._asked += 1
            if self._asked >= _ALL_AT and self._places is None:
                self.read()
            missing = [sha for sha in shas if sha not in self._paths]
            if missing:
                self._paths.update(dict.fromkeys(missing, ()))
                for page in pages(missing):
                    self._take(commits.c.sha.in_(page))
            return {sha: paths for sha in shas if (paths := self._paths[sha])}

    def likeness(self, near: Mapping[str, float]) -> np.ndarray:
        """For every commit the highest value that `near` gives a file it changed: float (n,); 0 for those that are not embedded, and before
        those are held."""
        found = np.zeros(len(self._rowids))
        known = self._places or {}
        for path, value in sorted(near.items(), key=itemgetter(1)):
            found[known.get(path, [])] = value
        return found

    def read(self) -> None:
        """Read the files of all embedded commits now."""
        of_repo = (chunks.c.repo_id == self._row.id, chunks.c.commit.is_not(None), chunks.c.vector_id.is_not(None))
        with self._lock:
            with self._catalog.reading() as connection:
                embedded = connection.execute(sa.select(chunks.c.id, chunks.c.commit).where(*of_repo)).all()
            self._paths.update(dict.fromkeys((sha for _, sha in embedded), ()))
            self._take(commits.c.sha.in_(sa.select(chunks.c.commit).where(*of_repo)))
            places = np.searchsorted(self._rowids, [rowid for rowid, _ in embedded]).tolist()
            self._places = {}
            for place, (rowid, sha) in zip(places, embedded, strict=True):
                if place < len(self._rowids) and self._rowids[place] == rowid:  # others are of a refresh since
                    for path in self._paths[sha]:
                        self._places.setdefault(path, []).append(place)

    def _take(self, which: sa.ColumnElement[bool]) -> None:
        query = sa.select(commits.c.sha, commit_files.c.today).join(commit_files, commit_files.c.commit_id == commits.c.id)
        found: dict[str, dict[str, None]] = {}
        with self._catalog.reading() as connection:
            for sha, path in connection.execute(query.where(commits.c.repo_id == self._row.id, which)):
                found.setdefault(sha, {})[path] = None
        names: dict[str, str] = {}
        self._paths.update((sha, tuple(names.setdefault(path, path) for path in paths)) for sha, paths in found.items())
