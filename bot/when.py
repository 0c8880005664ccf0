"""When what a question asks about happened: its words, the clock, and each repository's releases make what the search goes by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from indexer.index import Index
from indexer.times.asked import AskedRelease, AskedTime, asked_when
from indexer.times.releases import newest_release, release_before, releases_of
from indexer.times.stretches import Clock, range_label
from indexer.types import Hit, Query, When


def with_time(index: Index, query: Query, now: datetime) -> Query:
    """The query with the time or the releases that its words name, where it asks about history; a year says that it does.

    `now` is aware, in the zone of whoever asks. A release is one of the project's where a tag says so; else it is a word like others.
    """
    clock = Clock(now, now.tzinfo or UTC)
    found = asked_when(query.text, clock, query.repos or index.names)
    if isinstance(found, AskedTime) and (query.wants_history or found.has_year):
        return replace(query, when=_of_time(found, clock), wants_history=True)
    if isinstance(found, AskedRelease) and (query.wants_history or found.sure or found.how != "in"):
        when = _of_release(index, query.repos or index.names, found)
        return replace(query, when=when, wants_history=query.wants_history or bool(when.releases))
    return query


def time_notices(query: Query, hits: Sequence[Hit]) -> tuple[str, ...]:
    """What the question's time was taken for, in words; that it was left aside, where no change is of it."""
    when = query.when
    if when is None or not query.wants_history:
        return ()
    if any("time" in hit.signals for hit in hits):
        return (f"Changes {when.label} come first.",)
    if when.releases or when.since or when.until:
        return (f"No change was found {when.label}, so “{when.words}” was left aside.",)
    return (f"“{when.words}” is no release known here, so it was searched for as words.",)


def _of_time(found: AskedTime, clock: Clock) -> When:
    stretch = found.stretch
    if found.how == "before":
        return When(found.label, found.words, until=stretch.start, loose=stretch.loose)
    if found.how == "after":
        return When(found.label, found.words, since=stretch.end or stretch.start, loose=stretch.loose)
    if found.how == "since":
        return When(found.label, found.words, since=stretch.start, soon=None if stretch.point else stretch.end, loose=stretch.loose)
    label = found.label
    if stretch.loose and stretch.end is not None:
        label = f"{label} (about {range_label(stretch.start, stretch.end, clock).removeprefix('from ')})"
    return When(label, found.words, stretch.start, stretch.end, loose=stretch.loose, strict=found.how == "between")


def _of_release(index: Index, repos: Sequence[str], found: AskedRelease) -> When:
    """What the release is in each repository that has it; without `releases` where none has."""
    spans: list[tuple[str, str, str]] = []
    labels: list[str] = []
    for repo in repos:
        sides = _sides(found, index.tags(repo)) if index.version(repo)[0] else None
        if sides is None:
            continue
        base, tip = sides
        shas = [index.revision(repo, f"tags/{tag}") if tag else "" for tag in sides]
        if None not in shas:
            spans.append((repo, shas[0] or "", shas[1] or ""))
            labels.append(_label(found.how, base, tip))
    return When(labels[0] if labels else found.words, found.words, releases=tuple(spans), strict=found.how == "between")


def _sides(found: AskedRelease, tags: Sequence[str]) -> tuple[str, str] | None:
    """What is asked for is in the second tag ("" for now) and not in the first ("" for the beginning); None where there are none."""
    if not found.first:
        latest = newest_release(tags)
        return None if not latest else (latest, "") if found.how == "after" else (release_before(latest, tags), latest)
    named = releases_of(found.first, tags)
    last = releases_of(found.last, tags) if found.last else ()
    if not named or (found.last and not last):
        return None
    match found.how:
        case "between":
            return named[0], last[0]
        case "since":
            return release_before(named[0], tags), ""
        case "after":
            return named[0], ""
        case "before":
            return "", named[0]
        case _:
            return release_before(named[0], tags), named[-1]


def _label(how: str, base: str, tip: str) -> str:
    if how == "in":
        return f"in {tip}" + (f", after {base}," if base else "")
    if base and tip:
        return f"between {base} and {tip}"
    return f"before {tip}" if tip else f"after {base}" if base else "of any release"
