"""Documentation as answers of its own: the sections nearest to a question, whatever place their files have beside the code.

A ranking of files puts code first, and each file speaks once in it. Who asks how to use something wants the section that says it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.retrieval.candidates import ChunkKey
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.fusion import scaled
from indexer.tokens import query_terms, tokenize
from indexer.types import Chunk, Hit, Query, Role

_ROLES = frozenset({Role.DOCS, Role.SOURCE})
_POOL = 40  # sections of each repository
_TITLE, _WORDS = 0.15, 0.10  # what a title, and a text, that says the words of the question adds to the cosine


def passages(corpora: Sequence[Corpus], query: Query, vector: np.ndarray, k: int) -> list[Hit]:
    """At most `k` sections of documentation within the query's filters, best first; papers about the project and news are none.

    `vector` is the question's embedding, float32 (d,), unit length. A hit's score is its cosine, which is also among its signals,
    and a little for the words that its title and its text share with the question.
    """
    asked = query_terms(query.text)
    scores: dict[ChunkKey, float] = {}
    found: dict[ChunkKey, tuple[Chunk, float]] = {}
    for corpus in corpora:
        allowed = corpus.filing.within(query)
        within = corpus.filing.explaining if allowed is None else corpus.filing.explaining & allowed
        near = dict(corpus.dense(vector, _POOL, within=within)) if within.any() else {}
        words = scaled(dict(corpus.lexical(query.text, _POOL, within=within))) if near else {}
        for chunk in corpus.chunks(near).values():
            if chunk.role in _ROLES:
                key = (corpus.repo, chunk.id)
                found[key] = (chunk, near[chunk.id])
                scores[key] = near[chunk.id] + _TITLE * _said(asked, chunk.symbol) + _WORDS * words.get(chunk.id, 0.0)
    best = sorted(scores, key=lambda key: (-scores[key], key))[:k]
    return [Hit(found[key][0], scores[key], rank, signals={"cosine": found[key][1]}) for rank, key in enumerate(best, start=1)]


def _said(asked: Sequence[str], titles: str | None) -> float:
    """The share of the question's words that a section's own title says."""
    said = set(tokenize((titles or "").rpartition(" > ")[2]))
    return sum(term in said for term in asked) / max(len(asked), 1)
