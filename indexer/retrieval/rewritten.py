"""What a language model made of a question, as evidence of its own: technical terms, and an answer it imagines.

The terms are a lexical leg beside the question's, so that many of them cannot drown its words. The imagined answer is only a
vector, averaged with the question's: it lies where answers lie (Gao et al., "Precise Zero-Shot Dense Retrieval without Relevance
Labels", 2022). What it says is never shown, and how near a place is to the question is still told by the question alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from indexer.retrieval.candidates import ChunkKey
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.corpus import Corpus, Found
from indexer.types import Hit, Query


def gather_terms(corpora: Corpora, query: Query, k: int) -> Found:
    """The best `k` chunks of every repository for the query's terms, within its filters; nothing where it has none."""
    if not query.terms:
        return Found.nothing()
    return corpora.worded(" ".join(query.terms), k, within=corpora.files.within(query))


def blended(vector: np.ndarray, other: np.ndarray | None, share: float) -> np.ndarray:
    """The question's vector moved towards another one, where there is one, by `share` (0..1): float32 (d,) of unit length."""
    if other is None or not share:
        return vector
    mixed = (1.0 - share) * vector + share * other
    return (mixed / max(float(np.linalg.norm(mixed)), 1e-12)).astype(np.float32)


def with_own_cosines(hits: Sequence[Hit], corpora: Sequence[Corpus], vector: np.ndarray) -> list[Hit]:
    """Hits of files that were ranked by another vector, with the cosine of the question's own."""
    own: dict[ChunkKey, float] = {}
    for corpus in corpora:
        ids = [hit.chunk.id for hit in hits if hit.chunk.repo == corpus.repo]
        own.update(((corpus.repo, chunk_id), cosine) for chunk_id, cosine in (corpus.cosines(vector, ids) if ids else {}).items())
    told = []
    for hit in hits:
        cosine = own.get((hit.chunk.repo, hit.chunk.id))
        others = {name: value for name, value in hit.signals.items() if name != "cosine"}
        told.append(replace(hit, signals=others if cosine is None else {**others, "cosine": cosine}))
    return told
