"""What a language model made of questions, remembered: in memory, and in one file that all processes of the data folder share.

A file of its own and not the state database: that one holds what cannot be had again and may be shared by machines, this one can
be deleted at any time. It holds no question, only a digest of each, and forgets what is older than a month.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from bot.llm.rewriting import Rewriting

log = logging.getLogger(__name__)

_FILE = "rewritings.sqlite"
_IN_MEMORY = 512
_IN_FILE = 5_000
_KEEP_SECONDS = 30 * 86_400.0
_PATIENCE = 0.2  # seconds for another process's write: asking again is cheaper than waiting
_TABLE = "CREATE TABLE IF NOT EXISTS rewritings (key TEXT PRIMARY KEY, made_at REAL NOT NULL, value TEXT NOT NULL)"


class Remembered:
    """Rewritings by key. Without its file, which may be damaged or not writable, it remembers until the process ends."""

    def __init__(self, folder: Path, now: Callable[[], float] = time.time) -> None:
        self._file = folder / _FILE
        self._now = now
        self._recent: OrderedDict[str, Rewriting] = OrderedDict()
        self._lock = threading.Lock()
        self._broken = False

    def get(self, key: str) -> Rewriting | None:
        with self._lock:
            if key in self._recent:
                self._recent.move_to_end(key)
                return self._recent[key]
        found = self._read(key)
        if found is not None:
            self._keep(key, found)
        return found

    def put(self, key: str, rewriting: Rewriting) -> None:
        self._keep(key, rewriting)
        value = json.dumps({"terms": rewriting.terms, "imagined": rewriting.imagined})
        now = self._now()

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO rewritings VALUES (?, ?, ?)", (key, now, value))
            connection.execute("DELETE FROM rewritings WHERE made_at < ?", (now - _KEEP_SECONDS,))
            newest = "SELECT key FROM rewritings ORDER BY made_at DESC LIMIT ?"
            connection.execute(f"DELETE FROM rewritings WHERE key NOT IN ({newest})", (_IN_FILE,))

        self._with_file(write)

    def _read(self, key: str) -> Rewriting | None:
        query = "SELECT value FROM rewritings WHERE key = ? AND made_at >= ?"
        asked = (key, self._now() - _KEEP_SECONDS)
        row = self._with_file(lambda connection: connection.execute(query, asked).fetchone())
        try:
            value = json.loads(row[0]) if row else None
            return Rewriting(tuple(map(str, value["terms"])), str(value["imagined"])) if value else None
        except (KeyError, TypeError, ValueError):
            return None  # of a version to come

    def _keep(self, key: str, rewriting: Rewriting) -> None:
        with self._lock:
            self._recent[key] = rewriting
            self._recent.move_to_end(key)
            while len(self._recent) > _IN_MEMORY:
                self._recent.popitem(last=False)

    def _with_file(self, work: Callable[[sqlite3.Connection], tuple[str] | None]) -> tuple[str] | None:
        if self._broken:
            return None
        try:
            with closing(sqlite3.connect(self._file, timeout=_PATIENCE)) as connection, connection:
                connection.execute(_TABLE)
                return work(connection)
        except sqlite3.Error as exc:
            if "locked" not in str(exc):
                self._broken = True
                log.warning("%s cannot be used (%s); delete it. Until then questions are rewritten anew.", self._file, exc)
            return None
