"""What a report on hotspots holds. Terminal, Slack, JSON and the picture all show these values."""

from __future__ import annotations

from dataclasses import dataclass

from bot.answers.types import Owner, RepoVersion
from indexer.analysis.complexity import Nesting
from indexer.analysis.coupling import Together
from indexer.analysis.hotspots import Hotspot


@dataclass(frozen=True, slots=True)
class Knowing:
    """Who knows a file or folder. `main` built most of it (None: nobody but programs), `ask` are one to three people to ask now, each
    with the commit that shows their part; `others` counts who else built a good part. `alone`: nobody else who is active here knows it;
    `lost`: nobody at all who knows it is."""

    main: Owner | None
    ask: tuple[Owner, ...]
    others: int
    bus_factor: int
    alone: bool
    lost: bool


@dataclass(frozen=True, slots=True)
class ToldSpot:
    """One hotspot as it is told: `coupled` changes together with it and neither imports the other."""

    repository: str
    rank: int
    spot: Hotspot
    nesting: Nesting
    knowing: Knowing
    coupled: tuple[Together, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ToldArea:
    """A folder (`path` without "/" at its end, "" for the top) that one person alone knows, or nobody any more; `files`, `lines`,
    `lately` and `fixed_lately` (changes and fixes within a year) are of its product code."""

    repository: str
    path: str
    files: int
    lines: int
    lately: int
    fixed_lately: int
    heat: float
    knowing: Knowing
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A file of the picture: in an area, so large, so hot (0..1), and of this rank among those told (0: not told)."""

    repository: str
    path: str
    area: str
    lines: int
    score: float
    rank: int = 0


@dataclass(frozen=True, slots=True)
class HotspotsReport:
    """The hottest files, hottest first, and the areas that one person knows, of `files` files of product code.

    `fixes` of the last year landed in these files, `told_fixes` of them in the files told; `changes` are all of the year.
    `topic` is what it was narrowed to, as asked ("" for everything), `places` what that was taken for.
    """

    topic: str
    places: tuple[str, ...]
    spots: tuple[ToldSpot, ...]
    areas: tuple[ToldArea, ...]
    files: int
    fixes: int
    told_fixes: int
    changes: int
    cells: tuple[Cell, ...] = ()
    notices: tuple[str, ...] = ()
    repositories: tuple[RepoVersion, ...] = ()
    took_ms: float = 0.0
