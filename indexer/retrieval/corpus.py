"""What a search needs to know of one repository: the edge between ranking and stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from indexer.retrieval.filing import Filing
from indexer.types import Chunk, Hint


@dataclass(frozen=True, slots=True)
class Found:
    """What one leg found in one repository, best first: chunks by their places there, scores, and the numbers of their files."""

    places: np.ndarray
    scores: np.ndarray
    files: np.ndarray

    @classmethod
    def nothing(cls) -> Found:
        return cls(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))

    def kept(self, mask: np.ndarray) -> Found:
        return Found(self.places[mask], self.scores[mask], self.files[mask])


class Corpus(Protocol):
    """One repository's searchable index. Chunk ids are unique within it; files and chunks are numbered; nothing here changes while a
    search runs. Where `within` is given, bool (files,), only the files that it says are searched.
    """

    repo: str

    @property
    def filing(self) -> Filing:
        """The indexed files, whose numbers it gives."""
        ...

    def size(self, *, commits: bool = False) -> int:
        """How many places of chunks there are."""
        ...

    def dense(self, vector: np.ndarray, k: int, *, commits: bool = False, within: np.ndarray | None = None) -> list[tuple[str, float]]:
        """The chunks nearest to a unit vector: (chunk id, cosine similarity), best first."""
        ...

    def lexical(self, text: str, k: int, *, commits: bool = False, within: np.ndarray | None = None) -> list[tuple[str, float]]:
        """The chunks that hold words of a text: (chunk id, BM25, higher is better), best first."""
        ...

    def found(
        self, vector: np.ndarray, text: str, k: int, *, commits: bool = False, within: np.ndarray | None = None,
        hints: Sequence[Hint] = (),
    ) -> tuple[Found, Found]:  # fmt: skip
        """What `dense` and `lexical` give, as arrays; `hints` are further words for the latter, each with what it counts."""
        ...

    def worded(self, text: str, k: int, *, within: np.ndarray | None = None) -> Found:
        """What `lexical` gives of the chunks of files, as arrays."""
        ...

    def cosines(self, vector: np.ndarray, ids: Collection[str]) -> Mapping[str, float]:
        """The cosine similarity of a unit vector and each of these chunks of files that has one."""
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

    def places(self, ids: Collection[str]) -> np.ndarray:
        """The places of these chunks of files, as far as they exist."""
        ...

    def definitions(self, places: np.ndarray) -> np.ndarray:
        """Which of the chunks of files at these places (n,) are definitions: bool (n,)."""
        ...

    def holds(self, word: str) -> bool:
        """Whether a file or a commit holds a word, as the lexical leg knows it."""
        ...

    def vocabulary(self) -> Mapping[str, int]:
        """Every word of the files, as the lexical leg knows it, and how many chunks hold it."""
        ...

    def chunks(self, ids: Collection[str], *, commits: bool = False) -> Mapping[str, Chunk]:
        """The chunks of files, or of commits, among `ids` that exist. What ranking seldom looks at, such as the text, may be read
        when it is asked for: a look at the text of each of hundreds of candidates takes long."""
        ...

    def defining(self, names: Collection[str]) -> Mapping[str, Collection[str]]:
        """Symbol name, as written, to the paths of the files that define it."""
        ...

    def documented(self, ids: Collection[str]) -> Mapping[str, Mapping[str, float]]:
        """Of these passages of documentation: the files that define what they name, each with how telling that is."""
        ...

    def file_means(self, vector: np.ndarray) -> np.ndarray:
        """The cosine similarity of a unit vector and the mean of the vectors of each file's chunks, -inf for none: float (files,)."""
        ...

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        """SHA to the files it changed, by the names they have today."""
        ...

    def likeness(self, places: np.ndarray, near: Mapping[str, float]) -> np.ndarray:
        """For the commits at these places (n,) the highest value that `near` gives a file they changed, by the names files have today,
        0 for none: float (n,)."""
        ...

    def footprints(self, places: np.ndarray) -> np.ndarray:
        """What the commits at these places (n,) are besides their words, the fields of a `Footprint` for each: float (n, fields)."""
        ...


def chosen(corpus: Corpus, paths: Collection[str]) -> np.ndarray:
    """Which files of a repository these are: bool (files,)."""
    numbers = corpus.filing.numbers(paths)
    found = np.zeros(len(corpus.filing.paths), bool)
    found[numbers[numbers >= 0]] = True
    return found
