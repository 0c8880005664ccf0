"""Asks labelled questions of the index as it was at their commits, by the search that people use, and measures the rankings."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.evaluation.metrics import TOP, Scores, score
from bot.evaluation.pinned import PinnedCase
from bot.evaluation.signals import Variant
from bot.when import with_time
from indexer.errors import QueryError
from indexer.index import Index
from indexer.languages import LANGUAGES
from indexer.progress import Progress, Silent
from indexer.questions.query import parse_query
from indexer.retrieval.recipe import Recipe
from indexer.types import Hit, Query
from indexer.vcs.repository import Repository
from indexer.workspace import Workspace

_DEPTH = 100  # files or commits read of a ranking, so that a miss can be told from a near one


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: the rank of each of its `gold` in the order given (None: not among the first hundred), and what that makes.

    `gold` are paths, or full SHAs. `milliseconds` is what the whole search took, the question's embedding with it.
    """

    placed: PinnedCase
    gold: tuple[str, ...]
    ranks: tuple[int | None, ...]
    first: tuple[str, ...]
    scores: Scores
    milliseconds: float

    @property
    def best(self) -> int | None:
        return min((rank for rank in self.ranks if rank is not None), default=None)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A case that cannot be asked, and why."""

    placed: PinnedCase
    reason: str


@dataclass(frozen=True, slots=True)
class VariantScores:
    """What one way to rank reaches, in the order of the judged cases."""

    name: str
    scores: tuple[Scores, ...]


@dataclass(frozen=True, slots=True)
class RetrievalResult:
    """What came out: the whole ranking case by case, and every variant measured, the whole among them."""

    judged: tuple[Judged, ...]
    left_out: tuple[LeftOut, ...]
    variants: tuple[VariantScores, ...]
    model: str
    seconds: float

    def of(self, *, commits: bool) -> list[Judged]:
        """The cases that ask for commits, or those that ask for files."""
        return [one for one in self.judged if one.placed.case.of_commits is commits]


def evaluate_retrieval(
    cases: Sequence[PinnedCase], workspace: Workspace, variants: Sequence[Variant], *, together: bool = False,
    progress: Progress | None = None,
) -> RetrievalResult:
    """Ask every case of its own repository, or of all together, by each variant; the whole is the first one. StoreError."""
    started = time.monotonic()
    progress = progress or Silent()
    asked, left_out = _usable(cases, workspace)
    searched = tuple(dict.fromkeys(one.index for one, _, _ in asked)) if together else ()
    if asked:
        workspace.index.search(replace(asked[0][2], repos=(asked[0][0].index,)), 1)  # loads the model, which nobody times
    progress.stage("evaluation", "asking", len(asked))
    judged: list[Judged] = []
    scores: list[list[Scores]] = [[] for _ in variants]
    for placed, gold, query in asked:
        query = with_time(workspace.index, replace(query, repos=searched or (placed.index,)), datetime.now().astimezone())
        judged.append(_judge(placed, gold, query, workspace.index, variants[0].recipe))
        others = workspace.index.rankings(query, [variant.recipe for variant in variants[1:]], _DEPTH)
        found = [judged[-1].scores, *(score(_ranks(hits, placed, gold)) for hits in others)]
        for measured, one in zip(scores, found, strict=True):
            measured.append(one)
        progress.advance(1)
    told = tuple(VariantScores(variant.name, tuple(found)) for variant, found in zip(variants, scores, strict=True))
    return RetrievalResult(tuple(judged), tuple(left_out), told, workspace.embedder.model_id, time.monotonic() - started)


def _judge(placed: PinnedCase, gold: tuple[str, ...], query: Query, index: Index, recipe: Recipe) -> Judged:
    started = time.perf_counter()
    hits = index.search(query, _DEPTH, recipe=recipe)
    milliseconds = (time.perf_counter() - started) * 1000
    first = [item for _, item in _ranked(hits, placed)][:TOP]
    ranks = _ranks(hits, placed, gold)
    return Judged(placed, gold, ranks, tuple(first), score(ranks), milliseconds)


def _ranks(hits: Sequence[Hit], placed: PinnedCase, gold: Sequence[str]) -> tuple[int | None, ...]:
    ranks = {item: rank for rank, item in enumerate(_ranked(hits, placed), start=1)}
    return tuple(ranks.get((placed.index, item)) for item in gold)


def _ranked(hits: Sequence[Hit], placed: PinnedCase) -> Iterator[tuple[str, str]]:
    """The files or the commits among the hits, each with its index."""
    for hit in hits:
        place = hit.chunk.commit if placed.case.of_commits else hit.chunk.path
        if place:
            yield hit.chunk.repo, place


def _usable(
    cases: Sequence[PinnedCase], workspace: Workspace
) -> tuple[list[tuple[PinnedCase, tuple[str, ...], Query]], list[LeftOut]]:
    """The cases that can be asked, with their gold and their query, apart from those whose label does not fit the commit."""
    trees: dict[str, frozenset[str]] = {}
    asked, left_out = [], []
    names = tuple(dict.fromkeys(placed.index for placed in cases))
    for placed in cases:
        if placed.index not in trees:
            trees[placed.index] = frozenset(workspace.index.tree_paths(placed.index))
        try:
            query = parse_query(placed.case.question, names, LANGUAGES)
            gold = _gold(placed, workspace.repository(placed.index), trees[placed.index])
        except QueryError as exc:
            left_out.append(LeftOut(placed, exc.message))
            continue
        asked.append((placed, gold, query))
    return asked, left_out


def _gold(placed: PinnedCase, repository: Repository, tree: frozenset[str]) -> tuple[str, ...]:
    """What has to be found. QueryError where some of it was not there yet, or is not any more."""
    if not placed.case.of_commits:
        missing = [path for path in placed.case.gold if path not in tree]
        if missing:
            raise QueryError(f"there is no {' and no '.join(missing)} at {placed.commit[:7]}")
        return placed.case.gold
    found = []
    for text in placed.case.gold:
        sha = repository.revision(text, placed.commit)
        if sha is None or not repository.is_ancestor(sha, placed.commit):
            raise QueryError(f"the history of {placed.commit[:7]} has no commit {text[:40]}")
        found.append(sha)
    return tuple(dict.fromkeys(found))
