"""From indexed repositories to the map: all of it, what fits some words, or the way from one system to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.answers.types import Owner
from bot.map.condense import condensed, plain_links
from bot.map.flow import chain
from bot.map.naming import examples, named, of_paths
from bot.map.types import FlowReport, MapReport
from bot.owners.declared import People, entries_of
from bot.owners.people import known_history, owners_among
from bot.owners.report import versions
from indexer.errors import QueryError
from indexer.index import Index
from indexer.kept import Kept
from indexer.questions.query import parse_query
from indexer.systems.build import parts_map, system_map
from indexer.systems.reading import Source, counts
from indexer.systems.rollup import Owners
from indexer.systems.types import Link, Place, System, SystemMap

_OWNERS = 2


def whole_map(index: Index, repos: Sequence[str], kept: Kept) -> SystemMap:
    """The systems of repositories, kept until one of them changes. UnknownRepo, IndexMissing."""
    state = tuple((repo, index.head(repo)) for repo in repos)
    return kept.get(("map", *repos), state, lambda: system_map([source_of(index, repo) for repo in repos]))


def source_of(index: Index, repo: str) -> Source:
    structure = index.structure(repo)

    def read(path: str) -> str | None:
        return index.text_at(repo, structure.head, path)

    return Source(repo, structure.files, index.tree_paths(repo), structure.imports, read)


def map_report(index: Index, query: str, repos: Sequence[str], kept: Kept, now: datetime) -> MapReport:
    """The whole map, or, for a query, the systems that fit it with what they use and what uses them.

    UnknownRepo, IndexMissing; QueryError where nothing fits.
    """
    whole = whole_map(index, repos, kept)
    focus, guessed = _focus(index, whole, query, repos) if query.strip() else ((), False)
    found = around(whole, focus) if focus else whole
    shown, rolled = condensed(found, keep=focus)
    parts = _parts(index, whole, focus[0]) if len(focus) == 1 else None
    owners = _owners(index, [one for one in shown.systems if one.folders], now, kept) if shown.systems else {}
    report = MapReport(query, found, shown, focus, guessed, rolled, parts, owners, repositories=versions(index, repos))
    return replace(report, urls=_urls(index, [*found.links, *(parts.links if parts else ())], found.systems), notices=_notices(report))


def flow_report(index: Index, start: str, end: str, repos: Sequence[str], kept: Kept) -> FlowReport:
    """The shortest way from one system to another. UnknownRepo, IndexMissing; QueryError where one of them is not there."""
    whole = whole_map(index, repos, kept)
    sources, _ = _focus(index, whole, start, repos)
    targets, _ = _focus(index, whole, end, repos)
    targets = tuple(one for one in targets if one not in sources) or targets
    steps, backwards = chain(whole, sources, targets), False
    if not steps and not set(sources) & set(targets):
        steps = chain(whole, targets, sources)
        backwards = bool(steps)
    systems = {one.name: one for one in whole.systems}
    used = {name: systems[name] for name in (*sources, *targets, *(name for link in steps for name in (link.source, link.target)))}
    return FlowReport(start, end, sources, targets, steps, backwards, used, _urls(index, steps, used.values()), versions(index, repos))


def _focus(index: Index, whole: SystemMap, words: str, repos: Sequence[str]) -> tuple[tuple[str, ...], bool]:
    """The systems that words mean, and whether that was found by searching rather than by name."""
    found = named(whole, words)
    if found:
        return found, False
    hits = index.search(replace(parse_query(words, repos), repos=tuple(repos)), 5) if words.strip() else []
    owner = of_paths(whole, [(hit.chunk.repo, hit.chunk.path) for hit in hits if hit.chunk.path])
    if owner is None:
        known = ", ".join(examples(whole)) or "none at all"
        raise QueryError(f'No system fits "{words.strip()}".', f"Name one of the systems found, such as {known}.")
    return (owner,), True


def around(whole: SystemMap, focus: Sequence[str]) -> SystemMap:
    """Some systems, what they use, what uses them, and the links between any of these and them."""
    links = tuple(link for link in whole.links if link.source in focus or link.target in focus)
    names = {*focus, *(name for link in links for name in (link.source, link.target))}
    return SystemMap(tuple(one for one in whole.systems if one.name in names), links, whole.parts, whole.repos)


def _parts(index: Index, whole: SystemMap, name: str) -> SystemMap | None:
    system = whole.named(name)
    if not system.folders or system.files < 2:
        return None
    found = parts_map(source_of(index, system.repo), system.folders, whole)
    own = [one for one in found.systems if one.files]
    return found if len(own) > 1 else None


def _owners(index: Index, systems: Sequence[System], now: datetime, kept: Kept) -> dict[str, tuple[Owner, ...]]:
    """Who is declared for each system, else who knows it best; kept with the map."""
    repos = tuple(dict.fromkeys(one.repo for one in systems if one.repo))
    state = (tuple((repo, index.head(repo)) for repo in repos), now.date(), tuple(one.name for one in systems))

    def make() -> dict[str, tuple[Owner, ...]]:
        found: dict[str, tuple[Owner, ...]] = {}
        for repo in repos:
            mine = [one for one in systems if one.repo == repo]
            found.update(_owners_in(index, repo, mine, now))
        return found

    return kept.get(("map owners", *repos), state, make)


def _owners_in(index: Index, repo: str, systems: Sequence[System], now: datetime) -> dict[str, tuple[Owner, ...]]:
    files = index.structure(repo).files
    cut_off = index.version(repo)[2]
    touches = [] if cut_off else index.touches(repo)
    owners = Owners((folder, system.name) for system in systems for folder in system.folders)
    of_system: dict[str, set[str]] = defaultdict(set)
    for path, facts in files.items():
        name = owners.of(path) if counts(facts) else None
        if name is not None:
            of_system[name].add(path)
    found = {}
    for system in systems:
        paths = of_system[system.name]
        history = known_history([(repo, touch) for touch in touches if touch.path in paths], index, [repo], now)
        entries, _ = entries_of(index, {repo: sorted(paths)}, People(history.identities, history.found.contributors, now))
        declared = [owner for entry in entries[:1] for owner in entry.declared.owners]
        builders = owners_among(index, history, history.found.contributors[:_OWNERS])
        found[system.name] = tuple((*declared, *builders)[:_OWNERS])
    return found


def _urls(index: Index, links: Iterable[Link], systems: Iterable[System]) -> dict[Place, str]:
    heads: dict[str, str] = {}
    found = {}
    places = [place for link in links for place in link.evidence[:3]]
    places += [place for one in systems for place in (*one.declared[:2], *([one.about.place] if one.about else ())) if place.repo]
    for place in places:
        if place.repo and place not in found:
            if place.repo not in heads:
                heads[place.repo] = index.head(place.repo)
            url = index.file_url(place.repo, heads[place.repo], place.path, place.line, place.line)
            if url:
                found[place] = url
    return found


def _notices(report: MapReport) -> tuple[str, ...]:
    said = []
    if report.whole.parts and report.whole.systems:
        said.append("No separate systems are declared here, so these are the main parts of the one there is.")
    for rolled in report.rolled:
        said.append(f"The picture shows {rolled.name} as one box.")
    drawn, all_pairs = len(plain_links(report.shown.links, report.rolled)), len({(one.source, one.target) for one in report.shown.links})
    if drawn < all_pairs:
        said.append(f"The picture leaves out {all_pairs - drawn} uses of code, most of which follow from others.")
    if report.guessed:
        said.append(f'Nothing is called "{report.query.strip()}"; {report.focus[0]} holds what fits best.')
    return tuple(said)
