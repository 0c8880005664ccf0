"""Ranking files: two legs fused, then what names, tests, commits and documentation say about each file.

Every value is told of all files at once, as an array in the order of their numbers (see `Filings`), 0 where nothing is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.retrieval.candidates import ChunkKey, FileKey, Gathered, file_of, find
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.corpus import Found
from indexer.retrieval.evidence import lent_by_tests, path_shares, scaled_of_files
from indexer.retrieval.fusion import TAIL, fused, scaled_scores, top
from indexer.retrieval.history import Commits
from indexer.retrieval.ranking import NAMED_SHARE, definers
from indexer.retrieval.recipe import Recipe
from indexer.retrieval.repositories import shares
from indexer.retrieval.rewritten import gather_terms
from indexer.retrieval.traced import Traced, trace
from indexer.tokens import identifiers
from indexer.types import Chunk, Hint, Hit, Kind, Query

_BRIDGE_COMMITS = 100
_BRIDGE_COMMIT_FILES = 8  # commits that touched more say little about each file
_BRIDGE_PASSAGES = 8  # passages of documentation that vote
_LEAST = -1.0  # of a cosine
_MORE_SHARE = 0.6  # a further chunk is shown when it scores this share of its file's best


@dataclass(frozen=True, slots=True)
class RankedFiles:
    """The best files by their numbers, best first, with their scores and the parts these are made of."""

    found: Gathered
    files: np.ndarray
    scores: np.ndarray
    weights: tuple[float, float]  # of the dense and the lexical leg
    similarity: np.ndarray  # of every file: the dense leg, scaled to 0..1
    parts: Mapping[str, np.ndarray] = field(default_factory=dict)  # of the best files
    terms: Found = field(default_factory=Found.nothing)
    traced: Traced = field(default_factory=Traced)
    likely: Mapping[str, float] = field(default_factory=dict)  # how much each of many repositories counts

    def likeness(self) -> dict[FileKey, float]:
        """The files that the dense leg speaks for, with how much."""
        files = self.found.corpora.files
        near = np.flatnonzero(self.similarity > 0)
        return {files.key(number): share for number, share in zip(near.tolist(), self.similarity[near].tolist(), strict=True)}


@dataclass(frozen=True, slots=True)
class _Legs:
    """What the legs say of each file."""

    near: np.ndarray
    scores: np.ndarray
    which: np.ndarray  # bool: those that one of them found


def rank_files(
    corpora: Corpora, query: Query, vector: np.ndarray, commits: Commits, recipe: Recipe, k: int = TAIL, hints: Sequence[Hint] = (),
) -> RankedFiles:  # fmt: skip
    """Score every candidate file, and give the best `k`; `hints` as in `search`."""
    names = identifiers(query.text)
    hints = () if names or not recipe.hints else [(word, recipe.hints * likely) for word, likely in hints]
    weights = recipe.names if names else recipe.hinted if hints else recipe.words
    terms = gather_terms(corpora, query, recipe.pool)
    found = find(corpora, query.text, vector, recipe.pool, filters=query, hints=hints)
    traced = trace(corpora, query, vector) if recipe.traced else Traced()
    means = corpora.file_means(vector)
    likely = shares(found, query, means, commits.found, recipe.repository)
    legs = _legs(found, terms, traced, weights, recipe)
    if not legs.which.any():
        return RankedFiles(found, np.zeros(0, np.int64), np.zeros(0), (1.0, 1.0), legs.near)
    named = corpora.files.spread(_definitions(corpora, names))
    evidence = {
        "definition": named * (recipe.definition_alone if len(query.text.split()) == 1 else recipe.definition),
        "path": path_shares(query.text, corpora.files) * recipe.path,
        "traced": corpora.files.spread(traced.votes) * recipe.traced,
        "file_mean": _nearest_means(means) * recipe.file_mean if recipe.file_mean else None,
        "commits": corpora.files.spread(_commit_votes(commits)) * recipe.commit_bridge if recipe.commit_bridge else None,
        "docs": corpora.files.spread(_docs_votes(found)) * recipe.docs_bridge if recipe.docs_bridge else None,
    }
    told = {name: part for name, part in evidence.items() if part is not None}
    demotions = _demotions(query, found, terms, traced, named > 0) if recipe.demotion else None
    total, parts = _total(found, legs, told, demotions, likely, recipe)
    candidates = np.flatnonzero(legs.which)
    order = np.lexsort((candidates, corpora.files.alphabetical[candidates], -total[candidates]))[:k]
    best = candidates[order]
    return RankedFiles(
        found, best, total[best], weights, legs.near, {name: part[best] for name, part in parts.items()}, terms, traced, likely
    )


def _legs(found: Gathered, terms: Found, traced: Traced, weights: tuple[float, float], recipe: Recipe) -> _Legs:
    count = len(found.corpora.files)
    near, is_near = scaled_of_files(found.near, count)
    worded, is_worded = scaled_of_files(found.worded, count)
    scores, which = weights[0] * near + weights[1] * worded, is_near | is_worded
    if len(terms.places):
        rewritten, is_rewritten = scaled_of_files(terms, count)
        scores, which = scores + recipe.rewritten * rewritten, which | is_rewritten
    if traced.votes:
        which = which | (found.corpora.files.spread(dict.fromkeys(traced.votes, 1.0)) > 0)
    return _Legs(near, scores, which)


def _total(
    found: Gathered, legs: _Legs, evidence: Mapping[str, np.ndarray], demotions: np.ndarray | None, likely: Mapping[str, float],
    recipe: Recipe,
) -> tuple[np.ndarray, dict[str, np.ndarray]]:  # fmt: skip
    """The score of each file, and all that it is made of: `evidence` is what else speaks for a file, as shares of the best file's score
    from the legs, `demotions` what a file's part takes away."""
    files = found.corpora.files
    parts = {"legs": legs.scores, **evidence}
    best, total = legs.scores[legs.which].max(), legs.scores
    for part in evidence.values():
        total = total + best * part
    if recipe.test_bridge:
        parts["tests"] = lent_by_tests(total, legs.which, files) * recipe.test_bridge
        total = total + parts["tests"]
    if demotions is not None:
        parts["demotion"] = demotions
        total = total * demotions
    if likely:
        parts["repository"] = np.array([likely.get(repo, 1.0) for repo in files.repos])[files.repo_of]
        total = total * parts["repository"]
    return total, parts


def _demotions(query: Query, found: Gathered, further: Found, traced: Traced, named: np.ndarray) -> np.ndarray:
    """What each file's score is multiplied by: see `ranking.demotion`."""
    plain, defining = found.corpora.files.demotions(query.wants_tests)
    differ = plain != defining
    pairs = [(leg.places[mask], leg.files[mask]) for leg in (found.near, found.worded, further) for mask in [differ[leg.files]]]
    places, of_files = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    places, first = np.unique(places, return_index=True)
    factors = plain.copy()
    defined = of_files[first][found.corpora.definitions(places)]
    factors[defined] = defining[defined]
    if traced.chunks:
        meant = [file_of(chunk) for chunk in traced.chunks.values() if chunk.symbol and chunk.kind is Kind.CODE]
        factors = np.where(found.corpora.files.spread(dict.fromkeys(meant, 1.0)) > 0, defining, factors)
    return np.where(named, factors + (1.0 - factors) * NAMED_SHARE, factors)


def file_hits(ranked: RankedFiles, recipe: Recipe) -> list[Hit]:
    """The best files, each as its best chunk, with a few further chunks that are good too."""
    corpora, found = ranked.found.corpora, ranked.found
    shown = np.zeros(len(corpora.files), bool)
    shown[ranked.files] = True
    legs = [(*scaled_scores(leg, shown), weight) for leg, weight in (
        (found.near, ranked.weights[0]), (found.worded, ranked.weights[1]), (ranked.terms, recipe.rewritten),
    )]  # fmt: skip
    places = {place for some, _, _ in legs for place in some.tolist()}
    known = corpora.at(places)
    keys = {place: (chunk.repo, chunk.id) for place, chunk in known.items()}
    chunks: dict[ChunkKey, Chunk] = {**ranked.traced.chunks, **{keys[place]: chunk for place, chunk in known.items()}}
    by_leg = [
        ({keys[place]: score for place, score in zip(some.tolist(), scores.tolist(), strict=True) if place in keys}, weight)
        for some, scores, weight in legs
    ]
    best_files = {corpora.files.key(number): rank for rank, number in enumerate(ranked.files.tolist())}
    traced = dict.fromkeys((key for file, key in ranked.traced.places.items() if file in best_files), 1.0)
    by_chunk = fused([*by_leg, (traced, 1.0)])
    by_file: dict[FileKey, list[ChunkKey]] = {}
    for key in sorted(by_chunk, key=lambda key: (-by_chunk[key], key)):
        by_file.setdefault((key[0], chunks[key].path or ""), []).append(key)
    cosines = {keys[place]: score for place, score in zip(*_of(found.near, shown), strict=True) if place in keys}
    hits: list[Hit] = []
    for file, rank in best_files.items():
        if file not in by_file:  # a refresh has just taken it away
            continue
        best, *rest = by_file[file]
        further = [key for key in rest if by_chunk[key] >= _MORE_SHARE * by_chunk[best]][: recipe.more]
        signals = {name: float(part[rank]) for name, part in ranked.parts.items() if part[rank] or name not in _EVIDENCE}
        if best in cosines:
            signals["cosine"] = cosines[best]
        hits.append(Hit(chunks[best], float(ranked.scores[rank]), more=tuple(chunks[key] for key in further), signals=signals))
    return hits


_EVIDENCE = frozenset({"definition", "path", "traced", "file_mean", "commits", "docs", "tests"})  # of few files each


def _of(leg: Found, shown: np.ndarray) -> tuple[list[int], list[float]]:
    mask = shown[leg.files]
    return leg.places[mask].tolist(), leg.scores[mask].tolist()


def _definitions(corpora: Corpora, names: Sequence[str]) -> dict[FileKey, float]:
    if not names:
        return {}
    return {
        (corpus.repo, path): share for corpus in corpora.each for path, share in definers(names, corpus.defining(names)).items()
    }


def _nearest_means(means: np.ndarray) -> np.ndarray:
    """The files that are about what is asked, by the means of their vectors, scaled to 0..1 over all repositories."""
    near = means >= (max(np.partition(means, -TAIL)[-TAIL], _LEAST) if len(means) > TAIL else _LEAST)
    if not near.any():
        return np.zeros(len(means))
    best, floor = float(means.max()), float(means[near].min())
    if best == floor:
        return near.astype(float)
    return np.where(near, (means.astype(float) - floor) / (best - floor), 0.0)


def _commit_votes(commits: Commits) -> dict[FileKey, float]:
    """Each file's share, 0..1, of what the messages nearest to the question say; small commits count, sweeping ones do not."""
    corpora, near = commits.found.corpora, commits.found.near
    best = np.argsort(-near.scores, kind="stable")[:_BRIDGE_COMMITS]
    weights = dict(zip(near.places[best].tolist(), top(near.scores[best]).tolist(), strict=True))
    known = corpora.at(weights, commits=True)
    shas: dict[str, list[str]] = {}
    for chunk in known.values():
        shas.setdefault(chunk.repo, []).append(chunk.commit or "")
    touched = {corpus.repo: corpus.files_of_commits(shas[corpus.repo]) for corpus in corpora.each if corpus.repo in shas}
    votes: dict[FileKey, float] = {}
    for place, weight in weights.items():
        repo, sha = (known[place].repo, known[place].commit or "") if place in known else ("", "")
        paths = touched.get(repo, {}).get(sha, ())
        if len(paths) <= _BRIDGE_COMMIT_FILES:
            for path in paths:
                votes[(repo, path)] = votes.get((repo, path), 0.0) + weight
    return _share_of_best(votes)


def _docs_votes(found: Gathered) -> dict[FileKey, float]:
    """Files that define what the best passages of documentation name in backticks, as a share of the best."""
    passages = found.near.kept(found.corpora.files.passages[found.near.files])
    best = np.argsort(-passages.scores, kind="stable")[:_BRIDGE_PASSAGES]
    weights = dict(zip(passages.places[best].tolist(), passages.scores[best].tolist(), strict=True))
    by_repo: dict[str, dict[str, float]] = {}
    known = found.corpora.at(weights)
    for place in (place for place in weights if place in known):
        by_repo.setdefault(known[place].repo, {})[known[place].id] = weights[place]
    votes: dict[FileKey, float] = {}
    for corpus in found.corpora.each:
        told = by_repo.get(corpus.repo, {})
        for chunk_id, defining in (corpus.documented(list(told)) if told else {}).items():
            for path, share in defining.items():
                votes[(corpus.repo, path)] = votes.get((corpus.repo, path), 0.0) + told[chunk_id] * share
    return _share_of_best(votes)


def _share_of_best(votes: Mapping[FileKey, float]) -> dict[FileKey, float]:
    best = max(votes.values(), default=0.0)
    return {key: vote / best for key, vote in votes.items()} if best > 0 else {}
