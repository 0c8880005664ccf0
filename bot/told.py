"""Lines that a report is told in: Markdown that terminal and Slack only lay out, each with the places that show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shows:
    """What shows that a line is true: a commit, or a line of a file, at `commit` or ("") at the indexed one.

    `symbol` is the full name of what was read at that line, which itself may name it in part only.
    """

    repository: str
    commit: str = ""
    path: str = ""
    line: int = 0
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report, and what shows it; the headline has no label."""

    label: str
    text: str
    shown_by: tuple[Shows, ...] = ()
