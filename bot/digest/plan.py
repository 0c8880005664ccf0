"""When a digest is due: plain functions of a plan, a clock and the last day that had one.

A channel has at most one digest for each local calendar day, and only on days that were chosen. It is due from the moment the
chosen time has passed. What was missed is told with the next one, because a digest tells what landed since the last, not what
landed on a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.digest.types import WEEK, Plan

_HORIZON = 15  # days: a week is planned at most one week ahead, and time zones have left out single days (Samoa, 2011)


def moment_of(plan: Plan, day: date) -> datetime | None:
    """The one moment (UTC) at which `day` is due: when the chosen time comes for the first time on that day's clocks.

    Where clocks go forward over it, that is the first moment after the gap, or the minute before one that takes the rest of the
    day (Nuuk goes from Saturday 23:00 to Sunday). None for a day that the zone left out.
    """
    zone = plan.tzinfo
    wall = datetime.combine(day, plan.at, zone)  # fold 0: the first of two, and inside a gap the offset before it
    moment = wall.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != wall.replace(tzinfo=None):
        moment = _end_of_gap(zone, moment)
        if moment.astimezone(zone).date() > day:
            moment -= timedelta(minutes=1)
    return moment if moment.astimezone(zone).date() == day else None


def _end_of_gap(zone: ZoneInfo, after: datetime) -> datetime:
    """The last change of the zone's offset before `after`, which lies up to a day behind it."""
    offset = after.astimezone(zone).utcoffset()
    low, high = after - timedelta(days=1, hours=1), after
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high


def is_chosen(plan: Plan, day: date, last_day: date | None) -> bool:
    """Whether a digest may come on `day`, given the newest day before it that had one.

    Of a week it is the first chosen day; where that one was missed, the next chosen day of the same week takes its place.
    """
    if WEEK[day.weekday()] not in plan.days:
        return False
    if plan.every == "day":
        return True
    first = week_of(plan, day)
    return day == first or (last_day is not None and last_day < first)


def week_of(plan: Plan, day: date) -> date:
    """The day on which the plan's week that holds `day` begins: the first of the chosen days."""
    return day - timedelta(days=(day.weekday() - WEEK.index(plan.days[0])) % 7)


def due(plan: Plan, now: datetime, last_day: date | None) -> date | None:
    """The local day whose digest is due at `now` (aware), None for none.

    `last_day` is the newest day, not after today, that had a digest: days that a wrong clock brought forward do not count.
    """
    today = now.astimezone(plan.tzinfo).date()
    if last_day is not None and last_day >= today:
        return None
    moment = moment_of(plan, today)
    if moment is None or moment > now or (plan.since is not None and moment < plan.since):
        return None
    return today if is_chosen(plan, today, last_day) else None


def next_run(plan: Plan, now: datetime, last_day: date | None = None) -> datetime:
    """The next moment after `now` at which a digest falls due, in the plan's zone.

    What is due already is not looked at here (see `due`). Where the last digest is known, a missed week's is caught up.
    """
    today = now.astimezone(plan.tzinfo).date()
    for day in _days_from(today):
        moment = moment_of(plan, day)
        if moment is not None and moment > now and day != last_day and is_chosen(plan, day, last_day):
            return moment.astimezone(plan.tzinfo)
    raise AssertionError(f"no day of {plan.days} within {_HORIZON} days")


def begin_of(plan: Plan, day: date) -> datetime:
    """Where the digest of `day` begins for what was never told before: when the one before it was to come (UTC)."""
    earlier = (day - timedelta(days=back) for back in range(1, _HORIZON))
    for other in earlier:
        moment = moment_of(plan, other)
        if moment is not None and is_chosen(plan, other, None):
            return moment
    raise AssertionError(f"no day of {plan.days} within {_HORIZON} days")


def key_of(channel: str, day: date) -> str:
    """The name of one digest, for ever."""
    return f"digest-{channel}-{day.isoformat()}"


def _days_from(day: date) -> Iterator[date]:
    return (day + timedelta(days=ahead) for ahead in range(_HORIZON))


def parse_time(text: str) -> time:
    """ "09:30" as a time of day; ValueError for anything else."""
    hours, _, minutes = text.partition(":")
    return time(int(hours), int(minutes))
