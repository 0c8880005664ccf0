"""Identities: who is one person, who is none, and that a shared first name never joins two people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.config import PersonSettings
from indexer.types import Person
from indexer.vcs.bots import is_assistant, is_bot, is_host, is_person
from indexer.vcs.identity import Identities, handle_of

DAY = datetime(2025, 1, 1, tzinfo=UTC)


def merged(*people: tuple[str, str]) -> dict[Person, Person]:
    found = known(*people)
    return {Person(*person): found.of(Person(*person)) for person in people}


def known(*people: tuple[str, str], settings: tuple[PersonSettings, ...] = ()) -> Identities:
    """Each seen once, a day after the one before."""
    return Identities(((Person(*person), 1, DAY + timedelta(days=number)) for number, person in enumerate(people)), settings)


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
        ("build bot (Jenkins)", "no-reply@coreboot.org"),
        ("Kubernetes Prow Robot", "k8s.ci.robot@gmail.com"),
        ("kernel test robot", "lkp@intel.com"),
        ("pytest bot", "pytestbot@example.com"),
        ("CI", "ci@acme.org"),
        ("openshift-merge-robot", "x@acme.org"),
        ("Azure SDK Bot", "53356347+azure-sdk@users.noreply.github.com"),
        ("Homu", "homu@acme.org"),
        ("The Android Automerger", "android@acme.org"),
    ],
)
def test_bots(name: str, email: str) -> None:
    assert is_bot(Person(name, email)) and not is_person(Person(name, email))


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Claude", "noreply@anthropic.com"),
        ("Claude Opus 4", "x@y.org"),
        ("Anthropic Claude", "claude@anthropic.com"),
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
        ("GitHub Fan", "fan@example.com"),
        ("Travis Oliphant", "travis@example.com"),
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


def test_the_host_that_commits_what_people_do_on_its_pages_is_nobody() -> None:
    for host in (Person("GitHub", "noreply@github.com"), Person("Gerrit Code Review", "gerrit2@gerrit.acme.internal")):
        assert is_host(host) and not is_person(host)


ADA = PersonSettings(name="Ada Lovelace", emails=("Ada@Work.com", "countess@home.org"), handles=("@AdaL",), slack="U0ADA")


def test_settings_join_what_they_name_and_give_name_and_handle() -> None:
    found = known(
        ("al", "ada@work.com"),
        ("A. L.", "COUNTESS@home.org"),
        ("adal", "7+adal@users.noreply.github.com"),
        ("ada lovelace", "else@where.net"),
        ("Bob Baker", "bob@b.org"),
        settings=(ADA,),
    )
    ada = Person("Ada Lovelace", "else@where.net")
    assert found.people() == (ada, Person("Bob Baker", "bob@b.org"))
    assert found.settings_of(Person("al", "ada@work.com")) is ADA and found.handle_of(ada) == "AdaL"
    assert len(found.all_of(ada)) == 4
    assert found.settings_of(Person("Bob Baker", "bob@b.org")) is None


def test_somebody_only_the_settings_know_can_be_found_but_is_not_of_the_history() -> None:
    found = known(("Bob Baker", "bob@b.org"), settings=(ADA,))
    assert found.find("@adal") == found.find("ada@work.com") == found.find("Ada") == (Person("Ada Lovelace", "Ada@Work.com"),)
    assert found.people() == (Person("Bob Baker", "bob@b.org"),)


def test_a_one_word_name_in_the_settings_joins_by_address_alone() -> None:
    found = known(("anna", "anna@a.com"), ("Anna", "anna@b.com"), settings=(PersonSettings(name="Anna", emails=("anna@a.com",)),))
    assert found.of(Person("anna", "anna@a.com")) != found.of(Person("Anna", "anna@b.com"))


def test_account_names_learnt_from_merges_come_after_those_that_are_told() -> None:
    ada, bob = Person("Ada Lovelace", "1+ada@users.noreply.github.com"), Person("Bob Baker", "bob@b.org")
    seen = [(ada, 1, DAY), (bob, 1, DAY), (Person("Bob Baker", "bob@home"), 1, DAY)]
    merges = {("adal", ada): 2, ("bobb", bob): 1, ("bobb", Person("Bob Baker", "bob@home")): 1, ("ada", bob): 9, ("once", bob): 1}
    found = Identities(seen, (), merges)
    assert (found.handle_of(ada), found.handle_of(bob)) == ("ada", "bobb")
    assert [found.find(f"@{handle}") for handle in ("adal", "ADA", "bobb", "once")] == [(ada,), (ada,), (found.of(bob),), ()]


def test_an_unknown_identity_is_itself() -> None:
    stranger = Person("Eve", "5+eve@users.noreply.github.com")
    found = known(("Ada Lovelace", "ada@a.com"))
    assert (found.of(stranger), found.all_of(stranger), found.handle_of(stranger)) == (stranger, (stranger,), "eve")


def test_identities_of_one_person_come_most_used_first() -> None:
    rare, often = Person("Ada Lovelace", "old@a.com"), Person("Ada Lovelace", "ada@a.com")
    found = Identities([(rare, 1, DAY), (often, 3, DAY), (rare, 1, DAY)])
    assert found.all_of(rare) == (often, rare)


def test_bots_are_no_people() -> None:
    found = known(("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"), ("Claude", "noreply@anthropic.com"))
    assert found.people() == () == found.find("claude")


@pytest.mark.parametrize(
    "text",
    [
        *("@JoseGit", "jose@work.com", "JOSE@WORK.COM", "<jose@work.com>", "José García", "jose garcia", "Jose. Garcia"),
        *("José", "jose", "garcia", "josegit", "jose.g"),
    ],
)
def test_people_are_found_by_what_they_go_by(text: str) -> None:
    found = known(
        ("José García", "jose@work.com"),
        ("José García", "jose.g@home.org"),
        ("José García", "1+josegit@users.noreply.github.com"),
        ("Bob Baker", "bob@work.com"),
    )
    assert [person.name for person in found.find(f" {text} ")] == ["José García"]


@pytest.mark.parametrize("text", ["", "@", "anna", "Anna", "@anna", "work", "Carol Clay", "carol@work.com", "Baker Bob"])
def test_words_that_mean_nobody_or_several_find_nobody(text: str) -> None:
    found = known(("Anna Alm", "aa@work.com"), ("Anna Berg", "ab@work.com"), ("Bob Baker", "bob@work.com"))
    assert found.find(text) == ()


_names = st.sampled_from(["Ada Lovelace", "ada", "Bob Baker", "bob", ""])
_people = st.builds(Person, _names, st.sampled_from(["a@x", "b@x", "c@x", ""]))


def people(seen: list[tuple[Person, datetime]]) -> Identities:
    return Identities((person, 1, when) for person, when in seen)


@given(st.lists(st.tuples(_people, st.datetimes(timezones=st.just(UTC)))), st.randoms())
def test_merging_does_not_depend_on_order_and_is_stable(seen: list[tuple[Person, datetime]], random: object) -> None:
    found = {one: people(seen).of(one) for one, _ in seen}
    shuffled = list(seen)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert {one: people(shuffled).of(one) for one, _ in seen} == found
    for one in found:
        for other in found:
            if one.email and one.email == other.email:
                assert found[one] == found[other]
