"""Descriptions that a model wrote lead to a file; what is shown of it is always its own text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from indexer.retrieval.corpus import Corpus, chosen
from indexer.types import Chunk, Hit

_ALL = 1_000_000  # chunks: all of one file
_LOOKED_AT = 5


def with_own_text(hits: Sequence[Hit], corpora: Sequence[Corpus], vector: np.ndarray) -> list[Hit]:
    """Hits of files without descriptions: a file that was found by one is shown by the chunk nearest to the question.

    `vector` is the question's; the cosine of a hit is that of the chunk shown.
    """
    by_repo = {corpus.repo: corpus for corpus in corpora}
    shown = []
    for hit in hits:
        more = tuple(chunk for chunk in hit.more if not chunk.is_description)
        if not hit.chunk.is_description:
            shown.append(replace(hit, more=more))
            continue
        found = _nearest(by_repo[hit.chunk.repo], hit.chunk.path or "", vector)
        if found is not None:
            best, cosine = found
            rest = tuple(chunk for chunk in more if chunk.id != best.id)
            shown.append(replace(hit, chunk=best, more=rest, signals={**hit.signals, "cosine": cosine}))
    return shown


def _nearest(corpus: Corpus, path: str, vector: np.ndarray) -> tuple[Chunk, float] | None:
    """A file's own chunk that is nearest to the question, with its cosine."""
    near = corpus.dense(vector, _ALL, within=chosen(corpus, [path]))
    known = corpus.chunks([chunk_id for chunk_id, _ in near[:_LOOKED_AT]])
    return next(
        ((known[chunk_id], cosine) for chunk_id, cosine in near if chunk_id in known and not known[chunk_id].is_description), None
    )
