"""The report on impact: what is asked about, what it would touch, the last times something like it was done, and whom to involve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.impact.asking import asked_about, without_verb
from bot.impact.involved import involved
from bot.impact.precedents import precedents_of_place, precedents_of_plan, speaks_of
from bot.impact.reach import Reach
from bot.impact.types import Affected, AffectedArea, ImpactReport, Involved, Precedent, Why
from bot.owners.report import files_by_repository, versions
from bot.owners.resolve import resolve
from bot.owners.types import PlaceKind, Resolved
from indexer.analysis.impact import Surrounding
from indexer.changes.areas import Areas
from indexer.config import PersonSettings
from indexer.errors import QueryError
from indexer.index import Index
from indexer.languages import LANGUAGES
from indexer.questions.query import parse_query
from indexer.types import Hit, Query, Role

SurroundingOf = Callable[[str], Surrounding]
"""What is tied to what in a repository, by its name."""

_HITS = 12
_NEAR_BEST = 0.5  # of the best hit's score: further down, hits are of another matter
_SEEDS = 6  # files that the words of a plan find, from which ties are followed
_REPOSITORIES = 3  # that a plan is held against
_TIES = 0.5  # what these count for beside those of a place that was named
_STANDING = (Role.SOURCE, Role.SCRIPT, Role.TEST)
_WEIGHED = 3  # files by which an area is ranked
_HINT = 'Name a path, a symbol, or a plan in plain words, e.g. "add a payment method".'

_BLIND = (
    "calls made at run time or wired by settings",
    "repositories that are not indexed here",
    "data that is there already",
    "what other services do behind their addresses",
)


def impact_report(
    index: Index, text: str, repos: Sequence[str], people: Sequence[PersonSettings], surrounding: SurroundingOf, now: datetime
) -> ImpactReport:
    """What a path, a symbol or a plan in words would touch. QueryError, UnknownRepo, IndexMissing, RepoError, StoreError."""
    about = asked_about(text)
    if not any(char.isalnum() for char in about):
        raise QueryError("Nothing was asked about.", _HINT)
    resolved, plan = _resolved(index, about, repos, people)
    resolved = replace(resolved, query=text, topic=resolved.topic or about)
    if resolved.subject is not None:
        name = resolved.subject.person.name if resolved.subject.person else resolved.subject.holder.text
        raise QueryError(f"“{about}” means {name}, and people are not changed.", f"{_HINT} What they own: `docent whoowns`.")
    if not resolved.places and not plan:
        return ImpactReport(text, resolved, plan, repositories=versions(index, repos))
    if any(place.kind is PlaceKind.REPOSITORY for place in resolved.places):
        raise QueryError("That is all of it, and everything would be touched.", _HINT)
    return _Question(index, resolved, plan, about, tuple(repos), surrounding, now).report()


def _resolved(index: Index, about: str, repos: Sequence[str], people: Sequence[PersonSettings]) -> tuple[Resolved, bool]:
    """What is meant, and whether it is a plan: what names something that is there is none, whatever is to be done with it."""
    bare = without_verb(about)
    found = resolve(index, bare, repos, people)
    if bare != about and (found.guessed or not found.places):
        found = resolve(index, about, repos, people)
    by_words = found.guessed and any(place.kind in (PlaceKind.AREA, PlaceKind.FILE) for place in found.places)
    return found, " " in about and found.subject is None and (by_words or not found.places)


@dataclass(frozen=True, slots=True)
class _Question:
    """One question whose places are known."""

    index: Index
    resolved: Resolved
    plan: bool
    about: str
    repos: tuple[str, ...]
    surrounding: SurroundingOf
    now: datetime

    def report(self) -> ImpactReport:
        by_repo = files_by_repository(self.resolved.places) or {repo: [] for repo in self._spoken_of()}
        parts = [self._of(repo, files) for repo, files in by_repo.items()]
        affected = tuple(sorted((one for part, _, _ in parts for one in part), key=lambda one: -one.score))
        precedents = tuple(one for _, some, _ in parts for one in some)
        areas = by_area([one for one in affected if any(reason.why is not Why.THROUGH for reason in one.reasons)])
        return ImpactReport(
            query=self.resolved.query,
            resolved=self.resolved,
            plan=self.plan,
            affected=affected,
            areas=areas,
            dependents=sum(count for _, _, count in parts),
            precedents=precedents,
            owners=self._owners(areas),
            blind=_BLIND,
            notices=self._notices(by_repo),
            repositories=versions(self.index, dict.fromkeys((*by_repo, *(one.repository for one in affected)))),
        )

    def _of(self, repo: str, files: Sequence[str]) -> tuple[tuple[Affected, ...], tuple[Precedent, ...], int]:
        """One repository's part: files, precedents, and how many files import what is asked about."""
        if self.plan:
            return self._planned(repo, files)
        surrounding = self.surrounding(repo)
        reach, symbol = Reach(repo, files), self._symbol(repo)
        reach.add_ties(surrounding, symbol=symbol)
        reach.add_names(self.index, self.repos, symbol=symbol, defined_in=files[0] if symbol else "")
        dependents = {item.path for path in files for item in surrounding.structure.imported_by.get(path, ())} - set(files)
        return self._told(reach, without=files), precedents_of_place(self.index, repo, files), 0 if symbol else len(dependents)

    def _spoken_of(self) -> tuple[str, ...]:
        """The repositories in which the words of a plan find most, where they find no place of their own."""
        hits = self.index.search(self._query(), _HITS)
        return tuple(dict.fromkeys(hit.chunk.repo for hit in hits))[:_REPOSITORIES]

    def _planned(self, repo: str, files: Sequence[str]) -> tuple[tuple[Affected, ...], tuple[Precedent, ...], int]:
        query = replace(self._query(), repos=(repo,))
        hits = self._hits(query)
        seeds = [hit.chunk.path or "" for hit in hits if hit.chunk.role in _STANDING][:_SEEDS] or list(files[:_SEEDS])
        precedents = precedents_of_plan(self.index, repo, replace(query, wants_history=True), [*files, *seeds])
        surrounding = self.surrounding(repo)
        reach = Reach(repo, seeds)
        reach.add_found(hits)
        reach.add_precedents(precedents, surrounding.structure.files)
        called = f"`{seeds[0].rpartition('/')[2]}`" if len(seeds) == 1 else "the places found"
        reach.add_ties(surrounding, weight=_TIES, name=called, without=(Why.THROUGH,))
        return self._told(reach), precedents, 0

    def _hits(self, query: Query) -> list[Hit]:
        """The files that the words find, as long as they come close to the best."""
        found = [hit for hit in self.index.search(query, _HITS) if hit.chunk.path]
        return [hit for hit in found if hit.score >= _NEAR_BEST * found[0].score and speaks_of(hit, query.text)]

    def _query(self) -> Query:
        query = parse_query(self.about, self.repos, LANGUAGES)
        return replace(query, text=query.text or self.about)

    def _symbol(self, repo: str) -> str:
        """The name of the one definition that is asked about; "" where it is more, or lines."""
        places = [place for place in self.resolved.places if place.repository == repo]
        if len(places) != 1 or places[0].kind is not PlaceKind.SYMBOL:
            return ""
        place = places[0]
        defined = (one for one in self.index.symbols_of(repo, place.path) if one.start_line == place.start_line)
        return next((one.name for one in defined), "")

    def _told(self, reach: Reach, without: Sequence[str] = ()) -> tuple[Affected, ...]:
        found: dict[str, tuple[dict[str, Role], Areas]] = {}

        def known(repo: str, path: str) -> tuple[Role, str] | None:
            if repo not in found:
                found[repo] = {path: Role(role) for path, _, role, *_ in self.index.files(repo)}, self._areas(repo)
            roles, areas = found[repo]
            return (roles[path], areas.of(path)) if path in roles else None

        return reach.affected(known, without=without)

    def _areas(self, repo: str) -> Areas:
        return self.index.past(repo, self.index.head(repo)).areas

    def _owners(self, areas: Sequence[AffectedArea]) -> tuple[Involved, ...]:
        """Of a plan the places are a guess, so that the areas alone count."""
        if self.plan or not self.resolved.places:
            return involved(self.index, (), "", areas, self.now)
        first = self.resolved.places[0]
        here = self._areas(first.repository).of(first.files[0]) if first.files else ""
        return involved(self.index, self.resolved.places, here or first.label, areas, self.now)

    def _notices(self, repos: Iterable[str]) -> tuple[str, ...]:
        return tuple(f"{repo}: {gap}" for repo in repos for gap in self.index.history_gaps(repo))


def by_area(affected: Sequence[Affected]) -> tuple[AffectedArea, ...]:
    """The files by the part of their repository that they belong to, the part with the most telling files first."""
    found: dict[tuple[str, str], list[Affected]] = {}
    for one in affected:
        found.setdefault((one.repository, one.area), []).append(one)
    ranked = sorted(found.items(), key=lambda item: -sum(one.score for one in item[1][:_WEIGHED]))
    return tuple(AffectedArea(repo, name, tuple(files)) for (repo, name), files in ranked)
