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

    def number(self, path: str) -> int | None:
        """The number of a file, None where it is not indexed."""
        return self._numbers.get(path)

    def saying(self, terms: Collection[str]) -> list[np.ndarray]:
        """For each of these terms that one holds: the numbers of the files of which the name or the folder holds it."""
        return [self._saying[term] for term in terms if term in self._saying]

    def named(self, names: Collection[tuple[str, str]]) -> list[str]:
        """The files of these names: the stem in lower case, and the suffix."""
        return [path for name in names for path in self._named.get(name, ())]

    @cached_property
    def tests(self) -> np.ndarray:
        """Which files are tests: bool (files,)."""
        return np.array([file.role is Role.TEST for file in self._files], bool)

    @cached_property
    def names(self) -> tuple[np.ndarray, np.ndarray]:
        """The number of each file's name (see `name_of_path`), and of the name of what each test tests by its own: int (files,); -1
        for tests that test nothing, and for what is no test."""
        numbers: dict[tuple[str, str], int] = {}
        own = [numbers.setdefault(name_of_path(path), len(numbers)) for path in self.paths]
        meant = [tested_name(file.path) if file.role is Role.TEST else ("", "") for file in self._files]
        return np.array(own, np.int64), np.array([numbers.get(name, -1) if name[0] else -1 for name in meant], np.int64)

    def demotions(self, wants_tests: bool, defines: bool) -> np.ndarray:
        """What each file's score is multiplied by for the part it plays, where it `defines` something near to the question, or does
        not: float (files,)."""
        return self._demotions[2 * wants_tests + defines]

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
    def _demotions(self) -> list[np.ndarray]:
        return [
            np.array([demotion(file.role, file.kind, file.path, wants_tests=wants, defines=defines) for file in self._files], float)
            for wants in (False, True) for defines in (False, True)
        ]  # fmt: skip


def _by(name_of: Callable[[str], tuple[str, str]], paths: Sequence[str]) -> dict[tuple[str, str], list[str]]:
    named: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for path in paths:
        named[name_of(path)].append(path)
    return dict(named)
