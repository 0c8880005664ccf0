"""How a long piece of work tells what it is doing."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Shown while a refresh runs."""

    def stage(self, repo: str, name: str, total: int | None) -> None:
        """A new stage begins; `total` units of work, None where unknown."""
        ...

    def advance(self, done: int) -> None:
        """`done` more units of the stage are finished."""
        ...


class Silent:
    """Progress for nobody."""

    def stage(self, repo: str, name: str, total: int | None) -> None: ...

    def advance(self, done: int) -> None: ...
