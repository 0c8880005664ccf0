"""A report on hotspots in words: what is told of the whole, of each file and of each area, with what shows it.

The lines are Markdown; terminal and Slack only lay them out. Places are spoken of, never people's faults: who is named is to be asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from bot.answers.types import Owner
from bot.hotspots.types import HotspotsReport, Knowing, ToldArea, ToldSpot
from bot.render.screen import counted, listed
from bot.told import Line, Shows
from indexer.analysis.coupling import Together
from indexer.analysis.ownership import ago

FIXES, PEOPLE, TOGETHER, NESTED = "Fixes", "Knows it", "Together", "Nested"
ALONE = "Folders that one person alone knows, of all who are active here"
LOST = "Folders that nobody who is active here knows any more"
CAVEAT = "This says where to look, not which line is bad: what is large and changed a lot is mended a lot."

_NAMED = 3  # files in the headline, commits behind a line
_DEEP = 7  # levels: what is nested less is told by nobody
_STEPS = "▁▂▃▄▅▆▇█"
_NOTHING = "·"


def headline(report: HotspotsReport) -> str:
    """The answer in one sentence."""
    where = f" in {listed(list(report.places), _NAMED)}" if report.places else ""
    if not report.spots:
        return f"Nothing was ever changed{where} that says where fixes land."
    fixed = [one for one in report.spots if one.spot.fixed_lately]
    names = listed([f"`{name_of(one, report)}`" for one in (fixed or report.spots)[:_NAMED]], _NAMED)
    if fixed:
        return f"Fixes land more often in {names} than elsewhere{where}."
    if report.fixes:
        return f"The last year's fixes landed elsewhere; by all that went before, {names} would be the first to look at{where}."
    landed = "No fix landed" if report.changes else "Nothing changed"
    return f"{landed}{where} within a year; by all that went before, {names} would be the first to look at."


def share_line(report: HotspotsReport) -> str:
    """How much of the last year's fixes the files told explain; "" where there were none, or where all files are told."""
    told = len(report.spots)
    if not report.told_fixes or told >= report.files:
        return ""
    these = "this file" if told == 1 else f"at least one of these {told} files"
    if report.fixes == 1:
        fixes = "The one fix of the last year"
    elif report.told_fixes == report.fixes:
        fixes = f"All {report.fixes:,} fixes of the last year"
    else:
        fixes = f"{report.told_fixes:,} of the last year's {report.fixes:,} fixes"
    return f"{fixes} changed {these}, of {report.files:,}."


def name_of(one: ToldSpot | ToldArea, report: HotspotsReport) -> str:
    """A path, with its repository before it where there are several; a folder has a slash at its end."""
    path = one.spot.path if isinstance(one, ToldSpot) else f"{one.path}/" if one.path else "(files at the top)"
    return f"{one.repository}: {path}" if len(report.repositories) > 1 else path


def months(trend: Sequence[int], most: int) -> str:
    """Counts as a row of bars, the highest for `most` and a dot for none."""
    return "".join(_STEPS[round(count / max(most, 1) * (len(_STEPS) - 1))] if count else _NOTHING for count in trend)


def spot_lines(one: ToldSpot) -> Iterator[Line]:
    """What there is to say of one file, beside its numbers."""
    spot, repo = one.spot, one.repository
    if spot.fixes:
        yield Line(FIXES, _fixes(one), tuple(Shows(repo, sha) for sha in spot.fixes[:_NAMED]))
    yield Line(PEOPLE, _people(one.knowing), _commits_of(one.knowing, repo))
    for other in one.coupled:
        yield Line(TOGETHER, _together(other), tuple(Shows(repo, sha) for sha in other.latest[:_NAMED]))
    if one.nesting.deepest >= _DEEP:
        place = Shows(repo, "", spot.path, one.nesting.deepest_line)
        yield Line(NESTED, f"up to {one.nesting.deepest} levels deep", (place,))


def area_line(one: ToldArea, report: HotspotsReport) -> Line:
    """Where a folder's knowledge is thin, and why."""
    year = f"{counted(one.lately, 'change')} within a year" if one.lately else "not changed within a year"
    size = f"{counted(one.files, 'file')}, {counted(one.lines, 'line')}, {year}"
    text = f"`{name_of(one, report)}` ({size}): {_built(one.knowing)}"
    return Line(LOST if one.knowing.lost else ALONE, text, _commits_of(one.knowing, one.repository, told=False))


def _fixes(one: ToldSpot) -> str:
    spot = one.spot
    ever = f"{len(spot.fixes):,} in all" if len(spot.fixes) > spot.fixed_lately else "all there were"
    lately = f"{spot.fixed_lately:,} within a year" if spot.fixed_lately else "none within a year"
    return f"{lately}, {ever}"


def _people(knowing: Knowing) -> str:
    if knowing.main is None:
        return "nobody: only programs changed it"
    built = _built(knowing)
    if knowing.lost:
        return f"{built}; nobody who knows it is active here any more"
    if knowing.alone:
        return f"{built}; nobody else who is active here knows it"
    ask = _others_to_ask(knowing)
    return f"{built}; ask {listed([one.name for one in ask], 3)} as well" if ask else built


def _others_to_ask(knowing: Knowing) -> tuple[Owner, ...]:
    return tuple(one for one in knowing.ask if one != knowing.main and one.active)


def _built(knowing: Knowing) -> str:
    main = knowing.main
    if main is None:
        return "only programs changed it"
    share = f"{main.share:.0%}".replace("%", " %")
    seen = f" (last there {ago(main.last_active, datetime.now(UTC))})" if main.last_active else ""
    return f"{main.name} built {share} of it{seen}"


def _together(other: Together) -> str:
    return f"changes with `{other.path}` in {other.together} of {other.of} changes, and neither imports the other"


def _commits_of(knowing: Knowing, repo: str, *, told: bool = True) -> tuple[Shows, ...]:
    """What shows the parts of the people named."""
    named = (knowing.main, *(_others_to_ask(knowing) if told and not (knowing.lost or knowing.alone) else ()))
    return tuple(dict.fromkeys(Shows(repo, one.latest) for one in named if one is not None and one.latest))
