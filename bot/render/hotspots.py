"""Hotspots, for a terminal and as the machine form of the contract."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any

from bot.answers.types import RepoVersion
from bot.hotspots.types import HotspotsReport, Knowing, ToldArea, ToldSpot
from bot.hotspots.words import CAVEAT, PEOPLE, TOGETHER, area_line, headline, months, name_of, share_line, spot_lines
from bot.render.changes import line_text, lines_text
from bot.render.json import date_json, owner_json
from bot.render.screen import Screen, ago, clean, clean_line, columns
from bot.told import Shows
from indexer.analysis.hotspots import MONTHS

UrlOf = Callable[[Shows], str | None]
_INDENT = "    "
_IN_FULL = 3  # files; of the others only what is particular to them, so that the list stays short
_ALWAYS = frozenset({PEOPLE, TOGETHER})
_NUMBERS = 7 + 10 + 7 + 2 + MONTHS  # columns of lines, changes, fixes and the months


def hotspots_text(report: HotspotsReport, screen: Screen, url_of: UrlOf) -> str:
    """The answer, a table of the files with what is to be said of each, and the folders that one person knows."""
    lead = screen.wrap(screen.inline(f"**{clean(headline(report)).replace('`', '')}**"))
    blocks = [lead]
    if report.spots:
        blocks[0] += "\n" + screen.wrap(" ".join(part for part in (share_line(report), CAVEAT) if part))
        blocks.append("\n".join([_head(screen), *(_spot_text(one, report, screen, url_of) for one in report.spots)]))
    if report.areas:
        blocks.append(_areas_text(report, screen, url_of))
    blocks.append(_footer(report, screen))
    return "\n\n".join(block for block in blocks if block) + "\n"


def _most_of(report: HotspotsReport) -> int:
    """The most changes of a file told in a month, so that the rows of bars compare."""
    return max(count for one in report.spots for count in one.spot.trend)


def _head(screen: Screen) -> str:
    room = screen.width - _NUMBERS - len(_INDENT)
    first = " " * len(_INDENT) + f"{'':{room}}{'':7}{'within a year':>17}  by month"
    return f"{first}\n{_INDENT}{'file':{room}}{'lines':>7}{'changes':>10}{'fixes':>7}"


def _spot_text(one: ToldSpot, report: HotspotsReport, screen: Screen, url_of: UrlOf) -> str:
    spot = one.spot
    room = screen.width - _NUMBERS - len(_INDENT)
    name = _shortened(clean_line(name_of(one, report)), room - 1)
    shown = screen.bold(screen.link(name, one.url) if screen.links and one.url else name) + " " * (room - columns(name))
    numbers = f"{spot.lines:>7,}{spot.lately:>10,}{spot.fixed_lately:>7,}  {months(spot.trend, _most_of(report))}"
    lines = [line for line in spot_lines(one) if one.rank <= _IN_FULL or line.label in _ALWAYS]
    return f"{one.rank:>2}. {shown}{numbers}\n{lines_text(lines, screen, url_of, _INDENT)}"


def _areas_text(report: HotspotsReport, screen: Screen, url_of: UrlOf) -> str:
    shown = []
    for label, group in groupby((area_line(one, report) for one in report.areas), key=lambda line: line.label):
        shown.append(screen.bold(f"{label}:"))
        shown += [screen.wrap(line_text(line.text, line.shown_by, screen, url_of), "  • ", _INDENT) for line in group]
    return "\n".join(shown)


def _shortened(name: str, room: int) -> str:
    """The end of a path, which tells most."""
    return name if columns(name) <= room else "…" + name[-(room - 1) :]


def _footer(report: HotspotsReport, screen: Screen) -> str:
    notices = [screen.wrap(clean(notice), "Note: ", "      ") for notice in report.notices]
    states = " · ".join(f"{item.name} @ {item.commit[:7] or '?'}, read {ago(item.indexed_at)}" for item in report.repositories)
    return "\n".join([*notices, *([screen.wrap(clean(states))] if states else [])])


def hotspots_json(report: HotspotsReport, url_of: UrlOf) -> dict[str, Any]:
    """The machine form of the contract, hottest first."""
    return {
        "query": report.topic,
        "places": list(report.places),
        "answer": headline(report),
        "hotspots": [_spot_json(one, url_of) for one in report.spots],
        "areas": [_area_json(one, url_of) for one in report.areas],
        "files": report.files,
        "changes_within_a_year": report.changes,
        "fixes_within_a_year": report.fixes,
        "fixes_in_hotspots": report.told_fixes,
        "notices": list(report.notices),
        "repositories": [_version_json(item) for item in report.repositories],
        "took_ms": round(report.took_ms, 1),
    }


def _spot_json(one: ToldSpot, url_of: UrlOf) -> dict[str, Any]:
    spot = one.spot
    return {
        "rank": one.rank,
        "repository": one.repository,
        "path": spot.path,
        "revisions": spot.changes,
        "revisions_within_a_year": spot.lately,
        "complexity": one.nesting.total,
        "deepest": {"levels": one.nesting.deepest, "line": one.nesting.deepest_line or None},
        "lines": spot.lines,
        "score": round(spot.score, 4),
        "authors": spot.authors,
        **_knowing_json(one.knowing),
        "trend": list(spot.trend),
        "fixes": len(spot.fixes),
        "fixes_within_a_year": spot.fixed_lately,
        "last_change": date_json(spot.last_change),
        "coupled_with": [other.path for other in one.coupled],
        "coupling": [
            {"path": other.path, "together": other.together, "of": other.of, "of_other": other.of_other,
             "degree": round(other.degree, 3), "commits": list(other.latest)}
            for other in one.coupled
        ],
        "lines_told": [
            {"label": line.label, "text": line.text, "evidence": [_place_json(place, url_of) for place in line.shown_by]}
            for line in spot_lines(one)
        ],
        "url": one.url,
    }  # fmt: skip


def _area_json(one: ToldArea, url_of: UrlOf) -> dict[str, Any]:
    return {
        "repository": one.repository,
        "path": one.path,
        "files": one.files,
        "lines": one.lines,
        "revisions_within_a_year": one.lately,
        "fixes_within_a_year": one.fixed_lately,
        **_knowing_json(one.knowing),
        "url": one.url,
    }


def _knowing_json(knowing: Knowing) -> dict[str, Any]:
    main = knowing.main
    return {
        "main_author": main.name if main else None,
        "main_author_share": main.share if main else 0.0,
        "main_author_active": main.active if main else None,
        "main_author_last_active": main.last_active.date().isoformat() if main and main.last_active else None,
        "owner": owner_json(main) if main else None,
        "ask": [owner_json(owner) for owner in knowing.ask],
        "bus_factor": knowing.bus_factor,
        "known_by_one": knowing.alone,
        "known_by_nobody_active": knowing.lost,
    }


def _place_json(place: Shows, url_of: UrlOf) -> dict[str, Any]:
    return {
        "repository": place.repository,
        "commit": place.commit or None,
        "path": place.path or None,
        "line": place.line or None,
        "url": url_of(place),
    }


def _version_json(item: RepoVersion) -> dict[str, Any]:
    return {"name": item.name, "commit": item.commit, "indexed_at": date_json(item.indexed_at)}
