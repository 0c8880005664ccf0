"""What a change is made of, from the commits that landed to the few stories worth telling. Values only; words are the bot's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from indexer.types import Commit, FileChange, Person

Read = Callable[[str, str], str | None]
"""The text of a file: (commit, path) -> text; None where there is none, or where it is no text or too large."""


class Nature(StrEnum):
    """What a story does, as its author names it and its files show."""

    BREAKING = "breaking"
    REMOVAL = "removal"
    FEATURE = "feature"
    DEPRECATION = "deprecation"
    SECURITY = "security"
    FIX = "fix"
    REVERT = "revert"
    CHANGE = "change"  # an improvement, or what names itself nothing else
    UPKEEP = "upkeep"


class Fold(StrEnum):
    """Why a story is only counted, never told."""

    BOTS = "bots"  # dependency updates and other automatic changes
    BUMPS = "bumps"  # the same by hand, and releases
    FORMATTING = "formatting"
    REFACTORING = "refactoring"  # and other upkeep
    TESTS = "tests"
    DOCS = "docs"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Story:
    """One change as people think of it: the commits (newest first, a merge before what it brought), the title and text of its
    pull request or of the commit that says most, and the issues its texts name ("#12", "SHOP-34")."""

    title: str
    body: str
    commits: tuple[Commit, ...]
    pull_request: int | None = None
    issues: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[FileChange, ...]:
        return tuple(change for commit in self.commits for change in commit.changes)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a story on the main line: what stood `before` ("" for nothing) and `after`, both SHAs, and what changed between.

    A merged or squashed pull request is one step, a story of several single commits has one for each.
    """

    before: str
    after: str
    changes: tuple[FileChange, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """Lines of a story by what they are: added and deleted together, `docs_added` alone without those deleted. Lock files,
    generated and vendored files count nowhere but in `added` and `deleted`; `files` are those of source."""

    source: int = 0
    tests: int = 0
    docs: int = 0
    docs_added: int = 0
    files: int = 0
    all_files: int = 0
    added: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where something can be seen: a line of a file at a commit (`line` 0: the file as a whole), or ("" as path) the commit."""

    commit: str
    path: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """What a change says of itself for its users: the entry it adds to a changelog or as a news fragment."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Rated:
    """A story, how much it matters and why; `fold` is set where it is only to be counted. `authors` are merged, most work first."""

    story: Story
    score: float
    nature: Nature
    size: Size
    reasons: tuple[str, ...] = ()
    fold: Fold | None = None
    authors: tuple[Person, ...] = ()


class FlagKind(StrEnum):
    """What to look at twice. The words for each are the bot's."""

    SCHEMA = "schema"  # a migration, or a table or column in the schema
    API_REMOVED = "api_removed"
    API_CHANGED = "api_changed"
    DEPENDENCY_NEW = "dependency_new"
    DEPENDENCY_REMOVED = "dependency_removed"
    DEPENDENCY_CHANGED = "dependency_changed"
    DEFAULT = "default"  # a default of a setting or of an option
    SECURITY = "security"
    MONEY = "money"
    REVERT = "revert"
    BREAKING = "breaking"  # marked so by its author
    DELETION = "deletion"  # source files, so perhaps a feature, taken away


@dataclass(frozen=True, slots=True)
class Flag:
    """Something to look at twice: `subject` as the code calls it (a package, a symbol, a setting, a table, a path), what it was
    `before` and is `after` where that can be said ("" else), and the places that show it, never none."""

    kind: FlagKind
    subject: str
    before: str = ""
    after: str = ""
    detail: str = ""  # what happens to the subject, for a schema: "table created", "column dropped"
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Usual:
    """A story's size against what is usual for its main area: lines of source, the median of `stories` earlier ones."""

    area: str
    lines: int
    usual: int
    stories: int

    @property
    def times(self) -> float:
        return self.lines / max(self.usual, 1)


@dataclass(frozen=True, slots=True)
class Missing:
    """What usually changes with a place of the story and did not this time: `together` of `of` changes; `latest` are SHAs."""

    usual: str  # a file, or a folder ending in "/"
    with_: str
    together: int
    of: int
    latest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fragile:
    """A file that often needs mending, or that one person holds: changes, fixes and authors within a year, and the last fixes."""

    path: str
    changes: int
    fixes: int
    authors: int
    latest_fixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody whose first change of an area this is; `earlier` counts their commits anywhere in the repository."""

    person: Person
    area: str
    earlier: int


@dataclass(frozen=True, slots=True)
class Against:
    """A story held against the history before it. `areas` are of source, most changed first; `areas_usually` is the median number
    an earlier story touches; what cannot be known, for want of history, is None or empty."""

    areas: tuple[str, ...] = ()
    areas_usually: int | None = None
    usual: Usual | None = None
    missing: tuple[Missing, ...] = ()
    tests_usually: tuple[int, int] | None = None  # of the earlier stories of the main area: with a change of tests, all
    fragile: tuple[Fragile, ...] = ()
    newcomers: tuple[Newcomer, ...] = ()
