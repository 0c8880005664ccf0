"""How wide text is in the font of the pictures, and text cut into lines that fit."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Advance widths of the characters from space to "~" in thousandths of the font's size: the table `hmtx` of Source Sans Pro.
_REGULAR = (
    200, 289, 425, 497, 497, 824, 609, 249, 303, 303, 418, 497, 249, 311, 249, 350, 497, 497, 497, 497, 497, 497, 497, 497, 497, 497,
    249, 249, 497, 497, 497, 425, 847, 544, 588, 571, 615, 527, 494, 617, 652, 263, 480, 579, 486, 727, 647, 664, 566, 664, 569, 534,
    536, 645, 515, 786, 513, 476, 539, 303, 350, 303, 497, 500, 542, 504, 553, 456, 555, 496, 292, 504, 544, 246, 247, 495, 255, 829,
    547, 542, 555, 555, 347, 419, 338, 544, 467, 718, 446, 467, 425, 303, 241, 303, 497,
)  # fmt: skip
_BOLD = (
    200, 340, 536, 528, 528, 857, 667, 300, 344, 344, 457, 528, 300, 332, 300, 339, 528, 528, 528, 528, 528, 528, 528, 528, 528, 528,
    300, 300, 528, 528, 528, 463, 903, 573, 605, 582, 635, 548, 524, 638, 674, 301, 509, 614, 518, 762, 665, 684, 596, 684, 613, 556,
    556, 665, 556, 813, 567, 525, 541, 344, 339, 344, 528, 500, 555, 527, 573, 467, 573, 518, 341, 534, 571, 276, 278, 548, 286, 857,
    572, 555, 573, 573, 398, 443, 383, 568, 523, 776, 514, 521, 460, 344, 268, 344, 528,
)  # fmt: skip
_OTHER, _WIDE = 560, 1000  # letters beyond ASCII, and wide East Asian ones
# where a long name may go on in the next line
_BREAKS = re.compile(r"\S*?[-_./:]+(?=\w)|\S*?[a-z](?=[A-Z])|\S{4,}?(?=(?:service|server)s?\b)|\S+")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text, in the unit of `size` (the font's size)."""
    widths = _BOLD if bold else _REGULAR
    return sum(_advance(character, widths) for character in text) * size / 1000


def _advance(character: str, widths: tuple[int, ...]) -> int:
    if " " <= character <= "~":
        return widths[ord(character) - 32]
    if unicodedata.combining(character):
        return 0
    return _WIDE if unicodedata.east_asian_width(character) in "WF" else _OTHER


def wrapped(text: str, width: float, size: float, most: int, *, bold: bool = False) -> list[str]:
    """`text` in at most `most` lines no wider than `width`; names are broken at their joints, what does not fit ends in "…"."""
    lines: list[str] = []
    line = ""
    for piece, glue in _pieces(text):
        longer = line + (glue if line else "") + piece
        if not line or text_width(longer, size, bold=bold) <= width:
            line = longer
            continue
        lines.append(line)
        line = piece
    lines = [*lines, line] if line else lines
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1] + "…"]
    return [shortened(one, width, size, bold=bold) for one in lines]


def shortened(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """One line no wider than `width`, its end replaced by "…" where it must be."""
    if text_width(text, size, bold=bold) <= width:
        return text
    text = text.rstrip("…")
    while text and text_width(text + "…", size, bold=bold) > width:
        text = text[:-1]
    return text + "…"


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Words, and parts of long names; with what stands before each where both are on one line."""
    for word in text.split():
        glue = " "
        for found in _BREAKS.finditer(word):
            yield found[0], glue
            glue = ""
