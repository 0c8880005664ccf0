"""Evaluates who is named as owner on labelled cases, repository by repository: git's history alone, nothing is indexed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.evaluation.owner_cases import OwnerCase
from bot.evaluation.owner_metrics import Judged
from bot.evaluation.predictors import predict
from bot.evaluation.roster import Roster
from indexer.analysis.history import History
from indexer.pathmatch import files_matching
from indexer.progress import Progress, Silent


@dataclass(frozen=True, slots=True)
class Unusable:
    """A case that nobody can answer, and why."""

    case: OwnerCase
    reason: str


@dataclass(frozen=True, slots=True)
class OwnerResult:
    """What came out for one repository at `head`. `gaps` are sentences on what is missing from its history."""

    repo: str
    head: str
    commits: int
    gaps: tuple[str, ...]
    judged: tuple[Judged, ...]
    unusable: tuple[Unusable, ...]
    seconds: float


def evaluate_owners(
    cases: Iterable[tuple[str, OwnerCase]], read: Callable[[str], History], progress: Progress | None = None
) -> list[OwnerResult]:
    """Judge cases, each with the name of its repository; `read` gives a repository's history, of which one is held at a time."""
    by_repo: dict[str, list[OwnerCase]] = {}
    for repo, case in cases:
        by_repo.setdefault(repo, []).append(case)
    return [_evaluate(repo, asked, read, progress or Silent()) for repo, asked in by_repo.items()]


def _evaluate(repo: str, cases: Sequence[OwnerCase], read: Callable[[str], History], progress: Progress) -> OwnerResult:
    started = time.monotonic()
    history = read(repo)
    roster = Roster(history.identities, history.handles)
    judged: list[Judged] = []
    unusable: list[Unusable] = []
    progress.stage(repo, "naming owners", len(cases))
    for case in cases:
        found = judge(case, history, roster)
        if isinstance(found, Judged):
            judged.append(found)
        else:
            unusable.append(found)
        progress.advance(1)
    seconds = time.monotonic() - started
    return OwnerResult(repo, history.head, history.commits, history.gaps, tuple(judged), tuple(unusable), seconds)


def judge(case: OwnerCase, history: History, roster: Roster) -> Judged | Unusable:
    """Ask as on the day of the newest commit, so that the figures do not change with the day of the evaluation."""
    files = dict.fromkeys(path for pattern in case.paths for path in files_matching(pattern, history.paths))
    if not files:
        return Unusable(case, f"no file is called {' or '.join(case.paths)}")
    named, sureness = predict(history.touches(files), history.identities, history.newest)
    right = frozenset(person for owner in case.owners for person in roster.people(owner))
    return Judged(case, len(files), named, right, sureness)
