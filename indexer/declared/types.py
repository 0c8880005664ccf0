"""What the files that declare owners come down to, whatever their dialect. Lines count from 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Dialect(StrEnum):
    """How a file that declares owners is read."""

    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"
    GITEA = "gitea"  # Forgejo too
    GERRIT = "gerrit"  # OWNERS per folder, Chromium too
    PROW = "prow"  # OWNERS per folder in YAML, with OWNERS_ALIASES
    MAINTAINERS = "maintainers"  # Linux


class HolderKind(StrEnum):
    """Who can be declared an owner."""

    PERSON = "person"
    TEAM = "team"
    ROLE = "role"  # GitLab's @@maintainer: everybody with that role
    ANYBODY = "anybody"  # OWNERS "*": whoever may commit


@dataclass(frozen=True, slots=True)
class Holder:
    """An owner as written (`text`): `handle` without "@" ("jane", "acme/payments"), `email`, `name`; each where it is told.

    `role` says in the file's words what the holder is there for, "" where the dialect has no such thing: "maintainer",
    "reviewer", "approver", "list". `via` is the team or alias of the same file that brings the holder in; that team stands
    before them as a holder of its own.
    """

    text: str
    kind: HolderKind
    handle: str | None = None
    email: str | None = None
    name: str | None = None
    role: str = ""
    via: str = ""


@dataclass(frozen=True, slots=True)
class Declaration:
    """One entry of a file, as it applies to a path. No `holders`: the path is deliberately left without an owner.

    `section` is the GitLab section or the MAINTAINERS subsystem; `status` what MAINTAINERS says of it ("Orphan", "Odd Fixes");
    `optional` and `approvals` are GitLab's; all "" / False / None where a dialect has no such thing.
    """

    file: str
    line: int
    pattern: str
    holders: tuple[Holder, ...]
    section: str = ""
    status: str = ""
    optional: bool = False
    approvals: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A line that cannot be read, and why; `line` 0 is the whole file. The other lines hold."""

    file: str
    line: int
    reason: str


class OwnersFile(Protocol):
    """A repository's declarations, read and ready to be asked. Safe for many threads."""

    @property
    def dialect(self) -> Dialect: ...
    @property
    def files(self) -> tuple[str, ...]:
        """Where the declarations stand, as far as they were read."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]: ...

    def owners_of(self, path: str) -> tuple[Declaration, ...]:
        """The declarations that apply to a file, the one that decides first; () where none says anything of it."""
        ...

    def deciding(self, path: str) -> tuple[Declaration, ...]:
        """Those of `owners_of` that hold together by the dialect's rules: GitHub's last line, an entry of each GitLab section,
        every line of Gitea, the nearest OWNERS file, the most specific section of MAINTAINERS; of each kind of file there is."""
        ...

    def declarations(self) -> Iterable[Declaration]:
        """Every entry, in the order of the files."""
        ...
