"""Opens the state database and brings its tables up to date; foreign errors become StoreError here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import alembic.command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from indexer.errors import ConfigError, StoreError

_BUSY_MS = 10_000
_MIGRATION_LOCK = 0x646F63656E74  # any number of ours; PostgreSQL's advisory locks are known by number


def open_engine(url: str) -> Engine:
    """An engine on an up-to-date database. Raises ConfigError for a URL nobody can read, StoreError for the rest."""
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        hint = "For example sqlite:////var/lib/docent/state.sqlite."
        raise ConfigError("database.state_url is not a database URL.", hint) from exc
    shown = parsed.render_as_string(hide_password=True)
    with store_errors(shown):
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, pool_pre_ping=True)
        if engine.dialect.name == "sqlite":
            set_up_sqlite(engine)
        _migrate(engine)
    return engine


@contextmanager
def store_errors(shown: str) -> Iterator[None]:
    """Translate what the database or its migration raises; `shown` names it without a password."""
    try:
        yield
    except CommandError as exc:
        hint = "Install that version again, or name another database in database.state_url."
        raise StoreError(f"The state database {shown} was made by another version of docent.", hint) from exc
    except (SQLAlchemyError, OSError, ImportError) as exc:
        reason = str(getattr(exc, "orig", None) or exc).split("\n")[0][:200]
        hint = "Check that the disk has room and that docent may write there."
        raise StoreError(f"The state database {shown} failed: {reason}.", hint) from exc


def set_up_sqlite(engine: Engine) -> None:
    """Every transaction takes the write lock at its start, so two processes wait for each other and none fails half-way."""

    @event.listens_for(engine, "connect")
    def on_connect(connection, record) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.close()

    @event.listens_for(engine, "begin")
    def on_begin(connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")
