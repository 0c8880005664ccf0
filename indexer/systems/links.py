"""From ties to links: names resolved to systems, products that nobody declares added, evidence joined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from indexer.systems.grouping import Group
from indexer.systems.names import BROKERS, squeezed
from indexer.systems.types import Link, LinkKind, Place, System, SystemKind, Tie
from indexer.systems.workspaces import PRODUCT

_EVIDENCE = 12
_STRENGTH = (LinkKind.HTTP, LinkKind.QUEUE, LinkKind.DATABASE, LinkKind.IMPORTS, LinkKind.DEPENDS)
_SQL = frozenset(("PostgreSQL", "MySQL", "MariaDB", "SQL Server", "CockroachDB", "HSQLDB (in memory)", "Cloud Spanner"))
DATABASE = "database"  # what tables are in, where nothing says which product it is


class Resolver:
    """Which system a name means: one of the same repository first, none where several could be meant."""

    def __init__(self, groups: Sequence[tuple[str, Group]]) -> None:
        self._names: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._packages: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self.hosts: set[str] = set()
        for name, group in groups:
            for one in group.names:
                self._names[one].append((group.repo, name))
            self._names[squeezed(name)].append((group.repo, name))
            is_called = group.kind in (SystemKind.SERVICE, SystemKind.APP, SystemKind.DATASTORE, SystemKind.EXTERNAL)
            for item in group.found:
                if item.folder is not None and item.kind is not SystemKind.SERVICE:
                    for one in (item.name, *item.aliases):
                        self._packages[one.lower().replace("_", "-")].append((group.repo, name))
                if is_called:
                    self.hosts |= {one.lower() for one in (item.name, *item.aliases) if len(one) > 1 and " " not in one}

    def of(self, name: str, repo: str) -> str | None:
        return _only(self._names.get(squeezed(name), []), repo)

    def targets(self, tie: Tie, repo: str, source: str) -> list[str]:
        """The systems that a tie may mean; a product keeps its prefix until all links are known."""
        if tie.target.startswith(PRODUCT):
            return [tie.target]
        if tie.kind is LinkKind.DEPENDS and not tie.source:
            found = _only(self._packages.get(tie.target.lower().replace("_", "-"), []), repo)
        else:
            found = self.of(tie.target, repo)
        return [found] if found else []


def _only(found: Iterable[tuple[str, str]], repo: str) -> str | None:
    here = {name for where, name in found if where == repo}
    anywhere = {name for _, name in found}
    chosen = here or anywhere
    return next(iter(chosen)) if len(chosen) == 1 else None


def linked(systems: list[System], ties: Sequence[Tie]) -> tuple[list[System], list[Link]]:
    """All systems, with the products that are only known by their drivers, and one link for each pair and kind."""
    systems = list(systems)
    known = {system.name: system for system in systems}
    pairs = {(tie.source, tie.target) for tie in ties if tie.target in known}
    settled: list[Tie] = [tie for tie in ties if tie.target in known]
    for tie in ties:
        if tie.target.startswith(PRODUCT):
            target = _product(tie, known, pairs)
            if target is None:
                name = tie.target.removeprefix(PRODUCT)
                kind = SystemKind.DATASTORE if tie.kind is LinkKind.DATABASE else SystemKind.EXTERNAL
                target = name if name not in known or known[name].product == name else f"{name} (used)"
                if target not in known:
                    known[target] = System(target, kind, product=name)
                    systems.append(known[target])
            if target:
                settled.append(replace(tie, target=target))
    settled += _of_tables(systems, known, settled)
    return systems, _joined(settled, known)


def _product(tie: Tie, known: dict[str, System], pairs: set[tuple[str, str]]) -> str | None:
    """The system that runs a product; "" where several do and nothing says which one is meant; None where none does."""
    product = tie.target.removeprefix(PRODUCT)
    same = [one.name for one in known.values() if one.product == product and one.declared]
    used = [name for name in same if (tie.source, name) in pairs]
    return used[0] if len(used) == 1 else same[0] if len(same) == 1 else "" if same else None


def _of_tables(systems: list[System], known: dict[str, System], ties: Sequence[Tie]) -> list[Tie]:
    """Tables are in a database: the one their system is linked to, the only one there is, or one that nothing else tells of."""
    found = []
    stores = [one for one in systems if one.product in _SQL]
    for system in list(systems):
        if not (system.tables or system.queries):
            continue
        linked = [one for one in stores if any(tie.source == system.name and tie.target == one.name for tie in ties)]
        chosen = linked or (stores if len(stores) == 1 else [])
        if not chosen and not stores:
            if DATABASE not in known:
                known[DATABASE] = System(DATABASE, SystemKind.DATASTORE, system.repo, product="a relational database")
                systems.append(known[DATABASE])
            chosen = [known[DATABASE]]
        for store in chosen:
            for table in (*system.tables, *system.queries):
                found.append(Tie(store.name, LinkKind.DATABASE, table.place, False, system.name))
    return found


def _joined(ties: Iterable[Tie], known: dict[str, System]) -> list[Link]:
    by_pair: dict[tuple[str, str], dict[LinkKind, dict[tuple[str, str, int], Tie]]] = defaultdict(lambda: defaultdict(dict))
    for tie in ties:
        key = (tie.place.repo, tie.place.path, tie.place.line)
        kept = by_pair[tie.source, tie.target][_kind(tie, known[tie.target])]
        if key not in kept or tie.declared > kept[key].declared:
            kept[key] = tie
    links = []
    for (source, target), kinds in by_pair.items():
        strong = [kind for kind in _STRENGTH if kind in kinds]
        if LinkKind.DEPENDS in kinds and len(strong) > 1:  # that it starts after it is no second thing
            kinds[strong[0]] = {**kinds.pop(LinkKind.DEPENDS), **kinds[strong[0]]}
            strong.remove(LinkKind.DEPENDS)
        for kind in strong:
            some = sorted(kinds[kind].values(), key=_trust)
            places = tuple(tie.place for tie in some[:_EVIDENCE])
            links.append(Link(source, target, kind, any(tie.declared for tie in some), len(some), places))
    return sorted(links, key=lambda one: (one.source, one.target, _STRENGTH.index(one.kind)))


def _kind(tie: Tie, target: System) -> LinkKind:
    if target.kind is SystemKind.DATASTORE:
        return LinkKind.DATABASE
    if target.product in BROKERS:
        return LinkKind.QUEUE
    return tie.kind


def _trust(tie: Tie) -> tuple[int, int, str, int]:
    """The order in which a link's places are shown: what deployment files and settings say, what starts after what, manifests, code."""
    place: Place = tie.place
    if not tie.declared:
        rank = 4
    elif "depends_on" in place.says:
        rank = 2
    elif place.says.startswith(("depends on", "imports")):
        rank = 3
    else:
        rank = 0 if tie.by_name else 1
    return rank, place.path.count("/"), place.path, place.line
