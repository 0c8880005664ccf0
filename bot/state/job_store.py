"""The file in which the scheduler keeps its jobs: this process's own, and made anew where it is damaged."""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Engine, create_engine, inspect
from sqlalchemy.exc import DatabaseError

from bot.state.database import set_up_sqlite, store_errors

log = logging.getLogger(__name__)


def open_job_engine(path: Path) -> Engine:
    """An engine on the SQLite file. StoreError where it can neither be read nor be made.

    Jobs only say when to look; whether a digest is due is decided by the state database. So a damaged file is replaced.
    """
    with store_errors(str(path)):
        path.parent.mkdir(parents=True, exist_ok=True)
        engine = _engine(path)
        try:
            inspect(engine).get_table_names()
        except DatabaseError:
            engine.dispose()
            log.warning("%s is damaged and is made anew", path)
            for file in (path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")):
                file.unlink(missing_ok=True)
            engine = _engine(path)
        return engine


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}")
    set_up_sqlite(engine)
    return engine
