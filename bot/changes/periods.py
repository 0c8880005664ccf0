"""Which period is asked for: with `--since` and `--until`, or in the words of a question. Pure functions.

`--since` and `--until` take
    12h, 1d, 2w, 3mo, 1y ("3m" may be minutes or months and is refused), also "2 weeks ago" and "a month"
    today, yesterday, this week, last week (from Monday), this or last month, quarter and year, Friday (the latest that is over)
    2026-11-01, 2026-11, 2026, "1 Nov", "November 2026", 2026-11-01T15:30, with a zone where it is not the reader's
    beginning, now, a revision (whatever is nothing of these; "tags/2026-11" where a tag looks like a date), or A..B for both
A since begins with the stretch named, an until ends with it: `--until 2026-11-15` includes that day.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from bot.changes.between import Side, end_name, end_of, last_days, period_between
from bot.changes.phrases import find_period
from bot.changes.types import Period
from indexer.errors import QueryError
from indexer.times.stretches import Clock, read_stretch

_WHAT_TO_WRITE = "Write a time such as 2w, yesterday, 2026-11-01, or a revision such as v1.2."
_DEFAULT = 7  # days
_RANGE = re.compile(r"(?P<base>[^\s.](?:\S*?[^\s.])?)?\.\.\.?(?P<tip>[^\s.]\S*)?")
_BEGINNING = frozenset({"beginning", "the beginning", "start", "the start"})


def parse_period(since: str | None, until: str | None, now: datetime, zone: tzinfo) -> Period:
    """The period that `--since` and `--until` ask for; without a since the 7 days up to `until`.

    What is no time is taken as a revision, which is not looked up. QueryError for what can be neither, for dates that do not
    exist, and for a since that is not before until.
    """
    clock = Clock(now, zone)
    first, last = (" ".join((side or "").split()) for side in (since, until))
    if not last and ".." in first and (match := _RANGE.fullmatch(first)):
        return period_between(_revision(match["base"] or ""), _revision(match["tip"] or ""), clock)
    tip = "" if last.casefold() in ("", "now") else _side(last, clock)
    if first.casefold() in _BEGINNING:
        return period_between("", tip, clock)
    if first:
        return period_between(_side(first, clock), tip, clock)
    if isinstance(tip, str) and tip:
        raise QueryError(f"It is not said since when, up to {tip}.", f"Write --since too, such as v1.1, or {tip}~20.")
    return _days_before(tip, clock)


def period_in(text: str, now: datetime, zone: tzinfo) -> tuple[Period, str] | None:
    """The period that a question names, and the question without it; None where it names none.

    "what changed in checkout last week?" -> (last week, "what changed in checkout?"). QueryError for a date that cannot be.
    """
    return find_period(text, Clock(now, zone))


def _side(text: str, clock: Clock) -> Side:
    return read_stretch(text, clock) or _revision(text)


def _revision(text: str) -> str:
    """A revision as typed. What git allows in no name (git-check-ref-format) need not be looked up."""
    if text and (re.search(r"[\s\x00-\x20\x7f:?*\[\\]|\.\.", text) or text.startswith("-") or not text.isprintable()):
        shown = " ".join("".join(char if char.isprintable() else " " for char in text).split())
        raise QueryError(f'"{shown[:80]}" is no time that can be read, and no revision.', _WHAT_TO_WRITE)
    return text


def _days_before(tip: Side, clock: Clock) -> Period:
    until = end_of(tip, clock)
    if until is None:
        return last_days(_DEFAULT, clock)
    return Period(f"in the {_DEFAULT} days up to {end_name(tip, clock)}", until - timedelta(days=_DEFAULT), until)
