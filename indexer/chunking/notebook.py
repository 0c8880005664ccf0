"""Jupyter notebooks: a piece per cell, without the outputs, named by the headings of the Markdown cells before it.

The format is nbformat 4: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
import re
from typing import Any

from indexer.chunking.lines import cut_lines
from indexer.chunking.pieces import MAX_LINES, Piece
from indexer.symbols.comments import first_sentence
from indexer.types import SourceFile

_SOURCE = re.compile(r'^\s*"source"\s*:\s*(\[|")')
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def cut_notebook(source: SourceFile) -> tuple[list[Piece], str]:
    """The cells with something in them, and the notebook's title. A file not laid out as notebooks are is cut by lines."""
    cells = _cells(source.text)
    places = _places(source.text.split("\n"))
    if not cells or len(cells) != len(places):
        return cut_lines(source), ""
    pieces: list[Piece] = []
    title = heading = ""
    for (kind, text), (start, end) in zip(cells, places, strict=True):
        if kind == "markdown" and (found := _HEADING.search(text)):
            heading = found[1]
            title = title or heading
        if text.strip():
            enclosing = (title,) if title and title != heading else ()
            doc = first_sentence(_HEADING.sub("", text)) if kind == "markdown" else ""
            last = min(end, start + MAX_LINES - 1)
            pieces.append(Piece(start, last, heading or None, "section" if heading else None, enclosing, doc, seen=text))
    return pieces, title


def _cells(text: str) -> list[tuple[str, str]]:
    """Kind and source of every cell; nothing where the text is no notebook."""
    try:
        notebook: Any = json.loads(text)
        return [(str(cell["cell_type"]), "".join(cell["source"])) for cell in notebook["cells"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        return []


def _places(lines: list[str]) -> list[tuple[int, int]]:
    """First and last line of every cell's source, as notebooks are written: one string a line."""
    places = []
    start = 0
    for number, line in enumerate(lines, start=1):
        if start:
            if line.strip() in ("]", "],"):
                places.append((start, number))
                start = 0
        elif found := _SOURCE.match(line):
            if found[1] == "[" and not line.rstrip().rstrip(",").endswith("]"):
                start = number
            else:
                places.append((number, number))
    return places
