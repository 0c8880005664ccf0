"""Evaluates where fixes land: the files are ranked as of two years before the newest commit, and the fixes since then say what was right.

Nothing later than that day is known to the ranking. Git alone, nothing is indexed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from indexer.analysis.hotspots import LARGEST, Hotspot, hotspots
from indexer.changes.fixes import commit_mends
from indexer.progress import Progress, Silent
from indexer.structure import Structure
from indexer.structure_git import StructureReader
from indexer.types import Commit, CommitFacts, Person
from indexer.vcs.bots import is_bot
from indexer.vcs.identity import Identities
from indexer.vcs.repository import Repository

AFTER = timedelta(days=730)
PARTS = (0.1, 0.2)
"""Of the files, from the top of each ranking: what is looked at."""

_LEAST = 20  # fixes: a share of fewer tells little
Fetch = Callable[[str], tuple[Repository, str]]
"""A repository by name, brought up to date, and its newest commit."""


class Ranking(StrEnum):
    """Who ranks files: docent, and what one would do without it."""

    DOCENT = "docent"
    SIZE = "most lines"
    CHANGES = "most changes"
    FIXES = "most past fixes"
    RANKS = "mean of ranks"  # of changes that fade by half in 180 days, lines, and authors
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Caught:
    """What the first files of a ranking would have shown: the share of the fixes (0..1, a fix of several files counts by the part of
    them), and of all lines."""

    fixes: float
    lines: float


@dataclass(frozen=True, slots=True)
class HotspotResult:
    """One repository ranked as of `cut` (a SHA of `day`) over `files`, judged by `fixes` of these. `caught` by ranking and part.

    Nothing is caught where `reason` says why it cannot be judged.
    """

    repo: str
    head: str
    cut: str
    day: datetime | None
    files: int
    fixes: int
    caught: Mapping[tuple[Ranking, float], Caught]
    reason: str
    seconds: float

    def gain(self, part: float = PARTS[-1]) -> float:
        """By how much docent is better than size alone."""
        return self.caught[Ranking.DOCENT, part].fixes - self.caught[Ranking.SIZE, part].fixes


def evaluate_hotspots(repos: Iterable[str], fetch: Fetch, progress: Progress | None = None) -> list[HotspotResult]:
    """Judge each repository. RepoError, StoreError."""
    told = progress or Silent()
    return [_evaluate(repo, fetch, told) for repo in dict.fromkeys(repos)]


def _evaluate(repo: str, fetch: Fetch, progress: Progress) -> HotspotResult:
    started = time.monotonic()
    repository, head = fetch(repo)
    progress.stage(repo, "reading history", None)
    log = list(repository.log(head))
    newest = max((commit.committed_at for commit in log), default=None)
    cut = repository.mainline_before(newest - AFTER, head) if newest else ""

    def result(reason: str, files: int = 0, fixes: int = 0, caught: Mapping[tuple[Ranking, float], Caught] | None = None) -> HotspotResult:
        day = next((commit.committed_at for commit in log if commit.sha == cut), None)
        return HotspotResult(repo, head, cut, day, files, fixes, caught or {}, reason, time.monotonic() - started)

    if repository.is_shallow():
        return result("Its history is cut off: give a full clone.")
    if newest is None or not cut:
        return result("It has no commit that is two years older than its newest.")
    structure = StructureReader(repository, log=log, progress=progress).at(cut)
    before = max(change.commit.committed_at for change in structure.changes) if structure.changes else newest
    people = identities_of(change.commit for change in structure.changes)
    spots = hotspots(structure, people, before)
    known = frozenset(change.commit.sha for change in structure.changes)
    since = frozenset(commit.sha for commit in repository.log(head, known=cut)) - known
    fixes = fixes_since([commit for commit in log if commit.sha in since], [spot.path for spot in spots])
    if len(fixes) < _LEAST:
        return result(f"Only {len(fixes)} fixes of its files landed in these two years, too few to tell.", len(spots), len(fixes))
    orders = rankings(spots, structure, before)
    caught = {(ranking, part): catch(order, spots, fixes, part) for ranking, order in orders.items() for part in PARTS}
    caught |= {(Ranking.RANDOM, part): Caught(part, part) for part in PARTS}
    return result("", len(spots), len(fixes), caught)


def identities_of(commits: Iterable[CommitFacts]) -> Identities:
    """Who is who among those who take part in these commits."""
    seen = ((person, one.committed_at) for one in commits for person in (one.author, *one.co_authors, *one.reviewers, *one.integrators))
    return Identities((person, 1, at) for person, at in seen)


def fixes_since(newest_first: Sequence[Commit], paths: Iterable[str]) -> list[tuple[str, ...]]:
    """For each later commit that mends something, the files of `paths` that it changed, by the names these had before it all.

    Commits of programs and of more than 30 files are left out, as in the ranking, and those that changed none of these files.
    """
    origin = {path: path for path in paths}
    found = []
    for commit in reversed(newest_first):
        moved = {change.path: origin.pop(change.old_path) for change in commit.changes
                 if change.status.startswith("R") and change.old_path in origin}  # fmt: skip
        origin |= moved
        if commit.changes and len(commit.changes) <= LARGEST and not is_bot(commit.author) and commit_mends(commit.subject, commit.body):
            found.append(tuple(origin[change.path] for change in commit.changes if change.path in origin))
    return [files for files in found if files]


def rankings(spots: Sequence[Hotspot], structure: Structure, now: datetime) -> dict[Ranking, list[str]]:
    """The files in the order of each ranking, the first one first; ties by name."""
    by_path = {spot.path: spot for spot in spots}
    fading = dict.fromkeys(by_path, 0.0)
    authors: dict[str, set[Person]] = {path: set() for path in by_path}
    for change in structure.changes:
        weight = 0.5 ** ((now - change.commit.committed_at) / timedelta(days=180))
        for touch in change.touches:
            if touch.path in fading:
                fading[touch.path] += weight
                authors[touch.path].add(change.commit.author)
    lines = {path: float(spot.lines) for path, spot in by_path.items()}
    ranks = [_ranks(values) for values in (fading, lines, {path: float(len(people)) for path, people in authors.items()})]
    return {
        Ranking.DOCENT: [spot.path for spot in spots],
        Ranking.SIZE: _ordered(lines),
        Ranking.CHANGES: _ordered({path: float(spot.changes) for path, spot in by_path.items()}),
        Ranking.FIXES: _ordered({path: float(len(spot.fixes)) for path, spot in by_path.items()}),
        Ranking.RANKS: _ordered({path: -float(sum(one[path] for one in ranks)) for path in by_path}),
    }


def _ordered(values: Mapping[str, float]) -> list[str]:
    return sorted(values, key=lambda path: (-values[path], path))


def _ranks(values: Mapping[str, float]) -> dict[str, int]:
    """The place of each from the largest, equal ones at the first of their places."""
    place = {value: rank for rank, value in reversed(list(enumerate(sorted(values.values(), reverse=True))))}
    return {path: place[value] for path, value in values.items()}


def catch(order: Sequence[str], spots: Sequence[Hotspot], fixes: Sequence[Sequence[str]], part: float) -> Caught:
    """What the first `part` of the files holds. Every fix counts the same."""
    top = frozenset(order[: max(1, round(part * len(order)))])
    lines = sum(spot.lines for spot in spots)
    held = sum(spot.lines for spot in spots if spot.path in top)
    return Caught(sum(sum(path in top for path in files) / len(files) for files in fixes) / len(fixes), held / lines if lines else 0.0)
