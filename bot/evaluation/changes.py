"""Evaluates which changes of a release are called major, against its hand-written release notes: git alone, nothing is indexed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.evaluation.change_cases import ChangeCase, Reference
from bot.evaluation.change_matching import Finder
from bot.evaluation.change_metrics import DEPTH, TOP, Ranking, Score, best, expected, score
from indexer.changes.ranking import rate
from indexer.changes.stories import group_stories
from indexer.changes.types import Rated, Story
from indexer.errors import QueryError
from indexer.progress import Progress, Silent
from indexer.vcs.identity import Identities
from indexer.vcs.repository import Repository

Fetch = Callable[[str], tuple[Repository, str]]
"""A repository by name, brought up to date, and its newest commit."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A story in docent's own order (changelogs hidden), its rank from 1, and the entries of the notes that mean it."""

    rank: int
    rated: Rated
    entries: tuple[tuple[Reference, ...], ...]


@dataclass(frozen=True, slots=True)
class JudgedRelease:
    """One release: what each ranking reaches, and where docent's own errs.

    `named` counts the entries with a story, `lost` are those that nothing of the period means. `missed` are the best placed
    stories of entries that are not among the first twenty, `wrong` the stories among the first ten that the notes do not name.
    """

    case: ChangeCase
    commits: int
    stories: int
    major: int
    named: int
    lost: tuple[tuple[Reference, ...], ...]
    scores: Mapping[Ranking, Score]
    missed: tuple[Placed, ...]
    wrong: tuple[Placed, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class UnusableRelease:
    """A case that nobody can answer, and why."""

    case: ChangeCase
    reason: str


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """What came out for one repository. `gaps` are sentences on what is missing from its history."""

    repo: str
    head: str
    gaps: tuple[str, ...]
    judged: tuple[JudgedRelease, ...]
    unusable: tuple[UnusableRelease, ...]
    seconds: float


def evaluate_changes(
    cases: Iterable[tuple[str, ChangeCase]], fetch: Fetch, progress: Progress | None = None
) -> list[ProjectResult]:
    """Judge cases, each with the name of its repository, repository by repository. RepoError, StoreError."""
    by_repo: dict[str, list[ChangeCase]] = {}
    for repo, case in cases:
        by_repo.setdefault(repo, []).append(case)
    return [_evaluate(repo, asked, fetch, progress or Silent()) for repo, asked in by_repo.items()]


def _evaluate(repo: str, cases: Sequence[ChangeCase], fetch: Fetch, progress: Progress) -> ProjectResult:
    started = time.monotonic()
    repository, head = fetch(repo)
    judged: list[JudgedRelease] = []
    unusable: list[UnusableRelease] = []
    progress.stage(repo, "ranking releases", len(cases))
    for case in cases:
        found = judge(case, repository, head)
        if isinstance(found, JudgedRelease):
            judged.append(found)
        else:
            unusable.append(found)
        progress.advance(1)
    gaps = []
    if repository.is_shallow():
        gaps.append("Its history is cut off, so that old releases may be missing.")
    if repository.lacks_objects():
        gaps.append("Contents of files are missing, so that some lines could not be counted.")
    return ProjectResult(repo, head, tuple(gaps), tuple(judged), tuple(unusable), time.monotonic() - started)


def judge(case: ChangeCase, repository: Repository, head: str) -> JudgedRelease | UnusableRelease:
    """Rank what landed from `since` to `until`, and hold each ranking against the entries of the notes."""
    started = time.monotonic()
    ends: list[str] = []
    for text in (case.since, case.until):
        try:
            sha = repository.revision(text, head)
        except QueryError as exc:
            return UnusableRelease(case, exc.message)
        if sha is None:
            return UnusableRelease(case, f"there is no revision {text}")
        ends.append(sha)
    commits = list(repository.log(ends[1], known=ends[0]))
    stories = group_stories(commits)
    finder = Finder(stories)
    entries = {entry: finder.of(entry) for entry in case.major}
    named = [places for places in entries.values() if places]
    lost = tuple(entry for entry, places in entries.items() if not places)
    if not named:
        return UnusableRelease(case, f"nothing that landed from {case.since} to {case.until} is among its major changes")
    people = Identities((commit.author, 1, commit.committed_at) for commit in commits)
    rated = rate(stories, people, use_notes=False)
    order = _places(rated, stories)
    scores = {
        Ranking.DOCENT: score(order, named),
        Ranking.WITH_NOTES: score(_places(rate(stories, people), stories), named),
        Ranking.MOST_LINES: score(most_lines(stories), named),
        Ranking.RANDOM: expected(len(stories), named),
        Ranking.BEST: best(len(stories), named),
    }
    placed = _placed(rated, order, entries)
    major = {place for places in named for place in places}
    return JudgedRelease(
        case, len(commits), len(stories), len(major), len(named), lost, scores,
        missed=_missed(placed, entries), wrong=tuple(one for one in placed[:TOP] if not one.entries),
        seconds=time.monotonic() - started,
    )


def most_lines(stories: Sequence[Story]) -> list[int]:
    """The baseline's order: lines added and deleted in all files, then the newer first."""
    lines = [sum((change.added or 0) + (change.deleted or 0) for change in story.changes) for story in stories]
    return sorted(range(len(stories)), key=lambda place: -lines[place])


def _places(rated: Sequence[Rated], stories: Sequence[Story]) -> list[int]:
    where = {story.commits[0].sha: place for place, story in enumerate(stories)}  # every commit is in exactly one story
    return [where[one.story.commits[0].sha] for one in rated]


def _placed(
    rated: Sequence[Rated], order: Sequence[int], entries: Mapping[tuple[Reference, ...], set[int]]
) -> list[Placed]:
    means: dict[int, list[tuple[Reference, ...]]] = {}
    for entry, places in entries.items():
        for place in places:
            means.setdefault(place, []).append(entry)
    return [Placed(rank, one, tuple(means.get(place, ()))) for rank, (one, place) in enumerate(zip(rated, order, strict=True), 1)]


def _missed(placed: Sequence[Placed], entries: Mapping[tuple[Reference, ...], set[int]]) -> tuple[Placed, ...]:
    found = {entry for one in placed[:DEPTH] for entry in one.entries}
    missed = []
    for one in placed[DEPTH:]:
        fresh = tuple(entry for entry in one.entries if entry not in found)
        if fresh:
            found.update(fresh)
            missed.append(Placed(one.rank, one.rated, fresh))
    return tuple(missed)
