"""An embedder for tests: the same words give the same vector, on every machine and in no time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence

import numpy as np

from indexer.types import Hint

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|\d+")


class HashEmbedder:
    """Adds up one fixed random direction per word (case and order do not matter), so shared words mean near vectors.

    `seen` remembers every passage embedded, in order; questions are not remembered.
    """

    def __init__(self, dimensions: int = 64, model_id: str = "hash-embedder") -> None:
        self.dimensions = dimensions
        self.model_id = model_id
        self.seen: list[str] = []

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        self.seen.extend(texts)
        vectors = np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)
        if on_done and texts:
            on_done(len(texts))
        return vectors

    def embed_query(self, text: str) -> np.ndarray:
        return self._vector(text)

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self.embed_sentences(texts)

    def hints(self, text: str, vector: np.ndarray) -> tuple[Hint, ...]:
        return ()

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self._vector(text) for text in texts], dtype=np.float32).reshape(len(texts), self.dimensions)

    def likeness(self, text: str, sentences: Sequence[str]) -> np.ndarray:
        return self.embed_sentences(sentences) @ self._vector(text)

    def _vector(self, text: str) -> np.ndarray:
        words = [word.lower() for word in _WORD.findall(text)] or [""]
        total = np.sum([_direction(word, self.dimensions) for word in words], axis=0)
        return (total / np.linalg.norm(total)).astype(np.float32)


def _direction(word: str, dimensions: int) -> np.ndarray:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "little")
    return np.random.default_rng(seed).standard_normal(dimensions)
