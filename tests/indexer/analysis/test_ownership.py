"""Ownership: builders and active people apart, mass changes weighed down, reasons true in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.ownership import Contributor, ago, ownership, whom_to_ask
from indexer.types import Commit, FileChange, Person

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ADA, BOB, CAROL = Person("Ada Lovelace", "ada@a.org"), Person("Bob Baker", "bob@b.org"), Person("Carol Clay", "carol@c.org")


@dataclass(frozen=True)
class Change:
    path: str
    commit: Commit
    files_in_commit: int = 1


def touch(
    who: Person,
    lines: int | None,
    days_ago: float,
    *,
    path: str = "a.py",
    files: int = 1,
    body: str = "",
    status: str = "M",
    sha: str = "",
) -> Change:
    when = NOW - timedelta(days=days_ago)
    sha = sha or f"{who.name}{lines}{days_ago}{path}"
    change = FileChange(path, status, None, lines, 0 if lines is not None else None)
    return Change(path, Commit(sha, (), who, who, when, when, "Change", body, (change,)), files)


def by_name(touches: list[Change]) -> dict[str, Contributor]:
    return {one.person.name: one for one in ownership(touches, NOW).contributors}


def test_the_builder_and_the_active_person_are_told_apart() -> None:
    found = ownership([touch(ADA, 800, 900, status="A"), *(touch(BOB, 10, day) for day in (5, 15, 40))], NOW)
    assert [one.person for one in found.contributors] == [ADA, BOB]
    ada, bob = found.contributors
    assert not ada.active and bob.active and bob.active_share > 0.9 > 0.5 < ada.share
    assert ada.reasons == ("wrote 96 % of it in 1 change, last change 2 years ago",)
    assert bob.reasons == ("wrote 4 % of it in 3 changes, last change 5 days ago",)
    assert [one.person for one in whom_to_ask(found)] == [BOB]


def test_formula_of_the_findings() -> None:
    """0.3 added + 0.3 decayed log-lines + 0.6 reviews, worked out by hand."""
    review = "x\n\nReviewed-by: Carol Clay <carol@c.org>"
    found = by_name([touch(ADA, 3, 730, files=4), touch(BOB, 1, 0, body=review)])
    ada_weighed, bob_weighed = 1.386294 / 2 * 0.5, 0.693147
    total = ada_weighed + bob_weighed
    assert found["Ada Lovelace"].share == pytest.approx((0.3 * 0.75 + 0.3 * ada_weighed / total) / 1.2, rel=1e-4)
    assert found["Bob Baker"].share == pytest.approx((0.3 * 0.25 + 0.3 * bob_weighed / total) / 1.2, rel=1e-4)
    assert found["Carol Clay"].share == pytest.approx(0.5)
    assert found["Carol Clay"].reasons == ("reviewed 1 change, last review today",)


def test_a_mass_change_makes_nobody_the_person_to_ask() -> None:
    found = by_name([touch(ADA, 40, 10), touch(BOB, 40, 10, files=400)])
    assert found["Ada Lovelace"].active_share > 0.9


def test_one_commit_over_many_files_counts_once_for_commits_and_reviews() -> None:
    body = "Reviewed-by: Carol Clay <carol@c.org>"
    found = by_name([touch(ADA, 5, 3, path=f"{number}.py", files=3, body=body, sha="same") for number in range(3)])
    assert found["Ada Lovelace"].commits == found["Carol Clay"].reviews == 1


def test_bots_and_assistants_never_own() -> None:
    bot, assistant = Person("renovate[bot]", "x@y.z"), Person("Claude", "noreply@anthropic.com")
    found = ownership([touch(bot, 500, 1), touch(assistant, 500, 1), touch(ADA, 1, 1)], NOW)
    assert [one.person for one in found.contributors] == [ADA]
    nobody = ownership([touch(bot, 500, 1)], NOW)
    assert nobody.contributors == () and nobody.bus_factor == 0 and nobody.nobody_active and whom_to_ask(nobody) == ()


def test_when_all_have_gone_the_builder_is_named_as_inactive() -> None:
    found = ownership([touch(ADA, 90, 800), touch(BOB, 5, 700)], NOW)
    assert found.nobody_active
    assert whom_to_ask(found)[0].person == ADA


def test_nobody_stands_out_names_three() -> None:
    people = [Person(f"Person Number{letter}", f"{letter}@x.org") for letter in "abcdef"]
    assert len(whom_to_ask(ownership([touch(person, 10, 3) for person in people], NOW))) == 3


def test_bus_factor_counts_who_must_leave_before_half_is_without_author() -> None:
    files = [touch(ADA, 10, 90, path=f"a{number}.py", status="A") for number in range(6)]
    files += [touch(BOB, 10, 90, path=f"b{number}.py", status="A") for number in range(3)]
    assert ownership(files, NOW).bus_factor == 1
    files += [touch(CAROL, 10, 90, path=f"c{number}.py", status="A") for number in range(6)]
    assert ownership(files, NOW).bus_factor == 2
    crowd = [touch(Person(f"P{number} X", f"{number}@x.org"), 1, number, path="busy.py") for number in range(200)]
    assert ownership(crowd, NOW).bus_factor == 1


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-3, "today"),
        (0.5, "today"),
        (1, "yesterday"),
        (13, "13 days ago"),
        (21, "3 weeks ago"),
        (150, "5 months ago"),
        (800, "2 years ago"),
    ],
)
def test_dates_in_words(days: float, words: str) -> None:
    assert ago(NOW - timedelta(days=days), NOW) == words


_touches = st.builds(
    touch,
    st.sampled_from([ADA, BOB, CAROL]),
    st.none() | st.integers(0, 10**6),
    st.floats(-10, 20_000),
    path=st.sampled_from(["a.py", "b.py"]),
    files=st.integers(1, 5000),
    body=st.sampled_from(["", "Reviewed-by: Bob Baker <bob@b.org>"]),
    status=st.sampled_from("AMDR"),
)


@given(st.lists(_touches, min_size=1, max_size=12))
def test_shares_are_shares(touches: list[Change]) -> None:
    found = ownership(touches, NOW)
    assert sum(one.share for one in found.contributors) == pytest.approx(1.0)
    assert sum(one.active_share for one in found.contributors) == pytest.approx(1.0) or not any(
        one.active_share for one in found.contributors
    )
    assert list(found.contributors) == sorted(found.contributors, key=lambda one: -one.share)
    assert 1 <= found.bus_factor <= 3
    assert 1 <= len(whom_to_ask(found)) <= 3
