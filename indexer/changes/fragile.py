"""Which files often need mending: changed much, of late, by many, and fixed again and again.

Where fixes land is told best by the mean of a file's ranks in changes (of late more than before), lines changed, and authors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from indexer.changes.fixes import mends
from indexer.changes.landed import Landed
from indexer.changes.parts import part_of
from indexer.changes.types import Fragile
from indexer.types import Person, Role

_YEAR = timedelta(days=365)
_HALF_LIFE = timedelta(days=180)
_TOP, _LEAST_TOP, _MOST_TOP = 0.03, 5, 30  # of the files changed within a year
_FIXES = 3
_LARGEST = 100  # files of a story; larger ones are moves and sweeps
_LATEST = 3
BUILT = frozenset({"dist", "build", "generated"})
"""Folders of files that tools write."""


@dataclass(slots=True)
class _Life:
    """What happened to a file within a year."""

    weight: float = 0.0
    changes: int = 0
    lines: int = 0
    authors: set[Person] = field(default_factory=set)
    fixes: list[str] = field(default_factory=list)


def fragile_files(past: Iterable[Landed], newest: datetime, paths: Collection[str]) -> dict[str, Fragile]:
    """The files (of `paths`) at the top of the repository that were fixed at least three times in the year before `newest`.

    `past` is newest first.
    """
    lives: dict[str, _Life] = defaultdict(_Life)
    for one in past:
        age = newest - one.at
        if age > _YEAR or one.is_upkeep or len(one.files) > _LARGEST:
            continue
        fixes = is_fix(one)
        for change in one.changes:
            if change.path in paths and part_of(change.path) is Role.SOURCE and BUILT.isdisjoint(change.path.split("/")):
                life = lives[change.path]
                life.lines += (change.added or 0) + (change.deleted or 0)
                life.authors |= one.authors
        for path in one.files & lives.keys():
            life = lives[path]
            life.changes += 1
            life.weight += 0.5 ** (age / _HALF_LIFE)
            if fixes:
                life.fixes.append(one.sha)
    top = _top(lives)
    return {path: _told(path, lives[path]) for path in top if len(lives[path].fixes) >= _FIXES}


def is_fix(one: Landed) -> bool:
    """Whether a story mends something, by its title, or takes something back."""
    return mends(one.story.title, (commit.body for commit in one.story.commits), one.nature)


def _top(lives: Mapping[str, _Life]) -> list[str]:
    """The files of the best mean rank, best first; equal values have equal ranks."""
    values: tuple[Callable[[_Life], float], ...] = (lambda one: one.weight, lambda one: one.lines, lambda one: len(one.authors))
    ranks: dict[str, int] = defaultdict(int)
    for value in values:
        place = {worth: rank for rank, worth in reversed(list(enumerate(sorted(map(value, lives.values()), reverse=True))))}
        for path, life in lives.items():
            ranks[path] += place[value(life)]
    ranked = sorted(lives, key=lambda path: (ranks[path], path))
    return ranked[: min(max(_LEAST_TOP, round(_TOP * len(ranked))), _MOST_TOP)]


def _told(path: str, life: _Life) -> Fragile:
    return Fragile(path, life.changes, len(life.fixes), len(life.authors), tuple(life.fixes[:_LATEST]))
