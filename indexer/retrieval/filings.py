"""What the paths of several repositories' files say, as arrays over all of them: one look at all costs little more than one at each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

import numpy as np

from indexer.retrieval.filing import Filing
from indexer.types import Query


class Filings:
    """The indexed files of several repositories as one, numbered one repository after another. Values are worked out when asked for."""

    def __init__(self, repos: Sequence[str], each: Sequence[Filing]) -> None:
        self.repos = tuple(repos)
        self.each = tuple(each)
        self.sizes = np.array([len(one.paths) for one in each], np.int64)
        self.starts = np.concatenate([[0], np.cumsum(self.sizes)])
        self._numbers = {repo: number for number, repo in enumerate(repos)}

    def __len__(self) -> int:
        return int(self.starts[-1])

    @cached_property
    def repo_of(self) -> np.ndarray:
        """The number of each file's repository: int (files,)."""
        return np.repeat(np.arange(len(self.repos)), self.sizes)

    @cached_property
    def passages(self) -> np.ndarray:
        """Which files are documentation: bool (files,)."""
        return _joined([one.passages for one in self.each], bool)

    @cached_property
    def sources(self) -> np.ndarray:
        """Which files are source, rather than tests, examples, documentation and so on: bool (files,)."""
        return _joined([one.sources for one in self.each], bool)

    @cached_property
    def tests(self) -> np.ndarray:
        """Which files are tests: bool (files,)."""
        return _joined([one.tests for one in self.each], bool)

    @cached_property
    def names(self) -> tuple[np.ndarray, np.ndarray]:
        """As `Filing.names`; the names of each repository have numbers of their own."""
        own = _joined([one.names[0] + start for one, start in zip(self.each, self.starts.tolist(), strict=False)], np.int64)
        tested = [np.where(one.names[1] < 0, -1, one.names[1] + start) for one, start in zip(self.each, self.starts.tolist(), strict=False)]
        return own, _joined(tested, np.int64)

    @cached_property
    def alphabetical(self) -> np.ndarray:
        """Where each file's repository stands in the order of their names: int (files,)."""
        places = {repo: place for place, repo in enumerate(sorted(self.repos))}
        return np.repeat(np.array([places[repo] for repo in self.repos], np.int64), self.sizes)

    def demotions(self, wants_tests: bool) -> tuple[np.ndarray, np.ndarray]:
        """As `Filing.demotions`, of files that do not define and of files that define: float (files,) each."""
        return self._demotions[wants_tests]

    def said(self, terms: Collection[str]) -> np.ndarray:
        """How many of these terms, all different, the name or the folder of each file holds: int (files,)."""
        starts = self.starts.tolist()
        found = [numbers + start for one, start in zip(self.each, starts, strict=False) for numbers in one.saying(terms)]
        return np.bincount(_joined(found, np.int64), minlength=len(self))

    def within(self, query: Query) -> np.ndarray | None:
        """Which files the question's filters leave: bool (files,); None where it has none."""
        return _joined([one.within(query) for one in self.each], bool) if query.paths or query.languages else None  # type: ignore[misc]

    def numbers(self, repo: str, paths: Collection[str]) -> np.ndarray:
        """The numbers of the files of one repository, in the order given; -1 for those that are not indexed."""
        number = self._numbers[repo]
        found = self.each[number].numbers(paths)
        return np.where(found < 0, -1, found + self.starts[number])

    def spread(self, votes: Mapping[tuple[str, str], float]) -> np.ndarray:
        """What is said of files by repository and path, 0 for the others: float (files,)."""
        found = np.zeros(len(self))
        by_repo: dict[str, dict[str, float]] = {}
        for (repo, path), vote in votes.items():
            by_repo.setdefault(repo, {})[path] = vote
        for repo, told in by_repo.items():
            start, known = int(self.starts[self._numbers[repo]]), self.each[self._numbers[repo]].number
            for path, vote in told.items():
                if (number := known(path)) is not None:
                    found[start + number] = vote
        return found

    def key(self, number: int) -> tuple[str, str]:
        """A file's repository and path."""
        repo = int(self.repo_of[number])
        return self.repos[repo], self.each[repo].paths[number - int(self.starts[repo])]

    @cached_property
    def _demotions(self) -> list[tuple[np.ndarray, np.ndarray]]:
        def of(wants_tests: bool, defines: bool) -> np.ndarray:
            return _joined([one.demotions(wants_tests, defines) for one in self.each], float)

        return [(of(wants, False), of(wants, True)) for wants in (False, True)]


def _joined(parts: Sequence[np.ndarray], dtype: type) -> np.ndarray:
    return parts[0] if len(parts) == 1 else np.concatenate([np.zeros(0, dtype), *parts])
