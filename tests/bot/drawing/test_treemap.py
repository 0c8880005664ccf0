"""Boxes that fill a box."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.drawing.treemap import Box, squarified

FIELD = Box(10, 20, 400, 300)


@given(st.lists(st.floats(1, 1000), min_size=1, max_size=40))
def test_boxes_are_as_large_as_told_stay_inside_and_do_not_overlap(sizes):
    sizes = sorted(sizes, reverse=True)
    placed = squarified(sizes, FIELD)
    for size, box in zip(sizes, placed, strict=True):
        assert box.width * box.height == pytest.approx(size / sum(sizes) * 400 * 300, rel=1e-6)
        assert box.x >= 10 - 1e-6 and box.y >= 20 - 1e-6
        assert box.x + box.width <= 410 + 1e-6 and box.y + box.height <= 320 + 1e-6
    for number, one in enumerate(placed):
        for other in placed[:number]:
            wide = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
            high = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
            assert min(wide, high) <= 1e-6


def test_equal_sizes_in_a_square_are_squares():
    assert all(box.width == pytest.approx(box.height) for box in squarified([1, 1, 1, 1], Box(0, 0, 100, 100)))


def test_nothing_is_drawn_in_no_room():
    assert squarified([2, 1], Box(0, 0, 0, 5)) == [Box(0, 0, 0, 0)] * 2
    assert squarified([], FIELD) == []
