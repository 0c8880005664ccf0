"""Whom a case means by an owner: every way of writing somebody down, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.evaluation.roster import Roster
from indexer.config import PersonSettings
from indexer.types import Person
from indexer.vcs.identity import Identities

WHEN = datetime(2025, 1, 6, tzinfo=UTC)
JANE, JANE_ON_HOST = Person("Jane Dóle", "jane.dole@example.com"), Person("Jane Dóle", "123+JaneD@users.noreply.github.com")
ROOT, NICK = Person("Bob Baker", "bob@example.com"), Person("nickname", "n@example.org")
BOT = Person("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
SETTINGS = PersonSettings(name="Bob Baker", emails=("bob@work.example",), handles=("@bobby",), teams=("@acme/payments",))
IDENTITIES = Identities([(one, 1, WHEN) for one in (JANE, JANE_ON_HOST, ROOT, NICK, BOT)], (SETTINGS,))
ROSTER = Roster(IDENTITIES, {"nicks-account": IDENTITIES.of(NICK), "bobbaker": IDENTITIES.of(JANE)})


@pytest.mark.parametrize(
    ("owner", "person"),
    [
        ("Jane.Dole@Example.com", JANE),
        ("123+janed@users.noreply.github.com", JANE),
        ("janed@users.noreply.github.com", JANE),
        ("@janed", JANE),
        ("@JaneD", JANE),
        ("@jane.dole", JANE),
        ("jane dole", JANE),
        ("Jane Dole <elsewhere@example.net>", JANE),
        ("Somebody Else <jane.dole@example.com>", JANE),
        ("<jane.dole@example.com>", JANE),
        ("@bobby", ROOT),
        ("@bob", ROOT),
        ("bob@work.example", ROOT),
        ("@acme/payments", ROOT),
        ("@nickname", NICK),
        ("nickname", NICK),
        ("@janedole", JANE),
        ("@jane-dole", JANE),
        ("@Nicks-Account", NICK),
        ("@bobbaker", JANE),  # what history tells of an account is surer than a name like it
    ],
)
def test_an_owner_is_this_person(owner: str, person: Person) -> None:
    assert ROSTER.people(owner) == {IDENTITIES.of(person)}


@pytest.mark.parametrize(
    "owner", ["@jane", "Jane", "dole@example.com", "@123", "@acme/other", "acme/payments", "@", "", "@dependabot[bot]", "<>", "@123+janed"]
)
def test_nobody_is_guessed(owner: str) -> None:
    assert ROSTER.people(owner) == frozenset()
