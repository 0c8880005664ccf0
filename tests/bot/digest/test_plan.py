"""When a digest is due: each chosen local day once, whatever clocks and zones do."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.digest.plan import begin_of, due, moment_of, next_run
from bot.digest.types import WEEK, Plan

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = sorted(available_timezones())


def plan(at: str = "09:00", zone: str = "Europe/Berlin", days=("mon", "tue", "wed", "thu", "fri"), **more) -> Plan:
    return Plan("C1", time.fromisoformat(at), zone, tuple(days), ("shop",), **more)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_it_is_due_from_the_chosen_time_to_the_end_of_the_local_day():
    assert due(plan(), berlin("2026-11-23T08:59:59"), None) is None
    assert due(plan(), berlin("2026-11-23T09:00"), None) == date(2026, 11, 23)
    assert due(plan(), berlin("2026-11-23T23:59"), None) == date(2026, 11, 23)
    assert due(plan(), berlin("2026-11-24T00:00"), date(2026, 11, 20)) is None


def test_a_day_that_had_one_is_not_due_again():
    assert due(plan(), berlin("2026-11-23T09:00"), date(2026, 11, 23)) is None
    assert due(plan("17:00"), berlin("2026-11-23T17:00"), date(2026, 11, 23)) is None  # the time was changed during the day


def test_days_that_were_not_chosen_are_silent():
    assert due(plan(), berlin("2026-11-22T12:00"), None) is None
    assert next_run(plan(), berlin("2026-11-20T09:00")) == berlin("2026-11-23T09:00")


def test_five_days_of_downtime_are_one_digest():
    last = date(2026, 11, 16)
    assert [due(plan(), berlin(f"2026-11-{day}T10:00"), last) for day in (21, 22)] == [None, None]
    assert due(plan(), berlin("2026-11-23T10:00"), last) == date(2026, 11, 23)
    assert due(plan(), berlin("2026-11-23T10:00"), date(2026, 11, 23)) is None


def test_a_week_is_told_on_the_first_of_its_days():
    weekly = plan(days=("fri", "mon"), every="week")
    assert due(weekly, berlin("2026-11-23T10:00"), date(2026, 11, 20)) is None  # Monday, told on Friday
    assert due(weekly, berlin("2026-11-27T10:00"), date(2026, 11, 20)) == date(2026, 11, 27)
    assert next_run(weekly, berlin("2026-11-20T09:00"), date(2026, 11, 20)) == berlin("2026-11-27T09:00")
    assert begin_of(weekly, date(2026, 11, 27)) == berlin("2026-11-20T09:00")


def test_a_week_that_was_missed_is_told_on_the_next_chosen_day_of_it():
    weekly = plan(days=("fri", "mon"), every="week")
    assert due(weekly, berlin("2026-11-23T10:00"), date(2026, 11, 13)) == date(2026, 11, 23)
    assert next_run(weekly, berlin("2026-11-21T10:00"), date(2026, 11, 13)) == berlin("2026-11-23T09:00")
    assert due(weekly, berlin("2026-11-23T10:00"), None) is None  # nothing was missed: it is new


def test_what_was_due_before_a_channel_was_switched_on_is_not_owed():
    new = plan(since=berlin("2026-11-23T15:00"))
    assert due(new, berlin("2026-11-23T15:01"), None) is None
    assert due(new, berlin("2026-11-24T09:00"), None) == date(2026, 11, 24)


def test_a_digest_begins_where_the_one_before_was_to_come():
    assert begin_of(plan(), date(2026, 11, 23)) == berlin("2026-11-20T09:00")
    assert begin_of(plan(), date(2026, 11, 24)) == berlin("2026-11-23T09:00")


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00+00:00"),  # does not exist: the first moment after the gap
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30+00:00"),  # comes twice: the first
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00+00:00"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30+00:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30+00:00"),  # half an hour
        ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00+00:00"),  # the gap begins at midnight
        ("America/Nuuk", "2026-03-28", "23:30", "2026-03-29T00:59+00:00"),  # the gap takes the rest of the day
        ("America/Havana", "2026-11-01", "00:30", "2026-11-01T04:30+00:00"),
        ("Asia/Kolkata", "2026-06-01", "09:00", "2026-06-01T03:30+00:00"),
    ],
)
def test_where_clocks_change(zone, day, at, expected):
    assert moment_of(plan(at, zone), date.fromisoformat(day)) == datetime.fromisoformat(expected)


def test_a_day_that_a_zone_left_out_has_none():
    assert moment_of(plan("09:00", "Pacific/Apia"), date(2011, 12, 30)) is None
    before = datetime(2011, 12, 29, 12, tzinfo=ZoneInfo("Pacific/Apia"))
    assert next_run(plan("09:00", "Pacific/Apia", WEEK), before).date() == date(2011, 12, 31)


plans = st.builds(
    Plan,
    st.just("C1"),
    st.times().map(lambda moment: moment.replace(second=0, microsecond=0)),
    st.sampled_from(ZONES),
    st.lists(st.sampled_from(WEEK), min_size=1, max_size=7, unique=True).map(tuple),
    st.just(("shop",)),
    st.sampled_from(["day", "week"]),
)
moments = st.datetimes(datetime(2012, 1, 1), datetime(2037, 1, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


def _near_a_change(zone: str, moment: datetime) -> datetime:
    """The last change of a zone's clocks within the year before, where there is one."""
    where, day = ZoneInfo(zone), timedelta(days=1)
    for back in range(370):
        then = moment - back * day
        if then.astimezone(where).utcoffset() != (then - day).astimezone(where).utcoffset():
            return then
    return moment


@given(plans, moments, st.booleans())
def test_every_chosen_day_has_one_run_and_no_other_day_has(plan: Plan, start: datetime, near: bool):
    """Following next_run from any moment visits each chosen local day exactly once, in order, at a moment when it is due."""
    now = (_near_a_change(plan.zone, start) if near else start) - timedelta(days=3)
    zone, seen, last = plan.tzinfo, [], None
    first = now.astimezone(zone).date()
    for _ in range(8):
        now = next_run(plan, now, last).astimezone(UTC)
        day = due(plan, now, last)
        assert day == now.astimezone(zone).date()
        assert due(plan, now - timedelta(seconds=1), last) != day
        seen.append(day)
        last = day
    assert seen == sorted(set(seen))
    chosen = [first + timedelta(days=ahead) for ahead in range((seen[-1] - first).days + 1)]
    wanted = plan.days[:1] if plan.every == "week" else plan.days
    expected = [day for day in chosen if WEEK[day.weekday()] in wanted and moment_of(plan, day) is not None]
    assert [day for day in expected if day > first] == [day for day in seen if day > first]


@given(plans, st.lists(moments, min_size=1, max_size=40), st.integers(0, 30))
def test_no_order_of_clocks_gives_a_day_twice(plan: Plan, clocks: list[datetime], close: int):
    """A clock that is set forward and back as it likes: done days stay done."""
    done: set[date] = set()
    base = clocks[0]
    for moment in clocks:
        now = base + (moment - base) / (10 ** (close % 5))  # far apart, and within one another's days
        today = now.astimezone(plan.tzinfo).date()
        last = max((day for day in done if day <= today), default=None)
        day = due(plan, now, last)
        if day is not None:
            assert day not in done
            done.add(day)
