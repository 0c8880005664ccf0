"""What a language model said of files, by the content it was told: kept when all else is read anew, for each cost a request."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

_BATCH = 500


def create(conn: Connection) -> None:
    """Make the table. Safe to repeat."""
    conn.exec_driver_sql("CREATE TABLE IF NOT EXISTS descriptions (key TEXT PRIMARY KEY, text TEXT NOT NULL)")


def known(conn: Connection, keys: Collection[str]) -> dict[str, str]:
    """Key to description, for those of `keys` that have one; "" where the model had nothing usable to say."""
    wanted = list(keys)
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _BATCH):
        page = tuple(wanted[start : start + _BATCH])
        marks = ",".join("?" * len(page))
        rows = conn.exec_driver_sql(f"SELECT key, text FROM descriptions WHERE key IN ({marks})", page)
        found.update({str(row[0]): str(row[1]) for row in rows})
    return found


def save(conn: Connection, made: Mapping[str, str]) -> None:
    """Keep descriptions by key."""
    if made:
        conn.exec_driver_sql("INSERT OR REPLACE INTO descriptions (key, text) VALUES (?, ?)", list(made.items()))
