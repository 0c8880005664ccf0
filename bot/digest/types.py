"""What the parts of the digest pass to each other, and the edge to Slack. Values only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from bot.changes.types import ChangesReport
from bot.digest.settings import Day
from indexer.errors import DocentError

WEEK: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")  # as datetime.date.weekday() counts


@dataclass(frozen=True, slots=True)
class Plan:
    """When one channel gets its digest, and what of. `at` is local time in `zone`, an IANA name such as "Europe/Berlin".

    `days` in the order written: with `every` "week" the digest comes on the first of them. `repositories` are never empty.
    `since` is the moment the channel was switched on in Slack: what was due before it is not owed. None: by the settings.
    `chosen_by` is the Slack id of who chose last, "" for the settings.
    """

    channel: str
    at: time
    zone: str
    days: tuple[Day, ...]
    repositories: tuple[str, ...]
    every: Literal["day", "week"] = "day"
    quiet: Literal["skip", "post"] = "skip"
    source: Literal["settings", "slack"] = "settings"
    since: datetime | None = None
    chosen_by: str = ""

    @property
    def tzinfo(self) -> ZoneInfo:
        return ZoneInfo(self.zone)


@dataclass(frozen=True, slots=True)
class Choice:
    """What people chose in Slack for a channel, above the settings. None: as the settings have it. `on` False switches it off.

    `changed_by` is the Slack id of who chose last; `changed_at` and `since` (see Plan) are filled in by `Desk.choose`.
    """

    on: bool = True
    at: time | None = None
    zone: str | None = None
    days: tuple[Day, ...] | None = None
    repositories: tuple[str, ...] | None = None
    every: Literal["day", "week"] | None = None
    quiet: Literal["skip", "post"] | None = None
    changed_by: str = ""
    changed_at: datetime | None = None
    since: datetime | None = None


class Ended(StrEnum):
    """How an attempt at a digest ended."""

    POSTED = "posted"
    QUIET = "quiet"  # nothing stood out, and the plan wants silence then
    NOT_DUE = "not due"
    ELSEWHERE = "elsewhere"  # another process has it in hand
    REFUSED = "refused"  # Slack does not let docent post there until somebody acts; tried again on the same day
    FAILED = "failed"  # tried again on the same day, a few times
    UNKNOWN = "unknown"  # it may have arrived, which cannot be known, so it is not repeated


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended, for which local day, in words for the log (never a secret), and when to look again."""

    ended: Ended
    channel: str
    day: date | None = None
    detail: str = ""
    again: datetime | None = None
    ts: str = ""


class DigestRefused(DocentError):
    """Slack lets nobody post there until somebody acts: the channel is gone, archived or shared with others, or docent is not in
    it. `message` names the channel, `hint` says what to do. Nothing was posted."""


class DigestUnsure(DocentError):
    """It may have been posted, or whether it was cannot be known: a lost answer, a missing scope, Slack's silence."""


class Poster(Protocol):
    """Slack, as the digest needs it. `bot.slack.digest_post.open_poster(secrets, access, page_of)` gives one; it raises SlackError.

    `key` names one digest for ever (see `plan.key_of`): ASCII without spaces, at most 100 characters. It is put into the message
    (block_id and metadata) so that the message can be found by it. Safe for threads.
    """

    @property
    def team(self) -> str:
        """The workspace's id."""
        ...

    def name(self, channel: str) -> str:
        """How people call the channel, "#product"; its id where that cannot be known. Never raises."""
        ...

    def post(self, channel: str, key: str, report: ChangesReport, plan: Plan) -> str:
        """Post the main message; its ts. `report.quiet`: the one line for a quiet day.

        DigestRefused; DigestUnsure where it may have arrived; any other DocentError means that it certainly did not.
        """
        ...

    def post_details(self, channel: str, key: str, ts: str, report: ChangesReport) -> None:
        """Post the details into the thread of message `ts`, all or as much as Slack takes. Errors as for `post`."""
        ...

    def find(self, channel: str, key: str, oldest: float) -> str | None:
        """The ts of docent's main message with this key, posted after `oldest` (seconds since 1970); None where it is certain
        that there is none. DigestUnsure when it cannot be known."""
        ...

    def find_details(self, channel: str, key: str, ts: str) -> bool:
        """Whether any of the details of this key stand in the thread of `ts`. DigestUnsure when it cannot be known."""
        ...


class Desk(Protocol):
    """What Slack's view of the digest asks and sets. Raises StoreError where the state cannot be read or written."""

    def plan(self, channel: str) -> Plan | None:
        """How the channel gets its digest now, settings and choice together; None where it gets none."""
        ...

    def choice(self, channel: str) -> Choice | None:
        """What was chosen for it in Slack; None where nothing was."""
        ...

    def suggested(self, channel: str) -> Plan:
        """What it would get if it were only switched on: the settings' times, all their repositories."""
        ...

    def choose(self, channel: str, choice: Choice | None) -> Plan | None:
        """Keep a choice (None: forget it, the settings hold again), plan by it at once, and return `plan(channel)`.

        ConfigError, in words for who chose, for an unknown zone or repository, or no day.
        """
        ...

    def next_run(self, channel: str) -> datetime | None:
        """When the next digest is due there (aware, in the plan's zone); None where there is none."""
        ...

    def repositories(self) -> Sequence[str]:
        """The configured repositories, which are those to choose from."""
        ...
