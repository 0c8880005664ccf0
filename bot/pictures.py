"""The pictures that belong to answers, as PNG with the words for those who do not see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.hotspots.types import HotspotsReport
    from bot.map.types import MapReport


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture ready to be sent: PNG data, the name of its file, its title, and its alt text."""

    data: bytes
    name: str
    title: str
    alt: str


def map_picture(report: MapReport) -> Picture | None:
    """None where there is no system. DrawingError."""
    from bot.drawing.png import png_of
    from bot.map.picture import map_svg
    from bot.map.words import alt_text, heading

    if not report.shown.systems:
        return None
    return Picture(png_of(map_svg(report)), "map.png", heading(report), alt_text(report))


def hotspots_picture(report: HotspotsReport) -> Picture | None:
    """None where nothing was ever changed. DrawingError."""
    from bot.drawing.png import png_of
    from bot.hotspots.picture import alt_text, treemap
    from bot.hotspots.words import headline

    if not report.spots:
        return None
    return Picture(png_of(treemap(report)), "hotspots.png", headline(report).replace("`", ""), alt_text(report))
