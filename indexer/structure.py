"""One repository as a whole: its files, what they import and define, and every change that made them what they are.

The map, hotspots and impact look at all of it at once. Read from the catalog in one go, and kept until the index changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from indexer.stores import facts
from indexer.stores.catalog import Catalog, RepoRow
from indexer.types import CommitFacts, Import, Role, Symbol, Touch


@dataclass(frozen=True, slots=True)
class FileFacts:
    """An indexed file: `about` is the line that it says of itself, "" for none."""

    path: str
    language: str
    role: Role
    about: str
    lines: int


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What one commit changed of the files that are there today, by the names they have today."""

    commit: CommitFacts
    subject: str
    body: str
    touches: tuple[Touch, ...]


@dataclass(frozen=True)
class Structure:
    """`files` by path; `imports` are all that stand in them, with a `target` where they mean a file of the repository; `changes` are
    newest first, without merges and what the repository says is of no account."""

    repo: str
    head: str
    files: Mapping[str, FileFacts]
    imports: tuple[Import, ...]
    symbols: tuple[Symbol, ...]
    changes: tuple[ChangeSet, ...]

    @cached_property
    def imported_by(self) -> Mapping[str, tuple[Import, ...]]:
        """Path to the imports, anywhere, that mean this file."""
        return _by((item.target, item) for item in self.imports if item.target)

    @cached_property
    def imports_in(self) -> Mapping[str, tuple[Import, ...]]:
        """Path to the imports that stand in this file and mean another one of the repository."""
        return _by((item.path, item) for item in self.imports if item.target)


def structure_of(catalog: Catalog, row: RepoRow, touches: Iterable[Touch]) -> Structure:
    """As the catalog knows it; `touches` are all changes of the files of the head."""
    files = {
        one.path: FileFacts(one.path, one.language, Role(one.role), one.about, one.lines) for one in catalog.file_rows(row.id)
    }
    changes = grouped(touches, facts.messages(catalog, row))
    return Structure(row.name, row.head, files, facts.all_imports(catalog, row), facts.all_symbols(catalog, row), changes)


def grouped(touches: Iterable[Touch], messages: Mapping[str, tuple[str, str]]) -> tuple[ChangeSet, ...]:
    """Changes of files as the changes that commits made, newest first; `messages` are subject and body by SHA."""
    of_commit: dict[str, list[Touch]] = defaultdict(list)
    for touch in touches:
        of_commit[touch.commit.sha].append(touch)
    found = [ChangeSet(some[0].commit, *messages.get(sha, ("", "")), tuple(some)) for sha, some in of_commit.items()]
    return tuple(sorted(found, key=lambda one: (one.commit.committed_at, one.commit.sha), reverse=True))


def _by(pairs: Iterable[tuple[str | None, Import]]) -> dict[str, tuple[Import, ...]]:
    found: dict[str, list[Import]] = defaultdict(list)
    for key, item in pairs:
        found[key or ""].append(item)
    return {key: tuple(items) for key, items in found.items()}
