"""The word index of one table turned into arrays: what a word adds to the BM25 of each chunk, without asking FTS5.

FTS5 works out a score in a microsecond per chunk and word, so that a common word costs 10 ms per 10,000 chunks. Here the words of all
chunks are read once, 25 ms per thousand chunks, and 8 bytes kept for each chunk and word: its place, and what it adds there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from sqlalchemy import Connection

_K1, _B = 1.2, 0.75  # of FTS5: https://www.sqlite.org/fts5.html#the_bm25_function
_LEAST = 1e-6  # its weight of a word that stands in more than half of the chunks
_PAGE = 5_000

Postings = tuple[np.ndarray, np.ndarray]  # where a word stands: rowids (or places among them), and what it adds to the BM25 of each


class Words:
    """Every word of a table of FTS5 whose texts are words with blanks between. Words are told apart by 64 bits of their hash."""

    def __init__(self, conn: Connection, table: str, weights: tuple[int, ...]) -> None:
        self.rowids, words, frequencies, owners, lengths = _read(conn, table, weights)
        order = np.argsort(words, kind="stable")  # owners rise within each word
        words, owners, frequencies = words[order], owners[order], frequencies[order]
        first = np.flatnonzero(np.r_[True, (words[1:] != words[:-1]) | (owners[1:] != owners[:-1])]) if len(words) else order
        self._places = owners[first]
        self._words, starts = np.unique(words[first], return_index=True)
        self._ends = np.r_[starts, len(first)]
        average = float(lengths.sum()) / max(1, len(self.rowids))
        dampings = _K1 * (1 - _B + _B * lengths.astype(np.float64) / (average or 1.0))  # what a chunk's length does
        summed = np.add.reduceat(frequencies, first) if len(words) else frequencies
        values = summed * (_K1 + 1.0) / (summed + dampings[self._places])
        values *= np.repeat([self._weight(len(self.rowids), count) for count in np.diff(self._ends)], np.diff(self._ends))
        self._values = values.astype(np.float32)

    @classmethod
    def joined(cls, parts: Sequence[Words]) -> Words:
        """The words of several tables as those of one; what a word adds to a chunk stays what its own table makes of it. The rowids are
        no longer told apart."""
        sizes, postings = [len(part.rowids) for part in parts], [len(part._values) for part in parts]
        one = cls.__new__(cls)
        one.rowids = np.arange(sum(sizes))
        words = np.concatenate([part._words for part in parts])
        counts = np.concatenate([np.diff(part._ends) for part in parts])
        firsts = np.concatenate([part._ends[:-1] + start for part, start in zip(parts, _starts(postings), strict=True)])
        order = np.argsort(words, kind="stable")
        words, counts, firsts = words[order], counts[order], firsts[order]
        ends = np.cumsum(counts)
        taken = np.repeat(firsts - (ends - counts), counts) + np.arange(int(counts.sum()))
        one._places = np.concatenate([part._places + start for part, start in zip(parts, _starts(sizes), strict=True)])[taken]
        one._values = np.concatenate([part._values for part in parts])[taken]
        one._words, first = np.unique(words, return_index=True)
        one._ends = np.r_[ends[first] - counts[first], len(taken)]
        return one

    def scores(self, terms: Mapping[str, float]) -> np.ndarray:
        """The BM25 of every chunk for words, each times what it counts, as FTS5 gives it but for the last digits: float64 (n,)."""
        total, hashes = len(self.rowids), np.array([hash(term) for term in terms], np.int64)
        at = self._words.searchsorted(hashes)
        if not len(self._words):
            return np.zeros(total)
        known = np.flatnonzero(self._words.take(at, mode="clip") == hashes)
        if not len(known):
            return np.zeros(total)
        starts, ends = self._ends[at[known]], self._ends[at[known] + 1]
        found = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        places, values = np.concatenate([self._places[one] for one in found]), np.concatenate([self._values[one] for one in found])
        values *= np.repeat(np.array(list(terms.values()), np.float32)[known], ends - starts)
        return np.bincount(places, values, total)

    def holds(self, terms: Sequence[str]) -> bool:
        """Whether a chunk holds one of these words."""
        hashes = np.array([hash(term) for term in terms], np.int64)
        return bool(len(self._words)) and bool((self._words.take(self._words.searchsorted(hashes), mode="clip") == hashes).any())

    @staticmethod
    def _weight(total: int, holding: int) -> float:
        idf = math.log((total - holding + 0.5) / (holding + 0.5))
        return idf if idf > 0 else _LEAST


def _starts(sizes: Sequence[int]) -> list[int]:
    return np.cumsum([0, *sizes[:-1]]).tolist()  # type: ignore[no-any-return]


def _read(conn: Connection, table: str, weights: tuple[int, ...]) -> tuple[np.ndarray, ...]:
    """Rowids (n,), then for each word in reading order its hash, its column's weight and its chunk's place, and the chunks' lengths."""
    columns = ", ".join(f"c{number}" for number in range(len(weights)))
    rowids: list[int] = []
    hashes, heavy, counted = [], [], []
    found = conn.exec_driver_sql(f"SELECT id, {columns} FROM {table}_content ORDER BY id").cursor
    while rows := found.fetchmany(_PAGE):
        rowids.extend(row[0] for row in rows)
        split = [text.split(" ") if text else () for row in rows for text in row[1:]]
        counts = np.fromiter(map(len, split), np.int32, len(split))
        hashes.append(np.fromiter(map(hash, chain.from_iterable(split)), np.int64, int(counts.sum())))
        heavy.append(np.repeat(np.tile(np.array(weights, np.int32), len(rows)), counts))
        counted.append(counts.reshape(-1, len(weights)).sum(axis=1))
    lengths = np.concatenate([np.zeros(0, np.int32), *counted])
    owners = np.repeat(np.arange(len(rowids), dtype=np.int32), lengths)
    words, weighted = np.concatenate([np.zeros(0, np.int64), *hashes]), np.concatenate([np.zeros(0, np.int32), *heavy])
    return np.array(rowids, np.int64), words, weighted, owners, lengths
