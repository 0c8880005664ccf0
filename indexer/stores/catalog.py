"""The catalog: files, chunks, symbols, imports and commits of every repository, and their vectors by content."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa

from indexer.stores import descriptions, lexical
from indexer.stores.records import to_chunk
from indexer.stores.schema import (
    chunks,
    commits,
    database_errors,
    files,
    meta,
    open_engine,
    repos,
    skipped,
    vectors,
)
from indexer.types import DESCRIPTION, Chunk, Kind, Role, Skipped, SkipReason

_REVISION = "revision:"  # and a repository's id: a key in the table of what is known beside the repositories
_PAGE = 500  # SQLite refuses statements with too many variables
_OWN_TEXT = sa.func.coalesce(chunks.c.symbol_kind, "") != DESCRIPTION  # of chunks: what the repository says itself


@dataclass(frozen=True, slots=True)
class RepoRow:
    """What the catalog knows of one repository; `fingerprint` names the format, model and settings its index was made with."""

    id: int
    name: str
    head: str
    branch: str
    web_url: str
    fingerprint: str
    mailmap: str
    indexed_at: float | None
    shallow: bool
    newest_only: int
    vectors_dirty: bool
    failure: str
    failed_at: float | None
    revision: str  # another one after every change of what is indexed


class Catalog:
    """The database behind everything docent knows. One instance serves many threads; each call takes its own connection."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._writer = self._engine.execution_options(writes=True)
        with self.writing() as connection:
            lexical.create(connection)
            descriptions.create(connection)

    @classmethod
    def in_folder(cls, data_dir: Path, url: str = "") -> Catalog:
        """Open the catalog of a data folder, or the one at `url`. StoreError, ConfigError."""
        return cls(url or f"sqlite:///{data_dir / 'catalog.sqlite'}")

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of the catalog, whatever a writer does meanwhile."""
        with database_errors(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction: all of it is kept, or nothing."""
        with database_errors(), self._writer.begin() as connection:
            yield connection

    # repositories

    def repo(self, name: str) -> RepoRow | None:
        with self.reading() as connection:
            row = connection.execute(_repo_rows().where(repos.c.name == name)).one_or_none()
        return RepoRow(*row) if row else None

    def repo_rows(self) -> list[RepoRow]:
        with self.reading() as connection:
            return [RepoRow(*row) for row in connection.execute(_EVERY_REPO)]

    def ensure_repo(self, name: str) -> RepoRow:
        with self.writing() as connection:
            row = connection.execute(sa.select(repos.c.id).where(repos.c.name == name)).one_or_none()
            if row is None:
                connection.execute(repos.insert().values(name=name))
        found = self.repo(name)
        assert found is not None
        return found

    def update_repo(self, repo_id: int, **values: Any) -> None:
        with self.writing() as connection:
            connection.execute(repos.update().where(repos.c.id == repo_id).values(**values))

    def instance(self) -> str:
        """A name for this very catalog, so that vectors of another one are noticed."""
        with self.writing() as connection:
            value = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "instance"))
            if value is None:
                value = f"{time.time_ns():x}"
                connection.execute(meta.insert().values(key="instance", value=value))
        return value

    # files

    def blobs(self, repo_id: int) -> dict[str, str]:
        """Path to blob of every file seen at the last refresh, skipped ones included."""
        with self.reading() as connection:
            seen = connection.execute(sa.select(skipped.c.path, skipped.c.blob).where(skipped.c.repo_id == repo_id)).all()
            kept = connection.execute(sa.select(files.c.path, files.c.blob).where(files.c.repo_id == repo_id)).all()
        return {row.path: row.blob for row in (*seen, *kept)}

    def file_rows(self, repo_id: int) -> list[Any]:
        """Every indexed file: path, language, kind, role, about, lines."""
        with self.reading() as connection:
            query = sa.select(files.c.path, files.c.language, files.c.kind, files.c.role, files.c.about, files.c.lines)
            return list(connection.execute(query.where(files.c.repo_id == repo_id).order_by(files.c.path)))

    def skipped_files(self, row: RepoRow) -> list[Skipped]:
        with self.reading() as connection:
            found = connection.execute(sa.select(skipped).where(skipped.c.repo_id == row.id).order_by(skipped.c.path))
            return [Skipped(row.name, item.path, SkipReason(item.reason), item.detail) for item in found]

    def counts(self, repo_id: int) -> tuple[int, int, int]:
        """How many files, chunks of files, and commits are indexed."""
        with self.reading() as connection:
            n_files = connection.scalar(sa.select(sa.func.count()).where(files.c.repo_id == repo_id)) or 0
            of_files = (chunks.c.repo_id == repo_id, chunks.c.commit.is_(None), _OWN_TEXT)
            n_chunks = connection.scalar(sa.select(sa.func.count()).where(*of_files))
            n_commits = connection.scalar(sa.select(sa.func.count()).where(commits.c.repo_id == repo_id)) or 0
        return n_files, n_chunks or 0, n_commits

    def undescribed(self, repo_id: int) -> tuple[set[str], int]:
        """The source files that no description leads to, and how many source files there are."""
        source = (files.c.repo_id == repo_id, files.c.kind == Kind.CODE.value, files.c.role == Role.SOURCE.value)
        has = sa.select(chunks.c.file_id).where(chunks.c.repo_id == repo_id, ~_OWN_TEXT)
        with self.reading() as connection:
            total = connection.scalar(sa.select(sa.func.count()).select_from(files).where(*source)) or 0
            lacking = connection.scalars(sa.select(files.c.path).where(*source, files.c.id.not_in(has))).all()
        return set(lacking), total

    # chunks

    def chunks(self, row: RepoRow, ids: Collection[str]) -> dict[str, Chunk]:
        """The stored chunks among `ids`; ids that the catalog does not know are left out."""
        found: dict[str, Chunk] = {}
        with self.reading() as connection:
            for page in pages(list(ids)):
                query = sa.select(chunks).where(chunks.c.repo_id == row.id, chunks.c.chunk_id.in_(page))
                found.update((item.chunk_id, to_chunk(row.name, item)) for item in connection.execute(query))
        return found

    def whole(self, wanted: Mapping[int, tuple[str, str]]) -> dict[int, Chunk]:
        """The stored chunks with these numbers, given with their repository's name and their ids; those that are gone are left out."""
        found: dict[int, Chunk] = {}
        with self.reading() as connection:
            for page in pages(list(wanted)):
                for item in connection.execute(sa.select(chunks).where(chunks.c.id.in_(page))):
                    repo, chunk_id = wanted[item.id]
                    if item.chunk_id == chunk_id:  # a refresh may have given the number to another chunk
                        found[item.id] = to_chunk(repo, item)
        return found

    def chunks_of_file(self, row: RepoRow, path: str) -> list[Chunk]:
        """All chunks of one file's own text, in its order."""
        with self.reading() as connection:
            query = sa.select(chunks).where(chunks.c.file_id == file_id(row, path), _OWN_TEXT)
            found = connection.execute(query.order_by(chunks.c.start_line))
            return [to_chunk(row.name, item) for item in found]

    def lexical(
        self, row: RepoRow, text: str, k: int, *, commits_only: bool, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The chunks that hold the words of `text`: (chunk id, BM25), best first; only chunks of `paths` where given."""
        with self.reading() as connection:
            within = None if paths is None else self._rowids(connection, row, paths)
            ranked = lexical.search(connection, row.name, text, k, commits_only, within)
            names: dict[int, str] = {}
            for page in pages([rowid for rowid, _ in ranked]):
                query = sa.select(chunks.c.id, chunks.c.chunk_id).where(chunks.c.id.in_(page))
                names.update((item.id, item.chunk_id) for item in connection.execute(query))
        return [(names[rowid], score) for rowid, score in ranked if rowid in names]

    def _rowids(self, connection: sa.Connection, row: RepoRow, paths: Collection[str]) -> set[int]:
        found: set[int] = set()
        for page in pages(list(paths)):
            query = sa.select(chunks.c.id).join(files, files.c.id == chunks.c.file_id)
            found.update(connection.scalars(query.where(files.c.repo_id == row.id, files.c.path.in_(page))))
        return found

    # vectors

    def vector_ids(self, keys: Collection[bytes]) -> dict[bytes, int]:
        """Which of the content keys already have a vector."""
        found: dict[bytes, int] = {}
        with self.reading() as connection:
            for page in pages(list(keys)):
                query = f"SELECT key, id FROM vectors WHERE key IN ({', '.join('?' * len(page))})"
                found.update(connection.exec_driver_sql(query, tuple(page)).cursor.fetchall())  # plain tuples
        return found

    def save_vectors(self, keys: Sequence[bytes], matrix: np.ndarray) -> None:
        """Keep vectors by content; `matrix` is (len(keys), d). Kept at once, so that a killed refresh need not embed them again."""
        now = time.time()
        data = matrix.astype("<f2")
        rows = [(key, row.tobytes(), now) for key, row in zip(keys, data, strict=True)]
        if rows:
            with self.writing() as connection:
                connection.exec_driver_sql("INSERT OR IGNORE INTO vectors (key, data, used_at) VALUES (?, ?, ?)", rows)

    def vectors_by_id(self, ids: Iterable[int]) -> dict[int, np.ndarray]:
        """Vector id to float32 vector."""
        found: dict[int, np.ndarray] = {}
        with self.reading() as connection:
            for page in pages(list(ids)):
                query = sa.select(vectors.c.id, vectors.c.data).where(vectors.c.id.in_(page))
                found.update((item.id, np.frombuffer(item.data, "<f2").astype(np.float32)) for item in connection.execute(query))
        return found

    def chunk_vectors(self, repo_id: int, *, commits_only: bool) -> dict[str, int]:
        """Chunk id to vector id, for the files' or the commits' chunks of a repository that have a vector."""
        which = chunks.c.commit.is_not(None) if commits_only else chunks.c.commit.is_(None)
        with self.reading() as connection:
            query = sa.select(chunks.c.chunk_id, chunks.c.vector_id).where(chunks.c.repo_id == repo_id, which)
            return {row.chunk_id: row.vector_id for row in connection.execute(query) if row.vector_id is not None}

    def with_vectors(self, repo_id: int, *, commits_only: bool) -> int:
        """How many chunks `chunk_vectors` gives."""
        which = chunks.c.commit.is_not(None) if commits_only else chunks.c.commit.is_(None)
        with self.reading() as connection:
            query = sa.select(sa.func.count()).where(chunks.c.repo_id == repo_id, which, chunks.c.vector_id.is_not(None))
            return connection.scalar(query) or 0

    def chunk_ids(self, repo_id: int, paths: Collection[str]) -> set[str]:
        """The ids of the chunks of these files."""
        found: set[str] = set()
        with self.reading() as connection:
            for page in pages(list(paths)):
                query = sa.select(chunks.c.chunk_id).join(files, files.c.id == chunks.c.file_id)
                found.update(connection.scalars(query.where(files.c.repo_id == repo_id, files.c.path.in_(page))))
        return found

    def known(self, repo_id: int, ids: Collection[str]) -> set[str]:
        """The chunk ids among `ids` that the catalog has."""
        found: set[str] = set()
        with self.reading() as connection:
            for page in pages(list(ids)):
                query = sa.select(chunks.c.chunk_id).where(chunks.c.repo_id == repo_id, chunks.c.chunk_id.in_(page))
                found.update(connection.scalars(query))
        return found

    def prune_vectors(self, unused_since: float) -> int:
        """Forget vectors that no chunk uses and that were made before `unused_since`. Returns how many."""
        unused = ~sa.exists().where(chunks.c.vector_id == vectors.c.id)
        with self.writing() as connection:
            return connection.execute(vectors.delete().where(vectors.c.used_at < unused_since, unused)).rowcount


def mark_changed(connection: sa.Connection, repo_id: int) -> None:
    """Give a repository's row another `revision`."""
    values = {"key": f"{_REVISION}{repo_id}", "value": f"{time.time_ns():x}"}
    connection.execute(meta.insert().prefix_with("OR REPLACE").values(**values))


def _repo_rows() -> sa.Select[Any]:
    columns = [repos.c[field.name] for field in fields(RepoRow)[:-1]]
    revision = sa.func.coalesce(meta.c.value, "").label("revision")
    return sa.select(*columns, revision).outerjoin(meta, meta.c.key == _REVISION + sa.cast(repos.c.id, sa.Text))


_EVERY_REPO = _repo_rows().order_by(repos.c.name)


def file_id(row: RepoRow, path: str) -> sa.ScalarSelect[int]:
    """The id of a file, for a condition: what belongs to a file is indexed by it."""
    return sa.select(files.c.id).where(files.c.repo_id == row.id, files.c.path == path).scalar_subquery()


def pages(items: Sequence[Any], size: int = _PAGE) -> Iterator[Sequence[Any]]:
    """Cut a sequence into pages that one SQL statement can take."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
