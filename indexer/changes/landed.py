"""One story as the past remembers it: what it touched, how large it was, what it was about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from indexer.changes.areas import TESTS, Areas, is_source
from indexer.changes.folds import by_bots
from indexer.changes.natures import nature_of
from indexer.changes.parts import part_of
from indexer.changes.sizes import counted_changes, size_of
from indexer.changes.types import Nature, Size, Story
from indexer.types import Commit, FileChange, Person, Role
from indexer.vcs.bots import is_person
from indexer.vcs.identity import Identities
from indexer.vcs.renames import names_today

_HEADERS = frozenset({"include", "includes", "inc", "headers"})  # what the parts say of themselves to each other, and no part


@dataclass(frozen=True, slots=True)
class Landed:
    """A story with what its history needs. `areas` are of source, most changed first."""

    story: Story
    changes: tuple[FileChange, ...]
    files: frozenset[str]
    areas: tuple[str, ...]
    size: Size
    nature: Nature
    authors: frozenset[Person]
    tested: bool
    by_bots: bool

    @property
    def sha(self) -> str:
        """Its newest commit, which for a merged pull request is the merge."""
        return self.story.commits[0].sha

    @property
    def at(self) -> datetime:
        return self.story.commits[0].committed_at

    @property
    def main_area(self) -> str | None:
        """The area it changes most; None where it changes no source."""
        return self.areas[0] if self.areas else None

    @property
    def is_upkeep(self) -> bool:
        """Whether it is about no part in particular: a bump, a sweep of a linter, the work of a program."""
        return self.by_bots or self.nature is Nature.UPKEEP


def landed(story: Story, areas: Areas, identities: Identities) -> Landed:
    """What a story touched; renamed files count under both names."""
    changes = tuple(counted_changes(story))
    size = size_of(changes)
    made = [commit for commit in story.commits if len(commit.parents) < 2] or list(story.commits)
    return Landed(
        story=story,
        changes=changes,
        files=frozenset(path for change in changes for path in (change.path, change.old_path) if path),
        areas=_areas(changes, areas),
        size=size,
        nature=nature_of(story, size),
        authors=frozenset(identities.of(commit.author) for commit in made if is_person(commit.author)),
        tested=any(areas.of(change.path) == TESTS for change in changes),
        by_bots=by_bots(story),
    )


def with_names_of_today(commits: Sequence[Commit]) -> list[Commit]:
    """The commits (newest first) with files called as they are called at the newest one."""
    names = names_today(commits)
    return [_renamed(commit, names[commit.sha]) if commit.sha in names else commit for commit in commits]


def _renamed(commit: Commit, names: Mapping[str, str]) -> Commit:
    return replace(commit, changes=tuple(replace(change, path=names.get(change.path, change.path)) for change in commit.changes))


def _areas(changes: Sequence[FileChange], areas: Areas) -> tuple[str, ...]:
    """The areas of source, by lines changed. The top folder is one only where the project's source lies there."""
    lines: Counter[str] = Counter()
    for change in changes:
        area = areas.of(change.path)
        if is_source(change.path) and (area or part_of(change.path) is Role.SOURCE):
            lines[area] += 1 + (change.added or 0) + (change.deleted or 0)
    found = [area for area, _ in lines.most_common()]
    return tuple(area for area in found if area.rpartition("/")[2] not in _HEADERS) or tuple(found)
