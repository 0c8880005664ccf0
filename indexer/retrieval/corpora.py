"""Several repositories searched as one: their files, and their chunks, are numbered one repository after another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np

from indexer.retrieval.corpus import Corpus, Found
from indexer.retrieval.filings import Filings
from indexer.retrieval.footprints import Footprint
from indexer.types import Chunk, Hint, Query

Legs = tuple[Found, Found]  # dense and lexical


class Corpora:
    """The repositories of one search; see `Corpus` for what is asked of each."""

    def __init__(self, each: Sequence[Corpus]) -> None:
        self.each: tuple[Corpus, ...] = tuple(each)

    @cached_property
    def files(self) -> Filings:
        return Filings([corpus.repo for corpus in self.each], [corpus.filing for corpus in self.each])

    def of(self, query: Query) -> Corpora:
        """Those that a query asks about."""
        asked = [corpus for corpus in self.each if not query.repos or corpus.repo in query.repos]
        return self if len(asked) == len(self.each) else Corpora(asked)

    def found(
        self, vector: np.ndarray, text: str, k: int, *, commits: bool = False, within: np.ndarray | None = None,
        hints: Sequence[Hint] = (),
    ) -> Legs:  # fmt: skip
        """What both legs find in each repository, the best `k` chunks of each, one repository's after another's."""
        if within is None:
            legs = {number: corpus.found(vector, text, k, commits=commits, hints=hints) for number, corpus in enumerate(self.each)}
        else:
            legs = {
                number: self.each[number].found(vector, text, k, commits=commits, within=part, hints=hints)
                for number, part in enumerate(np.split(within, self.files.starts[1:-1])) if part.any()
            }  # fmt: skip
        return self.joined(legs, commits=commits)

    def worded(self, text: str, k: int, *, within: np.ndarray | None = None) -> Found:
        """What the lexical leg finds in the files of each repository, the best `k` chunks of each."""
        parts = np.split(within, self.files.starts[1:-1]) if within is not None else [None] * len(self.each)
        found = [corpus.worded(text, k, within=part) for corpus, part in zip(self.each, parts, strict=True)]
        return self.joined({number: (leg, leg) for number, leg in enumerate(found)}, commits=False)[1]

    def found_among(self, shas: Mapping[str, Collection[str]], vector: np.ndarray, text: str, k: int) -> Legs:
        """What `found` gives of these commits alone, by repository."""
        return self.joined({
            number: corpus.found_among(shas[corpus.repo], vector, text, k)
            for number, corpus in enumerate(self.each) if shas.get(corpus.repo)
        }, commits=True)  # fmt: skip

    def joined(self, legs: Mapping[int, Legs], *, commits: bool) -> Legs:
        """What was found in each of some repositories, by their numbers, as one."""
        starts, of_files = self.starts(commits=commits), self.files.starts

        def together(leg: int) -> Found:
            parts = [(number, found[leg]) for number, found in legs.items()]
            places = [part.places + starts[number] for number, part in parts]
            files = [np.where(part.files < 0, -1, part.files + of_files[number]) for number, part in parts]
            scores = [part.scores for _, part in parts]
            return Found(_joined(places, np.int64), _joined(scores, np.float64), _joined(files, np.int64))

        return together(0), together(1)

    def at(self, places: Iterable[int], *, commits: bool = False) -> dict[int, Chunk]:
        """The chunks at these places, as ranking sees them, but for what a refresh has just taken away."""
        found: dict[int, Chunk] = {}
        for number, (start, some) in self._by_repo(places, commits=commits).items():
            known = self.each[number].at(some, commits=commits)
            found.update((start + place, chunk) for place, chunk in known.items())
        return found

    def definitions(self, places: np.ndarray) -> np.ndarray:
        """Which of the chunks of files at these places (n,), which rise, are definitions: bool (n,)."""
        return _joined([corpus.definitions(part) for corpus, part in self._parts(places, commits=False) if len(part)], bool)

    def places(self, repo: str, ids: Collection[str]) -> np.ndarray:
        """The places of these chunks of a repository's files, as far as they exist."""
        number = self.files.repos.index(repo)
        return self.each[number].places(ids) + self.starts(commits=False)[number]

    def file_means(self, vector: np.ndarray) -> np.ndarray:
        """The cosine similarity of a unit vector and the mean of the vectors of each file's chunks, -inf for none: float (files,)."""
        return _joined([corpus.file_means(vector) for corpus in self.each], np.float64)

    def likeness(self, places: np.ndarray, near: Mapping[str, Mapping[str, float]]) -> np.ndarray:
        """As `Corpus.likeness`, of commits at places that rise, for files by repository."""
        parts = self._parts(places, commits=True)
        return _joined([
            corpus.likeness(part, near[corpus.repo]) if corpus.repo in near else np.zeros(len(part)) for corpus, part in parts
        ], np.float64)  # fmt: skip

    def footprints(self, places: np.ndarray) -> Footprint:
        """As `Corpus.footprints`, of commits at places that rise, as arrays (n,)."""
        nothing = np.zeros((0, len(Footprint._fields)))
        found = [corpus.footprints(part) for corpus, part in self._parts(places, commits=True) if len(part)]
        return Footprint(*np.concatenate([nothing, *found]).T)

    def repos_of(self, places: np.ndarray, *, commits: bool) -> np.ndarray:
        """The number of the repository of each place: int (n,)."""
        return np.searchsorted(self.starts(commits=commits), places, side="right") - 1

    def starts(self, *, commits: bool) -> np.ndarray:
        """The first place of each repository's chunks, and how many places there are: int (repositories + 1,)."""
        return self._starts[commits]

    @cached_property
    def _starts(self) -> tuple[np.ndarray, np.ndarray]:
        def of(commits: bool) -> np.ndarray:
            return np.concatenate([[0], np.cumsum([corpus.size(commits=commits) for corpus in self.each], dtype=np.int64)])

        return of(False), of(True)

    def _parts(self, places: np.ndarray, *, commits: bool) -> list[tuple[Corpus, np.ndarray]]:
        """Which of these places, which rise, are in each repository, counted from its first."""
        starts = self.starts(commits=commits)
        ends = np.searchsorted(places, starts).tolist()
        return [
            (corpus, places[ends[number] : ends[number + 1]] - start)
            for number, (corpus, start) in enumerate(zip(self.each, starts.tolist(), strict=False))
        ]

    def _by_repo(self, places: Iterable[int], *, commits: bool) -> dict[int, tuple[int, list[int]]]:
        """By the number of the repository its first place, and these places counted from there."""
        wanted = np.fromiter(places, np.int64)
        numbers, starts = self.repos_of(wanted, commits=commits).tolist(), self.starts(commits=commits).tolist()
        found: dict[int, tuple[int, list[int]]] = {}
        for place, number in zip(wanted.tolist(), numbers, strict=True):
            found.setdefault(number, (starts[number], []))[1].append(place - starts[number])
        return found


def _joined(parts: Sequence[np.ndarray], dtype: type) -> np.ndarray:
    if not parts:
        return np.zeros(0, dtype)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
