"""When something happened, by the words of a question about history."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.times.asked import AskedRelease, AskedTime, asked_when
from indexer.times.stretches import Clock

CLOCK = Clock(datetime(2026, 11, 18, 14, 30, tzinfo=UTC), UTC)


def day(year: int, month: int = 1, number: int = 1) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "how", "label", "start", "end"),
    [
        ("What was done about long lines in 2018?", "in", "in 2018", day(2018), day(2019)),
        ("Which change of November 2017 cured it?", "in", "in November 2017", day(2017, 11), day(2017, 12)),
        ("Who repaired this in spring 2018?", "in", "in spring 2018", day(2018, 3), day(2018, 6)),
        ("What froze the database in early 2021?", "in", "in early 2021", day(2021), day(2021, 5)),
        ("Why was it slow at the beginning of 2022", "in", "at the beginning of 2022", day(2022), day(2022, 4)),
        ("the winter of 2019/20", "in", "in winter 2019/20", day(2019, 12), day(2020, 3)),
        ("in the second half of 2020 it broke", "in", "in the second half of 2020", day(2020, 7), day(2021)),
        ("what was dropped last year?", "in", "last year", day(2025), day(2026)),
        ("Why do we skip links to tweets since July 2023?", "since", "since July 2023", day(2023, 7), day(2023, 8)),
        ("What changed since March?", "since", "since March 2026", day(2026, 3), day(2026, 4)),
        ("who allowed this before May 2020", "before", "before May 2020", day(2020, 5), day(2020, 6)),
        ("what broke after 2020-05-03", "after", "after 3 May 2020", day(2020, 5, 3), day(2020, 5, 4)),
        ("what was fixed between March and June 2019?", "between", "from 1 Mar to 30 Jun 2019", day(2019, 3), day(2019, 7)),
        ("what was fixed from 2019 to 2021?", "between", "from 1 Jan 2019 to 31 Dec 2021", day(2019), day(2022)),
        ("why was it removed two years ago", "in", "from 20 May 2024 to 20 May 2025", day(2024, 5, 20), day(2025, 5, 21)),
    ],
)
def test_times(text: str, how: str, label: str, start: datetime, end: datetime) -> None:
    found = asked_when(text, CLOCK)
    assert isinstance(found, AskedTime)
    assert (found.how, found.label, found.stretch.start, found.stretch.end) == (how, label, start, end)
    assert found.words in text


@pytest.mark.parametrize(
    ("text", "how", "first", "last", "sure"),
    [
        ("When did we add that in version 3.2?", "in", "3.2", "", True),
        ("what was fixed between 1.4 and 1.6", "between", "1.4", "1.6", False),
        ("What has got slower since the 2.0 release?", "since", "2.0", "", True),
        ("Was it allowed before 2.0?", "before", "2.0", "", False),
        ("Why did we go back, shortly after 1.2 came out, to looking at files?", "after", "1.2", "", False),
        ("what is new in the 3.x series", "in", "3", "", False),
        ("who broke that with the 3.2 release", "in", "3.2", "", True),
        ("removed since shop 2.0?", "since", "2.0", "", True),
        ("since the last release", "after", "", "", True),
        ("from 2.1 onwards", "since", "2.1", "", False),
        ("why did it crash in v8?", "in", "8", "", False),
    ],
)
def test_releases(text: str, how: str, first: str, last: str, sure: bool) -> None:
    found = asked_when(text, CLOCK, ["shop"])
    assert isinstance(found, AskedRelease)
    assert (found.how, found.first, found.last, found.sure) == (how, first, last, sure)


@pytest.mark.parametrize(
    "text",
    [
        "When did we drop support for 3.7?",
        "When did we stop working with version 3.7 of the language?",
        "Why was it removed since Python 3.7 is gone?",
        "since version 3 of the protocol",
        "How are emails sent?",
        "in 2000 requests",
        "after 2048 bytes it stops",
        "it takes between 1.5 and 2.5 seconds",
        "How is it done today?",
        "in which year was this removed?",
        "why did `since 2019` stop working, and “in 2020” not?",
        "see https://example.com/in/2019",
        "what was planned for 2031 in 2031",
        "why was the password cut to 72 characters?",
        "on 31 February 2020",
    ],
)
def test_other_numbers_and_words_are_no_time(text: str) -> None:
    assert asked_when(text, CLOCK) is None


def test_a_time_goes_before_a_release_and_a_year_is_told() -> None:
    found = asked_when("Why can nobody do this since the 4.0 work in 2018?", CLOCK)
    assert isinstance(found, AskedTime) and found.label == "in 2018" and found.has_year
    last_week = asked_when("what did I type last week", CLOCK)
    assert isinstance(last_week, AskedTime) and not last_week.has_year


WORDS = st.sampled_from([
    "in", "since", "before", "after", "between", "and", "from", "to", "early", "spring", "2018", "2031", "march", "31", "may", "last",
    "year", "two", "years", "ago", "version", "release", "3.2", "v8", "2.x", "of", "the", "language", "99999", "1.2.3.4.5", "friday",
    ",", ".", "?", "`",
])  # fmt: skip


@given(st.one_of(st.text(max_size=80), st.lists(WORDS, max_size=12).map(" ".join)))
def test_any_text_can_be_asked(text: str) -> None:
    found = asked_when(text, CLOCK, ["shop", "a+b"])
    if isinstance(found, AskedTime):
        assert found.stretch.start < CLOCK.now and found.label and found.words
