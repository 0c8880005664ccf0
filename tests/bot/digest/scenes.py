"""A digest's surroundings in files, so that several processes share them and one can be killed at any step.

The "repository" is a file with a number: that many changes landed, called 1, 2, 3, …. Slack is a file with a line of JSON for each
message. What each process uses of the product is the real thing, over a real SQLite state.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from bot.changes.types import ChangesReport, Period, Span, ToldChange
from bot.digest.plans import Plans
from bot.digest.run import Digests
from bot.digest.settings import DigestSettings
from bot.digest.types import DigestUnsure, Plan
from bot.state import State
from bot.state.digests import Told
from indexer.changes.types import Fold, Nature, Rated, Size, Story
from indexer.types import Commit, Person

TEAM, CHANNEL = "T1", "C1"
ADA = Person("Ada", "ada@example.com")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Killed(BaseException):
    """Where a test's own thread stands for a process that dies."""


def change(number: int) -> ToldChange:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    commit = Commit(f"{number:040d}", (), ADA, ADA, moment, moment, f"Change {number}")
    rated = Rated(Story(f"Change {number}", "", (commit,)), 1.0, Nature.FEATURE, Size())
    return ToldChange("shop", 1, rated, f"Change {number}", "", "", (), (), ())


def report_of(base: int, head: int, *, quiet: bool = False) -> ChangesReport:
    span = Span("shop", str(base), str(head), None, None)
    told = () if quiet else tuple(change(number) for number in range(base + 1, head + 1))
    return ChangesReport(Period("since then"), (span,), told, folded={Fold.SMALL: head - base} if quiet else {})


@dataclass
class FileComposer:
    """Tells the changes between the number told of last and the one in `folder`/head; a folder/quiet file makes them all small."""

    folder: Path
    die: str = ""
    trouble: list[Exception] | None = None
    before: Callable[[], None] | None = None

    def compose(self, plan: Plan, day: date, told: Mapping[str, Told], now: datetime) -> ChangesReport:
        if self.before:
            self.before()
        if self.die == "compose":
            die()
        if self.trouble:
            raise self.trouble.pop(0)
        return self._report(int(told["shop"].head) if "shop" in told else 0, int((self.folder / "head").read_text()))

    def again(self, heads: Mapping[str, tuple[str, str]]) -> ChangesReport:
        base, head = heads["shop"]
        return self._report(int(base), int(head))

    def _report(self, base: int, head: int) -> ChangesReport:
        return report_of(base, head, quiet=base == head or (self.folder / "quiet").exists())


@dataclass
class FilePoster:
    """Slack as a file. `die` names the step at which the process is killed, `trouble` what the next posts raise, `blind` that
    nothing can be looked for."""

    folder: Path
    die: str = ""
    trouble: list[Exception] | None = None
    blind: bool = False
    in_details: bool = False
    team: str = TEAM

    def name(self, channel: str) -> str:
        return f"#{channel.lower()}"

    def post(self, channel: str, key: str, report: ChangesReport, plan: Plan) -> str:
        if self.die == "before post":
            die()
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble is not None and not isinstance(trouble, (DigestUnsure, KeyError)):
            raise trouble
        ts = self._write(channel, key, "main", report)
        if self.die == "after post":
            die()
        if trouble is not None:
            raise trouble
        return ts

    def post_details(self, channel: str, key: str, ts: str, report: ChangesReport) -> None:
        if self.die == "before details":
            die()
        if self.trouble and self.in_details:
            raise self.trouble.pop(0)
        self._write(channel, key, "details", report)
        if self.die == "after details":
            die()

    def find(self, channel: str, key: str, oldest: float) -> str | None:
        self._look()
        return next((one["ts"] for one in posted(self.folder) if one["key"] == key and one["channel"] == channel), None)

    def find_details(self, channel: str, key: str, ts: str) -> bool:
        self._look()
        return any(one["key"] == key for one in posted(self.folder, "details"))

    def _look(self) -> None:
        if self.blind:
            raise DigestUnsure("The Slack app lacks channels:history.", "Add it.")

    def _write(self, channel: str, key: str, kind: str, report: ChangesReport) -> str:
        told = [int(one.title.removeprefix("Change ")) for one in report.changes]
        ts = f"{len(posted(self.folder))}.0"
        line = json.dumps({"channel": channel, "key": key, "kind": kind, "told": told, "ts": ts})
        with open(self.folder / "slack", "a") as file:
            file.write(line + "\n")
        return ts


def posted(folder: Path, kind: str = "main") -> list[dict[str, Any]]:
    """The messages in "Slack", in the order posted."""
    path = folder / "slack"
    lines = path.read_text().splitlines() if path.exists() else []
    return [message for message in map(json.loads, lines) if message["kind"] == kind]


def die() -> None:
    if os.environ.get("DOCENT_TEST_CHILD"):
        os.kill(os.getpid(), signal.SIGKILL)
    raise Killed


def settings(**more: Any) -> DigestSettings:
    values: dict[str, Any] = {"channel": CHANNEL, "time": "09:00", "timezone": "UTC"} | more
    return DigestSettings(**values)


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


class Scene:
    """One process's digests over a folder that others share."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], digest: DigestSettings | None = None, die: str = "") -> None:
        self.folder = folder
        if not (folder / "head").exists():
            self.land(1)
        self.state = State.open(f"sqlite:///{folder / 'state.sqlite'}")
        self.poster = FilePoster(folder, die)
        self.composer = FileComposer(folder, die)
        self.plans = Plans(digest or settings(), ["shop"], self.state, TEAM, clock=clock)
        self.digests = Digests(self.plans, self.state.digests, self.poster, self.composer, clock=clock)

    def land(self, number: int) -> None:
        (self.folder / "head").write_text(str(number))

    def told(self) -> list[list[int]]:
        """The changes that each message told, in the order posted."""
        return [message["told"] for message in posted(self.folder)]

    def details(self) -> list[list[int]]:
        return [message["told"] for message in posted(self.folder, "details")]


class Child:
    """A process that runs the digest of CHANNEL at `now` once `begin` is called, and is killed (SIGKILL) at the step `die`."""

    def __init__(self, folder: Path, now: datetime, die: str = "") -> None:
        context = multiprocessing.get_context("fork")  # a fresh interpreter would import for seconds
        self._ours, theirs = context.Pipe()
        self._process = context.Process(target=_child, args=[theirs, folder, now, die], daemon=True)
        self._process.start()
        theirs.close()
        assert self._ours.recv() == "ready"

    def begin(self) -> None:
        self._ours.send("begin")

    def end(self) -> tuple[int, str]:
        """Its exit status, and how the attempt ended ("" where it was killed)."""
        self._process.join(60)
        try:
            said = self._ours.recv() if self._ours.poll() else ""
        except EOFError:
            said = ""
        assert self._process.exitcode is not None
        return self._process.exitcode, said


def _child(pipe: Any, folder: Path, now: datetime, step: str) -> None:
    os.environ["DOCENT_TEST_CHILD"] = "1"
    scene = Scene(folder, Clock(now), die=step)
    pipe.send("ready")
    pipe.recv()
    pipe.send(scene.digests.run(CHANNEL).ended.value)


def at(text: str) -> datetime:
    """ "2026-11-23 09:00" in UTC."""
    moment = datetime.fromisoformat(text)
    return datetime.combine(moment.date(), time(moment.hour, moment.minute, moment.second), UTC)
