"""Which files change together, told by counting the commits that changed both.

Counts are raw. What is shown to people has to reach the thresholds of code-maat (https://github.com/adamtornhill/code-maat): five
changes of each, five in common, and a degree of 30 %, the degree being the common ones by the mean of both files' changes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from indexer.structure import ChangeSet, Structure

LARGEST = 30
"""Files of a commit: a larger one, such as a rename everywhere, says nothing of what belongs together."""

LEAST_CHANGES, LEAST_TOGETHER, LEAST_DEGREE = 5, 5, 0.3
"""What two files have to reach to be shown to people."""

_LATEST = 3


@dataclass(frozen=True, slots=True)
class Together:
    """A file that changed together with what was asked about: in `together` of its `of` commits, and of the `of_other` of this file.

    `latest` are the SHAs of the newest common commits, newest first.
    """

    path: str
    together: int
    of: int
    of_other: int
    latest: tuple[str, ...] = ()

    @property
    def degree(self) -> float:
        """Common changes by the mean of both sides' changes, 0..1."""
        return 2 * self.together / (self.of + self.of_other)

    @property
    def telling(self) -> bool:
        """Whether it is more than chance, so that people may be told."""
        enough = min(self.of, self.of_other) >= LEAST_CHANGES and self.together >= LEAST_TOGETHER
        return enough and self.degree >= LEAST_DEGREE


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that changed together in `together` commits; `first` is the earlier one by name. `imported`: one imports the other."""

    first: str
    second: str
    together: int
    of_first: int
    of_second: int
    imported: bool
    latest: tuple[str, ...] = ()

    @property
    def degree(self) -> float:
        """As of Together."""
        return 2 * self.together / (self.of_first + self.of_second)


class Coupling:
    """The common changes of a repository's files. Does not change; safe for many threads."""

    def __init__(self, changes: Iterable[ChangeSet], largest: int = LARGEST) -> None:
        """`changes` are newest first; those of more than `largest` files do not count."""
        self.changes = tuple(one for one in changes if one.commit.files <= largest)
        self._of: dict[str, list[int]] = defaultdict(list)
        for number, change in enumerate(self.changes):
            for path in _paths(change):
                self._of[path].append(number)

    def revisions(self, path: str) -> int:
        """The commits that changed a file and count."""
        return len(self._of.get(path, ()))

    def changes_of(self, paths: Collection[str]) -> tuple[ChangeSet, ...]:
        """The commits that changed any of these files and count, newest first."""
        numbers = {number for path in paths for number in self._of.get(path, ())}
        return tuple(self.changes[number] for number in sorted(numbers))

    def of(self, paths: Collection[str]) -> tuple[Together, ...]:
        """The other files that changed together with any of these, most often first; for one file, give it alone."""
        asked = frozenset(paths)
        changes = self.changes_of(asked)
        found: dict[str, list[str]] = defaultdict(list)
        for change in changes:
            for path in _paths(change) - asked:
                found[path].append(change.commit.sha)
        told = (
            Together(path, len(shas), len(changes), self.revisions(path), tuple(shas[:_LATEST])) for path, shas in found.items()
        )
        return tuple(sorted(told, key=lambda one: (-one.together, -one.degree, one.path)))

    def telling(self, paths: Collection[str]) -> tuple[Together, ...]:
        """Those of them that reach the thresholds, most closely bound first."""
        found = (one for one in self.of(paths) if one.telling)
        return tuple(sorted(found, key=lambda one: (-one.degree, -one.together, one.path)))

    def pairs(self, structure: Structure) -> tuple[Pair, ...]:
        """Every two files that reach the thresholds, most closely bound first. Looks at the whole history at once."""
        counts: Counter[tuple[str, str]] = Counter()
        for change in self.changes:
            often = (path for path in _paths(change) if self.revisions(path) >= LEAST_CHANGES)
            counts.update(combinations(sorted(often), 2))
        linked = import_edges(structure)
        found = (self._pair(first, second, linked) for (first, second), count in counts.items() if count >= LEAST_TOGETHER)
        telling = (one for one in found if one.degree >= LEAST_DEGREE)
        return tuple(sorted(telling, key=lambda one: (-one.degree, -one.together, one.first, one.second)))

    def without_import(self, structure: Structure) -> tuple[Pair, ...]:
        """Those of them of which neither imports the other: what the code does not show."""
        return tuple(one for one in self.pairs(structure) if not one.imported)

    def _pair(self, first: str, second: str, linked: Mapping[str, frozenset[str]]) -> Pair:
        common = sorted(set(self._of[first]) & set(self._of[second]))
        latest = tuple(self.changes[number].commit.sha for number in common[:_LATEST])
        imported = second in linked.get(first, ())
        return Pair(first, second, len(common), self.revisions(first), self.revisions(second), imported, latest)


def import_edges(structure: Structure) -> Mapping[str, frozenset[str]]:
    """Path to the files that it imports or that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for source, target in _edges(structure):
        found[source].add(target)
        found[target].add(source)
    return {path: frozenset(others) for path, others in found.items()}


def _edges(structure: Structure) -> Iterator[tuple[str, str]]:
    return ((item.path, item.target) for item in structure.imports if item.target)


def _paths(change: ChangeSet) -> frozenset[str]:
    return frozenset(touch.path for touch in change.touches)
