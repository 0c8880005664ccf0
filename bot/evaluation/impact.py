"""Evaluates what a change would touch on a repository's own history: git alone, nothing is indexed, nothing of the future is known."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.evaluation.impact_cases import ImpactCase, Stretch, cases_of, stretches
from indexer.analysis.impact import Surrounding
from indexer.config import IndexingSettings
from indexer.progress import Progress, Silent
from indexer.structure import Structure
from indexer.structure_git import StructureReader
from indexer.vcs.repository import Repository

NAMED = 10
"""How many files a predictor may name."""


class Predictor(StrEnum):
    """Who names files: docent, and what one would do without it."""

    DOCENT = "docent"
    MOST_CHANGED = "most changed files"
    SAME_FOLDER = "same folder"


@dataclass(frozen=True, slots=True)
class Judged:
    """One case as it was answered: the files that each predictor named, best first."""

    case: ImpactCase
    named: Mapping[Predictor, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of cases, 0..1, with a right file named first, and among the first five; and the share of the right files that are
    among the first ten, on average."""

    hit1: float
    hit5: float
    recall10: float


@dataclass(frozen=True, slots=True)
class ImpactResult:
    """What came out for one repository at `head`; `points` are the commits at which facts were read."""

    repo: str
    head: str
    commits: int
    files: int
    points: tuple[str, ...]
    judged: tuple[Judged, ...]
    seconds: float

    @property
    def gain(self) -> float:
        """By how much docent's hit@5 is above that of the better of the others."""
        found = figures(self.judged)
        return found[Predictor.DOCENT].hit5 - max(found[one].hit5 for one in Predictor if one is not Predictor.DOCENT)


def evaluate_impact(
    repos: Sequence[str], fetched: Callable[[str], tuple[Repository, str]], limits: IndexingSettings, progress: Progress | None = None
) -> list[ImpactResult]:
    """Judge repositories by their newest history; `fetched` gives each, up to date, and its newest commit. RepoError, StoreError."""
    return [_evaluate(repo, *fetched(repo), limits, progress or Silent()) for repo in repos]


def _evaluate(repo: str, repository: Repository, head: str, limits: IndexingSettings, progress: Progress) -> ImpactResult:
    started = time.monotonic()
    progress.stage(repo, "reading history", None)
    log = list(repository.log(head, max_count=limits.max_commits))
    reader = StructureReader(repository, limits, log, progress)
    judged: list[Judged] = []
    points: list[str] = []
    files = 0
    for stretch in stretches(log, list(repository.mainline(head))):
        structure = reader.at(stretch.before)
        judged += _judge(stretch, structure)
        points.append(stretch.before)
        files = len(structure.files)
    return ImpactResult(repo, head, len(log), files, tuple(points), tuple(judged), time.monotonic() - started)


def _judge(stretch: Stretch, structure: Structure) -> list[Judged]:
    surrounding = Surrounding(structure)
    often = by_changes(structure)
    return [Judged(case, predict(case.asked, surrounding, often)) for case in cases_of(stretch, structure.files)]


def predict(asked: str, surrounding: Surrounding, often: Sequence[str]) -> Mapping[Predictor, tuple[str, ...]]:
    """The files named for one; `often` are all files, those that changed most first."""
    folder = asked.rpartition("/")[0]
    others = [path for path in often if path != asked]
    return {
        Predictor.DOCENT: tuple(tie.path for tie in surrounding.ties([asked])[:NAMED]),
        Predictor.MOST_CHANGED: tuple(others[:NAMED]),
        Predictor.SAME_FOLDER: tuple([path for path in others if path.rpartition("/")[0] == folder][:NAMED]),
    }


def by_changes(structure: Structure) -> list[str]:
    """The files by how often they changed, most often first."""
    counts = Counter(path for change in structure.changes for path in {touch.path for touch in change.touches})
    return sorted(structure.files, key=lambda path: (-counts[path], path))


def figures(judged: Sequence[Judged]) -> Mapping[Predictor, Figures]:
    """Every case counts the same; zeros without cases."""
    return {one: _figures(judged, one) for one in Predictor}


def _figures(judged: Sequence[Judged], predictor: Predictor) -> Figures:
    pairs = [(one.named[predictor], one.case.others) for one in judged]
    count = len(pairs) or 1
    return Figures(
        sum(not others.isdisjoint(named[:1]) for named, others in pairs) / count,
        sum(not others.isdisjoint(named[:5]) for named, others in pairs) / count,
        sum(len(others.intersection(named)) / len(others) for named, others in pairs) / count,
    )
