"""What a search needs to know of one repository: the edge between ranking and stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from indexer.types import Chunk


@dataclass(frozen=True, slots=True)
class Found:
    """What one leg found in one repository, best first: chunks by their places there, scores, and the numbers of their files."""

    places: np.ndarray
    scores: np.ndarray
    files: np.ndarray


class Corpus(Protocol):
    """One repository's searchable index. Chunk ids are unique within it; nothing here changes while a search runs."""

    repo: str

    def dense(
        self, vector: np.ndarray, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The chunks nearest to a unit vector: (chunk id, cosine similarity), best first; only of `paths` where given."""
        ...

    def lexical(
        self, text: str, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The chunks that hold words of a text: (chunk id, BM25, higher is better), best first; only of `paths` where given."""
        ...

    def found(
        self, vector: np.ndarray, text: str, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> tuple[Found, Found]:
        """What `dense` and `lexical` give, as arrays."""
        ...

    def found_among(self, shas: Collection[str], vector: np.ndarray, text: str, k: int) -> tuple[Found, Found]:
        """What `found` gives of these commits alone."""
        ...

    def dated(self, since: float, until: float) -> Mapping[str, tuple[float, float]]:
        """The commits written or brought in within a time, with both dates; all in seconds since 1970."""
        ...

    def reached(self, base: str, tip: str) -> Collection[str]:
        """The commits that are in `tip` ("" for the newest) and not in `base` ("" for none), full SHAs."""
        ...

    def at(self, places: Collection[int], *, commits: bool = False) -> Mapping[int, Chunk]:
        """The chunks at these places, as `chunks` gives them."""
        ...

    def passages(self) -> np.ndarray:
        """Which files are documentation, by their numbers: bool (files,)."""
        ...

    def numbers(self, paths: Collection[str]) -> np.ndarray:
        """The numbers of these files, as far as they are indexed."""
        ...

    def saying(self, terms: Collection[str]) -> Collection[str]:
        """The files whose names or folders hold one of these terms."""
        ...

    def named(self, names: Collection[tuple[str, str]]) -> Collection[str]:
        """The files of these names: the stem in lower case, and the suffix."""
        ...

    def chunks(self, ids: Collection[str], *, commits: bool = False) -> Mapping[str, Chunk]:
        """The chunks of files, or of commits, among `ids` that exist. What ranking seldom looks at, such as the text, may be read
        when it is asked for: a look at the text of each of hundreds of candidates takes long."""
        ...

    def read(self, ids: Collection[str]) -> Mapping[str, Chunk]:
        """The chunks among `ids` that exist, with everything about them."""
        ...

    def defining(self, names: Collection[str]) -> dict[str, set[str]]:
        """Symbol name, as written, to the paths of the files that define it."""
        ...

    def paths(self) -> list[str]:
        """Every indexed file."""
        ...

    def languages(self) -> Mapping[str, str]:
        """Path to language of every indexed file."""
        ...

    def file_means(self, vector: np.ndarray, most: int) -> Mapping[str, float]:
        """The files whose means of the vectors of their chunks are nearest to a unit vector, at most so many, with the cosine."""
        ...

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        """SHA to the files it changed, by the names they have today."""
        ...

    def sizes_of_commits(self, shas: Collection[str]) -> Mapping[str, tuple[int, int]]:
        """SHA to the lines it added and deleted."""
        ...
