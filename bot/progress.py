"""Progress of a refresh on stderr: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from indexer.progress import Progress

_QUIET_SECONDS = 1.5  # what is done sooner needs no plain line
_LINE_EVERY = 10.0  # seconds between two plain lines of one stage


class PlainProgress:
    """A line when a stage takes long, and one every few seconds while it lasts."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._begin = time.monotonic()
        self._label, self._done = "", 0
        self._total: int | None = None
        self._next = self._begin + _QUIET_SECONDS

    def stage(self, repo: str, name: str, total: int | None) -> None:
        self._label, self._total, self._done = f"{repo}: {name}", total, 0
        now = time.monotonic()
        if now - self._begin >= _QUIET_SECONDS or (total or 0) >= 100:
            self._say(now)

    def advance(self, done: int) -> None:
        self._done += done
        now = time.monotonic()
        if now >= self._next:
            self._say(now)

    def _say(self, now: float) -> None:
        amount = f" {self._done:,} of {self._total:,}" if self._total else f" {self._done:,}" if self._done else ""
        print(f"{self._label}{amount}", file=self._stream, flush=True)
        self._next = now + _LINE_EVERY

    def close(self) -> None: ...


class BarProgress:
    """A rich progress bar that goes away when the refresh is done."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar: Any = Progress(
            TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
            console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task: Any = None
        self._bar.start()

    def stage(self, repo: str, name: str, total: int | None) -> None:
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(f"{repo}: {name}", total=total)

    def advance(self, done: int) -> None:
        if self._task is not None:
            self._bar.advance(self._task, done)

    def close(self) -> None:
        self._bar.stop()


class Stopped(Exception):
    """A refresh was ended from outside, between two of its steps."""


class Stoppable:
    """Progress that ends the refresh once `stopping` is set; a refresh that ends anywhere leaves a whole index."""

    def __init__(self, stopping: threading.Event, shown: Progress | None) -> None:
        self._stopping = stopping
        self._shown = shown

    def stage(self, repo: str, name: str, total: int | None) -> None:
        self._check()
        if self._shown:
            self._shown.stage(repo, name, total)

    def advance(self, done: int) -> None:
        self._check()
        if self._shown:
            self._shown.advance(done)

    def _check(self) -> None:
        if self._stopping.is_set():
            raise Stopped


def open_progress() -> PlainProgress | BarProgress:
    """The progress that fits this process's stderr."""
    return BarProgress() if sys.stderr.isatty() else PlainProgress()
