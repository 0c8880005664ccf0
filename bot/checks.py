"""What one line of `docent doctor` says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a check ended; only ERROR keeps docent from working."""

    OK = "ok"
    OPTIONAL = "optional"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what was looked at, how it is, and what to do about it."""

    name: str
    level: Level
    detail: str
    mend: str = ""
