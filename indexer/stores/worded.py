"""The lexical leg of a repository's files, or of its commits: BM25 as FTS5 computes it, a sum over the question's words
(https://www.sqlite.org/fts5.html#the_bm25_function).

At first what each word adds is asked of FTS5, and kept; after some questions all words are read at once, which costs as much as a
dozen questions and is then faster by far.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from indexer.stores import lexical
from indexer.stores.catalog import Catalog
from indexer.stores.words import Postings, Words
from indexer.tokens import query_terms
from indexer.types import Hint

_KEPT = 16  # as many frequent words as would fill every chunk are remembered: 12 bytes a chunk and word
_ALL_AT = 16  # questions after which all words are read at once


class Worded:
    """What the words of a question say of the chunks with these rowids, which rise. Safe for many threads."""

    def __init__(self, catalog: Catalog, repo: str, commits_only: bool, rowids: np.ndarray) -> None:
        self._catalog = catalog
        self._repo = repo
        self._commits_only = commits_only
        self._rowids = rowids
        self._lock = threading.RLock()
        self._words: OrderedDict[str, Postings] = OrderedDict()
        self._size = 0
        self._asked = 0
        self._all: Words | None = None

    def scores(self, text: str, hints: Sequence[Hint] = ()) -> np.ndarray:
        """The BM25 of every chunk, higher is better, 0 for none of the words: float64 (n,). `hints` are further words, each with what
        it counts beside one of the text."""
        terms = weighed(text, hints)
        if self._all is None:
            with self._lock:
                self._asked += 1
                if self._asked == _ALL_AT:
                    self.read()
        if (words := self._all) is not None:
            return words.scores(terms)
        scores = np.zeros(len(self._rowids))
        for (places, values), counts in zip(self._postings(list(terms)), terms.values(), strict=True):
            scores[places] += values if counts == 1.0 else values * np.float32(counts)
        return scores

    @property
    def all(self) -> Words | None:
        """All words, where they are read."""
        return self._all

    def holds(self, text: str) -> bool:
        """Whether a chunk holds one of the words of a text."""
        if (words := self._all) is not None:
            return words.holds(_terms(text))
        return any(len(places) for places, _ in self._postings(_terms(text)))

    def read(self) -> None:
        """Read all words now."""
        with self._lock, self._catalog.reading() as connection:
            words = lexical.words(connection, self._repo, self._commits_only)
            if words is not None and np.array_equal(words.rowids, self._rowids):
                self._all = words
                self._words.clear()

    def _postings(self, terms: Sequence[str]) -> list[Postings]:
        """Where each word stands, as places among the rowids, and what it adds to the score there; in the order of the words."""
        with self._lock:
            for term, found in self._found([term for term in terms if term not in self._words]).items():
                self._words[term] = found
                self._size += 1 + len(found[0])
            for term in terms:
                self._words.move_to_end(term)
            asked = [self._words[term] for term in terms]
            while self._size > _KEPT * len(self._rowids) + 1000:
                self._size -= 1 + len(self._words.popitem(last=False)[1][0])
        return asked

    def _found(self, terms: Sequence[str]) -> dict[str, Postings]:
        if not terms or not len(self._rowids):
            return dict.fromkeys(terms, (np.zeros(0, np.int32), np.zeros(0, np.float32)))
        with self._catalog.reading() as connection:
            found = lexical.postings(connection, self._repo, terms, self._commits_only)
        return {term: self._placed(*postings) for term, postings in found.items()}

    def _placed(self, rowids: np.ndarray, values: np.ndarray) -> Postings:
        places = np.searchsorted(self._rowids, rowids).astype(np.int32)
        known = self._rowids[np.minimum(places, len(self._rowids) - 1)] == rowids  # others are of a refresh since this was read
        return places[known], values[known].astype(np.float32)  # as `Words` keeps them, so that both give the same


def weighed(text: str, hints: Sequence[Hint]) -> dict[str, float]:
    """The words of a text and of `hints`, each with what it counts."""
    terms = dict.fromkeys(_terms(text), 1.0)
    for term, counts in hints:
        terms[term] = terms.get(term, 0.0) + counts
    return terms


@lru_cache(64)
def _terms(text: str) -> tuple[str, ...]:
    """One question is asked of many repositories."""
    return tuple(query_terms(text)[: lexical.MAX_TERMS])
