"""What files say of systems (evidence), and the map that is made of it.

`path` is relative to its repository, lines start at 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class SystemKind(StrEnum):
    """What a system is, as the contract of `docent map --json` names it."""

    SERVICE = "service"
    PACKAGE = "package"
    APP = "app"
    LIBRARY = "library"
    DATASTORE = "datastore"
    EXTERNAL = "external"


class LinkKind(StrEnum):
    """How one system depends on another."""

    HTTP = "http"
    QUEUE = "queue"
    DATABASE = "database"
    IMPORTS = "imports"
    DEPENDS = "depends"


@dataclass(frozen=True, slots=True)
class Place:
    """A line that shows something: `says` is what it shows, in a few words."""

    path: str
    line: int
    says: str = ""
    repo: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A system as one file declares it. `folder` is where its files are, None where the file does not say; `aliases` are other names
    that mean it, `product` is what it runs ("PostgreSQL") where that is somebody else's."""

    name: str
    kind: SystemKind
    place: Place
    folder: str | None = None
    aliases: tuple[str, ...] = ()
    about: str = ""
    product: str = ""


@dataclass(frozen=True, slots=True)
class Tie:
    """Something that one system says of another. Its source is `source` by name, or else whoever owns the file of `place`.
    `target` may be any name; one that means no system is dropped."""

    target: str
    kind: LinkKind
    place: Place
    declared: bool
    source: str = ""
    by_name: bool = False  # the file itself names the source, as a deployment file does


@dataclass(frozen=True, slots=True)
class Evidence:
    """What some files say."""

    systems: tuple[Found, ...] = ()
    ties: tuple[Tie, ...] = ()

    def __add__(self, other: Evidence) -> Evidence:
        return Evidence(self.systems + other.systems, self.ties + other.ties)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a system is for in the words of its repository, and where they stand."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Table:
    """A table as a file makes it, or declares a class for it."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True)
class System:
    """One box of the map. `folders` are its own, most telling first; `files` and `lines` count source that is no test; `languages` by
    lines, largest first; `declared` are the places that name it, best first, none for what only follows from code."""

    name: str
    kind: SystemKind
    repo: str = ""
    folders: tuple[str, ...] = ()
    files: int = 0
    lines: int = 0
    languages: tuple[str, ...] = ()
    about: Quote | None = None
    product: str = ""
    aliases: tuple[str, ...] = ()
    declared: tuple[Place, ...] = ()
    tables: tuple[Table, ...] = ()
    queries: tuple[Table, ...] = ()  # the tables of others that its SQL names
    routes: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """`source` uses `target`; `count` places show it, the best of them as `evidence`. Not `declared`: inferred from names that meet."""

    source: str
    target: str
    kind: LinkKind
    declared: bool
    count: int
    evidence: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class SystemMap:
    """All systems of some repositories and their links. `parts` says that the boxes are the parts of one system, for there are no
    several ones."""

    systems: tuple[System, ...] = ()
    links: tuple[Link, ...] = ()
    parts: bool = False
    repos: tuple[str, ...] = field(default=())

    def named(self, name: str) -> System:
        """KeyError where there is none."""
        for system in self.systems:
            if system.name == name:
                return system
        raise KeyError(name)
