"""A corpus in memory: the lexical leg is the real one in an SQLite without a file, vectors are searched exactly."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import sqlalchemy as sa

from indexer.retrieval.corpus import Found
from indexer.retrieval.filing import Filed, Filing
from indexer.retrieval.footprints import Footprint, footprint
from indexer.retrieval.ranking import definers
from indexer.stores import lexical
from indexer.stores.defined import names_in
from indexer.types import Chunk, Hint, Kind


class MemoryCorpus:
    """See indexer.retrieval.corpus.Corpus. `vectors` is (len(chunks), d), `defined` name to paths, `touched` SHA to paths."""

    def __init__(
        self,
        repo: str,
        chunks: Sequence[Chunk],
        vectors: np.ndarray,
        defined: Mapping[str, set[str]] | None = None,
        touched: Mapping[str, tuple[str, ...]] | None = None,
        dates: Mapping[str, tuple[float, float]] | None = None,
        sizes: Mapping[str, tuple[int, int]] | None = None,
    ) -> None:
        self.repo = repo
        self._list = list(chunks)
        self._by_id = {chunk.id: chunk for chunk in self._list}
        self._vectors = np.asarray(vectors, dtype=np.float32)
        self._defined = dict(defined or {})
        self._touched = dict(touched or {})
        self._paths = sorted({chunk.path for chunk in self._list if chunk.path})
        first = {chunk.path: chunk for chunk in reversed(self._list) if chunk.path}
        self._filing = Filing([Filed(path, first[path].language, first[path].kind, first[path].role) for path in self._paths])
        self._dates = dict(dates or {})
        self._sizes = dict(sizes or {})
        self._connection = sa.create_engine("sqlite://").connect()
        lexical.create(self._connection)
        lexical.add(self._connection, [(number, repo, chunk) for number, chunk in enumerate(self._list)])

    def dense(self, vector: np.ndarray, k: int, *, commits: bool = False, within: np.ndarray | None = None) -> list[tuple[str, float]]:
        rows = sorted(self._rows(commits, within))
        scores = self._vectors[rows] @ vector
        return [(self._list[rows[n]].id, float(scores[n])) for n in np.argsort(-scores, kind="stable")[:k]]

    def lexical(self, text: str, k: int, *, commits: bool = False, within: np.ndarray | None = None) -> list[tuple[str, float]]:
        rows = None if within is None else self._rows(commits, within)
        found = lexical.search(self._connection, self.repo, text, k, commits, rows)
        return [(self._list[rowid].id, score) for rowid, score in found]

    def holds(self, word: str) -> bool:
        return any(self.lexical(word, 1, commits=commits) for commits in (False, True))

    def found(
        self, vector: np.ndarray, text: str, k: int, *, commits: bool = False, within: np.ndarray | None = None,
        hints: Sequence[Hint] = (),
    ) -> tuple[Found, Found]:  # fmt: skip
        worded = dict(self.lexical(text, len(self._list), commits=commits, within=within))
        for word, counts in hints:
            for chunk_id, score in self.lexical(word, len(self._list), commits=commits, within=within):
                worded[chunk_id] = worded.get(chunk_id, 0.0) + counts * score
        best = sorted(worded.items(), key=lambda item: -item[1])[:k]
        legs = self.dense(vector, k, commits=commits, within=within), best
        places = {chunk.id: place for place, chunk in enumerate(self._list)}
        return tuple(
            Found(
                np.array([places[chunk_id] for chunk_id, _ in leg], np.int64),
                np.array([score for _, score in leg]),
                self._filing.numbers([self._by_id[chunk_id].path or "" for chunk_id, _ in leg]),
            )
            for leg in legs
        )  # type: ignore[return-value]

    def worded(self, text: str, k: int, *, within: np.ndarray | None = None) -> Found:
        return self.found(self._vectors[0], text, k, within=within)[1]

    def cosines(self, vector: np.ndarray, ids: Collection[str]) -> dict[str, float]:
        return {chunk.id: float(row @ vector) for chunk, row in zip(self._list, self._vectors, strict=True) if chunk.id in ids}

    def found_among(self, shas: Collection[str], vector: np.ndarray, text: str, k: int) -> tuple[Found, Found]:
        kept = [place for place, chunk in enumerate(self._list) if chunk.commit in shas]
        legs = self.found(vector, text, len(self._list), commits=True)
        masks = [np.isin(leg.places, kept) for leg in legs]
        near, worded = (
            Found(leg.places[mask][:k], leg.scores[mask][:k], leg.files[mask][:k]) for leg, mask in zip(legs, masks, strict=True)
        )
        return near, worded

    def dated(self, since: float, until: float) -> dict[str, tuple[float, float]]:
        return {sha: dates for sha, dates in self._dates.items() if any(since <= date <= until for date in dates)}

    def reached(self, base: str, tip: str) -> list[str]:
        order = list(self._dates)  # oldest first, on one line
        return order[order.index(base) + 1 if base else 0 : order.index(tip) + 1 if tip else None]

    def vocabulary(self) -> dict[str, int]:
        return lexical.vocabulary(self._connection, self.repo)

    def at(self, places: Collection[int], *, commits: bool = False) -> dict[int, Chunk]:
        return {place: self._list[place] for place in places}

    @property
    def filing(self) -> Filing:
        return self._filing

    def size(self, *, commits: bool = False) -> int:
        return len(self._list)

    def places(self, ids: Collection[str]) -> np.ndarray:
        return np.array([place for place, chunk in enumerate(self._list) if chunk.id in ids], np.int64)

    def definitions(self, places: np.ndarray) -> np.ndarray:
        return np.array([bool(self._list[place].symbol) and self._list[place].kind is Kind.CODE for place in places.tolist()], bool)

    def chunks(self, ids: Collection[str], *, commits: bool = False) -> dict[str, Chunk]:
        return {chunk_id: self._by_id[chunk_id] for chunk_id in ids if chunk_id in self._by_id}

    def defining(self, names: Collection[str]) -> dict[str, set[str]]:
        return {name: self._defined[name] for name in names if name in self._defined}

    def documented(self, ids: Collection[str]) -> dict[str, dict[str, float]]:
        return {chunk_id: definers(names_in(self._by_id[chunk_id].text), self._defined) for chunk_id in ids}

    def file_means(self, vector: np.ndarray) -> np.ndarray:
        of_file = self._filing.numbers([chunk.path or "" for chunk in self._list])
        means = [self._vectors[of_file == number].mean(axis=0) for number in range(len(self._paths))]
        return np.array([float(mean @ vector / (np.linalg.norm(mean) or 1.0)) for mean in means])

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        return {sha: self._touched[sha] for sha in shas if sha in self._touched}

    def likeness(self, places: np.ndarray, near: Mapping[str, float]) -> np.ndarray:
        touched = (self._touched.get(self._list[place].commit or "", ()) for place in places.tolist())
        return np.array([max((near.get(path, 0.0) for path in paths), default=0.0) for paths in touched], float)

    def footprints(self, places: np.ndarray) -> np.ndarray:
        def of(chunk: Chunk) -> Footprint:
            return footprint(chunk.subject, self._touched.get(chunk.commit or "", ()), *self._sizes.get(chunk.commit or "", (0, 0)))

        rows = [of(self._list[place]) for place in places.tolist()]
        return np.array(rows, float).reshape(-1, len(Footprint._fields))

    def _rows(self, commits: bool, within: np.ndarray | None) -> set[int]:
        paths = None if within is None else {path for path, kept in zip(self._paths, within, strict=True) if kept}
        return {
            number
            for number, chunk in enumerate(self._list)
            if (chunk.kind is Kind.COMMIT) == commits and (paths is None or chunk.path in paths)
        }
