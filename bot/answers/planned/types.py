"""What an answer about planning comes down to, before it is checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bot.answers.types import Drawing, Owner, RepoVersion, Statement

if TYPE_CHECKING:
    from bot.hotspots.types import HotspotsReport
    from bot.impact.types import ImpactReport
    from bot.map.types import FlowReport, MapReport

CITED = 3  # places, of one statement


@dataclass(frozen=True, slots=True)
class AboutPlanning:
    """What a question of planning comes down to; `statements` are not checked yet."""

    statements: list[Statement]
    repositories: tuple[RepoVersion, ...]
    owners: tuple[Owner, ...] = ()
    notices: tuple[str, ...] = ()
    drawing: Drawing | None = None


class Reports(Protocol):
    """What is told in words: `bot.planning.Planning` gives it. QueryError, UnknownRepo, IndexMissing, RepoError, StoreError."""

    def map(self, words: str = "", repos: Sequence[str] = ()) -> MapReport: ...

    def flow(self, start: str, end: str, repos: Sequence[str] = ()) -> FlowReport: ...

    def hotspots(self, repos: Sequence[str] = (), *, topic: str = "", limit: int = 10) -> HotspotsReport: ...

    def impact(self, text: str, repos: Sequence[str] = ()) -> ImpactReport: ...
