"""Where fixes land, and what one person alone knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.answers.evidence import EvidenceList
from bot.answers.extractive import ended
from bot.answers.planned.asked import Asked, Asks
from bot.answers.planned.types import CITED, AboutPlanning, Reports
from bot.answers.planned.words import capital, number, plain
from bot.answers.types import Drawing, Part, Statement
from bot.told import Shows

if TYPE_CHECKING:
    from bot.hotspots.types import HotspotsReport, ToldArea, ToldSpot

_SPOTS, _AREAS, _THIN = 5, 4, 2


def hotspots_answer(reports: Reports, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    from bot.hotspots.words import CAVEAT, headline, share_line

    report = reports.hotspots(repos, topic=asked.topic)
    if not report.spots:
        return None
    drawing = Drawing("hotspots", asked.topic, tuple(repos))
    areas = [Statement(ended(_built(one, report)), _people_of(one, report, evidence)) for one in report.areas[:_AREAS]]
    if asked.about is Asks.ALONE:
        return _alone(report, areas, drawing, evidence)
    first = evidence.cite_places([_shown_spot(one) for one in report.spots[:CITED]])
    lead = " ".join(part for part in (ended(plain(headline(report))), share_line(report), CAVEAT) if part)
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
        shown = evidence.cite_places([_shown_spot(one) for one in report.spots[:CITED]])
        text = "No folder is known by one person alone, and of the files where fixes land each is known by more than one."
        return AboutPlanning([Statement(text, shown, Part.LEAD)], report.repositories, (), report.notices, drawing)
    counted = [number(len(report.areas), "folder", "folders")] if report.areas else []
    counted += [f"{len(files)} of the hottest files"] if files else []
    cited = tuple(dict.fromkeys(number for one in points for number in one.evidence[:1]))[:CITED]
    lead = f"{capital(' and '.join(counted))} rest on one person, of all who are active here, or on nobody any more."
    known = (*(one.knowing for one in report.areas), *(one.knowing for one in files))
    owners = tuple(one.main for one in known if one.main)
    return AboutPlanning([Statement(lead, cited, Part.LEAD), *points], report.repositories, owners, report.notices, drawing)


def _built(one: ToldArea, report: HotspotsReport) -> str:
    from bot.hotspots.words import area_line, name_of

    name = plain(name_of(one, report))
    lost = "nobody who is active here knows it any more" if one.knowing.lost else "nobody else who is active here knows it"
    return f"**{name}**{plain(area_line(one, report).text).removeprefix(name)}; {lost}"


def _people_of(one: ToldArea, report: HotspotsReport, evidence: EvidenceList) -> tuple[int, ...]:
    from bot.hotspots.words import area_line

    return evidence.cite_places(area_line(one, report).shown_by)


def _spot(one: ToldSpot, report: HotspotsReport, evidence: EvidenceList) -> Statement:
    from bot.hotspots.words import FIXES, PEOPLE, TOGETHER, name_of, spot_lines

    spot = one.spot
    lines = [line for line in spot_lines(one) if line.label in (PEOPLE, TOGETHER)]
    fixes = next((line for line in spot_lines(one) if line.label == FIXES), None)
    told = "; ".join([f"{_changed(one)}, {spot.lines:,} lines", *(plain(line.text) for line in lines)])
    places = [_shown_spot(one), *(fixes.shown_by if fixes else ())[:2], *(place for line in lines for place in line.shown_by[:1])]
    return Statement(ended(f"**{plain(name_of(one, report))}**: {told}"), evidence.cite_places(places))


def _changed(one: ToldSpot) -> str:
    changes, fixes = one.spot.lately, one.spot.fixed_lately
    if changes <= 1:
        return f"{'one fix' if fixes else 'one change'} within a year" if changes else "not changed within a year"
    some = f"{fixes:,} of them a fix" if fixes == 1 else f"{fixes:,} of them fixes"
    return f"{changes:,} changes within a year, {some if fixes else 'none of them a fix'}"


def _shown_spot(one: ToldSpot) -> Shows:
    return Shows(one.repository, path=one.spot.path, line=1) if not one.spot.fixes else Shows(one.repository, one.spot.fixes[0])
