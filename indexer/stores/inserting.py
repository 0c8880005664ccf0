"""Many rows into one table, past SQLAlchemy's handling of each value, which costs twice what SQLite does to store it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

_ROWS = 2_000  # inserted together


def insert(connection: sa.Connection, table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns. Columns left out must have a default in the database, or may be NULL: defaults
    that SQLAlchemy fills in do not count here. Values of JSON columns are turned into text in the rows."""
    if not rows:
        return
    statement, texts = _prepared(table, tuple(rows[0]))
    for row in rows if texts else ():
        for name in texts:
            row[name] = _EMPTY if not row[name] else json.dumps(row[name])
    for start in range(0, len(rows), _ROWS):
        connection.exec_driver_sql(statement, [tuple(row.values()) for row in rows[start : start + _ROWS]])


def next_id(connection: sa.Connection, table: sa.Table) -> int:
    """The first free number; a transaction that writes is alone, so that it stays free."""
    return (connection.scalar(sa.select(sa.func.max(table.c.id))) or 0) + 1


_EMPTY = "[]"  # what nearly all of them are


@lru_cache(maxsize=64)
def _prepared(table: sa.Table, columns: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """The statement for these columns, and those of them that hold JSON."""
    named = ", ".join(f'"{name}"' for name in columns)
    marks = ", ".join("?" * len(columns))
    texts = tuple(name for name in columns if isinstance(table.c[name].type, sa.JSON))
    return f'INSERT INTO "{table.name}" ({named}) VALUES ({marks})', texts
