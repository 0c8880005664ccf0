"""What "who owns this?" comes down to: what it was taken for, and what is declared, built and at work there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.answers.types import Owner, RepoVersion
from indexer.declared.types import Holder
from indexer.types import Person, Sureness


class PlaceKind(StrEnum):
    """How a place was named, or found."""

    FILE = "file"
    FOLDER = "folder"
    GLOB = "glob"
    SYMBOL = "symbol"
    AREA = "area"  # files found by plain words
    REPOSITORY = "repository"


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere in a repository: `label` as people call it ("src/billing/", "SessionStore.open"), `files` all that belong to it.

    A symbol has the `path` and lines of its definition; a folder's path ends without a slash, the repository's is "".
    """

    repository: str
    path: str
    kind: PlaceKind
    label: str
    files: tuple[str, ...]
    start_line: int = 0
    end_line: int = 0
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Who is asked about, when somebody asks what a person or a team owns. `person` where history or the settings know one."""

    holder: Holder
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a query was taken for: places, or one `subject`. `guessed`: by words, not by name; `alternatives` are other readings.

    `topic` is what is asked about, without the question around it.
    """

    query: str
    places: tuple[Place, ...] = ()
    subject: Subject | None = None
    guessed: bool = False
    alternatives: tuple[Place | Subject, ...] = ()
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Declared:
    """What a file declares of the places: the entry, and its owners as people know them. No `owners`: deliberately nobody's.

    `files` counts the asked files that this entry decides.
    """

    repository: str
    file: str
    line: int
    pattern: str
    owners: tuple[Owner, ...]
    files: int
    section: str = ""
    status: str = ""
    optional: bool = False
    approvals: int | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """Who owns some places; `sureness` is of the first of `built`. `owners` has everybody once, best first.

    `declaring` are the files that declare owners at all, `undeclared` counts the asked files that no entry of these covers.
    `quiet`: nobody worked on the places within half a year. `nobody_active`: and whoever did works on nothing else here either.
    `quiet_since` is the date of the newest commit where the repositories as a whole have been at rest as long.
    """

    query: str
    resolved: Resolved
    declared: tuple[Declared, ...] = ()
    undeclared: int = 0
    declaring: tuple[str, ...] = ()
    built: tuple[Owner, ...] = ()
    ask: tuple[Owner, ...] = ()
    owners: tuple[Owner, ...] = ()
    sureness: Sureness = Sureness.UNCLEAR
    bus_factor: int = 0
    quiet: bool = False
    quiet_since: datetime | None = None
    nobody_active: bool = False
    contradictions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    repositories: tuple[RepoVersion, ...] = ()
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class Holding:
    """A folder or file that somebody built: `share` 0..1 of it; `files` of `of_files` have them as author; `sole`: nobody else who
    is active knows it, so it would be lost with them. `others` are who else could be asked, best first;
    `latest` is the SHA of the newest commit that shows the holder's part."""

    repository: str
    path: str
    files: int
    of_files: int
    share: float
    sole: bool
    reason: str
    others: tuple[Owner, ...] = ()
    url: str | None = None
    latest: str = ""


@dataclass(frozen=True, slots=True)
class SubjectReport:
    """What a person or a team owns. `who` is themselves; `members` are who works on what a team owns, `lost` what nobody else
    active knows, largest first."""

    query: str
    resolved: Resolved
    who: Owner
    declared: tuple[Declared, ...] = ()
    built: tuple[Holding, ...] = ()
    lost: tuple[Holding, ...] = ()
    members: tuple[Owner, ...] = ()
    contradictions: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    repositories: tuple[RepoVersion, ...] = ()
    took_ms: float = 0.0


OwnersReport = PlaceReport | SubjectReport
