"""The candidates of a question: the best chunks of both legs from every repository, within the question's filters.

There are thousands of them, of which few can be among the best that are shown. Which, is told over all files at once, as arrays,
before any of them is looked at by itself: `pruning.py`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from indexer.retrieval.corpus import Corpus, Found, chosen
from indexer.retrieval.fusion import TAIL, scaled
from indexer.types import Chunk, Hint, Query

_MANY = 5  # repositories

FileKey = tuple[str, str]  # repository, path
ChunkKey = tuple[str, str]  # repository, chunk id


@dataclass(frozen=True, slots=True)
class Gathered:
    """What both legs found in one repository: of its files, or of its commits."""

    corpus: Corpus
    near: Found
    worded: Found
    commits: bool

    def of_files(self, which: np.ndarray) -> Gathered:
        """What is of the files that `which`, bool (files,), says."""
        near, worded = (leg.kept(which[leg.files]) for leg in (self.near, self.worded))
        return Gathered(self.corpus, near, worded, self.commits)

    def touching(self, paths: Collection[str]) -> Gathered:
        """Of commits: those that changed one of these files."""
        changed = self.corpus.touching(np.concatenate([self.near.places, self.worded.places]), paths)
        count = len(self.near.places)
        return Gathered(self.corpus, self.near.kept(changed[:count]), self.worded.kept(changed[count:]), self.commits)


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one question: chunks with their score in each leg. Dense is cosine similarity, lexical BM25."""

    chunks: Mapping[ChunkKey, Chunk]
    dense: Mapping[ChunkKey, float]
    lexical: Mapping[ChunkKey, float]
    rest: Sequence[Gathered] | None = None  # where candidates were left out: all of them

    def by_file(self, scores: Mapping[ChunkKey, float]) -> dict[FileKey, float]:
        """Each file's best chunk in one leg, scaled to 0..1 over the files of all repositories."""
        best: dict[FileKey, float] = {}
        for key, score in scores.items():
            file = file_of(self.chunks[key])
            if score > best.get(file, -math.inf):
                best[file] = score
        return scaled(best)

    def with_files(self, files: Iterable[FileKey]) -> Pool:
        """The pool with the candidates of these files, where they were left out."""
        if self.rest is None:
            return self
        missing: dict[str, set[str]] = {}
        known = {(key[0], chunk.path) for key, chunk in self.chunks.items()}
        for repo, path in files:
            if (repo, path) not in known:
                missing.setdefault(repo, set()).add(path)
        return self.with_those([
            one.of_files(chosen(one.corpus, missing[one.corpus.repo])) for one in self.rest if one.corpus.repo in missing
        ])

    def with_those(self, found: Sequence[Gathered]) -> Pool:
        """The pool with more candidates, which are not in it."""
        more = _taken(found)
        if not more.chunks:
            return self
        legs = {**more.dense, **self.dense}, {**more.lexical, **self.lexical}
        return Pool({**more.chunks, **self.chunks}, *legs, self.rest)


def find(
    corpora: Sequence[Corpus],
    text: str,
    vector: np.ndarray,
    k: int,
    *,
    filters: Query | None = None,
    commits: bool = False,
    hints: Sequence[Hint] = (),
    among: Mapping[str, Collection[str]] | None = None,
) -> list[Gathered]:
    """The best `k` chunks of both legs from every repository: of files within the filters, or of commits, with `among` of those whose
    SHAs it gives by repository. `hints` as in `Corpus.found`. Of files in many repositories fewer are taken from each: the right one has
    its place among the first."""
    if len(corpora) >= _MANY and not commits:
        k = min(k, TAIL)

    def ask(corpus: Corpus) -> Gathered | None:
        within = corpus.within(filters) if filters else None
        if within is not None and not within.any():
            return None
        if among is not None:
            return Gathered(corpus, *corpus.found_among(among[corpus.repo], vector, text, k), commits)
        return Gathered(corpus, *corpus.found(vector, text, k, commits=commits, within=within, hints=hints), commits)

    return [one for one in map(ask, corpora) if one is not None]


def pooled(found: Sequence[Gathered], kept: Sequence[Gathered] | None = None) -> Pool:
    """What was found as a pool, or what is `kept` of it where that is given; `Pool.with_files` brings the rest back."""
    return _taken(found) if kept is None else replace(_taken(kept), rest=found)


def _taken(found: Sequence[Gathered]) -> Pool:
    """The candidates as a pool."""
    chunks: dict[ChunkKey, Chunk] = {}
    dense: dict[ChunkKey, float] = {}
    lexical: dict[ChunkKey, float] = {}
    for one in found:
        near, worded = (dict(zip(leg.places.tolist(), leg.scores.tolist(), strict=True)) for leg in (one.near, one.worded))
        if not near and not worded:
            continue
        repo = one.corpus.repo
        known = one.corpus.at(near.keys() | worded.keys(), commits=one.commits)
        keys = {place: (repo, chunk.id) for place, chunk in known.items()}
        chunks.update((keys[place], chunk) for place, chunk in known.items())
        dense.update((keys[place], score) for place, score in near.items() if place in keys)
        lexical.update((keys[place], score) for place, score in worded.items() if place in keys)
    return Pool(chunks, dense, lexical)


def file_of(chunk: Chunk) -> FileKey:
    return (chunk.repo, chunk.path or "")
