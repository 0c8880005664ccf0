"""A terminal's width and abilities, and text laid out for them. Standard library only."""

from __future__ import annotations

import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO

_MAX_WIDTH = 100  # longer lines are hard to read
_BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")
_SPACES = re.compile(r"[ \t\n]+")  # not the no-break space
_UNSAFE = frozenset({"Cc", "Cs", "Zl", "Zp"})  # Unicode categories: controls, lone surrogates, line and paragraph separators
_BIDI = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Screen:
    """Where text will be shown: `width` in columns; `color` allows ANSI bold, `links` OSC 8 hyperlinks."""

    width: int = 80
    color: bool = False
    links: bool = False

    @classmethod
    def of(cls, stream: TextIO) -> Screen:
        """What `stream` can show: bold and links on a terminal only, and no bold where NO_COLOR is set (no-color.org)."""
        terminal = stream.isatty() and os.environ.get("TERM") != "dumb"
        width = min(shutil.get_terminal_size((80, 24)).columns, _MAX_WIDTH) if terminal else 80
        return cls(max(width, 20), terminal and not os.environ.get("NO_COLOR"), terminal)

    def bold(self, text: str) -> str:
        return f"\x1b[1m{text}\x1b[22m" if self.color and text else text

    def link(self, label: str, url: str | None) -> str:
        """`label` as a hyperlink where the screen has them; else with the address behind it."""
        if not url:
            return label
        url = clean(url).replace(" ", "%20")
        return f"\x1b]8;;{url}\x1b\\{label}\x1b]8;;\x1b\\" if self.links else f"{label} <{url}>"

    def inline(self, markdown: str) -> str:
        """One sentence of Markdown as this screen shows it: bold where it can be, code as written."""
        return _BOLD.sub(lambda found: self.bold(found[1]), clean(markdown))

    def wrap(self, text: str, first: str = "", rest: str = "") -> str:
        """`text` broken into lines of at most `width` columns, after `first` on the first line and `rest` on the others."""
        lines, line, room = [], first, self.width - columns(first)
        for word in filter(None, _SPACES.split(text)):
            size = columns(word)
            if line not in (first, rest) and room < size + 1:
                lines.append(line.rstrip(" "))
                line, room = rest, self.width - columns(rest)
            glue = "" if line in (first, rest) else " "
            line += glue + word
            room -= size + len(glue)
        return "\n".join(_closed([*lines, line.rstrip(" ")], self.color))


def clean(text: str) -> str:
    """Text from a repository or a model made harmless for a terminal: no control characters, no reordering of what is read."""
    return "".join(
        character if character in "\n\t" or not (unicodedata.category(character) in _UNSAFE or character in _BIDI) else " "
        for character in text
    )


def clean_line(text: str) -> str:
    """`clean` for what must stay on one line, such as a file's name, which may hold line ends."""
    return " ".join(clean(text).splitlines()).replace("\t", " ")


def columns(text: str) -> int:
    """How many columns a text takes: escape sequences none, wide East Asian characters two (Unicode UAX #11)."""
    plain = _ESCAPES.sub("", text)
    if plain.isascii():
        return len(plain)
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in plain
    )


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """How long ago, in words: "4 minutes ago"; "never" without a moment."""
    if moment is None:
        return "never"
    seconds = max(0, int(((now or datetime.now(UTC)) - moment).total_seconds()))
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            return counted(seconds // size, unit) + " ago"
    return "just now"


def counted(number: int, noun: str, plural: str = "") -> str:
    """1 "file", 2 "files", 1,234 "files"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def listed(items: Sequence[str], most: int) -> str:
    """ "a, b and c"; what is beyond `most` is counted."""
    shown = [*items[:most], *([f"{len(items) - most:,} more"] if len(items) > most else [])]
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else "".join(shown)


def day(moment: datetime) -> str:
    """A date as people write it: "3 Aug 2026"."""
    return f"{moment.day} {moment:%b %Y}"


def _closed(lines: list[str], color: bool) -> Iterator[str]:
    """Bold that runs over a line's end is closed there and opened again, so that an indent is never bold."""
    is_open = False
    for line in lines:
        if not color:
            yield line
            continue
        indent = len(line) - len(line.lstrip())
        shown = line[:indent] + "\x1b[1m" + line[indent:] if is_open else line
        is_open = shown.rfind("\x1b[1m") > shown.rfind("\x1b[22m")
        yield shown + "\x1b[22m" if is_open else shown
