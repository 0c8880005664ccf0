"""One command as it was typed, ready to be carried out here or sent to a running `docent serve`. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bot.render.screen import Screen

DECLINED = 75
"""The status (EX_TEMPFAIL of sysexits.h) of a service that runs with other settings: the asking process does the work itself."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked of docent, and everything about the place it was typed in that the answer depends on.

    `repos` holds each `--repo` as given and made absolute, as if it were a path; `around` is the repository around the
    current folder, `config` the settings file, `named` by the person or else found from there. `options` holds the command's
    own arguments.
    """

    command: str
    options: Mapping[str, Any] = field(default_factory=dict)
    repos: tuple[tuple[str, str], ...] = ()
    around: str | None = None
    config: str | None = None
    named: bool = True
    json: bool = False
    screen: Screen = field(default_factory=Screen)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Request:
        """Raises KeyError, TypeError or ValueError for anything that `to_json` did not write."""
        return cls(
            command=str(value["command"]),
            options=dict(value["options"]),
            repos=tuple((str(given), str(path)) for given, path in value["repos"]),
            around=value["around"],
            config=value["config"],
            named=bool(value["named"]),
            json=bool(value["json"]),
            screen=Screen(**value["screen"]),
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended: the exit status, and what belongs on stdout and stderr."""

    status: int
    stdout: str = ""
    stderr: str = ""
