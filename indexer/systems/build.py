"""The map of one or several repositories: what their files declare and say, put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from indexer.systems import queues, routes
from indexer.systems.grouping import Group
from indexer.systems.links import Resolver, linked
from indexer.systems.names import squeezed
from indexer.systems.reading import Scan, Source, Words, by_owner, counts, declared, scanned
from indexer.systems.rollup import BESIDE, Owners, import_ties, parts, sizes
from indexer.systems.types import Found, LinkKind, Place, System, SystemKind, SystemMap, Table, Tie

_ROWS = 40  # tables and places kept of a system


@dataclass
class Draft:
    """One repository, half way to the map."""

    source: Source
    groups: list[Group]
    ties: list[Tie]
    owners: Owners
    scan: Scan = field(default_factory=Scan)


def system_map(sources: Sequence[Source]) -> SystemMap:
    """The systems of repositories and their links. A repository of one system is shown by its parts."""
    drafts = [_draft(source) for source in sources]
    own = [group for draft in drafts for group in draft.groups if group.folders]
    if len(own) < 2:
        drafts = [_in_parts(draft) for draft in drafts]
    return _assembled(drafts, is_parts=len(own) < 2)


def parts_map(source: Source, folders: Sequence[str], outside: SystemMap) -> SystemMap:
    """The parts of one system by themselves, and the systems of `outside` that have no code here."""
    groups = _part_groups(source, folders)
    others = [Group(one.name, source.repo, [Found(one.name, one.kind, one.declared[0] if one.declared else Place("", 0), None, one.aliases,
        product=one.product)]) for one in outside.systems if not one.files]  # fmt: skip
    inside = Owners((folder, group.name) for group in groups for folder in group.folders)
    return _assembled([Draft(source, [*groups, *others], [], inside)], is_parts=True)


def _draft(source: Source) -> Draft:
    groups, ties = declared(source)
    return Draft(source, groups, ties, Owners((folder, group.name) for group in groups for folder in group.folders))


def _in_parts(draft: Draft) -> Draft:
    """A repository that is one system: its parts in its place, beside the databases and services that it is declared to use."""
    groups = _part_groups(draft.source, [folder for group in draft.groups for folder in group.folders][:1] or [""])
    others = [group for group in draft.groups if not group.folders and group.product]
    owners = Owners((folder, group.name) for group in groups for folder in group.folders)
    kept = {group.name for group in others}
    ties = [tie for tie in draft.ties if tie.source in kept]
    return Draft(draft.source, [*groups, *others], ties, owners)


def _part_groups(source: Source, folders: Sequence[str]) -> list[Group]:
    lines = {
        path: facts.lines
        for path, facts in source.files.items()
        if counts(facts) and facts.language not in BESIDE and any(not one or path == one or path.startswith(f"{one}/") for one in folders)
    }
    base = folders[0] if len(folders) == 1 else ""
    found = parts(lines, base)
    return [Group(path, source.repo, [Found(path, SystemKind.PACKAGE, Place(path, 1), path)], [path]) for path in found]


def _assembled(drafts: Sequence[Draft], *, is_parts: bool) -> SystemMap:
    names = _unique([(draft, group) for draft in drafts for group in draft.groups])
    resolver = Resolver([(names[id(group)], group) for draft in drafts for group in draft.groups])
    hosts = frozenset(resolver.hosts)
    systems: list[System] = []
    ties: list[Tie] = []
    serves: dict[str, list] = {}
    calls: dict[str, list] = {}
    puts: dict[str, list] = {}
    takes: dict[str, list] = {}
    for draft in drafts:
        own = {group.name: names[id(group)] for group in draft.groups}
        owner = _owner(draft, own)
        draft.scan = scanned(draft.source, hosts)
        systems += _systems(draft, names, owner)
        ties += _placed(draft, owner, own, resolver)
        for into, found in ((serves, draft.scan.serves), (calls, draft.scan.calls), (puts, draft.scan.puts), (takes, draft.scan.takes)):
            for key, some in by_owner([replace(one, place=_of(one.place, draft)) for one in found], owner).items():
                into.setdefault(key, []).extend(some)
    for caller, server, call, route in routes.meeting(serves, calls):
        says = f"{call.place.says}, which {server} serves ({route.place.path}:{route.place.line})"
        ties.append(Tie(server, LinkKind.HTTP, replace(call.place, says=says), False, caller))
    for giver, taker, given, taken in queues.carried(puts, takes):
        says = f"{given.place.says}, from which {taker} takes ({taken.place.path}:{taken.place.line})"
        ties.append(Tie(taker, LinkKind.QUEUE, replace(given.place, says=says), False, giver))
    systems, links = linked(systems, possible(systems, ties))
    return SystemMap(tuple(systems), tuple(links), is_parts, tuple(draft.source.repo for draft in drafts))


def _owner(draft: Draft, own: dict[str, str]):
    def owner(path: str) -> str | None:
        key = draft.owners.of(path)
        return own.get(key) if key is not None else None

    return owner


def _unique(groups: Sequence[tuple[Draft, Group]]) -> dict[int, str]:
    """A name for each group that no other has."""
    taken: dict[str, int] = defaultdict(int)
    for _, group in groups:
        taken[group.name] += 1
    names, seen = {}, set()
    for draft, group in groups:
        name = group.name if taken[group.name] == 1 else f"{group.name} ({draft.source.repo})"
        while name in seen:
            name += "′"
        seen.add(name)
        names[id(group)] = name
    return names


def _of(place: Place, draft: Draft) -> Place:
    return replace(place, repo=draft.source.repo)


def _systems(draft: Draft, names: dict[int, str], owner) -> Iterable[System]:
    source = draft.source
    counted = {path: (facts.language, facts.lines) for path, facts in source.files.items() if counts(facts)}
    size = sizes(counted, owner)
    made, used, served = (by_owner(found, owner) for found in (draft.scan.tables, draft.scan.queries, draft.scan.serves))
    words = Words(source)
    for group in draft.groups:
        name = names[id(group)]
        files, lines, languages = size.get(name, (0, 0, ()))
        own = {table.name.lower() for table in made.get(name, ())}
        described = [(item.about, item.place) for item in group.found if item.about]
        about = None if group.product else words.of(group.names, group.folders, described)
        product = group.product or ("" if group.kind is not SystemKind.EXTERNAL else next(iter(group.found[-1].aliases), ""))
        yield System(
            name=name,
            kind=group.kind,
            repo=source.repo,
            folders=tuple(group.folders),
            files=files,
            lines=lines,
            languages=languages,
            about=replace(about, place=_of(about.place, draft)) if about else None,
            product=product,
            aliases=tuple(sorted(group.names - {squeezed(group.name)})),
            declared=tuple(_of(item.place, draft) for item in group.found if item.place.says)[:_ROWS],
            tables=_tables(made.get(name, ()), draft),
            queries=_tables([one for one in used.get(name, ()) if one.name.lower() not in own], draft),
            routes=len({route.key for route in served.get(name, ())}),
        )


def _tables(found: Iterable[Table], draft: Draft) -> tuple[Table, ...]:
    first: dict[str, Table] = {}
    for table in found:
        first.setdefault(table.name.lower(), replace(table, place=_of(table.place, draft)))
    return tuple(sorted(first.values(), key=lambda one: one.name.lower()))[:_ROWS]


def _placed(draft: Draft, owner, own: dict[str, str], resolver: Resolver) -> Iterable[Tie]:
    """The ties of a repository with the names of the map's systems; those that lead nowhere are dropped."""
    source = draft.source
    for tie in [*draft.ties, *draft.scan.ties]:
        giver = own.get(tie.source) or (resolver.of(tie.source, source.repo) if tie.source else owner(tie.place.path))
        for target in resolver.targets(tie, source.repo, giver or ""):
            if giver is not None and target != giver:
                yield replace(tie, source=giver, target=target, place=_of(tie.place, draft), by_name=bool(tie.source))

    def is_source(path: str) -> bool:
        return counts(source.files.get(path))

    for tie in import_ties(source.imports, owner, is_source):
        yield replace(tie, place=_of(tie.place, draft))


_STRICT = (".csproj", ".fsproj", "pom.xml")


def possible(systems: Sequence[System], ties: Sequence[Tie]) -> list[Tie]:
    """Without imports that cannot be: a .NET project or Maven module sees the code of those it refers to, at any remove, and no other.
    (Where namespaces span projects, an import alone does not say which one it means.)"""
    strict = {one.name for one in systems if any(place.path.endswith(_STRICT) for place in one.declared)}
    refers: dict[str, set[str]] = defaultdict(set)
    for tie in ties:
        if tie.kind is LinkKind.DEPENDS and tie.place.path.endswith(_STRICT):
            refers[tie.source].add(tie.target)
    sees = {name: _reached(name, refers) for name in strict}
    return [
        tie for tie in ties
        if tie.kind is not LinkKind.IMPORTS or not {tie.source, tie.target} <= strict or tie.target in sees[tie.source]
    ]  # fmt: skip


def _reached(name: str, refers: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        for other in refers.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return found
