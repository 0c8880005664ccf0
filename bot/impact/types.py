"""What "what would this touch?" comes down to. Terminal, Slack and JSON all show these values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.answers.types import Owner, RepoVersion
from bot.owners.types import Resolved
from bot.told import Shows
from indexer.types import Role


class Why(StrEnum):
    """What ties a file to what was asked about, in order of how much it says."""

    IMPORTS = "imports"  # it imports it
    USES = "uses"  # it names the symbol, without an import that says so
    TABLE = "table"
    ROUTE = "route"
    TOGETHER = "together"
    HIDDEN = "hidden"  # changes together, and neither imports the other
    PRECEDENT = "precedent"  # changed the last times something like it was done
    FOUND = "found"  # the words of the plan find it
    TEST = "test"
    DOCS = "docs"  # documentation that names it
    THROUGH = "through"  # it imports what imports it
    IMPORTED = "imported"  # it is what the asked one depends on; told only beside other reasons


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a file is named: `text` is Markdown that reads after the file's name ("imports it"), with the places that show it."""

    why: Why
    text: str
    shown_by: tuple[Shows, ...] = ()


@dataclass(frozen=True, slots=True)
class Affected:
    """A file that would be touched; `area` as of indexer.changes.areas, `score` ranks it within this report and means nothing else."""

    repository: str
    path: str
    area: str
    role: Role
    score: float
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class AffectedArea:
    """A part of a repository that would be touched, its files best first."""

    repository: str
    name: str
    files: tuple[Affected, ...]


@dataclass(frozen=True, slots=True)
class Precedent:
    """A past change like the one asked about. `commits` are SHAs, newest first; `files` counts those it changed, `areas` are of source.

    `days` are from its first commit to when it landed, None where history does not tell, as after a squash. `fixes` are the changes that
    mended its files within a month: SHA and title. `settled`: that month is over. `why` says how it is like what is
    asked about.
    """

    repository: str
    title: str
    commits: tuple[str, ...]
    pull_request: int | None
    files: int
    areas: tuple[str, ...]
    days: int | None
    fixes: tuple[tuple[str, str], ...]
    authors: tuple[str, ...]
    landed: datetime
    why: str
    settled: bool = True
    paths: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Involved:
    """Somebody to talk to before the change, and about which areas."""

    owner: Owner
    areas: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """What a change would touch. `plan`: asked in words, so that the places are found and not named.

    `affected` are the files best first, at most a hundred; `areas` those of them that are not only reached through others;
    `dependents` counts all that import the asked files. `blind` are clauses on what cannot be seen.
    """

    query: str
    resolved: Resolved
    plan: bool
    affected: tuple[Affected, ...] = ()
    areas: tuple[AffectedArea, ...] = ()
    dependents: int = 0
    precedents: tuple[Precedent, ...] = ()
    owners: tuple[Involved, ...] = ()
    blind: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    repositories: tuple[RepoVersion, ...] = ()
    took_ms: float = 0.0

    @property
    def further(self) -> tuple[Affected, ...]:
        """The files that are only reached through others."""
        return tuple(one for one in self.affected if all(reason.why is Why.THROUGH for reason in one.reasons))

    @property
    def nothing(self) -> bool:
        """Whether nothing was found that is called so or speaks of it."""
        return not (self.resolved.places or self.affected or self.precedents)
