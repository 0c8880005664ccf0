"""The catalog's tables. Everything here can be rebuilt from git; nothing people did is kept in it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from indexer.errors import ConfigError, StoreError

FORMAT_VERSION = "3"  # raise it when a table changes: the catalog is then rebuilt from git, its vectors are kept

metadata = sa.MetaData()

meta = sa.Table("meta", metadata, sa.Column("key", sa.Text, primary_key=True), sa.Column("value", sa.Text, nullable=False))

repos = sa.Table(
    "repos",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("head", sa.Text, nullable=False, default=""),
    sa.Column("branch", sa.Text, nullable=False, default=""),
    sa.Column("web_url", sa.Text, nullable=False, default=""),
    sa.Column("fingerprint", sa.Text, nullable=False, default=""),
    sa.Column("mailmap", sa.Text, nullable=False, default=""),
    sa.Column("indexed_at", sa.Float),
    sa.Column("shallow", sa.Boolean, nullable=False, default=False),
    sa.Column("newest_only", sa.Integer, nullable=False, default=0),  # how many commits the settings let in, 0: all there are
    sa.Column("vectors_dirty", sa.Boolean, nullable=False, default=False),
    sa.Column("failure", sa.Text, nullable=False, default=""),
    sa.Column("failed_at", sa.Float),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo_id", sa.Integer, sa.ForeignKey("repos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("blob", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("about", sa.Text, nullable=False, default=""),
    sa.Column("lines", sa.Integer, nullable=False, default=0),
    sa.UniqueConstraint("repo_id", "path"),
)

skipped = sa.Table(
    "skipped",
    metadata,
    sa.Column("repo_id", sa.Integer, sa.ForeignKey("repos.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("blob", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False, default=""),
)

vectors = sa.Table(
    "vectors",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.LargeBinary, nullable=False, unique=True),  # SHA-256 of the model and the text
    sa.Column("data", sa.LargeBinary, nullable=False),  # float16, little endian
    sa.Column("used_at", sa.Float, nullable=False),
)

chunks = sa.Table(
    "chunks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo_id", sa.Integer, sa.ForeignKey("repos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("chunk_id", sa.Text, nullable=False),
    sa.Column("file_id", sa.Integer, sa.ForeignKey("files.id", ondelete="CASCADE")),
    sa.Column("vector_id", sa.Integer, sa.ForeignKey("vectors.id")),
    sa.Column("path", sa.Text),
    sa.Column("start_line", sa.Integer, nullable=False),
    sa.Column("end_line", sa.Integer, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("symbol", sa.Text),
    sa.Column("symbol_kind", sa.Text),
    sa.Column("enclosing", sa.JSON, nullable=False),
    sa.Column("doc", sa.Text, nullable=False, default=""),
    sa.Column("about", sa.Text, nullable=False, default=""),
    sa.Column("commit", sa.Text),
    sa.UniqueConstraint("repo_id", "chunk_id"),
    sa.Index("chunks_by_file", "file_id"),
    sa.Index("chunks_by_vector", "vector_id"),
)

symbols = sa.Table(
    "symbols",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo_id", sa.Integer, sa.ForeignKey("repos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("file_id", sa.Integer, sa.ForeignKey("files.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("qualified", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("start_line", sa.Integer, nullable=False),
    sa.Column("end_line", sa.Integer, nullable=False),
    sa.Column("signature", sa.Text, nullable=False, default=""),
    sa.Column("doc", sa.Text, nullable=False, default=""),
    sa.Index("symbols_by_name", "repo_id", "name"),
)

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo_id", sa.Integer, sa.ForeignKey("repos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("file_id", sa.Integer, sa.ForeignKey("files.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("module", sa.Text, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("target", sa.Text),
    sa.Index("imports_by_target", "repo_id", "target"),
)

commits = sa.Table(
    "commits",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo_id", sa.Integer, sa.ForeignKey("repos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("sha", sa.Text, nullable=False),
    sa.Column("parents", sa.Text, nullable=False),
    sa.Column("author_name", sa.Text, nullable=False),
    sa.Column("author_email", sa.Text, nullable=False),
    sa.Column("committer_name", sa.Text, nullable=False),
    sa.Column("committer_email", sa.Text, nullable=False),
    sa.Column("authored_at", sa.Float, nullable=False),  # seconds since 1970, UTC
    sa.Column("committed_at", sa.Float, nullable=False),
    sa.Column("files", sa.Integer, nullable=False, default=0),
    sa.Column("added", sa.Integer, nullable=False, default=0),
    sa.Column("deleted", sa.Integer, nullable=False, default=0),
    sa.Column("helped", sa.Text, nullable=False, default=""),  # ids of people with blanks between: read far faster than a join
    sa.Column("reviewed", sa.Text, nullable=False, default=""),
    sa.Column("brought", sa.Text, nullable=False, default=""),
    sa.Column("merger", sa.Integer),  # the id of whoever merged its branch
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.UniqueConstraint("repo_id", "sha"),
    sa.Index("commits_by_date", "repo_id", "committed_at"),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo_id", sa.Integer, sa.ForeignKey("repos.id", ondelete="CASCADE"), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("times", sa.Integer, nullable=False, default=0),  # in how many commits they take part, a part each
    sa.Column("last", sa.Float, nullable=False, default=0.0),
    sa.UniqueConstraint("repo_id", "name", "email"),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("repo_id", sa.Integer, sa.ForeignKey("repos.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("handle", sa.Text, nullable=False),
    sa.Column("person_id", sa.Integer, nullable=False),  # who wrote the newest commit of a branch of that account
    sa.Column("times", sa.Integer, nullable=False),
)

commit_files = sa.Table(
    "commit_files",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("commit_id", sa.Integer, sa.ForeignKey("commits.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("repo_id", sa.Integer, nullable=False),
    sa.Column("path", sa.Text, nullable=False),  # as the commit called it
    sa.Column("today", sa.Text, nullable=False),  # as it is called at the head: renames followed
    sa.Column("old_path", sa.Text),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("added", sa.Integer),
    sa.Column("deleted", sa.Integer),
    sa.Index("commit_files_by_today", "repo_id", "today", "commit_id", "added", "deleted", "status"),  # covers what ownership reads
)


def open_engine(url: str) -> sa.Engine:
    """Open the catalog's database and create its tables. StoreError when it cannot be opened or is damaged."""
    if not url.startswith("sqlite"):
        raise ConfigError(
            "database.catalog_url must be an SQLite URL: the word index needs SQLite's FTS5.",
            "Leave it empty to use a file in data_dir.",
        )
    engine = sa.create_engine(url, connect_args={"timeout": 30}, pool_reset_on_return="rollback")
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    with database_errors():
        _create(engine)
    return engine


def _create(engine: sa.Engine) -> None:
    """Make the tables; those of another format are replaced, for everything in them can be read from git again."""
    with engine.connect().execution_options(writes=True) as connection, _without_references(connection), connection.begin():
        if sa.inspect(connection).has_table("meta"):
            stored = connection.scalar(sa.select(meta.c.value).where(meta.c.key == "format"))
            if stored == FORMAT_VERSION:
                return
            if stored is not None:
                _replace_tables(connection)
        metadata.create_all(connection)
        connection.execute(meta.insert().prefix_with("OR REPLACE").values(key="format", value=FORMAT_VERSION))


@contextmanager
def _without_references(connection: sa.Connection) -> Iterator[None]:
    """Let tables be dropped in any order; SQLite takes this setting outside of transactions only."""
    raw: Any = connection.connection.driver_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _replace_tables(connection: sa.Connection) -> None:
    """Drop the tables of another format, but for what is addressed by content: nothing is embedded or described again.

    Repositories keep their number and fingerprint, by which the next refresh finds their old collections in Chroma and drops them.
    """
    known = connection.execute(sa.text("SELECT id, name, fingerprint FROM repos")).all()
    virtual = connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%'")).all()
    for name in virtual:
        connection.exec_driver_sql(f'DROP TABLE "{name}"')
    tables = connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")).all()
    for name in set(tables) - {"meta", "vectors", "descriptions"}:
        connection.exec_driver_sql(f'DROP TABLE "{name}"')
    metadata.create_all(connection)
    for row in known:
        connection.execute(repos.insert().values(id=row.id, name=row.name, fingerprint=row.fingerprint))
    connection.execute(vectors.update().values(used_at=time.time()))  # nothing uses them until their repository was read again


_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000", "temp_store=MEMORY")
_MAPPED = 256 << 20  # bytes read as memory: looking up rows by number takes half the time


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's events begin transactions, so that reads are snapshots too
    for pragma in (*_PRAGMAS, f"mmap_size={_MAPPED}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def database_errors() -> Iterator[None]:
    """Translate the database's errors into StoreError, cause kept."""
    try:
        yield
    except sa.exc.DBAPIError as exc:
        text = str(exc.orig)
        if "disk is full" in text:
            raise StoreError("The disk is full: the index could not be written.", "Free some space; nothing was lost.") from exc
        if "malformed" in text or "not a database" in text:
            raise StoreError(
                "The catalog file is damaged.",
                "Run `docent index --full`: it sets the damaged file aside and rebuilds the index from git.",
            ) from exc
        if "readonly" in text or "unable to open" in text:
            raise StoreError("The data folder cannot be written.", "Check data_dir and its permissions.") from exc
        raise StoreError(f"The catalog database failed: {text}.", "Run `docent doctor`.") from exc
