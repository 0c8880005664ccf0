"""A report on impact in words: the answer, what it touches by area and why, the last times, whom to involve, what is not seen.

The lines are Markdown; terminal and Slack only lay them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from bot.answers.types import Owner
from bot.changes.clauses import code, name
from bot.impact.precedents import SAYS_SO
from bot.impact.types import Affected, AffectedArea, ImpactReport, Involved, Precedent, Reason, Why
from bot.owners.types import Place, PlaceKind
from bot.owners.words import Written, by_name, place_name
from bot.render.screen import counted, day, listed
from bot.told import Line, Shows
from indexer.changes.areas import DOCS, TESTS

TOUCHES, TESTED, DOCUMENTED, HIDDEN, BEFORE, INVOLVE, BLIND = "Touches", "Tests", "Docs", "Hidden tie", "Before", "Involve", "Not seen"

_AREAS, _FILES = 4, 3  # told, of each area
_TESTS, _DOCS = 2, 2
_HIDDEN = 2
_PLACES = 3  # cited for one line
_REASONS = 2  # told of one file
_SPECIAL = (TESTS, DOCS)
_LABELS = {TESTS: TESTED, DOCS: DOCUMENTED}


def lines(report: ImpactReport, person: Written = by_name) -> tuple[Line, ...]:
    """The report, line by line, in the order to be read."""
    return tuple(_lines(report, person))


def _lines(report: ImpactReport, person: Written) -> Iterator[Line]:
    yield Line("", headline(report))
    if report.nothing:
        yield from _alternatives(report)
        return
    own = [area for area in report.areas if area.name not in _SPECIAL]
    several = len({area.repository for area in report.areas}) > 1
    yield from (_area_line(area, TOUCHES, _FILES, several=several) for area in own[:_AREAS])
    if rest := own[_AREAS:]:
        yield Line(TOUCHES, f"and {counted(sum(len(area.files) for area in rest), 'file')} in {listed([_area(area) for area in rest], 4)}")
    if further := report.further:
        names = listed([code(one.path) for one in further], 2)
        shown = tuple(dict.fromkeys(place for one in further[:1] for reason in one.reasons for place in reason.shown_by))
        verb = "depends" if len(further) == 1 else "depend"
        yield Line(TOUCHES, f"{counted(len(further), 'file')} {verb} on it only through others: {names}", shown)
    for special, most in ((TESTS, _TESTS), (DOCS, _DOCS)):
        yield from (_area_line(area, _LABELS[special], most, several=several) for area in report.areas if area.name == special)
    yield from _hidden(report)
    yield from (Line(BEFORE, _precedent(one), (Shows(one.repository, one.commits[0]),)) for one in report.precedents)
    if not report.precedents:
        yield Line(BEFORE, "no earlier change in this history is clearly like it")
    yield from (Line(INVOLVE, _involved(one, person), _latest(one.owner)) for one in report.owners)
    if report.blind:
        yield Line(BLIND, "; ".join(report.blind))
    yield from _alternatives(report)
    yield from (Line("Note", notice) for notice in report.notices)


def headline(report: ImpactReport) -> str:
    """The answer in a sentence or two."""
    if report.nothing:
        return f"Nothing here is called “{report.resolved.topic}”, and nothing speaks of it."
    own = [area for area in report.areas if area.name not in _SPECIAL]
    size = _sizes(report.precedents)
    if report.plan:
        where = _areas(own) or "nothing that is clearly about it"
        told = f"“{report.resolved.topic}” would most likely touch {where}"
        return f"{told}. {size[:1].upper()}{size[1:]}" if size else f"{told}."
    what = listed([place_name(place) for place in report.resolved.places], 3)
    taken = f"I took “{report.resolved.topic}” for {what}. " if report.resolved.guessed else ""
    subject = "it" if taken else what
    if not report.affected:
        return f"{taken}Nothing is seen that a change of {subject} would touch."
    where = _areas(own) or listed(sorted({name(one.area) for one in report.affected}), 3)
    one = len(report.resolved.places) == 1 and len(report.resolved.places[0].files) == 1
    it = "it" if one else "them"
    count = report.dependents
    imported = f"; {counted(count, 'file')} {'imports' if count == 1 else 'import'} {it}" if count else ""
    often = [code(file.path) for file in report.affected if file.area not in _SPECIAL and _changes_often(file)]
    usual = f" Most often changed with {it}: {listed(often[:3], 3)}." if often else ""
    return f"{taken}Changing {subject} would most likely touch {where}{imported}.{usual}"


def _changes_often(one: Affected) -> bool:
    return any(reason.why in (Why.TOGETHER, Why.HIDDEN) for reason in one.reasons)


def _areas(areas: Sequence[AffectedArea]) -> str:
    """The first areas by name, the others counted."""
    more = [counted(len(areas) - 3, "further area")] if len(areas) > 3 else []
    return listed([*(_area(area) for area in areas[:3]), *more], 4)


def _sizes(precedents: Sequence[Precedent]) -> str:
    """How large it was before."""
    if not precedents:
        return ""
    files = sorted(one.files for one in precedents)
    if len(files) == 1:
        return f"the last time something like it was done, it took {counted(files[0], 'file')}."
    took = f"{files[0]} to {counted(files[-1], 'file')}" if files[0] != files[-1] else f"{counted(files[0], 'file')} each"
    return f"the last {len(files)} times something like it was done took {took}."


def _area_line(area: AffectedArea, label: str, most: int, *, several: bool) -> Line:
    shown = area.files[:most]
    told = [f"{code(_short(one.path, area.name))} {_reasons(one)}" for one in shown]
    rest = len(area.files) - len(shown)
    more = f"; and {rest:,} more" if rest else ""
    of_repo = f" in {area.repository}" if several else ""
    head = "" if label != TOUCHES else f"{_area(area)}{of_repo}, {counted(len(area.files), 'file')}: "
    return Line(label, f"{head}{'; '.join(told)}{more}", _places(reason for one in shown for reason in one.reasons[:_REASONS]))


def _reasons(one: Affected) -> str:
    told = [reason.text for reason in _spoken(one)]
    return " and ".join(told)


def _spoken(one: Affected) -> Sequence[Reason]:
    first = one.reasons[:_REASONS]
    return [reason for reason in first if reason.why is not Why.IMPORTED] or first


def _places(reasons: Iterable[Reason]) -> tuple[Shows, ...]:
    """One place for each reason first."""
    return tuple(dict.fromkeys(reason.shown_by[0] for reason in reasons if reason.shown_by))[:_PLACES]


def _short(path: str, area: str) -> str:
    return path[len(area) + 1 :] if area and path.startswith(f"{area}/") else path


def _area(area: AffectedArea) -> str:
    return area.name if area.name in _SPECIAL else name(area.name)


def _hidden(report: ImpactReport) -> Iterator[Line]:
    """What the code does not show."""
    found = [(one, reason) for one in report.affected for reason in one.reasons if reason.why is Why.HIDDEN and one.area not in _SPECIAL]
    for one, reason in found[:_HIDDEN]:
        yield Line(HIDDEN, f"{code(one.path)} {reason.text}, and no import shows why", reason.shown_by)


def _precedent(one: Precedent) -> str:
    number = f" (#{one.pull_request})" if one.pull_request is not None else ""
    where = listed([name(area) for area in one.areas], 4)
    after = "in the month after" if one.settled else "so far"
    parts = [
        f"{counted(one.files, 'file')} in {where}" if where else counted(one.files, "file"),
        *([("within a day" if one.days == 0 else f"over {counted(one.days, 'day')}")] if one.days is not None else []),
        f"{counted(len(one.fixes), 'fix', 'fixes') if one.fixes else 'no fix'} of its files {after}",
        f"by {listed(list(one.authors), 3)}" if one.authors else "by nobody but tools",
    ]
    why = "" if one.why == SAYS_SO else f", {one.why}"
    return f"“{one.title}”{number}, {day(one.landed)}{why}: {', '.join(parts)}"


def _involved(one: Involved, person: Written) -> str:
    areas = listed([area if area in _SPECIAL else name(area) for area in one.areas], 3)
    reasons = f": {', '.join(one.owner.reasons)}" if one.owner.reasons else ""
    return f"{person(one.owner)}, for {areas}{reasons}"


def _latest(owner: Owner) -> tuple[Shows, ...]:
    return (Shows(owner.latest_in, owner.latest),) if owner.latest else ()


def _alternatives(report: ImpactReport) -> Iterator[Line]:
    places = [one for one in report.resolved.alternatives if isinstance(one, Place) and one.kind is not PlaceKind.REPOSITORY]
    if places and not (report.plan and report.resolved.places):
        yield Line("Or did you mean" if report.resolved.places else "Nearest", listed([place_name(one) for one in places], 3))
