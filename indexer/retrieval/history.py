"""Ranking commits: their messages, and the files they touched that answer the question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from indexer.retrieval.candidates import ChunkKey, FileKey
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.fusion import fused, scaled
from indexer.retrieval.recipe import Recipe
from indexer.types import Chunk, Hit, Query

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


def rank_commits(
    corpora: Sequence[Corpus], query: Query, vector: np.ndarray, files: Mapping[FileKey, float], recipe: Recipe, k: int
) -> list[Hit]:
    """The best `k` commits. `files` says how near each file is to the question, 0..1."""
    dense: dict[ChunkKey, float] = {}
    lexical: dict[ChunkKey, float] = {}
    chunks: dict[ChunkKey, Chunk] = {}
    text = in_words_of_commits(query.text)
    for corpus in corpora:
        near = dict(corpus.dense(vector, recipe.commit_pool, commits=True))
        worded = dict(corpus.lexical(text, recipe.commit_pool, commits=True))
        chunks.update({(corpus.repo, key): chunk for key, chunk in corpus.chunks(near.keys() | worded.keys()).items()})
        dense.update({(corpus.repo, key): score for key, score in near.items()})
        lexical.update({(corpus.repo, key): score for key, score in worded.items()})
    dense_weight, lexical_weight = recipe.commit_legs
    messages = fused([(scaled(dense), dense_weight), (scaled(lexical), lexical_weight)])
    messages = {
        key: score * (recipe.noise if is_noise(chunks[key].text) else 1.0) for key, score in messages.items() if key in chunks
    }
    evidence = _code_evidence(corpora, chunks, files) if recipe.code_evidence else {}
    total = fused([(messages, 1.0), (evidence, recipe.code_evidence)])
    best = sorted(total, key=lambda key: (-total[key], key))[:k]
    return [
        Hit(chunks[key], total[key], signals={"message": messages.get(key, 0.0), "code": evidence.get(key, 0.0)}) for key in best
    ]


def is_noise(message: str) -> bool:
    """Whether a commit by its subject is upkeep that answers hardly any question: a merge, a release, a version bump."""
    return bool(_NOISE.search(message.split("\n", 1)[0]))


def in_words_of_commits(question: str) -> str:
    """The question, with the words that commit messages use for what it says was done."""
    added = [written for said, written in _SAID_AND_WRITTEN if re.search(said, question, re.IGNORECASE)]
    return " ".join([question, *added])


def _code_evidence(
    corpora: Sequence[Corpus], chunks: Mapping[ChunkKey, Chunk], files: Mapping[FileKey, float]
) -> dict[ChunkKey, float]:
    """How near the best file that a commit touched is, the less the more files it touched."""
    evidence: dict[ChunkKey, float] = {}
    for corpus in corpora:
        of_repo = {key: chunk.commit for key, chunk in chunks.items() if key[0] == corpus.repo and chunk.commit}
        touched = corpus.files_of_commits(set(of_repo.values()))
        for key, sha in of_repo.items():
            paths = touched.get(sha, ())
            best = max((files.get((corpus.repo, path), 0.0) for path in paths), default=0.0)
            if best > 0:
                evidence[key] = best / len(paths) ** 0.3
    return evidence
