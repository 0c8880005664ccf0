"""Ranking files: two legs fused, then what names, tests, commits and documentation say about each file."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice
from operator import itemgetter

import numpy as np

from indexer.retrieval.candidates import ChunkKey, FileKey, Pool, file_of, find, pooled
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.fusion import TAIL, fused, scaled
from indexer.retrieval.history import Commits
from indexer.retrieval.pruning import BRIDGE_PASSAGES, Priors
from indexer.retrieval.ranking import definers, demotion, name_of_path, path_shares, sources_tested, tested_name
from indexer.retrieval.recipe import Recipe
from indexer.retrieval.repositories import shares
from indexer.retrieval.rewritten import TermsLeg, gather_terms
from indexer.retrieval.traced import Traced, trace
from indexer.tokens import identifiers, query_terms
from indexer.types import Hint, Hit, Kind, Query, Role

_BRIDGE_COMMITS = 100
_BRIDGE_COMMIT_FILES = 8  # commits that touched more say little about each file
_LEAST = -1.0  # of a cosine
_MORE_SHARE = 0.6  # a further chunk is shown when it scores this share of its file's best


@dataclass(frozen=True, slots=True)
class RankedFiles:
    """Files by score, best first, with the parts the scores are made of."""

    pool: Pool
    scores: Mapping[FileKey, float]
    weights: tuple[float, float]  # of the dense and the lexical leg
    similarity: Mapping[FileKey, float]  # the dense leg, scaled to 0..1
    parts: Mapping[str, Mapping[FileKey, float]] = field(default_factory=dict)
    terms: TermsLeg = field(default_factory=TermsLeg)
    traced: Traced = field(default_factory=Traced)
    likely: Mapping[str, float] = field(default_factory=dict)  # how much each of many repositories counts


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of files before the two legs are asked, 0..1 each, and what a definition counts."""

    named: Mapping[FileKey, float]
    definition: float
    means: Mapping[FileKey, float]
    votes: Mapping[FileKey, float]
    traced: Traced

    def weighted(self, recipe: Recipe) -> dict[FileKey, float]:
        """All of it together, as the share of the best file's score from the legs that it may add."""
        return fused([
            (self.named, self.definition), (self.means, recipe.file_mean), (self.votes, recipe.commit_bridge),
            (self.traced.votes, recipe.traced),
        ])  # fmt: skip


def rank_files(
    corpora: Sequence[Corpus], query: Query, vector: np.ndarray, commits: Commits, recipe: Recipe, k: int = TAIL,
    hints: Sequence[Hint] = (),
) -> RankedFiles:  # fmt: skip
    """Score every candidate file that can be among the best `k`; `hints` as in `search`."""
    names = identifiers(query.text)
    hints = () if names or not recipe.hints else [(word, recipe.hints * likely) for word, likely in hints]
    weights = recipe.names if names else recipe.hinted if hints else recipe.words
    known = _known(corpora, query, vector, commits, names, recipe)
    terms = gather_terms(corpora, query, recipe.pool)
    found = find(corpora, query.text, vector, recipe.pool, filters=query, hints=hints)
    likely = shares(found, query, vector, commits.pool, recipe.repository)
    said = query_terms(query.text)
    priors = Priors(k, weights, known.weighted(recipe), said, recipe.path, recipe.test_bridge, query.wants_tests)
    kept = None if terms.chunks else priors.pruned(found, likely)  # the rewritten question finds other files, each to be looked at
    pool = terms.added_to(pooled(found, kept))
    documented = _docs_votes(corpora, pool) if recipe.docs_bridge else {}
    pool = _with_tested(corpora, known.traced.added_to(pool.with_files(documented)))
    similarity = pool.by_file(pool.dense)
    legs = fused([
        (similarity, weights[0]),
        (pool.by_file(pool.lexical), weights[1]),
        (pool.by_file(terms.scores), recipe.rewritten),
        (known.traced.votes, 0.0),
    ])
    if not legs:
        return RankedFiles(pool, {}, (1.0, 1.0), {})
    parts = _parts(query, legs, known, documented, recipe)
    total = _total(query, pool, parts, known, likely, recipe)
    ordered = dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))
    return RankedFiles(pool, ordered, weights, similarity, parts, terms, known.traced, likely)


def _known(
    corpora: Sequence[Corpus], query: Query, vector: np.ndarray, commits: Commits, names: Sequence[str], recipe: Recipe
) -> _Known:
    return _Known(
        _definitions(corpora, names),
        recipe.definition_alone if len(query.text.split()) == 1 else recipe.definition,
        _nearest_means(corpora, vector) if recipe.file_mean else {},
        _commit_votes(commits) if recipe.commit_bridge else {},
        trace(corpora, query, vector) if recipe.traced else Traced(),
    )


def _parts(
    query: Query, legs: Mapping[FileKey, float], known: _Known, documented: Mapping[FileKey, float], recipe: Recipe
) -> dict[str, Mapping[FileKey, float]]:
    """What the legs give each file, and what else speaks for it as a share of the best of that."""
    parts: dict[str, Mapping[FileKey, float]] = {
        "legs": legs,
        "definition": _times(known.named, known.definition),
        "path": _times(_path_evidence(query.text, legs), recipe.path),
        "traced": _times(known.traced.votes, recipe.traced),
    }
    for name, votes, weight in (
        ("file_mean", known.means, recipe.file_mean), ("commits", known.votes, recipe.commit_bridge),
        ("docs", documented, recipe.docs_bridge),
    ):  # fmt: skip
        if weight:
            parts[name] = _times(votes, weight)
    return parts


def _total(
    query: Query, pool: Pool, parts: dict[str, Mapping[FileKey, float]], known: _Known, likely: Mapping[str, float], recipe: Recipe
) -> dict[FileKey, float]:
    """The score of each file that a leg found; adds to `parts` what tests lend, and what a file's part and repository take away."""
    legs = parts["legs"]
    best = max(legs.values())
    total = fused([(legs, 1.0), *((part, best) for name, part in parts.items() if name != "legs")])
    total = {key: score for key, score in total.items() if key in legs}
    if recipe.test_bridge:
        parts["tests"] = _times(_lent_by_tests(total, pool), recipe.test_bridge)
        total = fused([(total, 1.0), (parts["tests"], 1.0)])
    if recipe.demotion:
        parts["demotion"] = _demotions(query, pool, known.named)
        total = {key: score * parts["demotion"][key] for key, score in total.items()}
    if likely:
        parts["repository"] = {key: likely[key[0]] for key in total}
        total = {key: score * likely[key[0]] for key, score in total.items()}
    return total


def _demotions(query: Query, pool: Pool, named: Collection[FileKey]) -> dict[FileKey, float]:
    defining = _defining(pool)
    return {
        file: demotion(
            chunk.role, chunk.kind, chunk.path or "", named=file in named, wants_tests=query.wants_tests, defines=file in defining
        )
        for file, chunk in {file_of(chunk): chunk for chunk in pool.chunks.values()}.items()
    }


def file_hits(ranked: RankedFiles, recipe: Recipe, k: int) -> list[Hit]:
    """The best `k` files, each as its best chunk, with a few further chunks that are good too."""
    best_files = dict(islice(ranked.scores.items(), k))
    shown = [key for key, chunk in ranked.pool.chunks.items() if file_of(chunk) in best_files]
    near, worded = scaled(ranked.pool.dense, shown), scaled(ranked.pool.lexical, shown)
    rewritten = scaled(ranked.terms.scores, shown)
    traced = dict.fromkeys((key for file, key in ranked.traced.places.items() if file in best_files), 1.0)
    by_chunk = fused([(near, ranked.weights[0]), (worded, ranked.weights[1]), (rewritten, recipe.rewritten), (traced, 1.0)])
    by_file: dict[FileKey, list[ChunkKey]] = {}
    for key in sorted(by_chunk, key=lambda key: (-by_chunk[key], key)):
        by_file.setdefault(file_of(ranked.pool.chunks[key]), []).append(key)
    hits: list[Hit] = []
    for file, score in best_files.items():
        best, *rest = by_file[file]
        further = [key for key in rest if by_chunk[key] >= _MORE_SHARE * by_chunk[best]][: recipe.more]
        signals = {name: part[file] for name, part in ranked.parts.items() if file in part}
        if best in ranked.pool.dense:
            signals["cosine"] = ranked.pool.dense[best]
        hits.append(
            Hit(
                ranked.pool.chunks[best],
                score,
                more=tuple(ranked.pool.chunks[key] for key in further),
                signals=signals,
            )
        )
    return hits


def _times(scores: Mapping[FileKey, float], weight: float) -> dict[FileKey, float]:
    return {key: score * weight for key, score in scores.items()} if weight else {}


def _defining(pool: Pool) -> set[FileKey]:
    """The files of which a candidate is a definition."""
    return {file_of(chunk) for chunk in pool.chunks.values() if chunk.symbol and chunk.kind is Kind.CODE}


def _definitions(corpora: Sequence[Corpus], names: Sequence[str]) -> dict[FileKey, float]:
    if not names:
        return {}
    return {
        (corpus.repo, path): share for corpus in corpora for path, share in definers(names, corpus.defining(names)).items()
    }


def _path_evidence(text: str, candidates: Mapping[FileKey, float]) -> dict[FileKey, float]:
    shares = path_shares(text, {path for _, path in candidates})
    return {key: shares[key[1]] for key in candidates if key[1] in shares}


def _nearest_means(corpora: Sequence[Corpus], vector: np.ndarray) -> dict[FileKey, float]:
    """The files that are about what is asked, by the means of their vectors, scaled to 0..1 over all repositories."""
    scores = [corpus.file_means(vector) for corpus in corpora]
    every = np.concatenate(scores) if scores else np.zeros(0)
    least = np.partition(every, -TAIL)[-TAIL] if len(every) > TAIL else _LEAST
    near: dict[FileKey, float] = {}
    for corpus, found in zip(corpora, scores, strict=True):
        numbers = np.flatnonzero(found >= max(least, _LEAST))
        paths = corpus.paths()
        near.update(((corpus.repo, paths[number]), score) for number, score in zip(numbers.tolist(), found[numbers].tolist(), strict=True))
    return scaled(near)


def _commit_votes(commits: Commits) -> dict[FileKey, float]:
    """Each file's share, 0..1, of what the messages nearest to the question say; small commits count, sweeping ones do not."""
    near = nlargest(_BRIDGE_COMMITS, commits.pool.dense.items(), key=itemgetter(1))
    votes: dict[FileKey, float] = {}
    for key, weight in scaled(dict(near)).items():
        paths = commits.touched.get(key, ())
        if len(paths) <= _BRIDGE_COMMIT_FILES:
            for path in paths:
                votes[(key[0], path)] = votes.get((key[0], path), 0.0) + weight
    return _share_of_best(votes)


def _docs_votes(corpora: Sequence[Corpus], pool: Pool) -> dict[FileKey, float]:
    """Files that define what the best passages of documentation name in backticks, as a share of the best."""
    passages = {key: score for key, score in pool.dense.items() if pool.chunks[key].kind is Kind.DOC}
    best = nlargest(BRIDGE_PASSAGES, passages, key=passages.__getitem__)
    weights = {key: passages[key] for key in best}
    votes: dict[FileKey, float] = {}
    for corpus in corpora:
        ids = [chunk_id for repo, chunk_id in weights if repo == corpus.repo]
        for chunk_id, defining in (corpus.documented(ids) if ids else {}).items():
            for path, share in defining.items():
                votes[(corpus.repo, path)] = votes.get((corpus.repo, path), 0.0) + weights[(corpus.repo, chunk_id)] * share
    return _share_of_best(votes)


def _with_tested(corpora: Sequence[Corpus], pool: Pool) -> Pool:
    """The pool with the files that its tests test by their names, and the tests of its files."""
    if pool.rest is None:
        return pool
    missing: list[FileKey] = []
    by_repo: dict[str, dict[str, Role]] = {}
    for chunk in pool.chunks.values():
        by_repo.setdefault(chunk.repo, {})[chunk.path or ""] = chunk.role
    for corpus in corpora:
        roles = by_repo.get(corpus.repo, {})
        tested = corpus.named({tested_name(path) for path, role in roles.items() if role is Role.TEST})
        testing = corpus.testing({name_of_path(path) for path in roles})
        missing += ((corpus.repo, path) for path in (*tested, *testing))
    return pool.with_files(missing)


def _lent_by_tests(total: Mapping[FileKey, float], pool: Pool) -> dict[FileKey, float]:
    tests = {file_of(chunk) for chunk in pool.chunks.values() if chunk.role is Role.TEST}
    lent: dict[FileKey, float] = {}
    for repo in {repo for repo, _ in total}:
        paths = [path for name, path in total if name == repo and (repo, path) not in tests]
        for test, tested in sources_tested([path for name, path in tests if name == repo], paths).items():
            for path in tested:
                lent[(repo, path)] = max(lent.get((repo, path), 0.0), total[(repo, test)])
    return lent


def _share_of_best(votes: Mapping[FileKey, float]) -> dict[FileKey, float]:
    best = max(votes.values(), default=0.0)
    return {key: vote / best for key, vote in votes.items()} if best > 0 else {}
