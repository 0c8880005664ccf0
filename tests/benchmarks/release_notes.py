"""Reads hand-written release notes: Markdown or reStructuredText with one list entry for each change, under headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BULLET = re.compile(r"^( {0,2})([*+-]) +(?=\S)")
_MARKDOWN_HEADING = re.compile(r"^(#{1,6}) +(.*?)\s*#*$")
_UNDERLINE = re.compile(r"^([=\-~^\"'*+#])\1{2,}\s*$")
_LABEL = re.compile(r"^\**[A-Z][\w ,/&-]*(:\**|\*\*:?)$")  # "Feature enhancements:", as some notes head their lists
_NUMBERS = re.compile(r"(?<![\w&])#(\d+)\b|/(?:pull|issues)/(\d+)\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the release and the section that it stands under, the mark of its list, and its text as written."""

    version: str
    section: str
    mark: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(line.strip() for line in self.lines)

    @property
    def numbers(self) -> tuple[int, ...]:
        """The pull requests and issues it names, each once."""
        return tuple(dict.fromkeys(int(a or b) for a, b in _NUMBERS.findall(self.text)))


def entries(notes: str, version: re.Pattern[str]) -> Iterator[Entry]:
    """Every list entry with the release that it belongs to: the nearest heading above that matches `version`, its first group.

    The section is the nearest other heading, or a line such as "Bug fixes:"; a heading that cites a number is itself an entry.
    """
    current, section, mark, taken, depth = "", "", "", [], 0
    for line, heading in _headed(notes.splitlines()):
        bullet = None if heading else _BULLET.match(line)
        starts = bullet is not None and (not taken or len(bullet[1]) <= depth)
        ends = starts or heading is not None or (bool(line.strip()) and not line.startswith(" ") and bool(_LABEL.match(line)))
        if taken and ends:
            yield Entry(current, section, mark, tuple(taken))
            taken = []
        if heading is not None:
            if found := version.search(heading):
                current, section = found[1], ""
            elif _NUMBERS.search(heading):  # a feature of its own, told in paragraphs
                yield Entry(current, section, "#", (heading,))
            else:
                section = heading
        elif starts and bullet:
            mark, depth, taken = bullet[2], len(bullet[1]), [line[bullet.end():]]
        elif ends:
            section = line.strip(" *:")
        elif taken:
            taken.append(line)
    if taken:
        yield Entry(current, section, mark, tuple(taken))


def _headed(lines: list[str]) -> Iterator[tuple[str, str | None]]:
    """Lines with what they say as a heading; underlines are left out."""
    for place, line in enumerate(lines):
        under = lines[place + 1] if place + 1 < len(lines) else ""
        if match := _MARKDOWN_HEADING.match(line):
            yield line, match[2]
        elif line.strip() and not line.startswith(" ") and _UNDERLINE.match(under) and not _UNDERLINE.match(line):
            yield line, line.strip()
        elif not _UNDERLINE.match(line):
            yield line, None
