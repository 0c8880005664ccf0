"""How a request or data gets from one system to another: the shortest chain of links, with the lines that show each."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable

from indexer.systems.types import Link, LinkKind, SystemMap

_ORDER = (LinkKind.HTTP, LinkKind.QUEUE, LinkKind.DATABASE, LinkKind.IMPORTS, LinkKind.DEPENDS)


def chain(found: SystemMap, sources: Collection[str], targets: Collection[str]) -> tuple[Link, ...]:
    """The fewest links that lead from one of `sources` to one of `targets`; of equally short ones that of the surest links, of two
    links between the same systems the one that says most. () where nothing leads there."""
    following: dict[str, list[Link]] = defaultdict(list)
    for link in sorted(best_links(found.links), key=lambda one: (not one.declared, _ORDER.index(one.kind), -one.count, one.target)):
        following[link.source].append(link)
    waiting: deque[tuple[str, tuple[Link, ...]]] = deque((name, ()) for name in sources)
    seen = set(sources)
    while waiting:
        name, steps = waiting.popleft()
        for link in following[name]:
            if link.target in targets and link.target not in sources:
                return (*steps, link)
            if link.target not in seen:
                seen.add(link.target)
                waiting.append((link.target, (*steps, link)))
    return ()


def best_links(links: Iterable[Link]) -> list[Link]:
    """One link for each two ends: the kind that says most of how they talk."""
    best: dict[tuple[str, str], Link] = {}
    for link in links:
        key = (link.source, link.target)
        if key not in best or _ORDER.index(link.kind) < _ORDER.index(best[key].kind):
            best[key] = link
    return list(best.values())
