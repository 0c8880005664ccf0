"""Many questions at once: embedded together, multiplied with the vectors together, then each searched for as by itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np

from indexer.corpora import RepoCorpora
from indexer.errors import DocentError
from indexer.retrieval.recipe import RECIPE
from indexer.retrieval.search import searched_with
from indexer.searching import Searching
from indexer.types import Hit, Query

_TOGETHER = 64  # questions: the products of that many with 200,000 vectors are 50 MB

Ranked = tuple[list[Hit], tuple[str, ...]]  # hits, and notices


def search_together(
    queries: Sequence[Query],
    names: tuple[str, ...],
    corpora_of: Callable[[Collection[str]], RepoCorpora],
    searching: Searching,
    k: int,
) -> list[Ranked | DocentError]:
    """What `Searching.best` gives for each query over its repositories, or else over `names`; or the error met on the way, which
    the few dozen queries that are searched for together have in common."""
    found: dict[int, Ranked | DocentError] = {}
    by_repos: dict[tuple[str, ...], list[int]] = {}
    for number, query in enumerate(queries):
        by_repos.setdefault(query.repos or names, []).append(number)
    for repos, numbers in by_repos.items():
        for start in range(0, len(numbers), _TOGETHER):
            part = numbers[start : start + _TOGETHER]
            try:
                ranked = _ranked([queries[number] for number in part], corpora_of(repos), searching, k)
            except DocentError as exc:
                found.update(dict.fromkeys(part, exc))
            else:
                found.update(zip(part, ranked, strict=True))
    return [found[number] for number in range(len(queries))]


def _ranked(queries: Sequence[Query], corpora: RepoCorpora, searching: Searching, k: int) -> list[Ranked]:
    queries = [searching.understood(corpora, query) for query in queries]
    embedded = searching.embedded(queries)
    targets = [searched_with(one.vector, one.imagined, RECIPE) for one in embedded]
    of_files, of_commits = (np.stack(vectors) for vectors in zip(*targets, strict=True))
    searching.prepare(corpora, of_files, of_commits)
    return searching.best_of_each(corpora, queries, k, embedded)
