"""What people built over a whole repository, folder by folder, and what would be lost with them. Pure functions over touches."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from indexer.analysis.bus_factor import authors
from indexer.analysis.ownership import built_shares
from indexer.analysis.work import add_up
from indexer.declared.types import Declaration, OwnersFile
from indexer.types import Person, Touch
from indexer.vcs.identity import Identities, is_person

_MOST = 0.5  # of a file, from which somebody built it; of a folder's files, from which the folder is named instead of them
_A_PART = 0.25  # of a file's changes or lines: below it nobody is said to have built it
_KNOWS = 0.1  # of a file, from which somebody else knows it too
_TOO_LARGE = 0.5  # of the repository's files: a folder of more tells nothing
_PRESENT = timedelta(days=365)  # whoever did nothing here for longer is not there to ask


@dataclass(frozen=True, slots=True)
class Held:
    """A folder (`of_files` more than one) or a file: `files` of `of_files` are the holder's. `size` is for ordering."""

    path: str
    files: tuple[str, ...]
    of_files: tuple[str, ...]
    size: float


@dataclass(frozen=True, slots=True)
class _Built:
    """Everybody's share of having built a file, and who reviewed changes of it."""

    shares: Mapping[Person, float]
    reviewers: frozenset[Person]


class Holdings:
    """Who built which file of a repository, worked out for the files that somebody asked for had a part in."""

    def __init__(self, touches: Iterable[Touch], identities: Identities, now: datetime, worth: Collection[str]) -> None:
        """`worth` are the files worth naming: sources, not tests, documents, copies or what a program wrote."""
        self._identities, self._now = identities, now
        self._worth = tuple(sorted(worth))
        self._touches: dict[str, list[Touch]] = {path: [] for path in self._worth}
        for touch in touches:
            if touch.path in self._touches:
                self._touches[touch.path].append(touch)
        self._found: dict[str, _Built] = {}
        self._known: dict[frozenset[Person], frozenset[str]] = {}

    def built_by(self, people: Collection[Person]) -> tuple[Held, ...]:
        """What these people built most of, largest first: a folder instead of its files where at least half of them are theirs."""
        return self._rolled_up(self._theirs(people), people, _MOST)

    def lost_without(self, people: Collection[Person]) -> tuple[Held, ...]:
        """What they built and nobody else who is still there knows, largest first; a folder only where that holds for all of it."""
        alone = {path for path in self._theirs(people) if not self._others_know(path, people)}
        return self._rolled_up(alone, people, 1.0)

    def parts_of(self, people: Collection[Person], most: int = 5) -> tuple[Held, ...]:
        """The files they know best without having built most of any, largest part first."""
        wanted = self._identities_of(people)
        found = []
        for path in (path for path, touches in self._touches.items() if _much_of(touches, wanted, _KNOWS)):
            shares = self._built(path).shares
            if (share := sum(shares.get(person, 0.0) for person in people)) >= _KNOWS:
                found.append(Held(path, (path,), (path,), share * self._size(path, people)))
        return tuple(sorted(found, key=lambda one: (-one.size, one.path))[:most])

    def touches_of(self, paths: Iterable[str]) -> list[Touch]:
        """Every change of these files."""
        return [touch for path in paths for touch in self._touches.get(path, ())]

    def _theirs(self, people: Collection[Person]) -> frozenset[str]:
        """The files they are the authors of, or built at least half of."""
        team = frozenset(people)
        if team not in self._known:
            wanted = self._identities_of(team)
            candidates = [path for path, touches in self._touches.items() if _much_of(touches, wanted, _A_PART)]
            written = authors(self.touches_of(candidates), self._identities)
            self._known[team] = frozenset(
                path for path in candidates if not team.isdisjoint(written.get(path, ())) or self._most_of(path, team)
            )
        return self._known[team]

    def _identities_of(self, people: Collection[Person]) -> frozenset[Person]:
        """As history names them."""
        return frozenset(one for person in people for one in (person, *self._identities.all_of(person)) if is_person(one))

    def _most_of(self, path: str, people: Collection[Person]) -> bool:
        shares = self._built(path).shares
        return sum(shares.get(person, 0.0) for person in people) >= _MOST

    def _others_know(self, path: str, people: Collection[Person]) -> bool:
        built = self._built(path)
        knowing = (person for person, share in built.shares.items() if share >= _KNOWS or person in built.reviewers)
        return any(self._is_present(person) for person in knowing if person not in people)

    def _is_present(self, person: Person) -> bool:
        settings, seen = self._identities.settings_of(person), self._identities.last_seen(person)
        return not (settings and settings.left) and seen is not None and self._now - seen <= _PRESENT

    def _built(self, path: str) -> _Built:
        if path not in self._found:
            worked = add_up(self._touches[path], self._identities, self._now)
            reviewers = frozenset(person for person, done in worked.people.items() if done.reviews)
            self._found[path] = _Built(built_shares(worked), reviewers)
        return self._found[path]

    def _rolled_up(self, theirs: Collection[str], people: Collection[Person], least: float) -> tuple[Held, ...]:
        found = _roll_up("", self._worth, theirs, least, len(self._worth) * _TOO_LARGE)
        held = [Held(path, files, of_files, sum(self._size(one, people) for one in files)) for path, files, of_files in found]
        return tuple(sorted(held, key=lambda one: (-one.size, one.path)))

    def _size(self, path: str, people: Collection[Person]) -> float:
        """Grows slowly with the lines they added, so that no table of data outweighs a folder."""
        theirs = (touch for touch in self._touches[path] if self._identities.of(touch.commit.author) in people)
        return math.log2(2 + sum(touch.added or 0 for touch in theirs))


def _much_of(touches: Sequence[Touch], people: Set[Person], part: float) -> bool:
    """A quick look whether somebody made a file, or so much of its changes or lines; what it lets through, the formula decides."""
    mine = [touch for touch in touches if touch.commit.author in people or not people.isdisjoint(touch.commit.co_authors)]
    if not mine:
        return False
    added, all_added = (sum(touch.added or 0 for touch in some) for some in (mine, touches))
    return len(mine) >= part * len(touches) or added >= part * all_added or any(touch.created for touch in mine)


def decided_by(
    owners_file: OwnersFile, paths: Iterable[str], holds: Callable[[Declaration], bool]
) -> dict[Declaration, list[str]]:
    """The entries that `holds` picks, each with the files it decides; an entry that decides none is left out."""
    found: dict[Declaration, list[str]] = defaultdict(list)
    picked: dict[Declaration, bool] = {}
    for path in paths:
        for entry in owners_file.deciding(path):
            if entry not in picked:
                picked[entry] = holds(entry)
            if picked[entry]:
                found[entry].append(path)
    return dict(found)


def _roll_up(
    folder: str, paths: Sequence[str], theirs: Collection[str], least: float, too_large: float
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """The largest folders of which at least `least` is theirs, and single files elsewhere; nothing is named twice."""
    inside = tuple(path for path in paths if path in theirs)
    if not inside:
        return
    children = _children(folder, paths)
    flat = all(len(below) == 1 for below in children.values())
    several = len(children) > 1 and len(inside) > 1
    if folder and several and len(inside) >= least * len(paths) and (flat or len(paths) <= too_large):
        yield folder, inside, tuple(paths)
        return
    for child, below in children.items():
        if len(below) > 1:
            yield from _roll_up(child, below, theirs, least, too_large)
        elif below[0] in theirs:
            yield below[0], (below[0],), (below[0],)


def _children(folder: str, paths: Iterable[str]) -> dict[str, list[str]]:
    """What lies right in a folder, each with the files below it; a file is its own."""
    found: dict[str, list[str]] = defaultdict(list)
    start = len(folder) + 1 if folder else 0
    for path in paths:
        end = path.find("/", start)
        found[path if end < 0 else path[:end]].append(path)
    return found
