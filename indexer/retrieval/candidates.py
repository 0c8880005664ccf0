"""The candidates of a question: the best chunks of both legs from every repository, within the question's filters.

There are thousands of them. They are ranked as arrays, and only what is shown is looked at as chunks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.retrieval.corpora import Corpora
from indexer.retrieval.corpus import Found
from indexer.retrieval.fusion import TAIL
from indexer.types import Chunk, Hint, Query

_MANY = 5  # repositories

FileKey = tuple[str, str]  # repository, path
ChunkKey = tuple[str, str]  # repository, chunk id


@dataclass(frozen=True, slots=True)
class Gathered:
    """What both legs found in the repositories with these numbers: of their files, or of their commits."""

    corpora: Corpora
    repos: np.ndarray
    near: Found
    worded: Found
    commits: bool

    def places(self) -> np.ndarray:
        """All places that a leg found, rising."""
        return np.unique(np.concatenate([self.near.places, self.worded.places]))

    def nearest(self, less: np.ndarray | float = 0.0) -> dict[str, float]:
        """The cosine of the nearest chunk of each repository that has one, `less` taken from each."""
        best = np.full(len(self.corpora.each), -np.inf)
        np.maximum.at(best, self.corpora.repos_of(self.near.places, commits=self.commits), self.near.scores - less)
        return {self.corpora.each[number].repo: float(best[number]) for number in np.flatnonzero(np.isfinite(best)).tolist()}


def find(
    corpora: Corpora,
    text: str,
    vector: np.ndarray,
    k: int,
    *,
    filters: Query | None = None,
    commits: bool = False,
    hints: Sequence[Hint] = (),
    among: Mapping[str, Collection[str]] | None = None,
) -> Gathered:
    """The best `k` chunks of both legs from every repository: of files within the filters, or of commits, with `among` of those whose
    SHAs it gives by repository. `hints` as in `Corpus.found`. Of files in many repositories fewer are taken from each: the right one has
    its place among the first."""
    if len(corpora.each) >= _MANY and not commits:
        k = min(k, TAIL)
    repos = np.arange(len(corpora.each))
    if among is not None:
        return Gathered(corpora, repos, *corpora.found_among(among, vector, text, k), commits)
    within = corpora.files.within(filters) if filters else None
    if within is not None:
        repos = np.unique(corpora.files.repo_of[within])
    return Gathered(corpora, repos, *corpora.found(vector, text, k, commits=commits, within=within, hints=hints), commits)


def file_of(chunk: Chunk) -> FileKey:
    return (chunk.repo, chunk.path or "")
