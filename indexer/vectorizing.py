"""Gives chunks their vectors, in the catalog and in Chroma. What was embedded before, anywhere, is not embedded again.

Storing goes on in a thread of its own while the model works on the next page: the model leaves Python to others meanwhile, and so do
SQLite and Chroma. Work in Python itself is kept out of it: beside the model, both took twice the time of one after the other. What the
thread has yet to store is bounded, and all of it is stored when `vectorize` returns.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from threading import Event
from types import TracebackType
from typing import Any

import numpy as np

from indexer.embedding import Embedder
from indexer.progress import Progress
from indexer.stores import lexical
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.vectors import ChromaVectors
from indexer.types import Chunk

_BATCH = 512  # texts embedded between two saves: what a kill can cost
_WAITING = 4  # pages that may wait to be stored
_WORDS_KEPT = 50_000  # chunks whose words are made early, about 1 KB each; of more they are made when they are stored


@dataclass(frozen=True, slots=True)
class Vectorized:
    """Chunk id to vector id of the catalog, and what it cost: texts embedded, texts that had a vector, seconds in the model.

    `words` are the words of embedded chunks of files for the word index, as many as were made while git read history.
    """

    ids: Mapping[str, int]
    embedded: int
    reused: int
    seconds: float
    words: Mapping[str, lexical.ChunkWords]


def content_key(model_id: str, text: str) -> bytes:
    """The address of a vector: the model and the text it was made from."""
    return hashlib.sha256(f"{model_id}\0{text}".encode(errors="replace")).digest()


def vectorize(
    catalog: Catalog,
    chroma: ChromaVectors,
    row: RepoRow,
    embedder: Embedder,
    files: Sequence[Chunk],
    commits: Callable[[], Sequence[Chunk]],
    progress: Progress,
) -> Vectorized:
    """Embed the chunks whose text has no vector yet, page by page, and put all of them into Chroma. ModelError, StoreError.

    `commits` is called when the files are done, so that history can be read meanwhile.
    """
    keys: dict[str, bytes] = {}
    embedded, seconds = 0, 0.0
    with _Saver(catalog, chroma, row) as saver:
        known: dict[bytes, int] = {}
        words: dict[str, lexical.ChunkWords] = {}
        for part, commits_only in ((lambda: files, False), (commits, True)):
            chunks = part()
            by_key: dict[bytes, list[Chunk]] = {}
            for chunk in chunks:
                keys[chunk.id] = content_key(embedder.model_id, chunk.embed_text)
                by_key.setdefault(keys[chunk.id], []).append(chunk)
            present = catalog.vector_ids(by_key)
            for page in _pages([chunk for key in present for chunk in by_key[key]]):
                saver.reuse(page, [present[keys[chunk.id]] for chunk in page], commits_only)
            known |= present
            missing = sorted((key for key in by_key if key not in present), key=lambda key: -len(by_key[key][0].embed_text))
            if not commits_only:
                new = (chunk for key in missing for chunk in by_key[key])
                words = {chunk.id: lexical.words_of(chunk) for chunk in islice(new, _WORDS_KEPT)}
            embedded += len(missing)
            progress.stage(row.name, "embedding", len(missing))
            chroma.prepare(row, len(chunks), commits_only=commits_only)
            for page in _pages(missing):
                began = time.monotonic()
                matrix = embedder.embed([by_key[key][0].embed_text for key in page], progress.advance)
                seconds += time.monotonic() - began
                saver.keep(page, matrix, [by_key[key] for key in page], commits_only)
    by_content = known | catalog.vector_ids(set(keys.values()) - known.keys())
    ids = {chunk_id: by_content[key] for chunk_id, key in keys.items()}
    return Vectorized(ids, embedded, len(keys) - embedded, seconds, words)


class _Saver:
    """Stores pages in the order given, in a thread. What goes wrong there is raised by one of the next calls, or at the end.

    Where work ends early, the vectors that wait are still kept by content, which takes no time; Chroma gets them at the next refresh.
    """

    def __init__(self, catalog: Catalog, chroma: ChromaVectors, row: RepoRow) -> None:
        self._catalog = catalog
        self._chroma = chroma
        self._row = row
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="storing")
        self._waiting: deque[Future[None]] = deque()
        self._ends_early = Event()

    def __enter__(self) -> _Saver:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            self._ends_early.set()
        self._thread.shutdown()
        while kind is None and self._waiting:
            self._waiting.popleft().result()

    def keep(self, keys: Sequence[bytes], matrix: np.ndarray, users: Sequence[Sequence[Chunk]], commits_only: bool) -> None:
        """New vectors (n, d) by content, and for each the chunks that have this content."""
        self._later(self._keep, keys, matrix, users, commits_only)

    def reuse(self, page: Sequence[Chunk], vector_ids: Sequence[int], commits_only: bool) -> None:
        """Chunks whose vectors the catalog has."""
        self._later(self._reuse, page, vector_ids, commits_only)

    def _later(self, work: Callable[..., None], *details: object) -> None:
        self._waiting.append(self._thread.submit(work, *details))
        if len(self._waiting) > _WAITING:
            self._waiting.popleft().result()

    def _keep(self, keys: Sequence[bytes], matrix: np.ndarray, users: Sequence[Sequence[Chunk]], commits_only: bool) -> None:
        self._catalog.save_vectors(keys, matrix)
        if self._ends_early.is_set():
            return
        chunks = [chunk for same in users for chunk in same]
        rows = np.repeat(np.arange(len(users)), [len(same) for same in users])
        rounded = matrix.astype("<f2").astype(np.float32)  # as the catalog keeps them
        self._chroma.upsert(self._row, [chunk.id for chunk in chunks], rounded[rows], commits_only=commits_only)

    def _reuse(self, page: Sequence[Chunk], vector_ids: Sequence[int], commits_only: bool) -> None:
        if self._ends_early.is_set():
            return
        vectors = self._catalog.vectors_by_id(set(vector_ids))
        self._chroma.upsert(
            self._row, [chunk.id for chunk in page], np.stack([vectors[number] for number in vector_ids]), commits_only=commits_only
        )


def _pages(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (items[start : start + _BATCH] for start in range(0, len(items), _BATCH))
