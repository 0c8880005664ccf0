"""Makes cases of impact from a repository's own history: of a held-out commit one file is told, and the others are looked for."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from indexer.structure_git import contained
from indexer.types import Commit
from indexer.vcs.bots import is_person

_PART = 5  # the newest part of the main line, one in so many, is held out,
_MOST = 1_500  # at most so many steps of it
_POINTS = 6
_CASES = 300  # of a repository, as many from between each two points
_LEAST, _LARGEST = 2, 30  # files of a commit


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the held-out history. Facts are read at the commit `before` it, which contains none of `commits`."""

    before: str
    commits: tuple[Commit, ...]


@dataclass(frozen=True, slots=True)
class ImpactCase:
    """A commit's files that were there when the facts were read, by their names then: `asked` is told, the `others` are right."""

    sha: str
    subject: str
    asked: str
    others: frozenset[str]


def stretches(log: Sequence[Commit], mainline: Sequence[str]) -> Iterator[Stretch]:
    """The held-out history, oldest first, of a log and the first-parent line of its head, both newest first."""
    held = min(len(mainline) // _PART, _MOST)
    points = dict.fromkeys(mainline[held - number * held // _POINTS] for number in range(_POINTS + 1))
    cuts = [sha for sha in points if held]
    seen = {commit.sha for commit in contained(log, cuts[0])} if cuts else set()
    for before, end in pairwise(cuts):
        inside = [commit for commit in contained(log, end) if commit.sha not in seen]
        seen |= {commit.sha for commit in inside}
        yield Stretch(before, tuple(inside))


def cases_of(stretch: Stretch, files: Collection[str]) -> list[ImpactCase]:
    """The cases of a stretch, where `files` are those known before it. Which commits and which file is chance, always the same.

    Commits of 2 to 30 files by people; merges and bots change nothing that anybody planned.
    """
    found = []
    for commit in sorted(stretch.commits, key=lambda commit: _chance(commit.sha)):
        if len(commit.parents) > 1 or not _LEAST <= len(commit.changes) <= _LARGEST or not is_person(commit.author):
            continue
        known = sorted({path for one in commit.changes if (path := _known(one.path, one.old_path, files))})
        if len(known) >= _LEAST:
            asked = known[_chance(f"{commit.sha}q") % len(known)]
            found.append(ImpactCase(commit.sha, commit.subject, asked, frozenset(known) - {asked}))
        if len(found) >= ceil(_CASES / _POINTS):
            break
    return found


def _known(path: str, old_path: str | None, files: Collection[str]) -> str | None:
    return path if path in files else old_path if old_path in files else None


def _chance(text: str) -> int:
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)
