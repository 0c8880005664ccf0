"""Who wrote some lines as they stand, by git-blame(1); blank changes do not count, nor commits that are said to be of no account."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

_GROUP = re.compile(rb"^(?P<sha>[0-9a-f]{40,64}) \d+ \d+ (?P<lines>\d+)$", re.MULTILINE)


def blame_arguments(commit: str, path: str, start: int, end: int, ignored: Iterable[str]) -> list[str]:
    """The command whose output `parse_blame` reads. Every one of the `ignored` commits must be there."""
    return [
        *("blame", "-w", "--incremental", "--root", "--no-textconv", "--no-ext-diff", f"-L{start},{end}"),
        *(f"--ignore-rev={sha}" for sha in ignored),
        *(commit, "--", path),
    ]


def parse_blame(told: bytes) -> dict[str, int]:
    """SHA -> number of lines, from `git blame --incremental`, whose groups begin with "SHA OLD-LINE LINE COUNT"."""
    lines: Counter[str] = Counter()
    for group in _GROUP.finditer(told):
        lines[group["sha"].decode()] += int(group["lines"])
    return dict(lines)
