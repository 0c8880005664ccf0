"""Gives chunks their vectors, in the catalog and in Chroma. What was embedded before, anywhere, is not embedded again."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.embedding import Embedder
from indexer.progress import Progress
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.vectors import ChromaVectors
from indexer.types import Chunk

_BATCH = 512  # texts embedded between two saves: what a kill can cost


@dataclass(frozen=True, slots=True)
class Vectorized:
    """Chunk id to vector id of the catalog, and what it cost: texts embedded, texts that had a vector, seconds in the model."""

    ids: Mapping[str, int]
    embedded: int
    reused: int
    seconds: float


def content_key(model_id: str, text: str) -> bytes:
    """The address of a vector: the model and the text it was made from."""
    return hashlib.sha256(f"{model_id}\0{text}".encode(errors="replace")).digest()


def vectorize(
    catalog: Catalog,
    chroma: ChromaVectors,
    row: RepoRow,
    embedder: Embedder,
    files: Sequence[Chunk],
    commits: Sequence[Chunk],
    progress: Progress,
) -> Vectorized:
    """Embed the chunks whose text has no vector yet, page by page, and put all of them into Chroma. ModelError, StoreError."""
    keys = {chunk.id: content_key(embedder.model_id, chunk.embed_text) for chunk in (*files, *commits)}
    texts = {keys[chunk.id]: chunk.embed_text for chunk in (*files, *commits)}
    present = catalog.vector_ids(texts)
    missing = sorted((key for key in texts if key not in present), key=lambda key: -len(texts[key]))
    progress.stage(row.name, "embedding", len(missing))
    seconds = 0.0
    for start in range(0, len(missing), _BATCH):
        page = missing[start : start + _BATCH]
        began = time.monotonic()
        matrix = embedder.embed([texts[key] for key in page], progress.advance)
        seconds += time.monotonic() - began
        catalog.save_vectors(page, matrix)
    by_key = catalog.vector_ids(texts)
    ids = {chunk_id: by_key[key] for chunk_id, key in keys.items()}
    for part, commits_only in ((files, False), (commits, True)):
        _upsert(catalog, chroma, row, part, ids, commits_only)
    return Vectorized(ids, len(missing), len(keys) - len(missing), seconds)


def _upsert(
    catalog: Catalog, chroma: ChromaVectors, row: RepoRow, part: Sequence[Chunk], ids: Mapping[str, int], commits_only: bool
) -> None:
    for start in range(0, len(part), _BATCH):
        page = [chunk.id for chunk in part[start : start + _BATCH]]
        vectors = catalog.vectors_by_id({ids[chunk_id] for chunk_id in page})
        chroma.upsert(row, page, np.stack([vectors[ids[chunk_id]] for chunk_id in page]), commits_only=commits_only)
