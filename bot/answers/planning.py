"""Answers about planning: the map, hotspots and impact, as checked statements. Each rests on the lines and commits that it cites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.answers import claims
from bot.answers.citations import checked
from bot.answers.evidence import EvidenceList, numbered, reopen
from bot.answers.extractive import ended
from bot.answers.planning_words import Asked, Asks, asked_for_planning
from bot.answers.types import Answer, Drawing, Owner, Part, RepoVersion, Statement, Status
from bot.owners.report import versions
from bot.told import Shows
from indexer.changes.areas import DOCS, TESTS
from indexer.errors import QueryError
from indexer.index import Index
from indexer.systems.types import Link, Place, System, SystemKind, SystemMap

if TYPE_CHECKING:
    from bot.hotspots.types import HotspotsReport, ToldArea, ToldSpot
    from bot.impact.types import Affected, AffectedArea, ImpactReport, Involved
    from bot.map.types import FlowReport, MapReport
    from bot.planning import Planning

_SYSTEMS, _SPOTS, _AREAS, _THIN, _FILES, _BEFORE = 8, 5, 4, 2, 3, 3
_REASONS = 2  # told of a file
_FOLLOWING = 4  # lines
_CITED = 3  # places, of one statement


@dataclass(frozen=True, slots=True)
class AboutPlanning:
    """What a question of planning comes down to; `statements` are not checked yet."""

    statements: list[Statement]
    repositories: tuple[RepoVersion, ...]
    owners: tuple[Owner, ...] = ()
    notices: tuple[str, ...] = ()
    drawing: Drawing | None = None


_NOTHING = {
    Asks.MAP: "I found no systems in what is indexed.",
    Asks.FLOW: "I found no way between these two systems.",
    Asks.DATA: "I found no data stores and no tables in what is indexed.",
    Asks.HOTSPOTS: "Nothing was ever changed here that says where fixes land.",
    Asks.ALONE: "Nothing was ever changed here that says who knows it.",
    Asks.IMPACT: "Nothing here is called so or speaks of it, so I cannot say what it would touch.",
}


def planned(planning: Planning, index: Index, question: str, asked: Asked, repos: Sequence[str]) -> Answer:
    """The checked answer to what is asked; that there is nothing to tell, where that is so.

    QueryError, UnknownRepo, IndexMissing, StoreError.
    """
    evidence = EvidenceList(index)
    told = told_of(planning, asked, repos, evidence)
    if told is None:
        nothing = Statement(_NOTHING[asked.about], (), Part.LEAD)
        return Answer(question, Status.NOT_FOUND, (nothing,), repositories=versions(index, repos))
    return checked_answer(question, told, index, evidence)


def checked_answer(question: str, told: AboutPlanning, index: Index, evidence: EvidenceList) -> Answer:
    """The statements that hold."""
    found = Answer(
        question=question,
        status=Status.ANSWERED,
        statements=tuple(told.statements),
        evidence=evidence.places,
        confidence=1.0,
        owners=told.owners,
        repositories=told.repositories,
        notices=told.notices,
        drawing=told.drawing,
    )
    return numbered(checked(found, lambda place: reopen(index, place)))


def planning_answer(planning: Planning, text: str, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    """The answer to a question of planning; None for any other question, and where nothing fits what it names, which the usual answer
    may know. UnknownRepo, IndexMissing, StoreError."""
    asked = asked_for_planning(text)
    if asked is None:
        return None
    try:
        return told_of(planning, asked, repos, evidence)
    except QueryError:
        return None


def told_of(planning: Planning, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    """The answer to what is asked; None where there is nothing to tell. QueryError, UnknownRepo, IndexMissing, StoreError."""
    return _ANSWERS[asked.about](planning, asked, repos, evidence)


def _map(planning: Planning, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    from bot.map.words import heading, summary

    report = planning.map(asked.topic, repos)
    told = [one for one in _ranked(report) if one.declared or one.about or report.whole.links]
    if not told or (report.guessed and not asked.certain):
        return None
    points = [one for one in (_system(one, report, evidence) for one in told[:_SYSTEMS]) if one.evidence]
    cited = tuple(dict.fromkeys(number for one in points[:_CITED] for number in one.evidence[:1]))
    more = f" Here are {len(points)} of them." if len(told) > len(points) > 1 else ""
    statements = [Statement(f"**{_plain(heading(report))}**: {_plain(summary(report))}.{more}", cited, Part.LEAD), *points]
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
    shown = evidence.cite_places(_shows(system.declared[:1], report.whole) + _shown_links(own[:_CITED], report.whole))
    does = f" It {'; it '.join(clauses)}." if clauses and uses(report.whole.links, system.name, names) else ""
    does = does or (f" {_capital('; '.join(clauses))}." if clauses else "")
    text = f"**{_plain(names.get(system.name, system.name))}**{kind}{said or '.'}{_plain(does)}"
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


def _flow(planning: Planning, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    report = planning.flow(asked.topic, asked.target, repos)
    if not _is_named(report) or (not report.steps and set(report.sources) & set(report.targets)):
        return None  # other words than names of systems: the code itself may tell
    whole = SystemMap(tuple(report.systems.values()), report.steps, repos=tuple(repos))
    if not report.steps:
        shown = [place for name in (*report.sources, *report.targets) for place in report.systems[name].declared[:1]]
        text = f"Nothing that can be read leads from {_ends(report.sources)} to {_ends(report.targets)}, or back."
        cited = evidence.cite_places(_shows(shown, whole))
        return AboutPlanning([Statement(text, cited, Part.LEAD)], report.repositories) if cited else None
    way = [report.steps[0].source, *(link.target for link in report.steps)]
    lead = f"**{_plain(' → '.join(way))}**."
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
    text = f"**{_plain(link.source)}** {VERBS[link.kind]} **{_plain(link.target)}** ({known}{_plain(says)})."
    return Statement(text, evidence.cite_places(_shows(link.evidence[:_CITED], whole)))


def _data(planning: Planning, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    report = planning.map("", repos)
    stores = [one for one in report.whole.systems if one.kind is SystemKind.DATASTORE]
    keepers = sorted((one for one in report.whole.systems if one.tables), key=lambda one: -len(one.tables))
    points = [one for one in (_system(one, report, evidence) for one in stores[:_SYSTEMS]) if one.evidence]
    points += [_tables(one, report.whole, evidence) for one in keepers[: _SYSTEMS - len(points)]]
    points = [one for one in points if one.evidence]
    if not points:
        return None
    cited = tuple(dict.fromkeys(number for one in points for number in one.evidence[:1]))[:_CITED]
    parts = [f"{_number(len(stores), 'data store', 'data stores')}, {_ends([one.name for one in stores])}"] if stores else []
    tables = sum(len(one.tables) for one in keepers)
    parts += [f"{_number(tables, 'table', 'tables')} of {_ends([one.name for one in keepers])}"] if tables else []
    lead = Statement(f"Data lives in {', and in '.join(parts)}.", cited, Part.LEAD)
    return AboutPlanning([lead, *points], report.repositories, (), report.notices, Drawing("map", "", tuple(repos)))


def _tables(system: System, whole: SystemMap, evidence: EvidenceList) -> Statement:
    first = system.tables[:_SYSTEMS]
    cited = evidence.cite_places(_shows([table.place for table in first], whole))
    more = f" and {len(system.tables) - len(first)} more" if len(system.tables) > len(first) else ""
    return Statement(f"**{_plain(system.name)}** has the tables {', '.join(_plain(table.name) for table in first)}{more}.", cited)


def _hotspots(planning: Planning, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    from bot.hotspots.words import CAVEAT, headline, share_line

    report = planning.hotspots(repos, topic=asked.topic)
    if not report.spots:
        return None
    drawing = Drawing("hotspots", asked.topic, tuple(repos))
    areas = [Statement(ended(_built(one, report)), _people_of(one, report, evidence)) for one in report.areas[:_AREAS]]
    if asked.about is Asks.ALONE:
        return _alone(report, areas, drawing, evidence)
    first = evidence.cite_places([_shown_spot(one) for one in report.spots[:_CITED]])
    lead = " ".join(part for part in (ended(_plain(headline(report))), share_line(report), CAVEAT) if part)
    spots = [_spot(one, report, evidence) for one in report.spots[:_SPOTS]]
    thin = [replace(one, text=f"Known by few: {one.text}") for one in areas[:_THIN]]
    owners = tuple(dict.fromkeys(owner for one in report.spots[:_SPOTS] for owner in one.knowing.ask))
    statements = [Statement(lead, first, Part.LEAD), *spots, *(one for one in thin if one.evidence)]
    return AboutPlanning(statements, report.repositories, owners, report.notices, drawing)


def _alone(report: HotspotsReport, areas: list[Statement], drawing: Drawing, evidence: EvidenceList) -> AboutPlanning | None:
    """Where one person alone knows it: folders first, then single files that are hot."""
    files = [one for one in report.spots if one.knowing.main and (one.knowing.alone or one.knowing.lost)]
    points = [one for one in (*areas, *(_spot(one, report, evidence) for one in files[:_SPOTS])) if one.evidence]
    if not points:
        shown = evidence.cite_places([_shown_spot(one) for one in report.spots[:_CITED]])
        text = "No folder is known by one person alone, and of the files where fixes land each is known by more than one."
        return AboutPlanning([Statement(text, shown, Part.LEAD)], report.repositories, (), report.notices, drawing)
    counted = [_number(len(report.areas), "folder", "folders")] if report.areas else []
    counted += [f"{len(files)} of the hottest files"] if files else []
    cited = tuple(dict.fromkeys(number for one in points for number in one.evidence[:1]))[:_CITED]
    lead = f"{_capital(' and '.join(counted))} rest on one person, of all who are active here, or on nobody any more."
    known = (*(one.knowing for one in report.areas), *(one.knowing for one in files))
    owners = tuple(one.main for one in known if one.main)
    return AboutPlanning([Statement(lead, cited, Part.LEAD), *points], report.repositories, owners, report.notices, drawing)


def _built(one: ToldArea, report: HotspotsReport) -> str:
    from bot.hotspots.words import area_line, name_of

    name = _plain(name_of(one, report))
    lost = "nobody who is active here knows it any more" if one.knowing.lost else "nobody else who is active here knows it"
    return f"**{name}**{_plain(area_line(one, report).text).removeprefix(name)}; {lost}"


def _people_of(one: ToldArea, report: HotspotsReport, evidence: EvidenceList) -> tuple[int, ...]:
    from bot.hotspots.words import area_line

    return evidence.cite_places(area_line(one, report).shown_by)


def _spot(one: ToldSpot, report: HotspotsReport, evidence: EvidenceList) -> Statement:
    from bot.hotspots.words import FIXES, PEOPLE, TOGETHER, name_of, spot_lines

    spot = one.spot
    lines = [line for line in spot_lines(one) if line.label in (PEOPLE, TOGETHER)]
    fixes = next((line for line in spot_lines(one) if line.label == FIXES), None)
    told = "; ".join([f"{_changed(one)}, {spot.lines:,} lines", *(_plain(line.text) for line in lines)])
    places = [_shown_spot(one), *(fixes.shown_by if fixes else ())[:2], *(place for line in lines for place in line.shown_by[:1])]
    return Statement(ended(f"**{_plain(name_of(one, report))}**: {told}"), evidence.cite_places(places))


def _changed(one: ToldSpot) -> str:
    changes, fixes = one.spot.lately, one.spot.fixed_lately
    if changes <= 1:
        return f"{'one fix' if fixes else 'one change'} within a year" if changes else "not changed within a year"
    some = f"{fixes:,} of them a fix" if fixes == 1 else f"{fixes:,} of them fixes"
    return f"{changes:,} changes within a year, {some if fixes else 'none of them a fix'}"


def _shown_spot(one: ToldSpot) -> Shows:
    return Shows(one.repository, path=one.spot.path, line=1) if not one.spot.fixes else Shows(one.repository, one.spot.fixes[0])


def _impact(planning: Planning, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    from bot.impact.words import BEFORE, headline, lines

    report = planning.impact(asked.topic, repos)
    if report.nothing or not report.affected or (not asked.certain and (report.plan or report.resolved.guessed)):
        return None
    own = sorted(report.areas, key=lambda one: one.name in (TESTS, DOCS))
    points = [_area(one, report, evidence) for one in own[:_AREAS]]
    before = [line for line in lines(report) if line.label == BEFORE and line.shown_by][:_BEFORE]
    told = [Statement(ended(f"Before: {_plain(line.text)}"), evidence.cite_places(line.shown_by), Part.WHY) for line in before]
    cited = tuple(dict.fromkeys(number for one in points for number in one.evidence))[:_CITED]
    if not cited:
        return None
    involved = [_involved(one, evidence) for one in report.owners]
    blind = f"Not seen: {'; '.join(report.blind)}."
    lead = Statement(ended(_capital(_plain(headline(report)))), cited, Part.LEAD)
    owners = tuple(one.owner for one in report.owners)
    return AboutPlanning([lead, *points, *told, *involved], report.repositories, owners, (*report.notices, blind))


def _area(area: AffectedArea, report: ImpactReport, evidence: EvidenceList) -> Statement:
    several = len({one.repository for one in report.areas}) > 1
    name = f"{area.repository}: {area.name}" if several else area.name or "files at the top"
    shown = area.files[:_FILES]
    more = f"; and {len(area.files) - len(shown)} more" if len(area.files) > len(shown) else ""
    told = "; ".join(f"`{one.path}` {' and '.join(_plain(reason.text) for reason in one.reasons[:_REASONS])}" for one in shown)
    places = [place for one in shown for place in _places(one)]
    return Statement(ended(f"**{_plain(name)}**: {told}{more}"), evidence.cite_places(places))


def _places(one: Affected) -> Iterator[Shows]:
    """The first place of each reason told, and the file itself, which a commit among them may know by another name."""
    for reason in one.reasons[:_REASONS]:
        yield from reason.shown_by[:1]
    if not any(place.path == one.path for reason in one.reasons[:_REASONS] for place in reason.shown_by[:1]):
        yield Shows(one.repository, path=one.path, line=1)


def _involved(one: Involved, evidence: EvidenceList) -> Statement:
    text = f"Involve {one.owner.name}, for {', '.join(_plain(area) for area in one.areas[:3])}."
    return Statement(text, _latest(one.owner, evidence), Part.WHO)


def _latest(owner: Owner, evidence: EvidenceList) -> tuple[int, ...]:
    return evidence.cite_places([Shows(owner.latest_in, owner.latest)] if owner.latest else [])


def _shows(places: Iterable[Place], whole: SystemMap) -> list[Shows]:
    return [Shows(place.repo or whole.repos[0], path=place.path, line=place.line) for place in places if place.repo or whole.repos]


def _shown_links(links: Iterable[Link], whole: SystemMap) -> list[Shows]:
    return _shows([link.evidence[0] for link in links if link.evidence], whole)


def _ends(names: Sequence[str]) -> str:
    from bot.render.screen import listed

    return _plain(listed(list(names), 3))


def _number(count: int, one: str, several: str) -> str:
    return f"{count:,} {one if count == 1 else several}"


def _plain(text: str) -> str:
    """Without marks of code and quotation: names of systems, areas and titles, which the cited places need not hold as they are told."""
    return text.translate({ord(mark): None for mark in '`“”"'})


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


_ANSWERS = {
    Asks.MAP: _map, Asks.FLOW: _flow, Asks.DATA: _data, Asks.HOTSPOTS: _hotspots, Asks.ALONE: _hotspots, Asks.IMPACT: _impact,
}  # fmt: skip
