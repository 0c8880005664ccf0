"""How nested a text is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis.complexity import Nesting, nesting

PYTHON = """\
def total(order):
    for line in order:

        if line.price:
            return 1
    return 0
"""


def test_levels_are_added_up_and_the_deepest_line_is_named():
    assert nesting(PYTHON) == Nesting(lines=5, total=0 + 1 + 2 + 3 + 1, deepest=3, deepest_line=5)


def test_an_empty_text_and_a_flat_one_are_not_nested():
    assert nesting("") == Nesting()
    assert nesting("a\nb\n\n") == Nesting(lines=2)


def test_aligned_lines_and_stars_of_comments_do_not_set_the_step():
    comment = "    /**\n     * Why.\n     */\n"
    text = f"class A {{\n{comment}    int a(\n            int b);\n{comment}    int c() {{\n        x();\n    }}\n}}\n"
    assert nesting(text).deepest == 3  # the aligned parameter counts as it stands


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.sampled_from(["\t", "  ", "    "]))
def test_the_same_code_is_as_nested_however_it_is_indented(levels, unit):
    climbs, at = [0], 0
    for level in levels:  # code begins at the margin and goes in by one level at a time
        at = min(level, at + 1)
        climbs.append(at)
    found = nesting("".join(f"{unit * level}x\n" for level in climbs))
    assert (found.lines, found.total, found.deepest) == (len(climbs), sum(climbs), max(climbs))
    assert not found.deepest or climbs[found.deepest_line - 1] == found.deepest
