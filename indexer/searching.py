"""From a question to hits: what the embedder makes of it, the ranking, and the model that judges the best once more."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from indexer.corpora import CORES, RepoCorpora
from indexer.corpus import read_whole
from indexer.embedding import Embedder
from indexer.retrieval import search as retrieval
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.passages import passages
from indexer.retrieval.recipe import RECIPE, Recipe
from indexer.retrieval.reranking import Reranking
from indexer.retrieval.spelling import respelled
from indexer.stores.catalog import Catalog
from indexer.types import Chunk, Hint, Hit, Query


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the embedder makes of a question, each as float32 (d,) of unit length: see `indexer.retrieval.search`."""

    vector: np.ndarray
    imagined: np.ndarray | None
    hints: tuple[Hint, ...] = ()


class Searching:
    """Embeds questions and ranks. Holds no state of one question but the vectors of the last ones; safe for many threads."""

    def __init__(self, embedder: Embedder, reranking: Reranking | None, catalog: Catalog) -> None:
        self._catalog = catalog
        self._embedder = embedder
        self._reranking = reranking
        self._question = lru_cache(maxsize=256)(embedder.embed_query)  # one question is searched, compared, and often asked again
        self._threads = ThreadPoolExecutor(max(1, CORES - 1), thread_name_prefix="searching")

    def understood(self, corpora: Corpora, query: Query) -> Query:
        """The query as it is searched for: misspelled words mended by those of the repositories."""
        return respelled(query, corpora.each)

    def embedded(self, queries: Sequence[Query]) -> list[Embedded]:
        """What the embedder makes of many questions at once, in the order given."""
        vectors = self._embedder.embed_queries([query.text for query in queries])
        return [self._told(query, vector) for query, vector in zip(queries, vectors, strict=True)]

    def prepare(self, corpora: RepoCorpora, of_files: np.ndarray, of_commits: np.ndarray) -> None:
        """Multiply now with the vectors (n, d) of many questions."""
        corpora.prepare(of_files, of_commits, self._threads)

    def search(self, corpora: Corpora, query: Query, k: int, recipe: Recipe = RECIPE) -> list[Hit]:
        """The best places for a query, best first."""
        return read_whole(self._catalog, [self._ranked(corpora, query, k, recipe, None)])[0]

    def best(self, corpora: Corpora, query: Query, k: int) -> tuple[list[Hit], tuple[str, ...]]:
        """As `search`, the best files judged once more where a model for that is configured; and notices: what was understood
        otherwise than it was written, and where that model failed."""
        return self.best_of_each(corpora, [query], k, [None])[0]

    def best_of_each(
        self, corpora: Corpora, queries: Sequence[Query], k: int, embedded: Sequence[Embedded | None]
    ) -> list[tuple[list[Hit], tuple[str, ...]]]:
        """What `best` gives for each query. What the embedder makes of it is given where it is known already."""
        count = max(k, self._reranking.top) if self._reranking else k
        ranked = [self._ranked(corpora, query, count, RECIPE, one) for query, one in zip(queries, embedded, strict=True)]
        found = read_whole(self._catalog, ranked)
        if self._reranking is None:
            return [(hits, query.understood) for query, hits in zip(queries, found, strict=True)]
        told = []
        for query, hits in zip(queries, found, strict=True):
            moved, notices = self._reranking.applied(hits, query.text, k)
            told.append((moved, (*query.understood, *notices)))
        return told

    def _ranked(self, corpora: Corpora, query: Query, k: int, recipe: Recipe, embedded: Embedded | None) -> list[Hit]:
        one = embedded or self._told(query, self._question(query.text))
        if embedded is None and isinstance(corpora, RepoCorpora):
            of_files, of_commits = retrieval.searched_with(one.vector, one.imagined, recipe)
            corpora.prepare(of_files[None], of_commits[None], self._threads, query)
        return retrieval.search(corpora, query, one.vector, k, imagined=one.imagined, hints=one.hints, recipe=recipe)

    def passages(self, corpora: Corpora, query: Query, k: int) -> list[Hit]:
        """The best sections of documentation for a query, best first."""
        return read_whole(self._catalog, [passages(corpora.each, query, self._question(query.text), k)])[0]

    def _told(self, query: Query, vector: np.ndarray) -> Embedded:
        """What the embedder makes of a question whose vector is known."""
        return Embedded(vector, self._imagined(query), self._embedder.hints(query.text, vector))

    def nearness(self, corpora: Corpora, question: str, chunks: Sequence[Chunk]) -> dict[str, float]:
        """The cosine of a question and each of these chunks of files, by its id, as far as they have a vector."""
        near: dict[str, float] = {}
        for corpus in corpora.each:
            near |= corpus.cosines(self._question(question), [chunk.id for chunk in chunks if chunk.repo == corpus.repo])
        return near

    def similarity(self, question: str, sentences: Sequence[str]) -> list[float]:
        """How alike a question and each sentence are in meaning: cosines, in the order given."""
        return self._embedder.likeness(question, sentences).tolist() if sentences else []

    def _imagined(self, query: Query) -> np.ndarray | None:
        return self._embedder.embed_sentences([query.imagined])[0] if query.imagined else None
