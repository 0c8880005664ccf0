"""Rectangles whose areas are to each other as given sizes, as near to squares as they can be.

Squarified treemaps: Bruls, Huizing and van Wijk (2000), without their recursion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, in pixels from the upper left corner."""

    x: float
    y: float
    width: float
    height: float

    def inset(self, sides: float, top: float | None = None) -> Box:
        """The box within a margin; empty rather than negative where that is larger."""
        above = sides if top is None else top
        return Box(self.x + sides, self.y + above, max(0.0, self.width - 2 * sides), max(0.0, self.height - sides - above))


def squarified(sizes: Sequence[float], box: Box) -> list[Box]:
    """One box for each size, all above 0, that fill `box`; largest first gives the best shapes."""
    total = sum(sizes)
    if not total or not box.width or not box.height:
        return [Box(box.x, box.y, 0.0, 0.0) for _ in sizes]
    areas = [size * box.width * box.height / total for size in sizes]
    placed: list[Box] = []
    start = 0
    while start < len(areas):
        side = min(box.width, box.height)
        end = start + 1
        while end < len(areas) and _worst(areas[start : end + 1], side) <= _worst(areas[start:end], side):
            end += 1
        row, box = _row(areas[start:end], box, last=end == len(areas))
        placed += row
        start = end
    return placed


def _worst(row: Sequence[float], side: float) -> float:
    """How far the longest box of a row along `side` is from a square: 1 for a square."""
    if side <= 0:
        return float("inf")
    total = sum(row)
    return max(max(side * side * area / total**2, total**2 / (side * side * area)) for area in (min(row), max(row)))


def _row(areas: Sequence[float], box: Box, *, last: bool) -> tuple[list[Box], Box]:
    """A row along the shorter side, and what is left of the box; the last one takes it all."""
    upright = box.width >= box.height
    side = box.height if upright else box.width
    thick = (box.width if upright else box.height) if last else sum(areas) / side if side else 0.0
    placed = []
    at = box.y if upright else box.x
    for area in areas:
        long = side * area / sum(areas)
        placed.append(Box(box.x, at, thick, long) if upright else Box(at, box.y, long, thick))
        at += long
    if upright:
        return placed, Box(box.x + thick, box.y, max(0.0, box.width - thick), box.height)
    return placed, Box(box.x, box.y + thick, box.width, max(0.0, box.height - thick))
