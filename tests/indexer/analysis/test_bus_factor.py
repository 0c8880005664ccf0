"""Bus factor: how many must leave before half of the files have no author."""

from __future__ import annotations

from indexer.analysis.bus_factor import authors, bus_factor
from indexer.types import Person, Touch
from tests.indexer.analysis.touches import ADA, BOB, CAROL, identities, touch


def factor(touches: list[Touch]) -> int:
    return bus_factor(touches, identities(touches))


def test_counts_who_must_leave_before_half_is_without_author() -> None:
    files = [touch(ADA, 10, 90, path=f"a{number}.py", created=True) for number in range(6)]
    files += [touch(BOB, 10, 90, path=f"b{number}.py", created=True) for number in range(3)]
    assert factor(files) == 1
    files += [touch(CAROL, 10, 90, path=f"c{number}.py", created=True) for number in range(6)]
    assert factor(files) == 2
    assert factor([]) == 0


def test_a_file_that_everybody_edits_has_an_author() -> None:
    crowd = [touch(Person(f"P{number} X", f"{number}@x.org"), 1, number, path="busy.py") for number in range(200)]
    assert factor(crowd) == 1


def test_who_made_a_file_is_its_author_until_others_changed_it_often() -> None:
    changes = [touch(ADA, 10, 90, created=True), touch(BOB, 1, 80)]
    assert authors(changes, identities(changes))["a.py"] == {ADA}
    changes += [touch(BOB, 1, day) for day in range(30)]
    assert authors(changes, identities(changes))["a.py"] == {BOB}
