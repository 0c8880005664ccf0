"""An embedder that remembers on disk what it embedded, so that measuring another chunking or ranking embeds only new texts."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from indexer.embedding import Embedder


class CachedEmbedder:
    """Another embedder's vectors, kept as float16 by model and text."""

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder = embedder
        self.model_id = embedder.model_id
        self.dimensions = embedder.dimensions
        folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(folder / "vectors.sqlite", check_same_thread=False)
        self._db.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID")

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        keys = [self._key("passage", text) for text in texts]
        known = {key: self._read(key) for key in dict.fromkeys(keys)}
        missing = {key: text for key, text in zip(keys, texts, strict=True) if known[key] is None}
        if missing:
            for key, vector in zip(missing, self._embedder.embed(list(missing.values())), strict=True):
                known[key] = self._write(key, vector)
        if on_done:
            on_done(len(texts))
        return np.array([known[key] for key in keys], dtype=np.float32).reshape(len(texts), self.dimensions)

    def embed_query(self, text: str) -> np.ndarray:
        key = self._key("query", text)
        known = self._read(key)
        return self._write(key, self._embedder.embed_query(text)) if known is None else known

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        return self._embedder.embed_sentences(texts)

    def _key(self, use: str, text: str) -> bytes:
        return hashlib.sha256(f"{self.model_id}\x00{use}\x00{text}".encode("utf-8", "surrogatepass")).digest()

    def _read(self, key: bytes) -> np.ndarray | None:
        row = self._db.execute("SELECT data FROM vectors WHERE key = ?", (key,)).fetchone()
        return np.frombuffer(row[0], "<f2").astype(np.float32) if row else None

    def _write(self, key: bytes, vector: np.ndarray) -> np.ndarray:
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?)", (key, vector.astype("<f2").tobytes()))
        return vector.astype("<f2").astype(np.float32)
