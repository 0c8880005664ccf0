"""What a search needs to know of one repository: the edge between ranking and stores."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import numpy as np

from indexer.types import Chunk


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

    def chunks(self, ids: Collection[str]) -> dict[str, Chunk]:
        """The chunks among `ids` that exist."""
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

    def file_means(self, vector: np.ndarray) -> Mapping[str, float]:
        """For every file the cosine similarity of a unit vector and the mean of the vectors of its chunks."""
        ...

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        """SHA to the files it changed, by the names they have today."""
        ...
