"""Who owns what: a query in words to a report that keeps declared, built and ask-now apart. The one place where all who ask it meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.answers.types import Owner, RepoVersion
from bot.owners.contradictions import contradictions
from bot.owners.declared import Entry, People, entries_of
from bot.owners.people import KnownHistory, history_of, known_history, owners_among
from bot.owners.resolve import resolve
from bot.owners.subject import subject_report
from bot.owners.types import OwnersReport, Place, PlaceKind, PlaceReport, Resolved
from indexer.analysis.ownership import ACTIVE_WITHIN, whom_to_ask
from indexer.config import PersonSettings
from indexer.index import Index
from indexer.types import Sureness

_BUILDERS = 5


def who_owns(index: Index, query: str, repos: Sequence[str], people: Sequence[PersonSettings], now: datetime) -> OwnersReport:
    """Read the query, then tell who owns it. QueryError, UnknownRepo, IndexMissing, StoreError."""
    resolved = resolve(index, query, repos, people)
    if resolved.subject is not None:
        return subject_report(index, resolved, repos, people, now)
    return place_report(index, resolved, now)


def place_report(index: Index, resolved: Resolved, now: datetime) -> PlaceReport:
    """Who is declared, who built, and whom to ask now about some places."""
    files = files_by_repository(resolved.places)
    gaps = {repo: index.history_gaps(repo) for repo in files}
    cut_off = {repo for repo in files if index.version(repo)[2]}
    at_work = history_of(index, {repo: paths for repo, paths in files.items() if repo not in cut_off}, now)
    whole = [place for place in resolved.places if place.repository not in cut_off]
    built = _of_lines(index, whole, now) or at_work
    entries, undeclared = entries_of(index, files, People(at_work.identities, at_work.found.contributors, now))
    builders = owners_among(index, built, built.found.contributors[:_BUILDERS])
    ask = owners_among(index, at_work, whom_to_ask(at_work.found))
    return PlaceReport(
        query=resolved.query,
        resolved=resolved,
        declared=tuple(entry.declared for entry in entries),
        undeclared=undeclared,
        declaring=_declaring(index, files),
        built=builders,
        ask=ask,
        owners=_everybody(entries, builders, ask),
        sureness=built.found.sureness if built.touches else Sureness.UNCLEAR,
        bus_factor=at_work.found.bus_factor,
        quiet=at_work.found.quiet,
        quiet_since=_at_rest(index, files, now),
        nobody_active=at_work.found.nobody_around,
        contradictions=contradictions(entries, at_work, now),
        notices=tuple(f"{repo}: {gap}" for repo, told in gaps.items() for gap in told),
        repositories=versions(index, files),
    )


def _at_rest(index: Index, repos: Iterable[str], now: datetime) -> datetime | None:
    """When the newest commit of repositories was made in which nobody does anything any more; None where somebody does."""
    newest = max((commit.committed_at for repo in repos for commit in index.recent_commits(repo, limit=1)), default=None)
    return newest if newest is not None and now - newest > ACTIVE_WITHIN else None


def _declaring(index: Index, repos: Iterable[str]) -> tuple[str, ...]:
    found = (index.owners_file(repo) for repo in repos)
    return tuple(dict.fromkeys(file for one in found if one is not None for file in one.files))


def files_by_repository(places: Iterable[Place]) -> dict[str, list[str]]:
    """The files of places, each once."""
    found: dict[str, dict[str, None]] = {}
    for place in places:
        found.setdefault(place.repository, {}).update(dict.fromkeys(place.files))
    return {repo: list(paths) for repo, paths in found.items()}


def versions(index: Index, repos: Iterable[str]) -> tuple[RepoVersion, ...]:
    """Which state of each repository a report speaks of."""
    return tuple(RepoVersion(repo, *index.version(repo)[:2]) for repo in repos)


def _of_lines(index: Index, places: Sequence[Place], now: datetime) -> KnownHistory | None:
    """Who wrote the lines of the definitions asked for; None where it is about whole files, or git cannot tell."""
    if not places or any(place.kind is not PlaceKind.SYMBOL for place in places):
        return None
    touches = [
        (place.repository, touch)
        for place in places
        for touch in index.line_touches(place.repository, place.path, place.start_line, place.end_line)
    ]
    return known_history(touches, index, {place.repository for place in places}, now) if touches else None


def _everybody(entries: Sequence[Entry], built: Sequence[Owner], ask: Sequence[Owner]) -> tuple[Owner, ...]:
    """Everybody once: those who are declared, then those who built it, then those to ask; what is known of each is joined."""
    found: dict[tuple[str, str], Owner] = {}
    declared = [named.owner for entry in entries for named in entry.named]
    for owner in (*declared, *built, *ask):
        key = (owner.name, owner.email) if owner.kind == "person" else (owner.kind, owner.handle or owner.name)
        found[key] = _joined(found[key], owner) if key in found else owner
    return tuple(found.values())


def _joined(first: Owner, second: Owner) -> Owner:
    return replace(
        first,
        share=max(first.share, second.share),
        reasons=tuple(dict.fromkeys((*first.reasons, *second.reasons))),
        sources=tuple(dict.fromkeys((*first.sources, *second.sources))),
        last_active=max((when for when in (first.last_active, second.last_active) if when), default=None),
        active=first.active or second.active,
        slack=first.slack or second.slack,
        latest=first.latest or second.latest,
        latest_in=first.latest_in or second.latest_in,
        latest_url=first.latest_url or second.latest_url,
    )
