"""What a manifest says: the packages it wants, read from its text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a package is wanted for; the value is what a flag says of it."""

    RUNTIME = ""
    OPTIONAL = "optional"
    PEER = "to be brought by its users"
    PLATFORM = "oldest version supported"
    DEV = "for development"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A package as a manifest wants it: its name as written, the version or range as written ("" for any), and what for.

    `key` is the same for two writings of one package; `written` is what stands in the manifest's line.
    """

    name: str
    version: str = ""
    scope: Scope = Scope.RUNTIME
    key: str = ""
    written: str = ""

    @property
    def identity(self) -> str:
        return self.key or self.name.lower()


class Unreadable(ValueError):
    """A manifest that does not parse: it says nothing, and nothing is said of it."""


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DEV_WORDS = _names("dev develop development test tests testing lint linting doc docs documentation typing types mypy ci build"
                    " bench"
                    " benchmark benchmarks coverage style format release debug check checks qa example examples")


def dev_name(name: str) -> bool:
    """Whether the name of a group, an extra or a file says that what it holds is for those who work on the project."""
    return not _DEV_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", name.lower()))


def line_of(text: str, wanted: Wanted) -> int:
    """The line on which a manifest wants a package: with its version if that stands beside it; 0 where it cannot be found."""
    names = "|".join(re.escape(name) for name in sorted({wanted.name, wanted.written or wanted.name}))
    numbers = re.findall(r"\d[\w.]*", wanted.version)
    for before in (r"(?<![\w.-])", r"(?<=\.)"):  # the second for TOML's `[dependencies.name]`
        named = re.compile(rf"{before}(?:{names})(?![\w-])", re.IGNORECASE)
        first = 0
        for number, line in enumerate(text.split("\n"), start=1):
            if not named.search(line) or line.lstrip().startswith(("#", "//")):
                continue
            if all(part in line for part in numbers):
                return number
            first = first or number
        if first:
            return first
    return 0
