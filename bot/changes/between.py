"""Makes periods of two sides, each a stretch of time or a revision, and words for them. Pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.changes.types import Period
from indexer.errors import QueryError
from indexer.times.stretches import Clock, Stretch, day_name, range_label, read_stretch

Side = Stretch | str
"""A time, or a revision as typed ("" for the beginning, or for now)."""


def period_between(base: Side, tip: Side, clock: Clock) -> Period:
    """From the start of one time, or what landed since a revision, to the end of another, or on a revision ("" for now).

    QueryError where it would end before it begins.
    """
    if isinstance(base, Stretch):
        _refuse_future(base, clock)
    since, until = (base.start if isinstance(base, Stretch) else None), end_of(tip, clock)
    if since and until and since >= until and isinstance(base, Stretch):
        shown = f"{day_name(since, clock)} is not before {end_name(tip, clock)}"
        raise QueryError(f"The period ends before it begins: {shown}.", "Write the earlier time first.")
    revision, on = (side if isinstance(side, str) else "" for side in (base, tip))
    if revision and revision == on:
        raise QueryError(f"Nothing lies between {revision} and itself.", "Name two revisions, the older one first.")
    return Period(_label(base, tip, clock), since, until, revision, on)


def period_of(stretch: Stretch, clock: Clock) -> Period:
    """All of a stretch, as far as it is over. QueryError where it has not begun."""
    _refuse_future(stretch, clock)
    return Period(stretch.label, stretch.start, stretch.end)


def last_days(days: int, clock: Clock) -> Period:
    stretch = read_stretch(f"{days} days", clock)
    assert stretch is not None
    return period_of(stretch, clock)


def end_of(tip: Side, clock: Clock) -> datetime | None:
    """The end of a side that is a time; None for now."""
    if isinstance(tip, str):
        return None
    end = tip.start if tip.point else tip.end
    return None if end is None or end >= clock.now else end


def end_name(tip: Side, clock: Clock) -> str:
    """What a side is called after "up to": the last day of a stretch, a revision, or ("") now."""
    if isinstance(tip, str):
        return tip
    end = end_of(tip, clock)
    if end is None:
        return ""
    return day_name(end, clock) if tip.point else day_name(clock.midnight(clock.day(end) - timedelta(days=1)), clock)


def _label(base: Side, tip: Side, clock: Clock) -> str:
    last = end_name(tip, clock)
    if isinstance(base, str):
        return f"between {base} and {last}" if base and last else f"since {base}" if base else f"up to {last or 'now'}"
    if base == tip and not base.point:
        return base.label
    if isinstance(tip, str) and tip:
        return f"on {tip} since {base.name}"
    until = end_of(tip, clock)
    if until:
        return range_label(base.start, until, clock)
    lasts = base.end is None and (base.point or base.label == "today" or base.label.startswith("this "))
    return base.label if lasts else f"since {base.name}"


def _refuse_future(stretch: Stretch, clock: Clock) -> None:
    if stretch.start >= clock.now:
        raise QueryError(f"{day_name(stretch.start, clock)} is still to come.", "Name a time that has begun.")
