"""Ranking commits: their messages, and the files they touched that answer the question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest

import numpy as np

from indexer.retrieval.candidates import ChunkKey, FileKey, Pool, gather
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.fusion import TAIL, fused, top
from indexer.retrieval.pruning import pruned_commits
from indexer.retrieval.recipe import Recipe
from indexer.types import Hit, Query

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


def gather_commits(corpora: Sequence[Corpus], query: Query, vector: np.ndarray, recipe: Recipe, best: int = TAIL) -> Commits:
    """The commits whose messages are nearest to the question, of which the `best` so many are wanted."""
    k = recipe.commit_pool if query.wants_history else recipe.commit_pool_aside
    pool = gather(corpora, in_words_of_commits(query.text), vector, k, commits=True, prune=lambda found: pruned_commits(found, best))
    return Commits(pool, _touched(corpora, pool))


def with_touching(
    commits: Commits, corpora: Sequence[Corpus], files: Mapping[FileKey, float], recipe: Recipe, k: int
) -> Commits:
    """The commits with those candidates that were left out and can be among the best `k` because they touched a file near to the
    question; `files` as in `commit_hits`."""
    messages = nlargest(k, _messages(commits.pool, recipe).values())
    needed = messages[-1] * min(recipe.noise, 1.0) if len(messages) == k else 0.0  # whoever is left out has nothing for its message
    near: dict[str, list[str]] = {}
    for (repo, path), likeness in files.items():
        if likeness > 0 and likeness * recipe.code_evidence >= needed:
            near.setdefault(repo, []).append(path)
    more = [
        one.at(one.corpus.touching(np.concatenate([one.near.places, one.worded.places]), near[one.corpus.repo]))
        for one in commits.pool.rest or () if one.corpus.repo in near
    ]  # fmt: skip
    pool = commits.pool.with_those(more)
    return Commits(pool, _touched(corpora, pool)) if more else commits


def _messages(pool: Pool, recipe: Recipe) -> dict[ChunkKey, float]:
    """What each commit's message says for it, in both legs."""
    dense_weight, lexical_weight = recipe.commit_legs
    return fused([(top(pool.dense), dense_weight), (top(pool.lexical), lexical_weight)])


def _touched(corpora: Sequence[Corpus], pool: Pool) -> dict[ChunkKey, tuple[str, ...]]:
    touched: dict[ChunkKey, tuple[str, ...]] = {}
    by_repo: dict[str, dict[str, ChunkKey]] = {corpus.repo: {} for corpus in corpora}
    for key, chunk in pool.chunks.items():
        if chunk.commit:
            by_repo[key[0]][chunk.commit] = key
    for corpus in corpora:
        keys = by_repo[corpus.repo]
        touched.update((keys[sha], paths) for sha, paths in corpus.files_of_commits(keys.keys()).items())
    return touched


def commit_hits(commits: Commits, files: Mapping[FileKey, float], recipe: Recipe, k: int) -> list[Hit]:
    """The best `k` commits. `files` says how near each file is to the question, 0..1."""
    pool = commits.pool
    messages = _messages(pool, recipe)
    for key, score in messages.items():
        if is_noise(pool.chunks[key].subject):
            messages[key] = score * recipe.noise
    evidence = {}
    near: dict[str, dict[str, float]] = {}
    for (repo, path), likeness in files.items():
        if likeness > 0:
            near.setdefault(repo, {})[path] = likeness
    for (repo, chunk_id), paths in commits.touched.items():
        known = near.get(repo)
        if known and not known.keys().isdisjoint(paths):  # the more files a commit touched, the less it says about each
            evidence[(repo, chunk_id)] = max(known[path] for path in paths if path in known) / len(paths) ** 0.3
    total = fused([(messages, 1.0), (evidence, recipe.code_evidence)])
    if len(total) < k:
        total |= dict.fromkeys(pool.chunks.keys() - total.keys(), 0.0)
    ranked = nsmallest(k, total, key=lambda key: (-total[key], key))
    return [
        Hit(pool.chunks[key], total[key], signals={"message": messages.get(key, 0.0), "code": evidence.get(key, 0.0)})
        for key in ranked
    ]


def is_noise(message: str) -> bool:
    """Whether a commit by its subject is upkeep that answers hardly any question: a merge, a release, a version bump."""
    return bool(_NOISE.search(message.split("\n", 1)[0]))


def in_words_of_commits(question: str) -> str:
    """The question, with the words that commit messages use for what it says was done."""
    added = [written for said, written in _SAID_AND_WRITTEN if re.search(said, question, re.IGNORECASE)]
    return " ".join([question, *added])
