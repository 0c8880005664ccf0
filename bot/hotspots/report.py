"""The report on hotspots: the files where fixes land, over all repositories asked about, and who knows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from bot.answers.types import Owner, RepoVersion
from bot.changes.narrowing import Narrowing, narrowing_of
from bot.hotspots.types import Cell, HotspotsReport, Knowing, ToldArea, ToldSpot
from bot.owners.people import newest_by, owner_of
from bot.render.screen import listed
from indexer.analysis.complexity import Nesting, nesting
from indexer.analysis.coupling import Coupling, Together, import_edges
from indexer.analysis.hotspots import YEAR, Hotspot, counts, hotspots
from indexer.analysis.knowledge import knowledge
from indexer.changes.areas import Areas
from indexer.config import PersonSettings
from indexer.errors import QueryError
from indexer.index import Index
from indexer.kept import Kept
from indexer.structure import ChangeSet, Structure
from indexer.types import Touch
from indexer.vcs.identity import Identities

_COUPLED = 2  # named of one file
_AREAS = 5
_AREA_FILES = 3  # a smaller folder is better told by its files


class Seen:
    """What was worked out for one repository: its hotspots, and its changes file by file."""

    def __init__(self, structure: Structure, identities: Identities, now: datetime) -> None:
        self.structure, self.identities, self.now = structure, identities, now
        self.spots: dict[str, Hotspot] = {spot.path: spot for spot in hotspots(structure, identities, now)}
        self._knowing: dict[tuple[str, ...], Knowing] = {}

    @cached_property
    def touches(self) -> Mapping[str, Sequence[Touch]]:
        """Every change of each file, newest first."""
        found: dict[str, list[Touch]] = defaultdict(list)
        for change in self.structure.changes:
            for touch in change.touches:
                found[touch.path].append(touch)
        return found

    @cached_property
    def _coupling(self) -> Coupling:
        return Coupling(self.structure.changes)

    @cached_property
    def _imports(self) -> Mapping[str, frozenset[str]]:
        return import_edges(self.structure)

    def coupled(self, path: str) -> tuple[Together, ...]:
        """Other product code that changes together with a file, neither importing the other."""
        linked = self._imports.get(path, frozenset())
        return tuple(one for one in self._coupling.telling([path]) if one.path in self.spots and one.path not in linked)

    def year(self, paths: Collection[str]) -> tuple[set[str], set[str]]:
        """The SHAs of the changes within a year that touched any of these files, and of the fixes among them."""
        changes = {change.commit.sha for change in self._lately if any(touch.path in paths for touch in change.touches)}
        fixes = {sha for path in paths for sha in self.spots[path].fixes[: self.spots[path].fixed_lately]}
        return changes, fixes

    @cached_property
    def _lately(self) -> list[ChangeSet]:
        return [change for change in self.structure.changes if self.now - change.commit.committed_at <= YEAR and counts(change)]

    def knowing(self, repo: str, paths: Sequence[str]) -> Knowing:
        """Who knows some files; worked out once."""
        key = tuple(paths)
        if key not in self._knowing:
            self._knowing[key] = _knowing(repo, [touch for path in paths for touch in self.touches.get(path, ())], self)
        return self._knowing[key]


def _knowing(repo: str, touches: Sequence[Touch], seen: Seen) -> Knowing:
    found = knowledge(touches, seen.identities, seen.now)
    people = {one.person: one for one in (*([found.main] if found.main else []), *found.ask)}
    shown = newest_by(people.keys(), ((repo, touch) for touch in touches), seen.identities)
    owners = {
        person: replace(owner_of(one, seen.identities), latest=shown.get(person, ("", ""))[1], latest_in=repo)
        for person, one in people.items()
    }
    main = owners[found.main.person] if found.main else None
    ask = tuple(owners[one.person] for one in found.ask)
    return Knowing(main, ask, len(found.others), found.bus_factor, found.alone, found.lost)


@dataclass(frozen=True, slots=True)
class _Scope:
    """One repository as far as it is asked about."""

    name: str
    seen: Seen
    paths: tuple[str, ...]  # hottest first


def hotspots_report(
    index: Index, kept: Kept, repos: Sequence[str], *, topic: str, limit: int, now: datetime, people: Sequence[PersonSettings] = ()
) -> HotspotsReport:
    """The `limit` hottest files of these repositories, narrowed to a `topic` if there is one. QueryError, IndexMissing, StoreError."""
    narrowing = _narrowing(index, topic, repos, people)
    names = narrowing.among(repos) if narrowing else tuple(repos)
    scopes = [_scope(index, kept, name, narrowing, now) for name in names]
    if narrowing and not any(scope.paths for scope in scopes):
        shown = listed(list(narrowing.shown), 3)
        raise QueryError(f"There is no code of the product itself in {shown}.", "Tests, documentation and copies have no hotspots.")
    order = sorted(((scope, scope.seen.spots[path]) for scope in scopes for path in scope.paths), key=lambda one: -one[1].heat)
    hot = [(scope, spot) for scope, spot in order if spot.heat > 0][:limit]
    most = max((spot.heat for scope in scopes for spot in scope.seen.spots.values()), default=0.0) or 1.0
    hot = [(scope, replace(spot, score=spot.heat / most)) for scope, spot in hot]
    spots = tuple(_told(index, scope, rank, spot) for rank, (scope, spot) in enumerate(hot, 1))
    changes, fixes = _year(scopes)
    _, told = _year([replace(scope, paths=_paths_of(spots, scope.name)) for scope in scopes])
    return HotspotsReport(
        topic=topic,
        places=narrowing.shown if narrowing else (),
        spots=spots,
        areas=_areas(index, scopes),
        files=sum(len(scope.paths) for scope in scopes),
        fixes=fixes,
        told_fixes=told,
        changes=changes,
        cells=tuple(_cells(scopes, spots, most)),
        notices=(*_notices(topic, narrowing), *(f"{scope.name}: {gap}" for scope in scopes for gap in index.history_gaps(scope.name))),
        repositories=tuple(RepoVersion(scope.name, *index.version(scope.name)[:2]) for scope in scopes),
    )


def _narrowing(index: Index, topic: str, repos: Sequence[str], people: Sequence[PersonSettings]) -> Narrowing | None:
    narrowing = narrowing_of(index, topic, repos, people) if topic else None
    if narrowing is not None and narrowing.person is not None:
        hint = f'Name a folder or a topic; `docent whoowns "{narrowing.person.name}"` tells what somebody knows best.'
        raise QueryError("Hotspots are about places, not about people.", hint)
    return narrowing


def _notices(topic: str, narrowing: Narrowing | None) -> Iterator[str]:
    if narrowing and narrowing.guessed:
        yield f"I took “{topic}” for {listed(list(narrowing.shown), 3)}."


def _scope(index: Index, kept: Kept, name: str, narrowing: Narrowing | None, now: datetime) -> _Scope:
    structure = index.structure(name)
    seen = kept.get(name, (id(structure), now.date()), lambda: Seen(structure, index.identities([name]), now))
    inside = narrowing.files.get(name, frozenset()) if narrowing else seen.spots.keys()
    return _Scope(name, seen, tuple(path for path in seen.spots if path in inside))


def _told(index: Index, scope: _Scope, rank: int, spot: Hotspot) -> ToldSpot:
    text = index.text_at(scope.name, scope.seen.structure.head, spot.path)
    return ToldSpot(
        repository=scope.name,
        rank=rank,
        spot=replace(spot, lines=len(text.splitlines())) if text is not None else spot,  # the index counts what follows the last line end
        nesting=nesting(text) if text is not None else Nesting(),
        knowing=_linked(index, scope.seen.knowing(scope.name, (spot.path,))),
        coupled=scope.seen.coupled(spot.path)[:_COUPLED],
        url=index.file_url(scope.name, scope.seen.structure.head, spot.path),
    )


def _linked(index: Index, knowing: Knowing) -> Knowing:
    """With the pages of the commits that show people's parts."""

    def linked(owner: Owner) -> Owner:
        return replace(owner, latest_url=index.commit_url(owner.latest_in, owner.latest)) if owner.latest else owner

    return replace(knowing, main=linked(knowing.main) if knowing.main else None, ask=tuple(map(linked, knowing.ask)))


def _year(scopes: Iterable[_Scope]) -> tuple[int, int]:
    """Changes and fixes of the last year in these files."""
    found = [scope.seen.year(frozenset(scope.paths)) for scope in scopes]
    return sum(len(changes) for changes, _ in found), sum(len(fixes) for _, fixes in found)


def _paths_of(spots: Iterable[ToldSpot], repo: str) -> tuple[str, ...]:
    return tuple(one.spot.path for one in spots if one.repository == repo)


def _areas(index: Index, scopes: Iterable[_Scope]) -> tuple[ToldArea, ...]:
    """The areas that one person knows alone, or nobody any more; those where most happens first."""
    found = []
    for scope in scopes:
        if index.version(scope.name)[2]:
            continue  # cut off: who made what is not known
        for area, paths in _by_area(scope.paths).items():
            knowing = scope.seen.knowing(scope.name, paths) if len(paths) >= _AREA_FILES else None
            if knowing and (knowing.alone or knowing.lost):
                found.append(_area(index, scope, area, paths, knowing))
    hottest = sorted(found, key=lambda one: (-one.heat, one.path))[:_AREAS]
    return tuple(sorted(hottest, key=lambda one: one.knowing.lost))  # stable: what somebody still knows comes first


def _by_area(paths: Sequence[str]) -> dict[str, list[str]]:
    areas = Areas(paths)
    found: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        found[areas.of(path)].append(path)
    return found


def _area(index: Index, scope: _Scope, area: str, paths: Sequence[str], knowing: Knowing) -> ToldArea:
    spots = [scope.seen.spots[path] for path in paths]
    changes, fixes = scope.seen.year(frozenset(paths))
    return ToldArea(
        repository=scope.name,
        path=area,
        files=len(spots),
        lines=sum(spot.lines for spot in spots),
        lately=len(changes),
        fixed_lately=len(fixes),
        heat=sum(spot.heat for spot in spots),
        knowing=_linked(index, knowing),
        url=index.file_url(scope.name, scope.seen.structure.head, area) if area else None,
    )


def _cells(scopes: Sequence[_Scope], spots: Iterable[ToldSpot], most: float) -> Iterator[Cell]:
    ranks = {(one.repository, one.spot.path): one.rank for one in spots}
    for scope in scopes:
        area_of = {path: area for area, paths in _by_area(scope.paths).items() for path in paths}
        for path in scope.paths:
            spot = scope.seen.spots[path]
            yield Cell(scope.name, path, area_of[path], spot.lines, spot.heat / most, ranks.get((scope.name, path), 0))
