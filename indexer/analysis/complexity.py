"""How nested a file's text is, in any language: code that branches and loops is indented.

Indentation as a measure of complexity: Hindle, Godfrey and Holt, "Reading beside the lines" (2008); it goes with McCabe's number
well enough to rank files, and needs no parser.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

_TAB, _USUAL, _WIDEST = 4, 4, 8  # columns: of a tab beside spaces, of one level where nothing tells, of one level at most


@dataclass(frozen=True, slots=True)
class Nesting:
    """`lines` are those with something on them; `total` adds up their levels of indentation, `deepest` is the largest of these,
    which stands first in line `deepest_line` (0 where nothing is indented)."""

    lines: int = 0
    total: int = 0
    deepest: int = 0
    deepest_line: int = 0


def nesting(text: str) -> Nesting:
    """The indentation of a text, in levels of the step that it uses itself. Lines only aligned with others count as they stand."""
    indents = [(number, _columns(line)) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    step = _step([indent for _, indent in indents])
    levels = [(indent // step, number) for number, indent in indents]
    deepest, line = max(levels, key=lambda one: (one[0], -one[1]), default=(0, 0))
    return Nesting(len(levels), sum(level for level, _ in levels), deepest, line if deepest else 0)


def _columns(line: str) -> int:
    before = line[: len(line) - len(line.lstrip(" \t"))]
    return len(before) + (_TAB - 1) * before.count("\t")


def _step(indents: list[int]) -> int:
    """The commonest way inwards from one line to the next; the larger of two alike, since one column is mostly an alignment."""
    steps = Counter(after - before for before, after in pairwise(indents) if 1 < after - before <= _WIDEST)
    return max(steps, key=lambda step: (steps[step], step), default=_USUAL)
