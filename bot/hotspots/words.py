"""A report on hotspots in words: what is told of the whole, of each file and of each area, with what shows it.

The lines are Markdown; terminal and Slack only lay them out. Places are spoken of, never people's faults: who is named is to be asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bot.answers.types import Owner
from bot.hotspots.types import HotspotsReport, Knowing, ToldArea, ToldSpot
from bot.render.screen import counted, listed
from bot.told import Line, Shows
from indexer.analysis.coupling import Together
from indexer.analysis.ownership import ago

FIXES, PEOPLE, TOGETHER, NESTED, ALONE = "Fixes", "Ask", "Together", "Nested", "One person"
CAVEAT = "This says where to look, not which line is bad: what is large and changed a lot is mended a lot."

_NAMED = 3  # files in the headline, commits behind a line
_DEEP = 7  # levels: what is nested less is told by nobody
_STEPS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"


def headline(report: HotspotsReport) -> str:
    """The answer in one sentence."""
    where = f" in {listed(list(report.places), _NAMED)}" if report.places else ""
    names = listed([f"`{name_of(one, report)}`" for one in report.spots[:_NAMED]], _NAMED)
    if not report.spots:
        return f"Nothing was ever changed{where} that says where fixes land."
    if not report.fixes:
        landed = "No fix landed" if report.changes else "Nothing changed"
        return f"{landed}{where} within a year; by all that went before, {names} would be the first to look at."
    return f"Fixes land more often in {names} than elsewhere{where}."


def share_line(report: HotspotsReport) -> str:
    """How much of the last year's fixes the files told explain; "" where there were none, or where all files are told."""
    told = len(report.spots)
    if not report.fixes or told >= report.files:
        return ""
    these = "this file" if told == 1 else f"at least one of these {told} files"
    fixes = "the one fix of the last year" if report.fixes == 1 else f"{report.told_fixes:,} of the last year's {report.fixes:,} fixes"
    if report.fixes == 1 and not report.told_fixes:
        return ""
    return f"{fixes[:1].upper()}{fixes[1:]} changed {these}, of {report.files:,}."


def name_of(one: ToldSpot | ToldArea, report: HotspotsReport) -> str:
    """A path, with its repository before it where there are several; a folder has a slash at its end."""
    path = one.spot.path if isinstance(one, ToldSpot) else f"{one.path}/" if one.path else "(files at the top)"
    return f"{one.repository}: {path}" if len(report.repositories) > 1 else path


def months(trend: tuple[int, ...]) -> str:
    """Counts as a row of bars, a dot for none."""
    most = max(trend, default=0)
    return "".join(_STEPS[round((count / most) * (len(_STEPS) - 1))] if count else _NOTHING for count in trend)


def spot_lines(one: ToldSpot) -> Iterator[Line]:
    """What there is to say of one file, beside its numbers."""
    spot, repo = one.spot, one.repository
    if spot.fixes:
        shown = tuple(Shows(repo, sha) for sha in spot.fixes[:_NAMED])
        yield Line(FIXES, f"{_fixes(one)}; the latest", shown)
    yield Line(PEOPLE, _people(one.knowing, "it", spot.authors), _commit_of(one.knowing, repo))
    for other in one.coupled:
        yield Line(TOGETHER, _together(other), tuple(Shows(repo, sha) for sha in other.latest))
    if one.nesting.deepest >= _DEEP:
        place = Shows(repo, "", spot.path, one.nesting.deepest_line)
        yield Line(NESTED, f"up to {one.nesting.deepest} levels deep", (place,))


def area_line(one: ToldArea, report: HotspotsReport) -> Line:
    """Why a folder's knowledge is thin."""
    year = f"{counted(one.lately, 'change')} within a year" if one.lately else "not changed within a year"
    size = f"{counted(one.files, 'file')}, {counted(one.lines, 'line')}, {year}"
    return Line(ALONE, f"`{name_of(one, report)}` ({size}): {_people(one.knowing, 'it', 0)}", _commit_of(one.knowing, one.repository))


def _fixes(one: ToldSpot) -> str:
    spot = one.spot
    ever = counted(len(spot.fixes), "fix", "fixes")
    if not spot.fixed_lately:
        return f"{ever}, none within a year"
    if spot.fixed_lately == len(spot.fixes):
        return f"{ever}, all within a year"
    return f"{spot.fixed_lately:,} within a year, {len(spot.fixes):,} in all"


def _people(knowing: Knowing, what: str, authors: int) -> str:
    main = knowing.main
    if main is None:
        return "nobody: only programs changed it"
    part = f"{main.name} built {_percent(main)} of {what}{_seen(main)}"
    if knowing.lost:
        who = "and is not active here any more" if not knowing.others else "and neither they nor who else knows it is active here any more"
        return f"{part}, {who}"
    if knowing.alone:
        return f"{part}, and nobody else who is active here knows {what}"
    if knowing.others:
        return f"{part}; {counted(knowing.others, 'other')} {'knows' if knowing.others == 1 else 'know'} {what} too"
    return f"{part}; {counted(authors, 'person', 'people')} changed it" if authors > 1 else part


def _percent(main: Owner) -> str:
    return f"{main.share:.0%}".replace("%", " %")


def _seen(main: Owner) -> str:
    return f" (last there {ago(main.last_active, datetime.now(UTC))})" if main.last_active else ""


def _together(other: Together) -> str:
    return f"`{other.path}`, in {other.together} of its {other.of_other} changes, and neither imports the other"


def _commit_of(knowing: Knowing, repo: str) -> tuple[Shows, ...]:
    return (Shows(repo, knowing.main.latest),) if knowing.main and knowing.main.latest else ()
