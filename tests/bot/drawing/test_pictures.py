"""Shapes and text as SVG and PNG."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ElementTree

from hypothesis import given
from hypothesis import strategies as st

from bot.drawing.measure import shortened, text_width, wrapped
from bot.drawing.png import png_of
from bot.drawing.svg import Canvas

SVG = "{http://www.w3.org/2000/svg}"


def drawn(text: str) -> str:
    canvas = Canvas(200, 80, title="A title", alt=text)
    canvas.rect(10, 10, 180, 60, fill="#eef")
    canvas.text(20, 50, text, 30, bold=True)
    return canvas.svg()


@given(st.text())
def test_any_text_makes_a_well_formed_picture_that_tells_what_it_shows(text: str) -> None:
    root = ElementTree.fromstring(drawn(text).encode("utf-8", "strict"))
    shown = root.find(f"{SVG}text")
    described = root.find(f"{SVG}desc")
    assert shown is not None and described is not None
    assert (shown.text or "").split() == (described.text or "").split()


def test_a_picture_becomes_pixels_with_its_text_in_our_font() -> None:
    empty, full = png_of(drawn("")), png_of(drawn("checkout"), zoom=2)
    assert full.startswith(b"\x89PNG")
    assert struct.unpack(">II", full[16:24]) == (400, 160)
    assert len(full) > len(empty)


@given(st.text(alphabet="abC-_. é漢", max_size=60), st.integers(40, 400), st.integers(1, 4))
def test_wrapped_text_fits_and_loses_nothing_but_behind_dots(text: str, width: int, most: int) -> None:
    lines = wrapped(text, width, 20, most)
    assert len(lines) <= most
    assert all(text_width(line, 20) <= width or line == "…" for line in lines)
    if not any("…" in line for line in lines):
        assert "".join(lines).replace(" ", "") == "".join(text.split())


def test_names_break_at_their_joints() -> None:
    assert wrapped("spring-petclinic-customers-service", 200, 28, 3, bold=True) == ["spring-", "petclinic-", "customers-…"]
    assert wrapped("productCatalogService", 160, 24, 3) == ["productCatalog", "Service"]
    assert shortened("recommendation", 60, 20).endswith("…")
