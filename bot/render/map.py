"""The map for a terminal, and as the machine form of the contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bot.answers.types import Owner, RepoVersion
from bot.map.types import FlowReport, MapReport
from bot.map.words import VERBS, alt_text, heading, short_names, size_words, summary, used_by, uses
from bot.render.json import date_json, owner_json
from bot.render.screen import Screen, ago, clean_line, counted, listed
from indexer.systems.types import Link, Place, System, SystemKind, SystemMap

_HEADINGS = {
    SystemKind.SERVICE: "Services", SystemKind.APP: "Applications", SystemKind.PACKAGE: "Packages", SystemKind.LIBRARY: "Libraries",
    SystemKind.DATASTORE: "Data stores", SystemKind.EXTERNAL: "External systems",
}  # fmt: skip
_LINKS = 60  # shown; the machine form has all
_SYSTEMS = 60


def map_text(report: MapReport, screen: Screen) -> str:
    """Every system with what it is for and what it does to others, then every link with the line that shows it."""
    names = short_names(report.whole)
    blocks = [screen.bold(heading(report)), screen.wrap(summary(report) + ".")]
    blocks += [screen.wrap(f"Note: {clean_line(notice)}") for notice in report.notices]
    ranked = sorted(report.whole.systems, key=lambda one: (one.name not in report.focus, list(SystemKind).index(one.kind)))
    last = ""
    for system in ranked[:_SYSTEMS]:
        title = "" if system.name in report.focus else _title(system, report)
        if title != last:
            blocks += ["", screen.bold(title)]
            last = title
        blocks += _system_lines(system, report, names, screen)
    if len(ranked) > _SYSTEMS:
        blocks.append(screen.wrap(f"and {len(ranked) - _SYSTEMS} more, which --json lists.", "  ", "  "))
    blocks += _parts_lines(report, screen)
    if report.whole.links:
        blocks += ["", screen.bold("Links, and where each is seen")]
        blocks += [_link_line(link, report, names, screen) for link in report.whole.links[:_LINKS]]
        if len(report.whole.links) > _LINKS:
            blocks.append(screen.wrap(f"and {len(report.whole.links) - _LINKS} more, which --json lists.", "  ", "  "))
    return "\n".join([*blocks, *_states(report.repositories, screen)]) + "\n"


def _title(system: System, report: MapReport) -> str:
    return "Main parts" if report.whole.parts and system.kind is SystemKind.PACKAGE else _HEADINGS[system.kind]


def _system_lines(system: System, report: MapReport, names: Mapping[str, str], screen: Screen) -> Iterable[str]:
    name = clean_line(names.get(system.name, system.name))
    product = f" ({system.product})" if system.product and system.product.lower() != system.name.lower() else ""
    said = ""
    if system.about:
        said = f": “{clean_line(system.about.text)}” ({_place(system.about.place, report.urls, screen)})"
    yield screen.wrap(screen.bold(name) + product + said, "  ", "    ")
    facts = [size_words(system)]
    if system.tables:
        facts.append(counted(len(system.tables), "table") + ": " + listed([table.name for table in system.tables], 6))
    if system.queries:
        facts.append("SQL on tables of others: " + listed([table.name for table in system.queries], 6))
    if system.routes:
        facts.append(counted(system.routes, "route"))
    if report.owners.get(system.name):
        facts.append("ask " + listed([_owner(one) for one in report.owners[system.name]], 2))
    if any(facts):
        yield screen.wrap(" · ".join(filter(None, facts)), "    ", "    ")
    table = dict(names)
    told = [*uses(report.whole.links, system.name, table)]
    if system.name in report.focus or system.kind in (SystemKind.DATASTORE, SystemKind.EXTERNAL):
        told += used_by(report.whole.links, system.name, table)
    if told:
        yield screen.wrap("; ".join(told), "    ", "    ")


def _owner(owner: Owner) -> str:
    return clean_line(owner.name) + ("" if owner.active or owner.kind == "team" else " (not active)")


def _parts_lines(report: MapReport, screen: Screen) -> Iterable[str]:
    if report.parts is None:
        return
    names = short_names(report.parts)
    yield ""
    yield screen.bold("Its parts")
    for system in report.parts.systems:
        if system.files:
            said = f": “{clean_line(system.about.text)}”" if system.about else ""
            yield screen.wrap(f"{names[system.name]}{said} · {size_words(system)}", "  ", "    ")
            told = uses(report.parts.links, system.name, names)
            if told:
                yield screen.wrap("; ".join(told), "    ", "    ")


def _link_line(link: Link, report: MapReport | FlowReport, names: Mapping[str, str], screen: Screen) -> str:
    ends = f"{names.get(link.source, link.source)} {VERBS[link.kind]} {names.get(link.target, link.target)}"
    place = link.evidence[0]
    shown = f"{_place(place, report.urls, screen)}, {clean_line(place.says)}" if place.says else _place(place, report.urls, screen)
    more = f", and {counted(link.count - 1, 'place')} more" if link.count > 1 else ""
    return screen.wrap(f"{clean_line(ends)} ({'declared' if link.declared else 'inferred'}: {shown}{more})", "  ", "    ")


def _place(place: Place, urls: Mapping[Place, str], screen: Screen) -> str:
    label = f"{clean_line(place.path)} {place.line}"
    return screen.link(label, urls.get(place)) if screen.links else label


def _states(repositories: Sequence[RepoVersion], screen: Screen) -> list[str]:
    states = " · ".join(f"{item.name} @ {item.commit[:7] or '?'}, read {ago(item.indexed_at)}" for item in repositories)
    return ["", screen.wrap(states)] if states else []


def flow_text(report: FlowReport, screen: Screen) -> str:
    """The way step by step, each with the line that shows it."""
    start, end = listed(report.sources, 3), listed(report.targets, 3)
    if not report.steps:
        same = set(report.sources) & set(report.targets)
        said = f"Both are {listed(sorted(same), 3)}." if same else f"Nothing that can be read leads from {start} to {end}, or back."
        return screen.wrap(said) + "\n" + "\n".join(_states(report.repositories, screen)) + "\n"
    way = [report.steps[0].source, *(link.target for link in report.steps)]
    blocks = [screen.wrap(screen.bold(" → ".join(map(clean_line, way))))]
    if report.backwards:
        blocks.append(screen.wrap(f"Nothing leads from {start} to {end}; this is the way from {end} to {start}."))
    for number, link in enumerate(report.steps, 1):
        blocks.append(f"{number}." + _link_line(link, report, {}, screen)[1:])
    for name in way:
        about = report.systems[name].about
        if about:
            place = _place(about.place, report.urls, screen)
            blocks.append(screen.wrap(f"{clean_line(name)}: “{clean_line(about.text)}” ({place})", "", "  "))
    if not all(link.declared for link in report.steps):
        blocks.append(screen.wrap("Inferred steps rest on names that meet in code; look at their lines."))
    return "\n".join([*blocks, *_states(report.repositories, screen)]) + "\n"


def map_json(report: MapReport) -> dict[str, Any]:
    """The machine form: everything, also what a picture rolls up; `alt` is the text for those who cannot see the picture."""
    return {
        "query": report.query,
        "focus": list(report.focus),
        "guessed": report.guessed,
        "are_parts": report.whole.parts,
        **_systems_json(report.whole, report),
        "parts": _systems_json(report.parts, report) if report.parts else None,
        "rolled": [{"name": one.name, "members": list(one.members)} for one in report.rolled],
        "alt": alt_text(report),
        "notices": list(report.notices),
        "repositories": _repositories_json(report.repositories),
        "took_ms": round(report.took_ms, 2),
    }


def _systems_json(found: SystemMap, report: MapReport) -> dict[str, Any]:
    return {
        "systems": [_system_json(one, report) for one in found.systems],
        "links": [_link_json(one, report.urls) for one in found.links],
    }


def _system_json(system: System, report: MapReport) -> dict[str, Any]:
    about = system.about
    return {
        "name": system.name,
        "kind": system.kind.value,
        "repository": system.repo or None,
        "paths": list(system.folders),
        "files": system.files,
        "lines": system.lines,
        "languages": list(system.languages),
        "owners": [owner_json(owner) for owner in report.owners.get(system.name, ())],
        "about": {"text": about.text, **_place_json(about.place, report.urls)} if about else None,
        "product": system.product or None,
        "declared_in": [_place_json(place, report.urls) for place in system.declared],
        "tables": [{"name": table.name, **_place_json(table.place, report.urls)} for table in system.tables],
        "queries": [{"name": table.name, **_place_json(table.place, report.urls)} for table in system.queries],
        "routes": system.routes,
    }


def _link_json(link: Link, urls: Mapping[Place, str]) -> dict[str, Any]:
    return {
        "from": link.source,
        "to": link.target,
        "kind": link.kind.value,
        "declared": link.declared,
        "count": link.count,
        "evidence": [_place_json(place, urls) for place in link.evidence],
    }


def _place_json(place: Place, urls: Mapping[Place, str]) -> dict[str, Any]:
    return {"repository": place.repo, "path": place.path, "line": place.line, "says": place.says, "url": urls.get(place)}


def _repositories_json(repositories: Sequence[RepoVersion]) -> list[dict[str, Any]]:
    return [{"name": one.name, "commit": one.commit, "indexed_at": date_json(one.indexed_at)} for one in repositories]


def flow_json(report: FlowReport) -> dict[str, Any]:
    return {
        "from": {"query": report.start, "systems": list(report.sources)},
        "to": {"query": report.end, "systems": list(report.targets)},
        "found": bool(report.steps),
        "backwards": report.backwards,
        "steps": [_link_json(link, report.urls) for link in report.steps],
        "notices": list(report.notices),
        "repositories": _repositories_json(report.repositories),
        "took_ms": round(report.took_ms, 2),
    }
