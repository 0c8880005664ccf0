"""From a question to hits: what the embedder makes of it, the ranking, and the model that judges the best once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from indexer.embedding import Embedder
from indexer.retrieval import search as retrieval
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.passages import passages
from indexer.retrieval.recipe import RECIPE, Recipe
from indexer.retrieval.reranking import Reranking
from indexer.types import Hit, Query


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the embedder makes of a question, each as float32 (d,) of unit length: see `indexer.retrieval.search`."""

    vector: np.ndarray
    sought: np.ndarray | None
    imagined: np.ndarray | None


class Searching:
    """Embeds questions and ranks. Holds no state of one question but the vectors of the last ones; safe for many threads."""

    def __init__(self, embedder: Embedder, reranking: Reranking | None) -> None:
        self._embedder = embedder
        self._reranking = reranking
        self._question = lru_cache(maxsize=256)(embedder.embed_query)  # one question is searched, compared, and often asked again
        self._sought = lru_cache(maxsize=256)(embedder.embed_sought)

    def embedded(self, queries: Sequence[Query]) -> list[Embedded]:
        """What the embedder makes of many questions at once, in the order given."""
        texts = [query.text for query in queries]
        vectors, sought = self._embedder.embed_queries(texts), self._embedder.embed_sought_many(texts)
        moved = [None] * len(texts) if sought is None else list(sought)
        return [
            Embedded(vector, near, self._imagined(query)) for query, vector, near in zip(queries, vectors, moved, strict=True)
        ]

    def search(
        self, corpora: Sequence[Corpus], query: Query, k: int, recipe: Recipe = RECIPE, embedded: Embedded | None = None
    ) -> list[Hit]:
        """The best places for a query, best first. `embedded` is given where it is known already."""
        one = embedded or Embedded(self._question(query.text), self._sought(query.text), self._imagined(query))
        return retrieval.search(corpora, query, one.vector, k, sought=one.sought, imagined=one.imagined, recipe=recipe)

    def best(
        self, corpora: Sequence[Corpus], query: Query, k: int, embedded: Embedded | None = None
    ) -> tuple[list[Hit], tuple[str, ...]]:
        """As `search`, the best files judged once more where a model for that is configured; and notices where it failed."""
        if self._reranking is None:
            return self.search(corpora, query, k, embedded=embedded), ()
        found = self.search(corpora, query, max(k, self._reranking.top), embedded=embedded)
        return self._reranking.applied(found, query.text, k)

    def passages(self, corpora: Sequence[Corpus], query: Query, k: int) -> list[Hit]:
        """The best sections of documentation for a query, best first."""
        return passages(corpora, query, self._question(query.text), k)

    def similarity(self, question: str, sentences: Sequence[str]) -> list[float]:
        """How alike a question and each sentence are in meaning: cosines, in the order given."""
        if not sentences:
            return []
        return (self._embedder.embed_sentences(sentences) @ self._question(question)).tolist()

    def _imagined(self, query: Query) -> np.ndarray | None:
        return self._embedder.embed_sentences([query.imagined])[0] if query.imagined else None
