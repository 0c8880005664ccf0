"""A corpus in memory: the lexical leg is the real one in an SQLite without a file, vectors are searched exactly."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import sqlalchemy as sa

from indexer.retrieval.corpus import Found
from indexer.retrieval.ranking import name_of_path, terms_of_path
from indexer.stores import lexical
from indexer.types import Chunk, Kind


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
        self._dates = dict(dates or {})
        self._sizes = dict(sizes or {})
        self._connection = sa.create_engine("sqlite://").connect()
        lexical.create(self._connection)
        lexical.add(self._connection, [(number, repo, chunk) for number, chunk in enumerate(self._list)])

    def dense(
        self, vector: np.ndarray, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        rows = sorted(self._rows(commits, paths))
        scores = self._vectors[rows] @ vector
        return [(self._list[rows[n]].id, float(scores[n])) for n in np.argsort(-scores, kind="stable")[:k]]

    def lexical(
        self, text: str, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        within = None if paths is None else self._rows(commits, paths)
        found = lexical.search(self._connection, self.repo, text, k, commits, within)
        return [(self._list[rowid].id, score) for rowid, score in found]

    def found(
        self, vector: np.ndarray, text: str, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> tuple[Found, Found]:
        legs = self.dense(vector, k, commits=commits, paths=paths), self.lexical(text, k, commits=commits, paths=paths)
        places = {chunk.id: place for place, chunk in enumerate(self._list)}
        numbers = {path: number for number, path in enumerate(self.paths())}
        return tuple(
            Found(
                np.array([places[chunk_id] for chunk_id, _ in leg], np.int64),
                np.array([score for _, score in leg]),
                np.array([numbers.get(self._by_id[chunk_id].path or "", -1) for chunk_id, _ in leg], np.int64),
            )
            for leg in legs
        )  # type: ignore[return-value]

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

    def at(self, places: Collection[int], *, commits: bool = False) -> dict[int, Chunk]:
        return {place: self._list[place] for place in places}

    def passages(self) -> np.ndarray:
        return np.array([{chunk.kind for chunk in self._list if chunk.path == path} == {Kind.DOC} for path in self.paths()], bool)

    def numbers(self, paths: Collection[str]) -> np.ndarray:
        return np.array([number for number, path in enumerate(self.paths()) if path in paths], np.int64)

    def saying(self, terms: Collection[str]) -> list[str]:
        return [path for path in self.paths() if terms_of_path(path) & set(terms)]

    def named(self, names: Collection[tuple[str, str]]) -> list[str]:
        return [path for path in self.paths() if name_of_path(path) in names]

    def chunks(self, ids: Collection[str], *, commits: bool = False) -> dict[str, Chunk]:
        return self.read(ids)

    def read(self, ids: Collection[str]) -> dict[str, Chunk]:
        return {chunk_id: self._by_id[chunk_id] for chunk_id in ids if chunk_id in self._by_id}

    def defining(self, names: Collection[str]) -> dict[str, set[str]]:
        return {name: self._defined[name] for name in names if name in self._defined}

    def paths(self) -> list[str]:
        return sorted(self.languages())

    def languages(self) -> dict[str, str]:
        return {chunk.path: chunk.language for chunk in self._list if chunk.path}

    def file_means(self, vector: np.ndarray, most: int) -> dict[str, float]:
        rows: dict[str, list[int]] = {}
        for number, chunk in enumerate(self._list):
            if chunk.path:
                rows.setdefault(chunk.path, []).append(number)
        means = {path: self._vectors[numbers].mean(axis=0) for path, numbers in rows.items()}
        nearness = {path: float(mean @ vector / (np.linalg.norm(mean) or 1.0)) for path, mean in means.items()}
        return dict(sorted(nearness.items(), key=lambda item: -item[1])[:most])

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        return {sha: self._touched[sha] for sha in shas if sha in self._touched}

    def sizes_of_commits(self, shas: Collection[str]) -> dict[str, tuple[int, int]]:
        return {sha: self._sizes[sha] for sha in shas if sha in self._sizes}

    def _rows(self, commits: bool, paths: Iterable[str] | None) -> set[int]:
        return {
            number
            for number, chunk in enumerate(self._list)
            if (chunk.kind is Kind.COMMIT) == commits and (paths is None or chunk.path in paths)
        }
