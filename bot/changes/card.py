"""The diff card: one change, or a range told as one, for people who do not read diffs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.answers.types import Owner, RepoVersion
from bot.changes import clauses
from bot.changes.finding import FoundChange
from bot.changes.telling import further, tell
from bot.changes.titles import title_of
from bot.changes.types import ChangeCard, Further, Span, ToldChange
from bot.owners.people import history_of, owners_among
from bot.render.screen import day, listed
from bot.told import Line, Shows
from indexer.analysis.ownership import whom_to_ask
from indexer.changes.areas import Areas
from indexer.changes.ranking import rate
from indexer.changes.stories import group_stories
from indexer.index import Index

_PARTS = 5
_FILES = 200  # looked at for who knows them
_AREAS = 3  # whose people are named


def change_card(index: Index, asked: str, found: FoundChange, now: datetime) -> ChangeCard:
    """Everything there is to say of one change. RepoError, StoreError."""
    repo = found.repository
    identities = index.identities([repo])
    rated = rate([found.story], identities)[0]
    change = tell(index, repo, 1, rated, found.base, compared=not found.is_range)
    parts = _parts(index, found) if found.is_range else ()
    known = _known(index, change, now)
    lines = (
        Line("", f"**{change.title}**", clauses.commits(repo, rated)),
        *_part_lines(parts),
        *(one for one in change.lines if one.label != "Who" and not (parts and one.label in ("What", "Why"))),
        *known.risk,
        *_ask_lines(change, known),
    )
    return ChangeCard(
        asked=asked,
        change=change,
        lines=lines,
        parts=parts,
        ask=tuple(owner for _, owner in known.by_area),
        span=Span(repo, found.base, found.head, None, None),
        notices=tuple(index.history_gaps(repo)),
        repositories=(RepoVersion(repo, *index.version(repo)[:2]),),
    )


def _parts(index: Index, found: FoundChange) -> tuple[Further, ...]:
    """The stories of a range, most important first."""
    stories = group_stories(found.story.commits)
    return tuple(further(index, found.repository, one) for one in rate(stories, index.identities([found.repository])))


def _part_lines(parts: Sequence[Further]) -> tuple[Line, ...]:
    told = [one for one in parts if one.rated.fold is None][:_PARTS] or list(parts[:_PARTS])
    lines = [Line("What", title_of(one.rated), clauses.commits(one.repository, one.rated)) for one in told]
    rest = len(parts) - len(told)
    if rest > 0:
        shown = tuple(place for one in parts[len(told) :][:2] for place in clauses.commits(one.repository, one.rated)[:1])
        lines.append(Line("What", f"and {rest} more", shown))
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Known:
    """Who knows the places that a change touches: by area, the largest first, and the line on a risk where one person holds them."""

    by_area: tuple[tuple[str, Owner], ...] = ()
    risk: tuple[Line, ...] = ()


def _known(index: Index, change: ToldChange, now: datetime) -> _Known:
    repo, rated = change.repository, change.rated
    if index.version(repo)[2]:
        return _Known()  # a shallow clone's history would mislead
    areas = Areas(index.tree_paths(repo))
    paths = list(dict.fromkeys(one.path for one in rated.story.changes))[:_FILES]
    asked: dict[str, tuple[str, Owner]] = {}
    made_it = {person.name for person in rated.authors}
    for area in change.areas[:_AREAS]:
        history = history_of(index, {repo: [path for path in paths if areas.of(path) == area]}, now)
        others = [one for one in whom_to_ask(history.found) if one.person.name not in made_it]
        for owner in owners_among(index, history, others[:1]):
            asked.setdefault(owner.name, (area, owner))
    return _Known(tuple(asked.values()), _risk(index, change, paths, now))


def _risk(index: Index, change: ToldChange, paths: Sequence[str], now: datetime) -> tuple[Line, ...]:
    """A line where one person built most of what a change touches."""
    history = history_of(index, {change.repository: list(paths)}, now)
    if history.found.bus_factor != 1 or not history.found.contributors:
        return ()
    first = owners_among(index, history, history.found.contributors[:1])[0]
    gone = "" if first.active else ", who is not active any more"
    text = f"bus factor 1: most of what it touches was built by {first.name}{gone}"
    shown = (Shows(first.latest_in, first.latest),) if first.latest else clauses.commits(change.repository, change.rated)
    return (Line(clauses.RISK, text, shown),)


def _ask_lines(change: ToldChange, known: _Known) -> tuple[Line, ...]:
    """Who can tell what: about the change itself, and about the places it touches."""
    authors = change.rated.authors[:2]
    lines = []
    if authors:
        names = listed([person.name for person in authors], 2)
        newest = max(commit.committed_at for commit in change.rated.story.commits)
        made = f"{names} about the change itself, finished on {day(newest)}"
        lines.append(Line("Ask", made, clauses.commits(change.repository, change.rated)))
    for area, one in known.by_area:
        reasons = f": {', '.join(one.reasons)}" if one.reasons else ""
        shown = (Shows(one.latest_in, one.latest),) if one.latest else ()
        lines.append(Line("Ask", f"{one.name} about {clauses.name(area)}{reasons}", shown))
    return tuple(lines)
