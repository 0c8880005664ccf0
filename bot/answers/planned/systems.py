"""Which systems there are and how they hang together, the way from one to another, and where data lives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.answers import claims
from bot.answers.evidence import EvidenceList
from bot.answers.planned.asked import Asked
from bot.answers.planned.types import CITED, AboutPlanning, Reports
from bot.answers.planned.words import capital, number, plain
from bot.answers.types import Drawing, Part, Statement
from bot.told import Shows
from indexer.systems.types import Link, Place, System, SystemKind, SystemMap

if TYPE_CHECKING:
    from bot.map.types import FlowReport, MapReport

_SYSTEMS = 8
_FOLLOWING = 4  # lines


def map_answer(reports: Reports, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    from bot.map.words import heading, summary

    report = reports.map(asked.topic, repos)
    told = [one for one in _ranked(report) if one.declared or one.about or report.whole.links]
    if not told or (report.guessed and not asked.certain):
        return None
    points = [one for one in (_system(one, report, evidence) for one in told[:_SYSTEMS]) if one.evidence]
    cited = tuple(dict.fromkeys(number for one in points[:CITED] for number in one.evidence[:1]))
    more = f" Here are {len(points)} of them." if len(told) > len(points) > 1 else ""
    statements = [Statement(f"**{plain(heading(report))}**: {plain(summary(report))}.{more}", cited, Part.LEAD), *points]
    owners = tuple(dict.fromkeys(owner for some in report.owners.values() for owner in some))
    drawing = Drawing("map", asked.topic, tuple(repos))
    return AboutPlanning(statements, report.repositories, owners, report.notices, drawing)


def _ranked(report: MapReport) -> list[System]:
    """Those asked about first, then by kind, the ones with most links first."""
    kinds = list(SystemKind)
    links = [name for link in report.whole.links for name in (link.source, link.target)]
    return sorted(report.whole.systems, key=lambda one: (one.name not in report.focus, kinds.index(one.kind), -links.count(one.name)))


def _system(system: System, report: MapReport, evidence: EvidenceList) -> Statement:
    from bot.map.words import KIND_WORDS, short_names, used_by, uses

    names = short_names(report.whole)
    said, cited = _about(system, report.whole, evidence)
    stored = system.kind in (SystemKind.DATASTORE, SystemKind.EXTERNAL)
    own = [link for link in report.whole.links if system.name == link.source or (stored and system.name == link.target)]
    clauses = uses(report.whole.links, system.name, names)
    clauses += used_by(report.whole.links, system.name, names) if stored or not clauses else []
    product = system.product if system.product.lower() != system.name.lower() else ""
    kind = f" ({product or KIND_WORDS[system.kind]})" if not report.whole.parts or system.kind is not SystemKind.PACKAGE else ""
    shown = evidence.cite_places(_shows(system.declared[:1], report.whole) + _shown_links(own[:CITED], report.whole))
    does = f" It {'; it '.join(clauses)}." if clauses and uses(report.whole.links, system.name, names) else ""
    does = does or (f" {capital('; '.join(clauses))}." if clauses else "")
    text = f"**{plain(names.get(system.name, system.name))}**{kind}{said or '.'}{plain(does)}"
    return Statement(text, tuple(dict.fromkeys((*cited, *shown))))


def _about(system: System, whole: SystemMap, evidence: EvidenceList) -> tuple[str, tuple[int, ...]]:
    """What it says of itself, as far as that stands so in the lines cited; some of it may have been put together from more of them."""
    if system.about is None:
        return "", ()
    cited = evidence.cite_places(_shows([system.about.place], whole), following=_FOLLOWING)
    text = system.about.text.strip()
    excerpts = [place.excerpt for place in evidence.places if place.number in cited]
    quoted = text.replace("“", "'").replace("”", "'")
    if not any(claims.occurs(quoted, excerpt) for excerpt in excerpts):
        return "", ()
    return f": “{quoted.rstrip(' .')}”.", cited


def flow_answer(reports: Reports, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    report = reports.flow(asked.topic, asked.target, repos)
    if not _is_named(report) or (not report.steps and set(report.sources) & set(report.targets)):
        return None  # other words than names of systems: the code itself may tell
    whole = SystemMap(tuple(report.systems.values()), report.steps, repos=tuple(repos))
    if not report.steps:
        shown = [place for name in (*report.sources, *report.targets) for place in report.systems[name].declared[:1]]
        text = f"Nothing that can be read leads from {_ends(report.sources)} to {_ends(report.targets)}, or back."
        cited = evidence.cite_places(_shows(shown, whole))
        return AboutPlanning([Statement(text, cited, Part.LEAD)], report.repositories) if cited else None
    way = [report.steps[0].source, *(link.target for link in report.steps)]
    lead = f"**{plain(' → '.join(way))}**."
    if report.backwards:
        lead += f" Nothing leads from {_ends(report.sources)} to {_ends(report.targets)}; this is the way back."
    steps = [_step(link, whole, evidence) for link in report.steps]
    cited = tuple(dict.fromkeys(number for one in steps for number in one.evidence))
    drawing = Drawing("map", report.start, tuple(repos))
    return AboutPlanning([Statement(lead, cited, Part.LEAD), *steps], report.repositories, (), _inferred(report), drawing)


def _is_named(report: FlowReport) -> bool:
    """Whether both ends are systems by their names or their kind, and not by what search made of the words."""
    from bot.map.naming import named

    systems = SystemMap(tuple(report.systems.values()))
    return bool(named(systems, report.start)) and bool(named(systems, report.end))


def _inferred(report: FlowReport) -> tuple[str, ...]:
    if all(link.declared for link in report.steps):
        return ()
    return ("Inferred steps rest on names that meet in code; look at their lines.",)


def _step(link: Link, whole: SystemMap, evidence: EvidenceList) -> Statement:
    from bot.map.words import VERBS

    says = f": {link.evidence[0].says}" if link.evidence[0].says else ""
    known = "declared" if link.declared else "inferred"
    text = f"**{plain(link.source)}** {VERBS[link.kind]} **{plain(link.target)}** ({known}{plain(says)})."
    return Statement(text, evidence.cite_places(_shows(link.evidence[:CITED], whole)))


def data_answer(reports: Reports, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    report = reports.map("", repos)
    stores = [one for one in report.whole.systems if one.kind is SystemKind.DATASTORE]
    keepers = sorted((one for one in report.whole.systems if one.tables), key=lambda one: -len(one.tables))
    points = [one for one in (_system(one, report, evidence) for one in stores[:_SYSTEMS]) if one.evidence]
    points += [_tables(one, report.whole, evidence) for one in keepers[: _SYSTEMS - len(points)]]
    points = [one for one in points if one.evidence]
    if not points:
        return None
    cited = tuple(dict.fromkeys(number for one in points for number in one.evidence[:1]))[:CITED]
    parts = [f"{number(len(stores), 'data store', 'data stores')}, {_ends([one.name for one in stores])}"] if stores else []
    tables = sum(len(one.tables) for one in keepers)
    parts += [f"{number(tables, 'table', 'tables')} of {_ends([one.name for one in keepers])}"] if tables else []
    lead = Statement(f"Data lives in {', and in '.join(parts)}.", cited, Part.LEAD)
    return AboutPlanning([lead, *points], report.repositories, (), report.notices, Drawing("map", "", tuple(repos)))


def _tables(system: System, whole: SystemMap, evidence: EvidenceList) -> Statement:
    first = system.tables[:_SYSTEMS]
    cited = evidence.cite_places(_shows([table.place for table in first], whole))
    more = f" and {len(system.tables) - len(first)} more" if len(system.tables) > len(first) else ""
    return Statement(f"**{plain(system.name)}** has the tables {', '.join(plain(table.name) for table in first)}{more}.", cited)


def _shows(places: Iterable[Place], whole: SystemMap) -> list[Shows]:
    return [Shows(place.repo or whole.repos[0], path=place.path, line=place.line) for place in places if place.repo or whole.repos]


def _shown_links(links: Iterable[Link], whole: SystemMap) -> list[Shows]:
    return _shows([link.evidence[0] for link in links if link.evidence], whole)


def _ends(names: Sequence[str]) -> str:
    from bot.render.screen import listed

    return plain(listed(list(names), 3))
