"""Which period is meant: by `--since` and `--until`, and by the words of a question."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.changes.periods import parse_period, period_in
from bot.changes.types import Period
from indexer.errors import QueryError

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 18, 14, 30, tzinfo=UTC)  # a Wednesday, half past three in Berlin
ZONES = st.sampled_from(
    [BERLIN, UTC, *map(ZoneInfo, ("America/New_York", "Asia/Kathmandu", "America/Havana")), timezone(timedelta(hours=14))]
)
MOMENTS = st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


def berlin(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BERLIN)


def parse(since: str | None, until: str | None = None, now: datetime = NOW) -> Period:
    return parse_period(since, until, now, BERLIN)


@pytest.mark.parametrize(
    ("since", "until", "label", "start", "end"),
    [
        (None, None, "in the last 7 days", berlin(11, 11, 15, 30), None),
        ("1d", None, "in the last 24 hours", berlin(11, 17, 15, 30), None),
        ("12h", None, "in the last 12 hours", berlin(11, 18, 3, 30), None),
        ("2w", None, "in the last 2 weeks", berlin(11, 4, 15, 30), None),
        ("1 week ago", None, "in the last 7 days", berlin(11, 11, 15, 30), None),
        ("3mo", None, "in the last 3 months", berlin(8, 18, 15, 30), None),
        ("1y", None, "in the past year", berlin(11, 18, 15, 30, year=2025), None),
        ("today", None, "today", berlin(11, 18), None),
        ("yesterday", None, "since yesterday", berlin(11, 17), None),
        ("Yesterday", "yesterday", "yesterday", berlin(11, 17), berlin(11, 18)),
        ("friday", None, "since Friday 13 Nov 2026", berlin(11, 13), None),
        ("wed", None, "since Wednesday 11 Nov 2026", berlin(11, 11), None),
        ("this week", None, "this week", berlin(11, 16), None),
        ("last week", None, "since 9 Nov 2026", berlin(11, 9), None),
        ("last week", "last week", "last week", berlin(11, 9), berlin(11, 16)),
        ("last month", "last month", "last month", berlin(10, 1), berlin(11, 1)),
        ("last quarter", "last quarter", "last quarter", berlin(7, 1), berlin(10, 1)),
        ("last year", "last year", "last year", berlin(1, 1, year=2025), berlin(1, 1)),
        ("2026-11-01", None, "since 1 Nov 2026", berlin(11, 1), None),
        ("2026-11-01", "2026-11-15", "from 1 to 15 Nov 2026", berlin(11, 1), berlin(11, 16)),
        ("2026-10-28", "2026-11-03", "from 28 Oct to 3 Nov 2026", berlin(10, 28), berlin(11, 4)),
        ("2025-12-28", "2026-01-03", "from 28 Dec 2025 to 3 Jan 2026", berlin(12, 28, year=2025), berlin(1, 4)),
        ("2026-11-03", "2026-11-03", "on 3 Nov 2026", berlin(11, 3), berlin(11, 4)),
        ("1 Nov", "15 November", "from 1 to 15 Nov 2026", berlin(11, 1), berlin(11, 16)),
        ("1 Dec", "2025-12-31", "in December 2025", berlin(12, 1, year=2025), berlin(1, 1)),
        ("2026-10", "2026-10", "in October 2026", berlin(10, 1), berlin(11, 1)),
        ("july", "July", "in July 2026", berlin(7, 1), berlin(8, 1)),
        ("2025", "2025", "in 2025", berlin(1, 1, year=2025), berlin(1, 1)),
        ("2026-11-01T15:30", None, "since 1 Nov 2026 15:30", berlin(11, 1, 15, 30), None),
        ("2026-11-01T15:30Z", "now", "since 1 Nov 2026 16:30", berlin(11, 1, 16, 30), None),
        ("7d", "1d", "from 11 Nov 2026 15:30 to 17 Nov 2026 15:30", berlin(11, 11, 15, 30), berlin(11, 17, 15, 30)),
        (None, "2026-11-01", "in the 7 days up to 1 Nov 2026", berlin(10, 26), berlin(11, 2)),
        ("2026-11-01", "2027-02-01", "since 1 Nov 2026", berlin(11, 1), None),
        ("beginning", "2026-11-01", "up to 1 Nov 2026", None, berlin(11, 2)),
    ],
)
def test_times_are_read_in_the_readers_zone(since, until, label, start, end):
    period = parse(since, until)
    assert (period.label, period.since, period.until, period.base, period.tip) == (label, start, end, "", "")


@pytest.mark.parametrize(
    ("since", "until", "label", "base", "tip"),
    [
        ("v1.0", "v1.1", "between v1.0 and v1.1", "v1.0", "v1.1"),
        ("v1.0", None, "since v1.0", "v1.0", ""),
        ("HEAD~20", "now", "since HEAD~20", "HEAD~20", ""),
        ("v1.0..v1.1", None, "between v1.0 and v1.1", "v1.0", "v1.1"),
        ("v1.0...v1.1", None, "between v1.0 and v1.1", "v1.0", "v1.1"),
        ("v1.0..", None, "since v1.0", "v1.0", ""),
        ("..v1.1", None, "up to v1.1", "", "v1.1"),
        ("beginning", "v1.1", "up to v1.1", "", "v1.1"),
        ("tags/2026-11", None, "since tags/2026-11", "tags/2026-11", ""),
        ("12345678d", None, "since 12345678d", "12345678d", ""),  # digits and a "d" can be a commit
    ],
)
def test_what_is_no_time_is_a_revision(since, until, label, base, tip):
    assert parse(since, until) == Period(label, None, None, base, tip)


def test_a_side_may_be_a_time_and_the_other_a_revision():
    assert parse("v1.0", "2026-11-01") == Period("between v1.0 and 1 Nov 2026", None, berlin(11, 2), "v1.0", "")
    assert parse("2026-11-01", "v2") == Period("on v2 since 1 Nov 2026", berlin(11, 1), None, "", "v2")


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        ("2026-02-30", None, "There is no 30 February 2026. Write a date such as"),
        ("29 Feb 2025", None, "There is no 29 February 2025."),
        ("2026-13-01", None, "There is no month 13."),
        ("2026-11-01T25:00", None, 'There is no time "2026-11-01t25:00". Write it like'),
        ("3m", None, "Write 3mo for months"),
        ("01/11/2026", None, "Write it as year, month and day"),
        ("2026-11-10", "2026-11-01", "10 Nov 2026 is not before 1 Nov 2026. Write the earlier time first."),
        ("1d", "yesterday", None),
        ("yesterday", "1w", "Write the earlier time first."),
        ("2027-01-01", None, "1 Jan 2027 is still to come."),
        ("9999y", None, "too far away"),
        ("dance party", None, '"dance party" is no time that can be read, and no revision. Write a time such as'),
        ("--output=/etc/passwd", None, "no revision"),
        ("v1\0", None, "no revision"),
        ("v1..", "v2", "no revision"),
        (None, "v1.0", "not said since when"),
        ("v1.0", "v1.0", "Nothing lies between v1.0 and itself."),
    ],
)
def test_what_cannot_be_is_told_with_what_to_write(since, until, words):
    if words is None:
        assert parse(since, until).until == berlin(11, 18)
        return
    with pytest.raises(QueryError) as caught:
        parse(since, until)
    assert words in str(caught.value) and caught.value.hint


def test_a_day_without_its_year_is_the_latest_that_has_come():
    assert parse("29 Feb").since == berlin(2, 29, year=2024)
    assert parse("18 Nov").since == berlin(11, 18)
    assert parse("19 Nov").since == berlin(11, 19, year=2025)


def test_a_month_back_from_its_last_day_stays_in_the_month_before():
    assert parse("1mo", now=datetime(2026, 3, 31, 12, tzinfo=UTC)).since == berlin(2, 28, 14)


def test_a_day_back_over_the_change_of_the_clock_is_the_same_time_of_day():
    monday = datetime(2026, 10, 26, 8, tzinfo=UTC)  # the day after the clock was set back: 9 o'clock
    assert parse("2d", now=monday).since == datetime(2026, 10, 24, 7, tzinfo=UTC)
    assert parse("48h", now=monday).since == datetime(2026, 10, 24, 8, tzinfo=UTC)
    day = parse("2026-10-25", "2026-10-25", now=monday)
    assert day.since and day.until and day.until - day.since == timedelta(hours=25)


@pytest.mark.parametrize(
    ("question", "label", "rest"),
    [
        ("what changed in checkout last week?", "last week", "what changed in checkout?"),
        ("What changed in checkout this week so far?", "this week", "What changed in checkout?"),
        ("What changed in checkout since Friday?", "since Friday 13 Nov 2026", "What changed in checkout?"),
        ("Since Friday, what changed?", "since Friday 13 Nov 2026", "what changed?"),
        ("what changed on Friday", "on Friday 13 Nov 2026", "what changed"),
        ("what has changed over the last 10 days in billing", "in the last 10 days", "what has changed in billing"),
        ("what changed in the past two weeks?", "in the last 2 weeks", "what changed?"),
        ("what changed in the last few days", "in the last 3 days", "what changed"),
        ("what changed in the last week", "in the last 7 days", "what changed"),
        ("what changed within 24 hours", "in the last 24 hours", "what changed"),
        ("what changed in October", "in October 2026", "what changed"),
        ("what changed in may", "in May 2026", "what changed"),
        ("what changed in Q3", "in the third quarter of 2026", "what changed"),
        ("What changed between 1 and 15 November in the API?", "from 1 to 15 Nov 2026", "What changed in the API?"),
        ("what changed from the 1st to the 15th of November 2025?", "from 1 to 15 Nov 2025", "what changed?"),
        ("What changed between Nov 1 and Nov 15", "from 1 to 15 Nov 2026", "What changed"),
        ("What changed between October and November 2025", "from 1 Oct to 30 Nov 2025", "What changed"),
        ("what changed between Monday and Friday", "from 9 to 13 Nov 2026", "what changed"),
        ("what changed after 1 November", "since 2 Nov 2026", "what changed"),
        ("What happened over the weekend", "over the weekend of 14 Nov 2026", "What happened"),
        ("yesterday's changes", "yesterday", "changes"),
        ("What shipped yesteday?", "yesterday", "What shipped?"),
        ("what changed lats wek in payments", "last week", "what changed in payments"),
        ("what changed  on\nwendesday in `pay_out`", "on Wednesday 11 Nov 2026", "what changed in `pay_out`"),
        ("what changed recently in auth", "in the last 7 days", "what changed in auth"),
        ("what changed in checkout lately", "in the last 7 days", "what changed in checkout"),
        ("what changed in python 3.11 support last month", "last month", "what changed in python 3.11 support"),
    ],
)
def test_a_time_is_found_in_a_question_and_taken_out(question, label, rest):
    found = period_in(question, NOW, BERLIN)
    assert found and (found[0].label, found[1]) == (label, rest)


@pytest.mark.parametrize(
    ("question", "period", "rest"),
    [
        ("what changed since v2.0", Period("since v2.0", base="v2.0"), "what changed"),
        ("what changed since commit 1234567?", Period("since 1234567", base="1234567"), "what changed?"),
        ("what changed since `main~20`?", Period("since main~20", base="main~20"), "what changed?"),
        (
            "what changed between v1.2 and v1.3 in src/billing",
            Period("between v1.2 and v1.3", base="v1.2", tip="v1.3"),
            "what changed in src/billing",
        ),
        ("v1.0..v1.1 please", Period("between v1.0 and v1.1", base="v1.0", tip="v1.1"), "please"),
        ("from rel-1.2 to v1.4 what changed", Period("between rel-1.2 and v1.4", base="rel-1.2", tip="v1.4"), "what changed"),
        ("what changed since v1.2 until v1.4", Period("between v1.2 and v1.4", base="v1.2", tip="v1.4"), "what changed"),
        ("what changed in v2.0?", Period("in release v2.0", tip="v2.0", release="in"), "what changed?"),
        ("what is new in release 2.0", Period("in release 2.0", tip="2.0", release="in"), "what is new"),
        ("what did the latest release bring", Period("in the latest release", release="in"), "what did bring"),
        ("what changed since the last release?", Period("since the last release", release="since"), "what changed?"),
        ("what comes in the next release", Period("since the last release", release="since"), "what comes"),
    ],
)
def test_revisions_and_releases_are_found_in_a_question(question, period, rest):
    assert period_in(question, NOW, BERLIN) == (period, rest)


@pytest.mark.parametrize(
    "question",
    [
        "what changed in checkout",
        "what may have changed in the march module",
        "who is on call for the sun module",
        "what changed since the redesign",
        "what changed between the API and the UI",
        "how does the `last week` report work",
        'what changed in the "today" screen',
        "what changed in https://git.example.com/a/b/compare/v1.0...v1.1",
        "what changed in src/2026-11.md",
        "what changed in today.py",
        "what changed in the mondays list",
        "what changed in sundry orders",
        "what changed in v2 of the api",
        "what changed since release day",
    ],
)
def test_words_that_only_look_like_a_time_are_left_alone(question):
    assert period_in(question, NOW, BERLIN) is None


def test_a_date_that_cannot_be_is_told_also_in_a_question():
    with pytest.raises(QueryError, match="There is no 30 February 2026"):
        period_in("What changed on 30 February?", NOW, BERLIN)


_SPOKEN = (
    "what changed in since between from and to until last this the week month 3 2w yesterday Friday may 1 30 Feb 2026 2026-11-31 "
    "v1.0 v2 .. ... abc1234 ` \" ' ? , - / https:// release Q3 past few days recently 99999 the-past ago 9999 years"
)
_WORDS = st.sampled_from(_SPOKEN.split())
_TEXTS = st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=12).map(" ".join), st.lists(_WORDS, max_size=8).map("".join))


@given(_TEXTS, st.one_of(st.none(), _TEXTS), MOMENTS, ZONES)
@example("last last last", None, NOW, BERLIN)
def test_no_text_breaks_the_reading_of_settings(since, until, now, zone):
    try:
        period = parse_period(since, until, now, zone)
    except QueryError as exc:
        assert exc.hint
        return
    assert period.label
    assert not (period.since and period.until) or period.since < period.until <= now
    assert not period.since or (period.since < now and period.since.tzinfo is UTC)


@given(_TEXTS, MOMENTS, ZONES)
def test_no_text_breaks_the_reading_of_questions(text, now, zone):
    try:
        found = period_in(text, now, zone)
    except QueryError as exc:
        assert exc.hint
        return
    if found:
        period, rest = found
        assert period.label
        assert len(rest) < len(" ".join(text.split())) or rest in text
        assert not (period.since and period.until) or period.since < period.until


@pytest.mark.parametrize("hostile", ["a-" * 1000, "a_" * 1000, "1." * 1000, "the last " * 200, "between 1 " * 200, "`" * 2000])
def test_hostile_texts_are_read_at_once(hostile):
    assert period_in(f"what changed in {hostile}x", NOW, BERLIN) is None


@given(MOMENTS, ZONES, st.dates(datetime(1995, 1, 1).date(), datetime(2089, 1, 1).date()))
def test_a_date_as_written_comes_back_as_the_day_it_is(now, zone, day):
    if datetime.combine(day, datetime.min.time(), zone) >= now:
        return
    written = day.isoformat()
    by_option = parse_period(written, written, now, zone)
    assert by_option.since == datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
    in_question = period_in(f"what changed on {written}?", now, zone)
    in_words = period_in(f"what changed on {day.day} {day:%B} {day.year} in billing?", now, zone)
    assert in_question == (by_option, "what changed?")
    assert in_words == (by_option, "what changed in billing?")


@given(MOMENTS, ZONES, st.integers(1, 500), st.sampled_from([("h", "hours"), ("d", "days"), ("w", "weeks"), ("mo", "months")]))
def test_short_and_long_forms_mean_the_same(now, zone, count, unit):
    try:
        short = parse_period(f"{count}{unit[0]}", None, now, zone)
    except QueryError:
        return
    assert period_in(f"what changed over the last {count} {unit[1]}", now, zone) == (short, "what changed")
    assert short.since and short.since < now
