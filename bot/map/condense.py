"""A map made small enough for a picture: what matters least is rolled up into one box for its kind, and said to be."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from bot.map.flow import best_links
from bot.map.types import Rolled
from indexer.systems.types import Link, LinkKind, System, SystemKind, SystemMap

MOST_BOXES = 25
_MANY = 45  # lines; with more, those that follow from others are not drawn
_PLURALS = {
    SystemKind.SERVICE: "services", SystemKind.APP: "applications", SystemKind.PACKAGE: "packages", SystemKind.LIBRARY: "libraries",
    SystemKind.DATASTORE: "data stores", SystemKind.EXTERNAL: "external systems",
}  # fmt: skip
_WEIGHT = {SystemKind.SERVICE: 30, SystemKind.APP: 20, SystemKind.DATASTORE: 15, SystemKind.EXTERNAL: 5}


def condensed(found: SystemMap, most: int = MOST_BOXES, keep: Sequence[str] = ()) -> tuple[SystemMap, tuple[Rolled, ...]]:
    """The map with at most `most` boxes; `keep` are never rolled up."""
    if len(found.systems) <= most:
        return found, ()
    degree = Counter(name for link in found.links for name in (link.source, link.target))

    def weight(system: System) -> tuple[bool, float, str]:
        matter = _WEIGHT.get(system.kind, 0) + 4 * min(degree[system.name], 10) + min(system.lines / 1000, 20)
        return system.name not in keep, -matter, system.name

    ranked = sorted(found.systems, key=weight)
    rest = ranked[most - len({one.kind for one in ranked[most - 6 :]}) :]
    members: dict[SystemKind, list[System]] = defaultdict(list)
    for system in rest:
        members[system.kind].append(system)
    home = {}
    boxes, rolled = [], []
    for kind, some in members.items():
        name = f"{len(some)} more {_PLURALS[kind] if not found.parts else 'parts'}" if len(some) > 1 else some[0].name
        home.update({one.name: name for one in some})
        if len(some) == 1:
            boxes.append(some[0])
            continue
        boxes.append(System(name, kind, files=sum(one.files for one in some), lines=sum(one.lines for one in some)))
        rolled.append(Rolled(name, tuple(one.name for one in some)))
    kept = [system for system in found.systems if system.name not in home]
    links = merged(Link(home.get(one.source, one.source), home.get(one.target, one.target), one.kind, one.declared, one.count, one.evidence)
        for one in found.links)  # fmt: skip
    return SystemMap((*kept, *boxes), links, found.parts, found.repos), tuple(rolled)


def plain_links(links: Sequence[Link], rolled: Sequence[Rolled] = ()) -> list[Link]:
    """The links that a picture draws: one for two ends, and of very many the uses of code that do not follow from others, and none
    of code that is rolled up, which would be in between all of it."""
    found = best_links(links)
    if len(found) <= _MANY:
        return found
    boxes = {one.name for one in rolled}
    code = (LinkKind.IMPORTS, LinkKind.DEPENDS)
    found = [one for one in found if one.kind not in code or not {one.source, one.target} & boxes]
    kept = {(one.source, one.target) for one in found}
    for link in sorted(found, key=lambda one: (one.count, one.source, one.target)):
        if link.kind in code and _leads(link.source, link.target, kept - {(link.source, link.target)}):
            kept.discard((link.source, link.target))
    return [one for one in found if (one.source, one.target) in kept]


def _leads(start: str, end: str, pairs: set[tuple[str, str]]) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        name = waiting.pop()
        for source, target in pairs:
            if source == name and target not in seen:
                if target == end:
                    return True
                seen.add(target)
                waiting.append(target)
    return False


def merged(links: Iterable[Link]) -> tuple[Link, ...]:
    """Links of the same two ends and kind as one; those from a box to itself are none."""
    found: dict[tuple[str, str, LinkKind], Link] = {}
    for link in links:
        key = (link.source, link.target, link.kind)
        if link.source != link.target:
            before = found.get(key)
            found[key] = link if before is None else Link(
                *key, before.declared or link.declared, before.count + link.count, (*before.evidence, *link.evidence)[:12])  # fmt: skip
    return tuple(found.values())
