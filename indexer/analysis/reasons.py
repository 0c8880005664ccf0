"""Says in words what somebody did to some files."""

from __future__ import annotations

import math
from datetime import datetime

from indexer.analysis.work import Work

_NAMED_SHARE = 0.005  # less would read "0 %"


def reasons(done: Work, added_share: float, now: datetime) -> tuple[str, ...]:
    """One sentence without a capital: "wrote 62 % of it in 45 changes, reviewed 12 changes, last active 3 weeks ago"."""
    assert done.last is not None
    made = _count(done.commits, "change")
    wrote = f"wrote {added_share:.0%} of it in {made}".replace("%", " %") if added_share >= _NAMED_SHARE else f"made {made}"
    parts = [
        wrote if done.commits else "",
        f"reviewed {_count(done.reviews, 'change')}" if done.reviews else "",
        f"merged {_count(done.integrated, 'change')} of others" if done.integrated else "",
        f"last {_kind(done)} {ago(done.last, now)}",
    ]
    return (", ".join(part for part in parts if part),)


def ago(when: datetime, now: datetime) -> str:
    """A date as people say it: "today", "3 weeks ago", "2 years ago"."""
    days = max(0, (now - when).days)
    if days < 2:
        return ("today", "yesterday")[days]
    for unit, length, until in (("day", 1, 14), ("week", 7, 60), ("month", 30, 700), ("year", 365, math.inf)):
        if days < until:
            return f"{_count(days // length, unit)} ago"
    raise AssertionError("unreachable")


def _kind(done: Work) -> str:
    if done.commits and done.reviews:
        return "active"
    if done.commits:
        return "change"
    return "review" if done.reviews else "merge"


def _count(number: int, of: str) -> str:
    return f"{number} {of}{'s' if number != 1 else ''}"
