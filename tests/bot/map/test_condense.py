"""A large map made small enough for a picture."""

from __future__ import annotations

from bot.map.condense import MOST_BOXES, condensed, plain_links
from bot.map.flow import chain
from indexer.systems.types import Link, LinkKind, Place, System, SystemKind, SystemMap

PLACE = (Place("a.py", 1),)


def link(source: int, target: int, kind: LinkKind = LinkKind.IMPORTS) -> Link:
    return Link(f"p{source}", f"p{target}", kind, True, 1, PLACE)


def test_what_is_more_than_a_picture_holds_becomes_one_box_for_its_kind() -> None:
    systems = [System(f"p{number}", SystemKind.PACKAGE) for number in range(60)] + [System("api", SystemKind.SERVICE)]
    found = SystemMap(tuple(systems), (link(0, 1), link(58, 59), link(0, 59), link(1, 59)), repos=("r",))
    shown, rolled = condensed(found, keep=("p50",))
    names = {one.name for one in shown.systems}
    assert len(names) <= MOST_BOXES and {"api", "p0", "p1", "p50", "p59", rolled[0].name} <= names
    assert rolled[0].name == f"{len(rolled[0].members)} more packages"
    assert len(names) - 1 + len(rolled[0].members) == 61
    assert all({one.source, one.target} <= names and one.source != one.target for one in shown.links)


def test_of_very_many_lines_those_that_follow_from_others_are_not_drawn() -> None:
    every = [link(one, other) for one in range(12) for other in range(one + 1, 12)]
    drawn = {(one.source, one.target) for one in plain_links([*every, link(0, 11, LinkKind.HTTP)])}
    assert drawn == {*((f"p{one}", f"p{one + 1}") for one in range(11)), ("p0", "p11")}
    assert len(plain_links(every[:20])) == 20


def test_the_shortest_way_goes_by_the_surest_links() -> None:
    links = (link(0, 1), link(1, 3), link(0, 2, LinkKind.HTTP), link(2, 3, LinkKind.HTTP), link(3, 0))
    found = SystemMap((), links)
    assert [one.target for one in chain(found, ["p0"], ["p3"])] == ["p2", "p3"]
    assert chain(found, ["p0"], ["p9"]) == () and chain(found, ["p0"], ["p0"]) == ()
