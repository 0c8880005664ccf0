"""The candidates of a question: the best chunks of both legs from every repository, within the question's filters."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from fnmatch import translate

import numpy as np

from indexer.retrieval.corpus import Corpus, Found
from indexer.retrieval.fusion import TAIL, scaled
from indexer.types import Chunk, Query

FileKey = tuple[str, str]  # repository, path
ChunkKey = tuple[str, str]  # repository, chunk id

BRIDGE_PASSAGES = 8  # passages of documentation that vote
_TOGETHER = 8  # repositories from which on they are asked in threads
_FEW = 1_600  # candidates of two repositories: leaving out pays above


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one question: chunks with their score in each leg. Dense is cosine similarity, lexical BM25."""

    chunks: Mapping[ChunkKey, Chunk]
    dense: Mapping[ChunkKey, float]
    lexical: Mapping[ChunkKey, float]
    rest: Sequence[_Gathered] | None = None  # where candidates were left out: all of them

    def by_file(self, scores: Mapping[ChunkKey, float]) -> dict[FileKey, float]:
        """Each file's best chunk in one leg, scaled to 0..1 over the files of all repositories."""
        best: dict[FileKey, float] = {}
        for key, score in scores.items():
            file = file_of(self.chunks[key])
            best[file] = max(best.get(file, score), score)
        return scaled(best)

    def with_files(self, files: Iterable[FileKey]) -> Pool:
        """The pool with the candidates of these files, where they were left out."""
        missing = set(files) - {(key[0], chunk.path or "") for key, chunk in self.chunks.items()}
        if self.rest is None or not missing:
            return self
        found = _taken(self.rest, _by_repo(missing))
        legs = {**found.dense, **self.dense}, {**found.lexical, **self.lexical}
        return Pool({**found.chunks, **self.chunks}, *legs, self.rest)


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What both legs found in one repository."""

    corpus: Corpus
    near: Found
    worded: Found
    commits: bool


def gather(
    corpora: Sequence[Corpus],
    text: str,
    vector: np.ndarray,
    k: int,
    *,
    filters: Query | None = None,
    commits: bool = False,
    told: Iterable[FileKey] | None = None,
    among: Mapping[str, Collection[str]] | None = None,
) -> Pool:
    """The best `k` chunks of both legs from every repository: of files within the filters, or of commits, with `among` of those whose
    SHAs it gives by repository.

    With `told`, the files that other evidence speaks of, candidates that cannot count are left out where there are many: files that
    are neither among these nor among the best of a leg, as a leg gives them 0. `Pool.with_files` brings them back.
    """
    def ask(corpus: Corpus) -> _Gathered | None:
        within = allowed_paths(corpus, filters) if filters else None
        if within is not None and not within:
            return None
        if among is not None:
            return _Gathered(corpus, *corpus.found_among(among[corpus.repo], vector, text, k), commits)
        return _Gathered(corpus, *corpus.found(vector, text, k, commits=commits, paths=within), commits)

    if len(corpora) < _TOGETHER:
        asked = [ask(corpus) for corpus in corpora]
    else:  # products of matrices and SQLite leave Python to others meanwhile
        with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as threads:
            asked = list(threads.map(ask, corpora))
    found = [one for one in asked if one is not None]
    if told is None or sum(len(one.near.places) + len(one.worded.places) for one in found) <= _FEW:
        return _taken(found, None)
    kept = _by_repo(told)
    floors = _floor([one.near for one in found]), _floor([one.worded for one in found])
    for one in found:
        best = [leg.files[leg.scores >= floor] for leg, floor in zip((one.near, one.worded), floors, strict=True)]
        passages = one.near.files[one.corpus.passages()[one.near.files]][:BRIDGE_PASSAGES]
        kept.setdefault(one.corpus.repo, set()).update(np.unique(np.concatenate([*best, passages])).tolist())
    return replace(_taken(found, kept), rest=found)


def _floor(legs: Sequence[Found]) -> float:
    """The score of the 100th best file of a leg, which and whose betters alone count there."""
    best = np.concatenate([leg.scores[np.unique(leg.files, return_index=True)[1]] for leg in legs] or [np.zeros(0)])
    if len(best) <= TAIL:
        return -math.inf
    floor = np.partition(best, len(best) - TAIL)[len(best) - TAIL]
    return float(floor) if floor < best.max() else -math.inf


def _taken(found: Sequence[_Gathered], kept: Mapping[str, set[int | str]] | None) -> Pool:
    """The candidates as a pool: all, or those of the files kept, which are given by path or by number."""
    chunks: dict[ChunkKey, Chunk] = {}
    dense: dict[ChunkKey, float] = {}
    lexical: dict[ChunkKey, float] = {}
    for one in found:
        legs = [(one.near.places, one.near.scores), (one.worded.places, one.worded.scores)]
        if kept is not None:
            told = kept.get(one.corpus.repo, ())
            if not told:
                continue
            numbers = [item for item in told if isinstance(item, int)]
            chosen = np.union1d(one.corpus.numbers([item for item in told if isinstance(item, str)]), np.array(numbers, np.int64))
            masks = [np.isin(leg.files, chosen) for leg in (one.near, one.worded)]
            legs = [(places[mask], scores[mask]) for (places, scores), mask in zip(legs, masks, strict=True)]
        near, worded = (dict(zip(places.tolist(), scores.tolist(), strict=True)) for places, scores in legs)
        known = one.corpus.at(near.keys() | worded.keys(), commits=one.commits)
        keys = {place: (one.corpus.repo, chunk.id) for place, chunk in known.items()}
        chunks.update((keys[place], chunk) for place, chunk in known.items())
        dense.update((keys[place], score) for place, score in near.items() if place in keys)
        lexical.update((keys[place], score) for place, score in worded.items() if place in keys)
    return Pool(chunks, dense, lexical)


def _by_repo(files: Iterable[FileKey]) -> dict[str, set[int | str]]:
    found: dict[str, set[int | str]] = {}
    for repo, path in files:
        found.setdefault(repo, set()).add(path)
    return found


def allowed_paths(corpus: Corpus, query: Query) -> frozenset[str] | None:
    """The files that `path:` and `lang:` leave, or None where the question has neither."""
    if not query.paths and not query.languages:
        return None
    paths: Iterable[str] = corpus.paths()
    if query.languages:
        languages = corpus.languages()
        paths = [path for path in paths if languages.get(path) in query.languages]
    if query.paths:
        matches = [_matcher(pattern) for pattern in query.paths]
        paths = [path for path in paths if any(match(path.lower()) for match in matches)]
    return frozenset(paths)


def path_matches(path: str, pattern: str) -> bool:
    """Whether a path is meant by a filter: a part of it in any case, or a glob over the whole of it."""
    return _matcher(pattern)(path.lower())


def _matcher(pattern: str) -> Callable[[str], bool]:
    """What says of a path in lower case whether a filter means it."""
    pattern = pattern.lower().removeprefix("./")
    if any(char in pattern for char in "*?["):
        glob = re.compile(f"{translate(pattern)}|{translate(f'*/{pattern}')}")
        return lambda path: glob.match(path) is not None
    return lambda path: pattern in path


def file_of(chunk: Chunk) -> FileKey:
    return (chunk.repo, chunk.path or "")
