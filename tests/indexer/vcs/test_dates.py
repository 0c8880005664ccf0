"""Dates that cannot be are mended; all others are left as they are."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from indexer.types import Commit, Person
from indexer.vcs.dates import mended_dates

ADA = Person("Ada Lovelace", "ada@example.com")


def date(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


def line(*dates: tuple[datetime, datetime] | datetime) -> list[Commit]:
    """A straight history, newest first, from its dates (written, committed), oldest first."""
    pairs = [one if isinstance(one, tuple) else (one, one) for one in dates]
    commits = [
        Commit(f"c{number}", (f"c{number - 1}",) if number else (), ADA, ADA, written, committed, "x")
        for number, (written, committed) in enumerate(pairs)
    ]
    return commits[::-1]


def test_a_clock_that_stood_at_its_beginning() -> None:
    found = mended_dates(line(date(2024), date(1970), date(2001), date(2024, 6)))
    assert found == {"c1": (date(2024), date(2024)), "c2": (date(2024), date(2024))}


def test_the_clock_of_the_committer_alone() -> None:
    assert mended_dates(line(date(2023), (date(2024), date(1980)))) == {"c1": (date(2024), date(2024))}


def test_written_after_it_was_committed_or_without_a_date() -> None:
    found = mended_dates(line((date(2030), date(2024)), (date(1970), date(2025))))
    assert found == {"c0": (date(2024), date(2024)), "c1": (date(2025), date(2025))}


def test_a_history_from_before_git_is_believed() -> None:
    assert mended_dates(line(date(1998), date(2003), date(2024))) == {}


def test_what_came_before_a_part_of_history_counts() -> None:
    assert mended_dates(line(date(2024), date(1990))[:1], since=date(2024)) == {"c1": (date(2024), date(2024))}
    assert mended_dates(line(date(2024), date(1990))[:1]) == {}


def test_weeks_apart_are_left_alone() -> None:
    assert mended_dates(line(date(2024, 3), date(2024, 1), date(2024, 2))) == {}


_dates = st.datetimes(datetime(1970, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))


@given(st.lists(st.tuples(_dates, _dates), max_size=6))
def test_nothing_mended_lies_outside_of_what_history_says(dates: list[tuple[datetime, datetime]]) -> None:
    commits = line(*dates)
    told = {day for pair in dates for day in pair}
    mended = mended_dates(commits)
    for commit in commits:
        written, committed = mended.get(commit.sha, (commit.authored_at, commit.committed_at))
        assert written <= committed and {written, committed} <= told and committed >= commit.committed_at
