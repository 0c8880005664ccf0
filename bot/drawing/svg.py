"""A picture as SVG text, made of a few shapes. Whatever text goes in is escaped."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bot.drawing.measure import wrapped
from bot.render.screen import clean_line

FONT = "Source Sans Pro"
_FAMILY = f"'{FONT}', 'Helvetica Neue', Arial, sans-serif"
INK, MUTED, PAPER = "#1d2530", "#5b6675", "#ffffff"


class Canvas:
    """Shapes drawn one over the other, in pixels from the upper left corner. `alt` is what a person who cannot see it hears."""

    def __init__(self, width: float, height: float, *, title: str, alt: str, paper: str = PAPER) -> None:
        self.width, self.height = width, height
        self._head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
            f'role="img" aria-labelledby="title desc" font-family="{_FAMILY}">'
            f'<title id="title">{_safe(title)}</title><desc id="desc">{_safe(alt)}</desc>'
        )
        self._shapes = [f'<rect width="{width:g}" height="{height:g}" fill="{paper}"/>']

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str, line: str = "none", thick: float = 2, round: float = 0,
        dashed: bool = False,
    ) -> None:  # fmt: skip
        self._shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round:g}" fill="{fill}" '
            f'stroke="{line}" stroke-width="{thick:g}"{_dashes(dashed)}/>'
        )

    def circle(self, x: float, y: float, radius: float, *, fill: str, line: str = "none", thick: float = 2) -> None:
        self._shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" stroke="{line}" stroke-width="{thick:g}"/>')

    def path(self, steps: str, *, line: str, thick: float = 2, fill: str = "none", dashed: bool = False) -> None:
        """`steps` as the attribute `d` has them; numbers and letters of ours only."""
        self._shapes.append(
            f'<path d="{escape(steps)}" fill="{fill}" stroke="{line}" stroke-width="{thick:g}" stroke-linecap="round"{_dashes(dashed)}/>'
        )

    def text(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, fill: str = INK, anchor: str = "start", halo: bool = False
    ) -> None:
        """One line; `y` is its baseline, `anchor` "start", "middle" or "end". A halo in the paper's colour keeps it readable on lines."""
        weight = ' font-weight="700"' if bold else ""
        ring = f' stroke="{PAPER}" stroke-width="{size / 4:.1f}" stroke-linejoin="round" paint-order="stroke"' if halo else ""
        shown = _safe(text)
        self._shapes.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}"{weight} fill="{fill}" text-anchor="{anchor}"{ring}>{shown}</text>'
        )

    def lines(
        self, x: float, y: float, text: str | Sequence[str], size: float, width: float, most: int, *, bold: bool = False, fill: str = INK,
        anchor: str = "start",
    ) -> float:  # fmt: skip
        """Text wrapped into lines of `width`; returns the baseline that the next line would have."""
        for line in wrapped(text, width, size, most, bold=bold) if isinstance(text, str) else text:
            self.text(x, y, line, size, bold=bold, fill=fill, anchor=anchor)
            y += size * 1.22
        return y

    def svg(self) -> str:
        return self._head + "\n" + "\n".join(self._shapes) + "\n</svg>\n"


def _safe(text: str) -> str:
    return escape(clean_line(text), quote=True)


def _dashes(dashed: bool) -> str:
    return ' stroke-dasharray="9 7"' if dashed else ""
