"""What somebody asks before a change is planned: how things hang together, where it is fragile, and what a change would touch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.config import Settings
from indexer.index import Index
from indexer.kept import Kept
from indexer.retrieval.query import well_formed

if TYPE_CHECKING:
    from bot.hotspots.types import HotspotsReport


class Planning:
    """Answers from what is indexed. Holds no state of one question; safe for many threads."""

    def __init__(self, index: Index, settings: Settings, allowed: Callable[[Sequence[str]], tuple[str, ...]]) -> None:
        """`allowed` gives the repositories that a question about some of them is put to."""
        self._index = index
        self._settings = settings
        self._allowed = allowed
        self._hot = Kept()

    def hotspots(self, repos: Sequence[str] = (), *, topic: str = "", limit: int = 10) -> HotspotsReport:
        """Where fixes land and knowledge is thin, of `repos` or else the configured ones, narrowed to a `topic` if there is one.

        QueryError, UnknownRepo, IndexMissing, StoreError.
        """
        from bot.hotspots.report import hotspots_report

        started = time.monotonic()
        allowed, now = self._allowed(repos), datetime.now(UTC)
        people = self._settings.people
        report = hotspots_report(self._index, self._hot, allowed, topic=well_formed(topic), limit=limit, now=now, people=people)
        return replace(report, took_ms=(time.monotonic() - started) * 1000)
