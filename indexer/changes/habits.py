"""What usually changes together, by the changes of the past, so that what was left out this time can be told.

As in code-maat, at least five changes in common count, and changes of more than thirty files do not. Much that is true of the past
says nothing of the change at hand, most of all where that is of a few lines. Replayed on 2,400 changes of six public repositories,
each without one of its places in turn, what would have been said to be missing had in truth been changed in 57 of 100 cases by
counting alone, in 61 where it also belongs there more than elsewhere, and in 69 with all conditions below.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from indexer.changes.areas import DOCS, TESTS, Areas, is_source
from indexer.changes.fragments import is_changelog, is_fragment
from indexer.changes.landed import Landed
from indexer.changes.parts import is_ci
from indexer.changes.types import Missing
from indexer.languages import detect_language
from indexer.roles import role_of
from indexer.sources import skip_entry
from indexer.types import Role, TreeEntry

_LARGEST = 30  # files of a change
_WIDEST = 5  # areas of a change that is held against habits: a wider one does the same thing everywhere
_TOGETHER = 5
_SURE, _SURER = 0.7, 0.8  # of the changes; within an area, where much changes together, the latter
_SUREST = 0.9  # for documentation
_RECENT = 60  # changes of a place that are looked at: habits of years ago are none
_LIFT = 4  # times as often as with everything else, lest what always changes is said to belong here
_LIKE = 2  # times as many lines of source, and
_ABOUT = 10  # lines: what a past change may have more, to be like this one
_ALIKE, _ALIKE_SURE = 3, 0.75  # so many must be like this one, and so many of those have it
_TOLD = 3
_LATEST = 3
_VERSIONED = re.compile(  # what moves with every release or dependency, whatever else does
    r"^(_*versions?_*|__about__)(\.\w+)?$|^(package|composer|manifest)\.json$|^(pyproject|cargo)\.toml$|^setup\.(py|cfg)$|^go\.(mod|work)$"
    r"|^pom\.xml$|^build\.gradle|^gradle\.properties$|^gemfile$|^requirements.*\.txt$|^chart\.ya?ml$|\.(csproj|gemspec)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A claim, and what decides between several of the same."""

    missing: Missing
    area: str

    @property
    def rank(self) -> tuple[float, int, bool, str]:
        one = self.missing
        return -one.together / one.of, -one.together, not one.with_.endswith("/"), one.usual


class Habits:
    """The changes of the past, newest first; the files of `areas` are those there are now."""

    def __init__(self, past: Iterable[Landed], areas: Areas) -> None:
        self._past = [one for one in past if len(one.files) <= _LARGEST and not one.is_upkeep and not _only_moves(one)]
        self._areas = areas
        self._usual = {path for path in areas.paths if _belongs(path)}
        self._usual_areas = {areas.of(path) for path in self._usual if is_source(path)} - {"", TESTS, DOCS}
        self._places = [_places(one) for one in self._past]
        self._with: dict[str, list[int]] = defaultdict(list)
        for number, places in enumerate(self._places):
            for place in places:
                self._with[place].append(number)

    def broken_by(self, change: Landed) -> tuple[Missing, ...]:
        """What usually changes with a place of this change and did not: at most three, surest first; folders before their files."""
        if len(change.files) > _LARGEST or len(change.areas) > _WIDEST or change.is_upkeep:
            return ()
        triggers = {place for place in _places(change) if place.endswith("/") or (_belongs(place) and _role(place) is not Role.DOCS)}
        rules = sorted((rule for place in triggers for rule in self._broken(place, change)), key=lambda rule: rule.rank)
        return tuple(rule.missing for rule in _distinct(rules)[:_TOLD])

    def _broken(self, place: str, change: Landed) -> Iterator[_Rule]:
        numbers = self._with.get(place, [])[:_RECENT]
        if len(numbers) < _TOGETHER:
            return
        touched = _places(change)
        changes = [self._past[number] for number in numbers]
        counts = Counter(other for number in numbers for other in self._places[number] if other not in touched)
        for other, together in counts.items():
            if together >= max(_TOGETHER, _SURE * len(changes)) and self._says_something(other, place):
                having = [other in self._places[number] for number in numbers]
                if self._holds(other, place, together, having) and _holds_alike(change, changes, having):
                    latest = tuple(one.sha for one, has in zip(changes, having, strict=True) if has)[:_LATEST]
                    yield _Rule(Missing(other, place, together, len(changes), latest), self._area(other))

    def _says_something(self, other: str, place: str) -> bool:
        """Not that a folder changes with what is in it, nor a header with its source, nor what is no more."""
        if other.endswith("/"):
            return other[:-1] in self._usual_areas and other != f"{self._area(place)}/"
        return other in self._usual and self._area(other) != place[:-1] and _stem(other) != _stem(place)

    def _holds(self, other: str, place: str, together: int, having: Sequence[bool]) -> bool:
        """Whether it is so beyond chance, and still: the latest change of the place had it as well."""
        among, all_of = len(having), len(self._with[other])
        elsewhere = (all_of - together) / max(1, len(self._past) - among)
        share = together / among
        least = _SURER if self._area(other) == self._area(place) else _SURE
        if not other.endswith("/") and _role(other) is Role.DOCS:
            least = _SUREST
        return having[0] and share >= least and share >= _LIFT * elsewhere

    def _area(self, place: str) -> str:
        return place[:-1] if place.endswith("/") else self._areas.of(place)


def _only_moves(change: Landed) -> bool:
    return all(one.status == "R" and one.added == 0 and one.deleted == 0 for one in change.changes)


def _holds_alike(change: Landed, changes: Sequence[Landed], having: Sequence[bool]) -> bool:
    """Whether it is so of changes like this one: a few lines leave out what a larger change has."""
    most = _LIKE * change.size.source + _ABOUT
    alike = [has for one, has in zip(changes, having, strict=True) if one.size.source <= most]
    return len(alike) >= _ALIKE and sum(alike) >= _ALIKE_SURE * len(alike)


def _distinct(rules: Iterable[_Rule]) -> list[_Rule]:
    """The best rule for each thing that is missing; several files of one area are one thing, and a folder stands for its files."""
    rules = list(rules)
    folders = {rule.missing.usual for rule in rules if rule.missing.usual.endswith("/")}
    found: dict[str, _Rule] = {}
    for rule in rules:
        folder = f"{rule.area}/"
        if rule.missing.usual == folder or folder not in folders:
            found.setdefault(folder if rule.area else rule.missing.usual, rule)
    return list(found.values())


def _places(change: Landed) -> frozenset[str]:
    return change.files | {f"{area}/" for area in change.areas if area}


def _belongs(path: str) -> bool:
    """Whether a file may be said to be missing: source, settings, schemas and documentation, as far as people write them."""
    if is_ci(path) or is_changelog(path) or is_fragment(path) or _VERSIONED.search(path.rpartition("/")[2]):
        return False
    made = skip_entry("", TreeEntry(path, "100644", "", 1), exclude=(), max_bytes=1)
    return not made and _role(path) in (Role.SOURCE, Role.SCRIPT, Role.DOCS)


def _role(path: str) -> Role:
    return role_of(path, detect_language(path).kind)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].partition(".")[0]
