"""What a change would touch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from bot.answers.evidence import EvidenceList
from bot.answers.extractive import ended
from bot.answers.planned.asked import Asked
from bot.answers.planned.types import CITED, AboutPlanning, Reports
from bot.answers.planned.words import capital, plain
from bot.answers.types import Owner, Part, Statement
from bot.told import Shows
from indexer.changes.areas import DOCS, TESTS

if TYPE_CHECKING:
    from bot.impact.types import Affected, AffectedArea, ImpactReport, Involved

_AREAS, _FILES, _BEFORE = 4, 3, 3
_REASONS = 2  # told of a file


def impact_answer(reports: Reports, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    from bot.impact.words import BEFORE, headline, lines

    report = reports.impact(asked.topic, repos)
    if report.nothing or not report.affected or (not asked.certain and (report.plan or report.resolved.guessed)):
        return None
    own = sorted(report.areas, key=lambda one: one.name in (TESTS, DOCS))
    points = [_area(one, report, evidence) for one in own[:_AREAS]]
    before = [line for line in lines(report) if line.label == BEFORE and line.shown_by][:_BEFORE]
    told = [Statement(ended(f"Before: {plain(line.text)}"), evidence.cite_places(line.shown_by), Part.WHY) for line in before]
    cited = tuple(dict.fromkeys(number for one in points for number in one.evidence))[:CITED]
    if not cited:
        return None
    involved = [_involved(one, evidence) for one in report.owners]
    blind = f"Not seen: {'; '.join(report.blind)}."
    lead = Statement(ended(capital(plain(headline(report)))), cited, Part.LEAD)
    owners = tuple(one.owner for one in report.owners)
    return AboutPlanning([lead, *points, *told, *involved], report.repositories, owners, (*report.notices, blind))


def _area(area: AffectedArea, report: ImpactReport, evidence: EvidenceList) -> Statement:
    several = len({one.repository for one in report.areas}) > 1
    name = f"{area.repository}: {area.name}" if several else area.name or "files at the top"
    shown = area.files[:_FILES]
    more = f"; and {len(area.files) - len(shown)} more" if len(area.files) > len(shown) else ""
    told = "; ".join(f"`{one.path}` {' and '.join(plain(reason.text) for reason in one.reasons[:_REASONS])}" for one in shown)
    places = [place for one in shown for place in _places(one)]
    return Statement(ended(f"**{plain(name)}**: {told}{more}"), evidence.cite_places(places))


def _places(one: Affected) -> Iterator[Shows]:
    """The first place of each reason told, and the file itself, which a commit among them may know by another name."""
    for reason in one.reasons[:_REASONS]:
        yield from reason.shown_by[:1]
    if not any(place.path == one.path for reason in one.reasons[:_REASONS] for place in reason.shown_by[:1]):
        yield Shows(one.repository, path=one.path, line=1)


def _involved(one: Involved, evidence: EvidenceList) -> Statement:
    text = f"Involve {one.owner.name}, for {', '.join(plain(area) for area in one.areas[:3])}."
    return Statement(text, _latest(one.owner, evidence), Part.WHO)


def _latest(owner: Owner, evidence: EvidenceList) -> tuple[int, ...]:
    return evidence.cite_places([Shows(owner.latest_in, owner.latest)] if owner.latest else [])
