"""A story held against the history before it: its size, what it touches, what it leaves out, and who made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from statistics import median_low

from indexer.changes.areas import Areas
from indexer.changes.fragile import fragile_files
from indexer.changes.habits import Habits
from indexer.changes.landed import Landed, landed, with_names_of_today
from indexer.changes.stories import group_stories
from indexer.changes.types import Against, Fragile, Newcomer, Story, Usual
from indexer.types import Commit, Person
from indexer.vcs.identity import Identities
from indexer.vcs.trailers import co_authors

_ENOUGH = 20  # stories, below which nothing is usual yet
_KNOWN = 5  # stories of an area: where there is next to nothing yet, everybody is new
_TOLD = 3


@dataclass(frozen=True, slots=True)
class Work:
    """What somebody did before: the files, and in how many commits."""

    paths: frozenset[str]
    commits: int


Earlier = Callable[[Collection[Person], datetime, Collection[str]], Work | None]
"""The work of somebody, by all their identities, before a moment, without some commits; None where history cannot tell."""


class Past:
    """The history up to a commit. Does not change; safe for many threads."""

    def __init__(self, stories: Sequence[Landed], areas: Areas, identities: Identities, earlier: Earlier) -> None:
        """`stories` are newest first."""
        self._stories = tuple(stories)
        self._areas = areas
        self._identities = identities
        self._earlier = earlier
        self._habits = Habits(self._stories, areas)
        self._of_area: dict[str, list[Landed]] = defaultdict(list)
        for one in self._stories:
            if one.main_area is not None:
                self._of_area[one.main_area].append(one)

    @classmethod
    def of(cls, commits: Sequence[Commit], areas: Areas, identities: Identities, earlier: Earlier | None = None) -> Past:
        """`commits` are newest first, merges among them; `areas` are of the files there are now.

        `earlier` tells of everybody's work in all of history; without it, that of `commits` counts, where they begin at the beginning.
        """
        stories = [landed(story, areas, identities) for story in group_stories(with_names_of_today(commits))]
        return cls(stories, areas, identities, earlier or _earlier_in(commits))

    @property
    def stories(self) -> tuple[Landed, ...]:
        """What landed, newest first."""
        return self._stories

    @property
    def areas(self) -> Areas:
        """The parts of the repository."""
        return self._areas

    def against(self, story: Story) -> Against:
        """What the history says of a story that came after it."""
        one = landed(story, self._areas, self._identities)
        return Against(
            areas=one.areas,
            areas_usually=self._areas_usually(one),
            usual=self._usual(one),
            missing=self._habits.broken_by(one),
            tests_usually=self._tests_usually(one),
            fragile=tuple(self._fragile[path] for path in self._fragile if path in one.files)[:_TOLD],
            newcomers=tuple(self._newcomers(one)),
        )

    def _usual(self, one: Landed) -> Usual | None:
        """The size that is usual for the main area, or for the parts of the folder around it where the area has too little history."""
        area = one.main_area
        if area is None or not one.size.source:
            return None
        for place in _folders(area):
            alike = self._of_area.get(area, []) if place == area else self._around(place)
            lines = [other.size.source for other in alike if other.size.source]
            if len(lines) >= _ENOUGH:
                return Usual(place, one.size.source, median_low(lines), len(lines))
        return None

    def _around(self, folder: str) -> list[Landed]:
        return [one for area, stories in self._of_area.items() if area == folder or area.startswith(f"{folder}/") for one in stories]

    def _areas_usually(self, one: Landed) -> int | None:
        alike = self._of_area.get(one.main_area or "", []) if one.main_area is not None else []
        touched = [len(other.areas) for other in (alike if len(alike) >= _ENOUGH else self._stories) if other.areas]
        return median_low(touched) if len(touched) >= _ENOUGH else None

    def _tests_usually(self, one: Landed) -> tuple[int, int] | None:
        alike = [other.tested for other in self._of_area.get(one.main_area or "", []) if one.main_area is not None and other.size.source]
        return (sum(alike), len(alike)) if len(alike) >= _ENOUGH else None

    @cached_property
    def _fragile(self) -> dict[str, Fragile]:
        return fragile_files(self._stories, self._stories[0].at, self._areas.paths) if self._stories else {}

    def _newcomers(self, one: Landed) -> Iterator[Newcomer]:
        area = one.main_area
        if area is None or len(self._of_area.get(area, ())) < _KNOWN:
            return
        own = {commit.sha for commit in one.story.commits}
        for person in sorted(one.authors, key=lambda person: person.name):
            if any(person in other.authors and area in other.areas for other in self._stories):
                continue
            work = self._earlier(self._identities.all_of(person), one.at, own)
            if work is not None and not any(self._areas.of(path) == area for path in work.paths):
                yield Newcomer(person, area, work.commits)


def _folders(area: str) -> Iterator[str]:
    """The area, and the folders around it but for the top."""
    while area:
        yield area
        area = area.rpartition("/")[0]


def _earlier_in(commits: Sequence[Commit]) -> Earlier:
    """The work that these commits show, where nothing is missing before them."""
    known = {commit.sha for commit in commits}
    whole = all(parent in known for commit in commits for parent in commit.parents)

    def earlier(people: Collection[Person], before: datetime, besides: Collection[str]) -> Work | None:
        if not whole:
            return None
        theirs = [
            commit
            for commit in commits
            if commit.committed_at < before and commit.sha not in besides and not {commit.author, *co_authors(commit)}.isdisjoint(people)
        ]
        return Work(frozenset(change.path for commit in theirs for change in commit.changes), len(theirs))

    return earlier
