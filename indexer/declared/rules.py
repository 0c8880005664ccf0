"""Rules of which the last one that matches decides, and how they are found without trying all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from indexer.declared.patterns import Glob
from indexer.declared.types import Declaration


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry with the pattern that makes it apply. `excludes`: it takes its paths from all other entries of its section."""

    glob: Glob
    declaration: Declaration
    excludes: bool = False


class Rules:
    """The rules of a file, in its order.

    Each rule waits under something that every path it matches must have: a beginning, a name among its segments, or an ending.
    A path then meets only the rules that wait under what it has, so that thousands of rules cost little.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._by_prefix: dict[str, list[int]] = {}
        self._by_name: dict[str, list[int]] = {}
        self._by_extension: dict[str, list[int]] = {}
        self._others: list[int] = []
        self._matchers: list[Callable[[str], object] | None] = [None] * len(self.rules)
        for number, rule in enumerate(self.rules):
            self._shelf(rule.glob).append(number)

    def _shelf(self, glob: Glob) -> list[int]:
        if prefix := glob.prefix:
            return self._by_prefix.setdefault(prefix, [])
        if name := glob.required:
            return self._by_name.setdefault(name, [])
        extension = glob.extension
        return self._others if extension is None else self._by_extension.setdefault(extension, [])

    def deciding(self, path: str) -> Declaration | None:
        """The entry that decides who owns a path: the last that matches; None without any."""
        return next((rule.declaration for rule in self.matching(path, latest_first=True)), None)

    def matching(self, path: str, *, latest_first: bool = False) -> Iterator[Rule]:
        """Every rule that matches, in the order of the file or against it."""
        for number in sorted(self._candidates(path), reverse=latest_first):
            if self._matches(number, path):
                yield self.rules[number]

    def _matches(self, number: int, path: str) -> bool:
        matcher = self._matchers[number]
        if matcher is None:
            matcher = self._matchers[number] = self.rules[number].glob.matcher()
        return bool(matcher(path))

    def _candidates(self, path: str) -> set[int]:
        found: set[int] = set(self._others)
        segments = path.split("/")
        beginning = ""
        for segment in segments:
            beginning = f"{beginning}/{segment}" if beginning else segment
            found.update(self._by_prefix.get(beginning, ()))
            found.update(self._by_name.get(segment, ()))
            if "." in segment:
                found.update(self._by_extension.get(segment.rpartition(".")[2], ()))
        return found
