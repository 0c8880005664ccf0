"""Ranking commits: their messages, and the files they touched that answer the question."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest, nsmallest
from types import MappingProxyType

import numpy as np

from indexer.retrieval.candidates import ChunkKey, FileKey, Pool, find, pooled
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.footprints import asks_for_removal, footprint, footprint_range, spread
from indexer.retrieval.fusion import TAIL, fused, top
from indexer.retrieval.pruning import pruned_commits
from indexer.retrieval.recipe import Recipe
from indexer.retrieval.when import fits
from indexer.types import Hint, Hit, Query, When

_NOISE = re.compile(
    r"^\W*(?:merge\b|(?:build|chore|ci)\(deps|bump\b|(?:fix(?:ed)? )?typos?\b|v?\d+(?:\.\d+)+\W*$|release\b"
    r"|prepare\b.{0,20}\brelease|(?:re-?)?format(?:ted|ting)?\b|lint\b|whitespace|update changelog|\[pre-commit|pre-commit auto)",
    re.IGNORECASE,
)

# What people say a change did, and what those who made it write. General words only; nothing about any one project.
_SAID_AND_WRITTEN = (
    (r"\b(?:stop|give up|gave up|quit|no longer|cease|not .{0,20} any ?more|do away)\w*", "drop remove deprecate unsupported"),
    (r"\b(?:take|took|taken|threw|thrown|throw) (?:\w+ )?(?:out|away)\b|\bgot rid\b", "remove delete drop"),
    (r"\b(?:start|begin|began|first)\w*", "add support introduce allow new"),
    (r"\b(?:swap|exchang|instead of|another one|switch|mov\w* to)\w*", "replace switch use migrate"),
    (r"\b(?:mend|repair|broke|wrong|mistake|crash|trouble|problem)\w*", "fix bug"),
    (r"\b(?:undo|undone|took back|taken back|change\w* .{0,20} back)\b", "revert"),
    (r"\b(?:attack|hacker|leak|danger|unsafe)\w*", "security vulnerability cve prevent"),
    (r"\b(?:faster|quick|slow|speed)\w*", "performance optimize improve cache"),
    (r"\b(?:tidy|tidied|clean\w* up|reorgani[sz])\w*", "refactor cleanup move"),
    (r"\bversions? \d", "support python go node drop"),
)


@dataclass(frozen=True, slots=True)
class Commits:
    """The commits that may answer a question, and the files each of them touched, by the names they have today."""

    pool: Pool
    touched: Mapping[ChunkKey, tuple[str, ...]]
    timely: Timely | None = None


@dataclass(frozen=True, slots=True)
class Timely:
    """The commits of the time that the question names, of which each `fits` it more or less, above 0 to 1."""

    pool: Pool
    touched: Mapping[ChunkKey, tuple[str, ...]]
    fits: Mapping[ChunkKey, float]


def gather_commits(
    corpora: Corpora, query: Query, vector: np.ndarray, recipe: Recipe, best: int = TAIL, hints: Sequence[Hint] = ()
) -> Commits:
    """The commits whose messages are nearest to the question, of which the `best` so many are wanted; `hints` as in `search`."""
    asked = query.text.replace(query.when.words, " ") if query.when and not query.when.releases else query.text
    text = in_words_of_commits(asked)
    k = recipe.commit_pool if query.wants_history else recipe.commit_pool_aside
    likely = [(word, recipe.commit_hints * share) for word, share in hints] if recipe.commit_hints else ()
    found = find(corpora, text, vector, k, commits=True, hints=likely)
    kept = pruned_commits(found, best)
    pool = pooled(found) if kept is None else pooled(kept, found)
    timely = _timely(corpora, query.when, text, vector, k, recipe) if query.when and recipe.outside < 1.0 else None
    return Commits(pool, _touched(corpora, pool), timely)


def with_touching(
    commits: Commits, corpora: Corpora, files: Mapping[FileKey, float], recipe: Recipe, k: int, likely: Mapping[str, float]
) -> Commits:
    """The commits with those candidates that were left out and can be among the best `k` because they touched a file near to the
    question; `files` and `likely` as in `commit_hits`."""
    least, most = footprint_range(recipe)
    sure = nlargest(k, (
        (score * min(recipe.noise, 1.0) + least) * likely.get(repo, 1.0) for (repo, _), score in _messages(commits.pool, recipe).items()
    ))  # fmt: skip
    needed = sure[-1] - most if len(sure) == k else 0.0  # whoever is left out has nothing for its message
    near: dict[str, list[str]] = {}
    for (repo, path), likeness in files.items():
        if likeness > 0 and likeness * recipe.code_evidence >= needed:
            near.setdefault(repo, []).append(path)
    if commits.pool.rest is None or not near:
        return commits
    pool = commits.pool.with_those(commits.pool.rest.touching(near))
    return replace(commits, pool=pool, touched=_touched(corpora, pool))


def _timely(corpora: Corpora, when: When, text: str, vector: np.ndarray, k: int, recipe: Recipe) -> Timely | None:
    """None where no commit is of that time, which then says nothing."""
    known = {corpus.repo: fits(corpus, when, recipe) for corpus in corpora.each}
    if not any(known.values()):
        return None
    pool = pooled(find(corpora, text, vector, k, commits=True, among={repo: shas.keys() for repo, shas in known.items()}))
    weights = {key: known[key[0]].get(chunk.commit or "", 0.0) for key, chunk in pool.chunks.items()}
    return Timely(pool, _touched(corpora, pool), weights)


def _messages(pool: Pool, recipe: Recipe) -> dict[ChunkKey, float]:
    """What each commit's message says for it, in both legs."""
    dense_weight, lexical_weight = recipe.commit_legs
    return fused([(top(pool.dense), dense_weight), (top(pool.lexical), lexical_weight)])


def _touched(corpora: Corpora, pool: Pool) -> dict[ChunkKey, tuple[str, ...]]:
    touched: dict[ChunkKey, tuple[str, ...]] = {}
    by_repo: dict[str, dict[str, ChunkKey]] = {corpus.repo: {} for corpus in corpora.each}
    for key, chunk in pool.chunks.items():
        if chunk.commit:
            by_repo[key[0]][chunk.commit] = key
    for corpus in corpora.each:
        keys = by_repo[corpus.repo]
        touched.update((keys[sha], paths) for sha, paths in corpus.files_of_commits(keys.keys()).items())
    return touched


def commit_hits(
    corpora: Corpora, query: Query, commits: Commits, files: Mapping[FileKey, float], recipe: Recipe, k: int,
    likely: Mapping[str, float] = MappingProxyType({}),
) -> list[Hit]:  # fmt: skip
    """The best `k` commits. `files` says how near each file is to the question, `likely` how much each repository counts, both 0..1.

    Where the question names a time, its commits are ranked among themselves, since what else was done then is little; the others
    stand back, and all the more where nothing else is asked for.
    """
    ranked = _ranked(corpora, query, commits.pool, commits.touched, files, recipe, k, likely)
    timely = commits.timely
    if timely is None:
        return ranked
    outside = recipe.outside**2 if query.when and query.when.strict else recipe.outside
    found = {(hit.chunk.repo, hit.chunk.id): replace(hit, score=hit.score * outside) for hit in ranked}
    for hit in _ranked(corpora, query, timely.pool, timely.touched, files, recipe, len(timely.fits), likely):
        key = (hit.chunk.repo, hit.chunk.id)
        score = (hit.score + recipe.outside) * timely.fits[key]  # of few commits the last one scores 0, and is still of that time
        if key not in found or score > found[key].score:
            found[key] = replace(hit, score=score, signals={**hit.signals, "time": timely.fits[key]})
    return nsmallest(k, found.values(), key=lambda hit: (-hit.score, hit.chunk.repo, hit.chunk.id))


def _ranked(
    corpora: Corpora, query: Query, pool: Pool, touched: Mapping[ChunkKey, tuple[str, ...]],
    files: Mapping[FileKey, float], recipe: Recipe, k: int, likely: Mapping[str, float],
) -> list[Hit]:  # fmt: skip
    messages = _messages(pool, recipe)
    for key, score in messages.items():
        if is_noise(pool.chunks[key].subject):
            messages[key] = score * recipe.noise
    evidence = {}
    near: dict[str, dict[str, float]] = {}
    for (repo, path), likeness in files.items():
        if likeness > 0:
            near.setdefault(repo, {})[path] = likeness
    for (repo, chunk_id), paths in touched.items():
        known = near.get(repo)
        if known and not known.keys().isdisjoint(paths):
            evidence[(repo, chunk_id)] = max(known[path] for path in paths if path in known) * spread(len(paths))
    total = fused([(messages, 1.0), (evidence, recipe.code_evidence)])
    hopeful = _hopeful(total, likely, recipe, k)
    total = fused([(hopeful, 1.0), (_footprints(corpora, query, pool, touched, hopeful, recipe), 1.0)])
    if likely:
        total = {key: score * likely.get(key[0], 1.0) for key, score in total.items()}
    if len(total) < k:
        total |= dict.fromkeys(pool.chunks.keys() - total.keys(), 0.0)
    ranked = nsmallest(k, total, key=lambda key: (-total[key], key))
    return [
        Hit(pool.chunks[key], total[key], signals={"message": messages.get(key, 0.0), "code": evidence.get(key, 0.0)})
        for key in ranked
    ]


def _hopeful(total: Mapping[ChunkKey, float], likely: Mapping[str, float], recipe: Recipe, k: int) -> Mapping[ChunkKey, float]:
    """Those that can be among the best `k` by what their footprints may add."""
    least, most = footprint_range(recipe)
    sure = nlargest(k, ((score + least) * likely.get(repo, 1.0) for (repo, _), score in total.items()))
    if len(sure) < k:
        return total
    return {key: score for key, score in total.items() if (score + most) * likely.get(key[0], 1.0) >= sure[-1]}


def _footprints(
    corpora: Corpora, query: Query, pool: Pool, touched: Mapping[ChunkKey, tuple[str, ...]], keys: Collection[ChunkKey],
    recipe: Recipe,
) -> dict[ChunkKey, float]:  # fmt: skip
    """What each of these commits is worth besides its words."""
    removal = asks_for_removal(query.text)
    found: dict[ChunkKey, float] = {}
    for corpus in corpora.each:
        shas = {key: pool.chunks[key].commit or "" for key in keys if key[0] == corpus.repo}
        sizes = corpus.sizes_of_commits(list(shas.values())) if shas else {}
        for key, sha in shas.items():
            added, deleted = sizes.get(sha, (0, 0))
            found[key] = footprint(touched.get(key, ()), added, deleted, recipe, removal=removal)
    return found


def is_noise(message: str) -> bool:
    """Whether a commit by its subject is upkeep that answers hardly any question: a merge, a release, a version bump."""
    return bool(_NOISE.search(message.split("\n", 1)[0]))


def in_words_of_commits(question: str) -> str:
    """The question, with the words that commit messages use for what it says was done."""
    added = [written for said, written in _SAID_AND_WRITTEN if re.search(said, question, re.IGNORECASE)]
    return " ".join([question, *added])
