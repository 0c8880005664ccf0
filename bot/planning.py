"""What somebody asks before a change is planned: how things hang together, where it is fragile, and what a change would touch."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.config import Settings
from indexer.index import Index
from indexer.kept import Kept, Latest
from indexer.questions.query import well_formed

if TYPE_CHECKING:
    from bot.answers.types import Answer, Drawing
    from bot.hotspots.types import HotspotsReport
    from bot.impact.types import ImpactReport
    from bot.map.types import FlowReport, MapReport
    from bot.pictures import Picture
    from indexer.analysis.impact import Surrounding

_SURROUNDINGS = 4  # of the repositories asked about last


class Planning:
    """Answers from what is indexed. Holds no state of one question; safe for many threads."""

    def __init__(self, index: Index, settings: Settings, allowed: Callable[[Sequence[str]], tuple[str, ...]]) -> None:
        """`allowed` gives the repositories that a question about some of them is put to."""
        self._index = index
        self._settings = settings
        self._allowed = allowed
        self._hot, self._maps = Kept(), Kept()
        self._surroundings = Latest(_SURROUNDINGS)

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

    def impact(self, text: str, repos: Sequence[str] = ()) -> ImpactReport:
        """What a path, a symbol, or a plan in plain words would touch in `repos` or else the configured ones.

        QueryError, UnknownRepo, IndexMissing, RepoError, StoreError.
        """
        from bot.impact.report import impact_report

        started = time.monotonic()
        now, people = datetime.now(UTC), self._settings.people
        report = impact_report(self._index, well_formed(text), self._allowed(repos), people, self._surrounding, now)
        return replace(report, took_ms=(time.monotonic() - started) * 1000)

    def _surrounding(self, name: str) -> Surrounding:
        """What is tied to what in a repository, worked out once for each state of its index."""
        from indexer.analysis.impact import Surrounding

        structure = self._index.structure(name)
        _, surrounding = self._surroundings.get((name, structure.head, id(structure)), lambda: (structure, Surrounding(structure)))
        return surrounding

    def map(self, words: str = "", repos: Sequence[str] = ()) -> MapReport:
        """The systems of `repos` or else the configured ones and how they hang together, or those that fit some words.

        QueryError, UnknownRepo, IndexMissing, StoreError.
        """
        from bot.map.report import map_report

        started = time.monotonic()
        report = map_report(self._index, well_formed(words), self._allowed(repos), self._maps, datetime.now(UTC))
        return replace(report, took_ms=(time.monotonic() - started) * 1000)

    def flow(self, start: str, end: str, repos: Sequence[str] = ()) -> FlowReport:
        """The shortest way from one system to another, each step with its evidence. QueryError, UnknownRepo, IndexMissing, StoreError."""
        from bot.map.report import flow_report

        started = time.monotonic()
        report = flow_report(self._index, well_formed(start), well_formed(end), self._allowed(repos), self._maps)
        return replace(report, took_ms=(time.monotonic() - started) * 1000)

    # in words

    def answer(self, command: str, words: str = "", repos: Sequence[str] = ()) -> Answer:
        """What `docent map`, `hotspots` or `impact` says, as checked statements. QueryError, UnknownRepo, IndexMissing, StoreError."""
        from bot.answers.planned.answering import command_answer

        return command_answer(self, self._index, command, words, self._allowed(repos))

    def picture(self, drawing: Drawing) -> Picture | None:
        """The picture of an answer; None where there is nothing to be seen. DrawingError, and what `map` and `hotspots` raise."""
        from bot.pictures import hotspots_picture, map_picture

        if drawing.kind == "map":
            return map_picture(self.map(drawing.words, drawing.repos))
        return hotspots_picture(self.hotspots(drawing.repos, topic=drawing.words))
