"""The mailmap, compared with what git itself makes of it."""

from __future__ import annotations

import pytest

from indexer.types import Person
from indexer.vcs.mailmap import Mailmap
from tests.git_repo import GitRepo

MAILMAP = """\
# people
Ada Lovelace <ada@example.com>
Bob Baker <bob@example.com> <bob@old>   # an old address
<carol@example.com> <carol@old>
Dan Dow <dan@example.com> danny <shared@example.com>
Eve East <eve@example.com> eve <SHARED@example.com>
Carol Clay <carol@old>
broken line
Nobody <
"""


@pytest.mark.parametrize(
    "person",
    [
        *(Person("ada", "ada@example.com"), Person("x", "ADA@Example.com"), Person("bob", "bob@old"), Person("c", "carol@old")),
        *(Person("Danny", "shared@example.com"), Person("eve", "shared@example.com"), Person("x", "shared@example.com")),
        *(Person("Else", "else@example.com"), Person("bob", "bob@example.com"), Person("Nobody", "nobody@example.com")),
    ],
)
def test_it_maps_as_git_does(git_repo: GitRepo, person: Person) -> None:
    git_repo.write({".mailmap": MAILMAP})
    told = git_repo.git("check-mailmap", f"{person.name} <{person.email}>")
    mapped = Mailmap(MAILMAP).of(person)
    assert f"{mapped.name} <{mapped.email}>" == told


def test_nothing_is_mapped_without_one() -> None:
    assert not Mailmap("") and Mailmap("").of(Person("a", "b@c")) == Person("a", "b@c")
