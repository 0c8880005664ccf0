"""Hotspots as a picture: a treemap of the product's files, by area. A box is as large as the file is long, and the darker the hotter.

The colours run from pale yellow to dark red-brown and lose lightness evenly, so that they can be told apart without seeing hues, and
in print. The files of the report carry their numbers in it, which are the text twin; `alt_text` says the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.drawing.measure import shortened, text_width
from bot.drawing.svg import INK, MUTED, PAPER, Canvas
from bot.drawing.treemap import Box, squarified
from bot.hotspots.types import Cell, HotspotsReport
from bot.hotspots.words import headline
from bot.render.screen import clean_line, counted, listed

_WIDTH, _HEIGHT, _MARGIN, _TOP, _BOTTOM = 1400.0, 1050.0, 28.0, 104.0, 64.0
_FRAME, _LABEL = 4.0, 26.0
_SMALLEST = 0.0004  # of all lines: smaller files of an area share a box, for nobody could see them
_SMALL_AREA = 0.012  # of all lines: smaller areas share one
_STEPS = ("#fdf3d8", "#fbdc9f", "#f7b96a", "#ec8f45", "#d2622f", "#a63d22", "#6f2118")  # lightness 96, 89, 79, 68, 55, 41, 25 (CIELAB)
_GREY, _GROUND = "#eef0f3", "#dfe3e8"
_REST = "other areas"
_KEY = "Each box is a file, as large as its lines. Darker: changed more and larger, so that fixes land there more often."


@dataclass(frozen=True, slots=True)
class _Tile:
    """A box within an area: one file, or (`rank` 0, several `files`) the small ones together."""

    name: str
    lines: int
    score: float
    rank: int
    files: int = 1


def treemap(report: HotspotsReport) -> str:
    """The picture as SVG."""
    groups = _grouped(report)
    canvas = Canvas(_WIDTH, _HEIGHT, title=_title(report), alt=alt_text(report))
    canvas.text(_MARGIN, 50, shortened(_title(report), _WIDTH - 2 * _MARGIN, 32, bold=True), 32, bold=True)
    canvas.text(_MARGIN, 84, _KEY, 21, fill=MUTED)
    field = Box(_MARGIN, _TOP, _WIDTH - 2 * _MARGIN, _HEIGHT - _TOP - _BOTTOM)
    for (name, tiles), box in zip(groups, squarified([_lines(tiles) for _, tiles in groups], field), strict=True):
        _draw_area(canvas, name, tiles, box)
    _legend(canvas, report)
    return canvas.svg()


def alt_text(report: HotspotsReport) -> str:
    """What the picture shows, for those who do not see it."""
    named = [
        f"{one.rank} {one.spot.path} ({one.spot.lately:,} {'change' if one.spot.lately == 1 else 'changes'} and {one.spot.fixed_lately:,} "
        f"{'fix' if one.spot.fixed_lately == 1 else 'fixes'} within a year, {counted(one.spot.lines, 'line')})"
        for one in report.spots
    ]
    told = listed(named, len(named))
    return clean_line(f"Treemap of {counted(report.files, 'file')} by area. {headline(report).replace('`', '')} Hottest first: {told}.")


def _title(report: HotspotsReport) -> str:
    names = listed([one.name for one in report.repositories], 2)
    return f"Where fixes land in {listed([place.replace('`', '') for place in report.places], 2) or names}"


def _lines(tiles: Iterable[_Tile]) -> int:
    return sum(tile.lines for tile in tiles)


def _grouped(report: HotspotsReport) -> list[tuple[str, list[_Tile]]]:
    """The areas with their tiles, largest first."""
    total = sum(max(1, cell.lines) for cell in report.cells) or 1
    several = len(report.repositories) > 1
    cells: dict[tuple[str, str], list[Cell]] = defaultdict(list)
    for cell in report.cells:
        cells[cell.repository, cell.area].append(cell)
    areas: dict[str, list[Cell]] = defaultdict(list)
    for (repo, area), found in cells.items():
        name = (f"{repo}: {area}" if area else repo) if several else area or "(top)"
        small = sum(cell.lines for cell in found) < _SMALL_AREA * total and len(cells) > 1 and not any(cell.rank for cell in found)
        areas[_REST if small else name] += found
    tiled = [(name, _tiles(found, total)) for name, found in areas.items()]
    return sorted(tiled, key=lambda one: (one[0] == _REST, -_lines(one[1]), one[0]))


def _tiles(cells: Sequence[Cell], total: int) -> list[_Tile]:
    large = [cell for cell in cells if cell.rank or cell.lines >= _SMALLEST * total]
    small = [cell for cell in cells if not (cell.rank or cell.lines >= _SMALLEST * total)]
    tiles = [_Tile(cell.path.rpartition("/")[2], max(1, cell.lines), cell.score, cell.rank) for cell in large]
    if small:
        lines = sum(max(1, cell.lines) for cell in small)
        score = sum(cell.score * max(1, cell.lines) for cell in small) / lines
        tiles.append(_Tile(counted(len(small), "small file"), lines, score, 0, len(small)))
    return sorted(tiles, key=lambda tile: (-tile.lines, tile.name))


def _draw_area(canvas: Canvas, name: str, tiles: Sequence[_Tile], box: Box) -> None:
    frame = box.inset(1.5)
    canvas.rect(frame.x, frame.y, frame.width, frame.height, fill=_GROUND, round=5)
    labelled = frame.width > 64 and frame.height > 56
    inner = frame.inset(_FRAME, _LABEL + 2 if labelled else _FRAME)
    if labelled:
        label = shortened(clean_line(name), frame.width - 16, 18, bold=True)
        canvas.text(frame.x + 8, frame.y + 20, label, 18, bold=True)
    for tile, place in zip(tiles, squarified([tile.lines for tile in tiles], inner), strict=True):
        _draw_tile(canvas, tile, place.inset(0.8))


def _draw_tile(canvas: Canvas, tile: _Tile, box: Box) -> None:
    fill = _GREY if tile.files > 1 and tile.score < 1 / 64 else _colour(tile.score)
    ink = PAPER if fill in _STEPS[4:] else INK
    thick = 3 if tile.rank else 0
    canvas.rect(box.x, box.y, box.width, box.height, fill=fill, line=INK if tile.rank else "none", thick=thick, round=2)
    if tile.rank:
        size = max(14.0, min(34.0, box.height * 0.42, box.width * 0.42))
        number = str(tile.rank)
        if box.width >= text_width(number, size, bold=True) + 4 and box.height >= size:
            canvas.text(box.x + box.width / 2, box.y + box.height / 2 + size * 0.12, number, size, bold=True, fill=ink, anchor="middle")
        if box.height > size * 2.2 and box.width > 70:
            _name(canvas, tile.name, box, box.y + box.height / 2 + size * 0.12 + 22, ink)
    elif box.height > 24 and box.width > 62:
        _name(canvas, tile.name, box, box.y + box.height / 2 + 5, ink)


def _name(canvas: Canvas, name: str, box: Box, y: float, ink: str) -> None:
    text = shortened(clean_line(name), box.width - 10, 16)
    if len(text) > 4:
        canvas.text(box.x + box.width / 2, y, text, 16, fill=ink, anchor="middle")


def _colour(score: float) -> str:
    """By the root of the heat: few files are hot, and the many others should be told apart as well."""
    return _STEPS[min(len(_STEPS) - 1, int(score**0.5 * len(_STEPS)))]


def _legend(canvas: Canvas, report: HotspotsReport) -> None:
    y = _HEIGHT - _BOTTOM + 20
    canvas.text(_MARGIN, y + 17, "cooler", 20, fill=MUTED)
    x = _MARGIN + text_width("cooler", 20) + 12
    for step in _STEPS:
        canvas.rect(x, y, 34, 22, fill=step)
        x += 34
    canvas.text(x + 12, y + 17, "hotter", 20, fill=MUTED)
    x += 12 + text_width("hotter", 20) + 36
    numbered = f"1 to {len(report.spots)}: the files of the list" if len(report.spots) > 1 else "1: the file of the list"
    canvas.text(x, y + 17, f"{numbered}. It says where to look, not which line is bad.", 20, fill=MUTED)
