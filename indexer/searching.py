"""From a question to hits: what the embedder makes of it, the ranking, and the model that judges the best once more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from indexer.embedding import Embedder
from indexer.retrieval import search as retrieval
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.recipe import RECIPE, Recipe
from indexer.retrieval.reranking import Reranking
from indexer.types import Hit, Query


class Searching:
    """Embeds questions and ranks. Holds no state of one question but the vectors of the last ones; safe for many threads."""

    def __init__(self, embedder: Embedder, reranking: Reranking | None) -> None:
        self._embedder = embedder
        self._reranking = reranking
        self._question = lru_cache(maxsize=256)(embedder.embed_query)  # one question is searched, compared, and often asked again

    def search(self, corpora: Sequence[Corpus], query: Query, k: int, recipe: Recipe = RECIPE) -> list[Hit]:
        """The best places for a query, best first."""
        imagined = self._embedder.embed_sentences([query.imagined])[0] if query.imagined else None
        return retrieval.search(corpora, query, self._question(query.text), k, imagined=imagined, recipe=recipe)

    def best(self, corpora: Sequence[Corpus], query: Query, k: int) -> tuple[list[Hit], tuple[str, ...]]:
        """As `search`, the best files judged once more where a model for that is configured; and notices where it failed."""
        if self._reranking is None:
            return self.search(corpora, query, k), ()
        return self._reranking.applied(self.search(corpora, query, max(k, self._reranking.top)), query.text, k)

    def similarity(self, question: str, sentences: Sequence[str]) -> list[float]:
        """How alike a question and each sentence are in meaning: cosines, in the order given."""
        if not sentences:
            return []
        return (self._embedder.embed_sentences(sentences) @ self._question(question)).tolist()
