"""Ranking files: two legs fused, then what names, tests, commits and documentation say about each file."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import islice
from operator import itemgetter

import numpy as np

from indexer.retrieval.candidates import BRIDGE_PASSAGES, ChunkKey, FileKey, Pool, file_of, gather
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.fusion import TAIL, fused, scaled
from indexer.retrieval.history import Commits
from indexer.retrieval.ranking import definers, demotion, path_shares, sources_tested, tested_name
from indexer.retrieval.recipe import Recipe
from indexer.retrieval.repositories import shares
from indexer.retrieval.rewritten import TermsLeg, gather_terms
from indexer.retrieval.tokens import identifiers, query_terms
from indexer.types import Chunk, Hit, Kind, Query, Role

_BRIDGE_COMMITS = 100
_BRIDGE_COMMIT_FILES = 8  # commits that touched more say little about each file
_BACKTICKED = re.compile(r"`+[~.!]?([A-Za-z_][\w.]*)(?:\(\))?`+")
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
    likely: Mapping[str, float] = field(default_factory=dict)  # how much each of many repositories counts


def rank_files(
    corpora: Sequence[Corpus], query: Query, vector: np.ndarray, commits: Commits, recipe: Recipe, k: int = TAIL
) -> RankedFiles:
    """Score every candidate file that can be among the best `k`."""
    names = identifiers(query.text)
    named = _definitions(corpora, names)
    votes = _commit_votes(commits) if recipe.commit_bridge else {}
    means = {(corpus.repo, path): value for corpus in corpora for path, value in corpus.file_means(vector, TAIL).items()}
    words = query_terms(query.text)
    said = ((corpus.repo, path) for corpus in corpora for path in corpus.saying(words))
    terms = gather_terms(corpora, query, recipe.pool)
    told = {*named, *votes, *nlargest(TAIL, means, key=means.__getitem__), *said, *map(file_of, terms.chunks.values())}
    pool = terms.added_to(gather(corpora, query.text, vector, recipe.pool, filters=query, told=told if k <= TAIL else None))
    documented = _docs_votes(corpora, pool) if recipe.docs_bridge else {}
    pool = _with_tested(corpora, pool.with_files(documented))
    dense_weight, lexical_weight = recipe.names if names else recipe.words
    similarity = pool.by_file(pool.dense)
    legs = fused([
        (similarity, dense_weight),
        (pool.by_file(pool.lexical), lexical_weight),
        (pool.by_file(terms.scores), recipe.rewritten),
    ])
    if not legs:
        return RankedFiles(pool, {}, (1.0, 1.0), {})
    alone = len(query.text.split()) == 1
    parts: dict[str, Mapping[FileKey, float]] = {
        "legs": legs,
        "definition": _times(named, recipe.definition_alone if alone else recipe.definition),
        "path": _times(_path_evidence(query.text, legs), recipe.path),
    }
    if recipe.file_mean:
        parts["file_mean"] = _times(scaled(means), recipe.file_mean)
    if recipe.commit_bridge:
        parts["commits"] = _times(votes, recipe.commit_bridge)
    if recipe.docs_bridge:
        parts["docs"] = _times(documented, recipe.docs_bridge)
    best = max(legs.values())
    total = fused([(parts["legs"], 1.0), *((part, best) for name, part in parts.items() if name != "legs")])
    total = {key: score for key, score in total.items() if key in legs}
    if recipe.test_bridge:
        parts["tests"] = _times(_lent_by_tests(total, pool), recipe.test_bridge)
        total = fused([(total, 1.0), (parts["tests"], 1.0)])
    if recipe.demotion:
        defining = _defining(pool)
        parts["demotion"] = {
            file: demotion(
                chunk.role, chunk.kind, chunk.path or "", named=file in named, wants_tests=query.wants_tests, defines=file in defining
            )
            for file, chunk in {file_of(chunk): chunk for chunk in pool.chunks.values()}.items()
        }
        total = {key: score * parts["demotion"][key] for key, score in total.items()}
    likely = shares(corpora, query, pool, means, commits.pool, recipe.repository)
    if likely:
        parts["repository"] = {key: likely[key[0]] for key in total}
        total = {key: score * likely[key[0]] for key, score in total.items()}
    ordered = dict(sorted(total.items(), key=lambda item: (-item[1], item[0])))
    return RankedFiles(pool, ordered, (dense_weight, lexical_weight), similarity, parts, terms, likely)


def file_hits(ranked: RankedFiles, recipe: Recipe, k: int) -> list[Hit]:
    """The best `k` files, each as its best chunk, with a few further chunks that are good too."""
    best_files = dict(islice(ranked.scores.items(), k))
    shown = [key for key, chunk in ranked.pool.chunks.items() if file_of(chunk) in best_files]
    near, worded = scaled(ranked.pool.dense, shown), scaled(ranked.pool.lexical, shown)
    rewritten = scaled(ranked.terms.scores, shown)
    by_chunk = fused([(near, ranked.weights[0]), (worded, ranked.weights[1]), (rewritten, recipe.rewritten)])
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
        named = {(corpus.repo, chunk_id): _named_in(chunk) for chunk_id, chunk in (corpus.read(ids) if ids else {}).items()}
        defined = corpus.defining({name for names in named.values() for name in names}) if any(named.values()) else {}
        for key, names in named.items():
            for path, share in definers(names, defined).items():
                votes[(corpus.repo, path)] = votes.get((corpus.repo, path), 0.0) + weights[key] * share
    return _share_of_best(votes)


def _named_in(chunk: Chunk) -> set[str]:
    return {part for name in _BACKTICKED.findall(chunk.text) for part in (name, name.rpartition(".")[2]) if len(part) > 2}


def _with_tested(corpora: Sequence[Corpus], pool: Pool) -> Pool:
    """The pool with the files that its tests test by their names."""
    tests = {file_of(chunk) for chunk in pool.chunks.values() if chunk.role is Role.TEST}
    names = {corpus.repo: {tested_name(path) for repo, path in tests if repo == corpus.repo} for corpus in corpora}
    return pool.with_files((corpus.repo, path) for corpus in corpora for path in corpus.named(names[corpus.repo]))


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
