"""What the map tells, ready to be shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.answers.types import Owner, RepoVersion
from indexer.systems.types import Link, Place, System, SystemMap


@dataclass(frozen=True, slots=True)
class Rolled:
    """One box for several systems, for a picture holds only so many."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MapReport:
    """The map of some repositories, or of what fits `query`. `whole` is all there is; `shown` is what a picture has room for, with
    `rolled` boxes for the rest. `focus` names the systems that were asked about, `parts` holds the parts of the one, if it is one.
    `urls` leads from a place to its page, `took_ms` is what it cost."""

    query: str
    whole: SystemMap
    shown: SystemMap
    focus: tuple[str, ...] = ()
    guessed: bool = False
    rolled: tuple[Rolled, ...] = ()
    parts: SystemMap | None = None
    owners: Mapping[str, tuple[Owner, ...]] = field(default_factory=dict)
    urls: Mapping[Place, str] = field(default_factory=dict)
    repositories: tuple[RepoVersion, ...] = ()
    notices: tuple[str, ...] = ()
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class FlowReport:
    """How one system leads to another: the shortest chain of links, each with its evidence. No `steps` where nothing leads there;
    `backwards` where only the other direction does."""

    start: str
    end: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    steps: tuple[Link, ...] = ()
    backwards: bool = False
    systems: Mapping[str, System] = field(default_factory=dict)
    urls: Mapping[Place, str] = field(default_factory=dict)
    repositories: tuple[RepoVersion, ...] = ()
    notices: tuple[str, ...] = ()
    took_ms: float = 0.0
