"""Trailers: whoever a message names is found, however it is written, and nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.types import Commit, Person
from indexer.vcs.trailers import Named, co_authors, named_in, people_in

DAY = datetime(2025, 1, 1, tzinfo=UTC)
ADA = Person("Ada Lovelace", "ada@example.com")
BOB = Person("Bob Baker", "bob@example.com")
CAROL = Person("Carol Clay", "carol@example.com")


def commit(body: str) -> Commit:
    return Commit("a" * 40, (), ADA, ADA, DAY, DAY, "Change", body)


def test_trailers_name_reviewers_helpers_and_signers() -> None:
    found = commit(
        "Why.\n\nReviewed-by: Bob Baker <bob@example.com>\nacked-by:  Carol Clay  <carol@example.com>\n"
        "Reviewed-by: Ada Lovelace <ada@example.com>\nCo-Authored-By: Dan <dan@example.com>\n"
        "Co-authored-by: Claude <noreply@anthropic.com>\nSigned-off-by: Eve <eve@example.com>\nReviewed-by: nobody\n"
    )
    assert named_in(found).reviewers == (BOB, ADA, CAROL)
    assert co_authors(found) == (Person("Dan", "dan@example.com"),)
    assert named_in(found).signers == (Person("Eve", "eve@example.com"),)


@pytest.mark.parametrize(
    "line",
    [
        "Reviewed-by: Bob Baker <bob@example.com>, Carol Clay <carol@example.com>",
        "Reviewed-by: Bob Baker <bob@example.com>,Carol Clay <carol@example.com>,",
        "Reviewed-by: Bob Baker <bob@example.com>; Carol Clay <carol@example.com>",
        "Reviewed-By : Bob Baker <bob@example.com> and Carol Clay <carol@example.com>",
        'Reviewed-by: "Bob Baker" <bob@example.com> (core), Carol Clay <carol@example.com> # docs',
        "Reviewed-by: Bob Baker <bob@example.com> [x86]\nReviewed-by: Carol Clay <carol@example.com>\r",
        "* Fix it\n\n    Reviewed-by: Bob Baker <bob@example.com>\n\n* Mend it\n\nReviewed-by: Carol Clay <carol@example.com>\n\nMore.",
    ],
)
def test_several_people_in_every_form(line: str) -> None:
    assert named_in(commit(f"Why.\n\n{line}\n\n(cherry picked from commit {'b' * 40})")).reviewers == (BOB, CAROL)


def test_a_bare_address_and_a_name_with_a_comma() -> None:
    assert people_in("bob@example.com") == (Person("bob", "bob@example.com"),)
    assert people_in("Baker, Bob <bob@example.com>") == (Person("Baker, Bob", "bob@example.com"),)
    assert people_in(" Signed-off-by: Bob Baker <bob@example.com>") == (BOB,)
    assert people_in("<bob@example.com>") == (Person("bob", "bob@example.com"),)


@pytest.mark.parametrize(
    "body",
    [
        "This was reviewed-by: nobody.",
        "Reviewed-by: nobody at all",
        "Reported-by: Bob Baker <bob@example.com>\nTested-by: Bob Baker <bob@example.com>",
        "The text Reviewed-by: Bob Baker <bob@example.com> in a sentence",
        "Fixes: abc (\"Reviewed-by\")\nLink: https://example.com/a@b",
    ],
)
def test_what_names_no_reviewer(body: str) -> None:
    assert named_in(commit(body)) == Named()


_names = st.text(st.characters(categories=["L", "Nd"]), min_size=1, max_size=8)
_mails = st.from_regex(r"[a-z.+-]{1,9}", fullmatch=True)
_people = st.builds(lambda first, last, mail: Person(f"{first} {last}", f"{mail}@example.com"), _names, _names, _mails)


@given(st.lists(_people, min_size=1, max_size=4), st.sampled_from([", ", ",", "; "]))
def test_every_list_reads_back(people: list[Person], between: str) -> None:
    line = between.join(f"{one.name} <{one.email}>" for one in people)
    assert people_in(f" {line}") == tuple(people)


@given(st.text(max_size=200))
def test_no_message_breaks_it(body: str) -> None:
    assert isinstance(named_in(commit(body + "\nAcked-by: " + body)), Named)
