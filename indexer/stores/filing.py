"""What the paths of a repository's files say, worked out once: ranking asks it of all files at once, as arrays in their order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import cached_property, lru_cache, partial
from typing import NamedTuple

import numpy as np

from indexer.retrieval.filters import within
from indexer.retrieval.ranking import demotion, explains, name_of_path, terms_of_path, tested_name
from indexer.types import Kind, Query, Role

_FILTERS_KEPT = 16  # of the last questions: a byte a file


class Filed(NamedTuple):
    """An indexed file."""

    path: str
    language: str
    kind: Kind
    role: Role


class Filing:
    """The indexed files of one repository, numbered in the order given."""

    def __init__(self, files: Sequence[Filed]) -> None:
        self._files = files
        self.paths = [file.path for file in files]
        self.languages = {file.path: file.language for file in files}
        self.passages = np.array([file.kind is Kind.DOC for file in files], bool)
        self._numbers = {path: number for number, path in enumerate(self.paths)}
        self._filtered = lru_cache(_FILTERS_KEPT)(partial(within, self.paths, self.languages))

    def within(self, query: Query) -> np.ndarray | None:
        """Which files the question's filters leave: bool (files,); None where it has none."""
        return self._filtered(query.paths, query.languages) if query.paths or query.languages else None

    @cached_property
    def sources(self) -> np.ndarray:
        """Which files are source: bool (files,)."""
        return np.array([file.role is Role.SOURCE for file in self._files], bool)

    @cached_property
    def explaining(self) -> np.ndarray:
        """Which files explain in sections: bool (files,)."""
        return np.array([explains(file.path, file.language) for file in self._files], bool)

    def numbers(self, paths: Collection[str]) -> np.ndarray:
        """The numbers of these files, in the order given; -1 for those that are not indexed."""
        return np.array([self._numbers.get(path, -1) for path in paths], np.int64)

    def said(self, terms: Collection[str]) -> np.ndarray:
        """How many of these terms, all different, the name or the folder of each file holds: int (files,)."""
        found = [self._saying[term] for term in terms if term in self._saying]
        return np.bincount(np.concatenate([np.zeros(0, np.int32), *found]), minlength=len(self._files))

    def named(self, names: Collection[tuple[str, str]]) -> list[str]:
        """The files of these names: the stem in lower case, and the suffix."""
        return [path for name in names for path in self._named.get(name, ())]

    def testing(self, names: Collection[tuple[str, str]]) -> list[str]:
        """The tests that test files of these names by their own."""
        return [path for name in names for path in self._testing.get(name, ())]

    def demotions(self, wants_tests: bool) -> np.ndarray:
        """The least that each file's score is multiplied by for the part it plays: float (files,)."""
        return self._demotions[int(wants_tests)]

    @cached_property
    def _saying(self) -> dict[str, np.ndarray]:
        saying: defaultdict[str, list[int]] = defaultdict(list)
        for number, path in enumerate(self.paths):
            for term in terms_of_path(path):
                saying[term].append(number)
        return {term: np.array(numbers, np.int32) for term, numbers in saying.items()}

    @cached_property
    def _named(self) -> dict[tuple[str, str], list[str]]:
        return _by(name_of_path, self.paths)

    @cached_property
    def _testing(self) -> dict[tuple[str, str], list[str]]:
        return _by(tested_name, [file.path for file in self._files if file.role is Role.TEST])

    @cached_property
    def _demotions(self) -> tuple[np.ndarray, np.ndarray]:
        plain, tests = ([demotion(file.role, file.kind, file.path, wants_tests=wants) for file in self._files] for wants in (False, True))
        return np.array(plain, float), np.array(tests, float)


def _by(name_of: Callable[[str], tuple[str, str]], paths: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    named: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for path in paths:
        named[name_of(path)].append(path)
    return dict(named)
