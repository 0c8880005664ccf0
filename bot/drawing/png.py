"""The one door to the library that turns SVG into pixels (resvg), and to the font that it draws with."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from bot.drawing.svg import FONT
from indexer.errors import DocentError

_FONTS = ("SourceSansPro-Regular.ttf", "SourceSansPro-Bold.ttf")


class DrawingError(DocentError):
    """A picture cannot be turned into pixels here; its text and its SVG can be had."""


def png_of(svg: str, *, zoom: float = 1.0) -> bytes:
    """The picture as PNG; the same bytes for the same SVG on every machine, as far as its characters are in our font. DrawingError."""
    import resvg_py

    try:
        return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=zoom, font_files=_font_files(), font_family=FONT, sans_serif_family=FONT))
    except (ValueError, OSError) as exc:
        raise DrawingError("The picture could not be drawn.", "Use --out with a name that ends in .svg or .mmd.") from exc


def _font_files() -> list[str]:
    """Looked up without importing the font's package, which lists its folder at import."""
    spec = find_spec("font_source_sans_pro")
    if spec is None or not spec.origin:
        raise DrawingError("The font of the pictures is not installed.", "Install docent again, or its package font-source-sans-pro.")
    return [str(Path(spec.origin).parent / "files" / name) for name in _FONTS]
