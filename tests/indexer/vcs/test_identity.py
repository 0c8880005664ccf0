"""Identities: who is one person, who is none, and that a shared first name never joins two people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.types import Commit, Person
from indexer.vcs.identity import handle_of, is_assistant, is_bot, is_person, merge_people
from indexer.vcs.trailers import co_authors, reviewers

DAY = datetime(2025, 1, 1, tzinfo=UTC)


def merged(*people: tuple[str, str]) -> dict[Person, Person]:
    """Each seen once, a day after the one before."""
    return merge_people((Person(*person), DAY + timedelta(days=number)) for number, person in enumerate(people))


def groups(*people: tuple[str, str]) -> int:
    return len(set(merged(*people).values()))


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"),
        ("Renovate Bot", "bot@renovateapp.com"),
        ("pre-commit-ci", "x@y.org"),
        ("acme-bot", "ci@acme.org"),
        ("CI", "release-bot@acme.org"),
        ("Hosted Weblate", "hosted@weblate.org"),
        ("jenkins", "ci@acme.org"),
    ],
)
def test_bots(name: str, email: str) -> None:
    assert is_bot(Person(name, email)) and not is_person(Person(name, email))


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Claude", "noreply@anthropic.com"),
        ("Claude Opus 4", "x@y.org"),
        ("Copilot", "198982749+Copilot@users.noreply.github.com"),
        ("Cursor Agent", "cursoragent@cursor.com"),
        ("Ada Lovelace (aider)", "ada@example.com"),
    ],
)
def test_assistants(name: str, email: str) -> None:
    assert is_assistant(Person(name, email)) and not is_person(Person(name, email))


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Claude Monet", "claude@giverny.fr"),
        ("Jan Bot", "jan.bot@example.com"),
        ("Abbot Talbot", "abbot@example.com"),
        ("Devin Townsend", "devin@example.com"),
        ("Alice", "alice@openai.com"),
        ("Jenkins Smith", "smith@example.com"),
        ("Robot", "r@example.com"),
    ],
)
def test_people_who_sound_like_programs(name: str, email: str) -> None:
    assert is_person(Person(name, email))


def test_one_person_with_many_addresses() -> None:
    found = merged(
        ("José García", "jose@work.com"),
        ("jose garcia", "jose@home.org"),
        ("josé", "JOSE@work.com"),
        ("José García", "123+josegit@users.noreply.github.com"),
        ("josegit", "josegit@users.noreply.github.com"),
    )
    assert set(found.values()) == {Person("José García", "josegit@users.noreply.github.com")}


def test_different_people_stay_apart() -> None:
    assert groups(("Anna", "anna@a.com"), ("Anna", "anna@b.com")) == 2  # one word is no full name
    assert groups(("Your Name", "a@a.com"), ("Your Name", "b@b.com")) == 2
    assert groups(("Ada Lovelace", "root@localhost"), ("Bob Baker", "root@localhost")) == 2
    assert groups(("Ada Lovelace", ""), ("Bob Baker", "")) == 2
    assert groups(("ada", "1+ada@users.noreply.github.com"), ("ada", "2+ada@users.noreply.gitlab.com")) == 2
    assert groups(("Renovate Bot", "bot@renovateapp.com"), ("Renovate Bot", "29+renovate[bot]@users.noreply.github.com")) == 2


def test_handles_come_from_noreply_addresses() -> None:
    assert handle_of(Person("Ada", "123+ada@users.noreply.github.com")) == "ada"
    assert handle_of(Person("Ada", "ada@users.noreply.github.com")) == "ada"
    assert handle_of(Person("Ada", "ada@example.com")) is None


_names = st.sampled_from(["Ada Lovelace", "ada", "Bob Baker", "bob", ""])
_people = st.builds(Person, _names, st.sampled_from(["a@x", "b@x", "c@x", ""]))


@given(st.lists(st.tuples(_people, st.datetimes(timezones=st.just(UTC)))), st.randoms())
def test_merging_does_not_depend_on_order_and_is_stable(seen: list[tuple[Person, datetime]], random: object) -> None:
    found = merge_people(seen)
    assert set(found) == {person for person, _ in seen}
    shuffled = list(seen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert merge_people(shuffled) == found
    for one in found:
        for other in found:
            if one.email and one.email == other.email:
                assert found[one] == found[other]


def test_trailers_name_reviewers_and_co_authors() -> None:
    body = (
        "Why.\n\nReviewed-by: Bob Baker <bob@example.com>\nacked-by:  Carol Clay  <carol@example.com>\n"
        "Reviewed-by: Ada Lovelace <ada@example.com>\nCo-authored-by: Dan <dan@example.com>\n"
        "Co-authored-by: Claude <noreply@anthropic.com>\nSigned-off-by: Eve <eve@example.com>\nReviewed-by: nobody\n"
    )
    ada = Person("Ada Lovelace", "ada@example.com")
    commit = Commit("a" * 40, (), ada, ada, DAY, DAY, "Change", body)
    assert reviewers(commit) == (Person("Bob Baker", "bob@example.com"), Person("Carol Clay", "carol@example.com"))
    assert co_authors(commit) == (Person("Dan", "dan@example.com"),)
