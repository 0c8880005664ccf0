"""Which channels get a digest, and how: the settings, and above them what people chose in Slack."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.digest.plan import due, next_run, parse_time
from bot.digest.settings import DigestSettings, is_zone
from bot.digest.types import WEEK, Choice, Plan
from bot.state import State
from indexer.errors import ConfigError

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


class Plans:
    """The plans of one workspace as they stand at each moment; what Slack's view asks and sets (`Desk`). StoreError."""

    def __init__(
        self,
        settings: DigestSettings,
        repositories: Sequence[str],
        state: State,
        team: str,
        *,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        """`repositories` are the configured ones; `on_change` is called after each choice."""
        self._settings = settings
        self._repositories = tuple(repositories)
        self._state = state
        self._clock = clock
        self.team = team
        self.on_change: Callable[[str], None] = lambda channel: None

    def all(self) -> dict[str, Plan]:
        """By channel, those of the settings first."""
        choices = self._state.choices.all(self.team)
        channels = dict.fromkeys((*settings_channels(self._settings), *choices))
        plans = {channel: self._combined(channel, choices.get(channel)) for channel in channels}
        return {channel: plan for channel, plan in plans.items() if plan is not None}

    def plan(self, channel: str) -> Plan | None:
        return self._combined(channel, self.choice(channel))

    def choice(self, channel: str) -> Choice | None:
        return self._state.choices.all(self.team).get(channel)

    def suggested(self, channel: str) -> Plan:
        return settings_plan(self._settings, channel, self._repositories)

    def choose(self, channel: str, choice: Choice | None) -> Plan | None:
        if choice is not None:
            self._refuse(choice)
            now, before = self._clock(), self.choice(channel)
            # what was due before a channel was switched on is not owed; a change of its time later takes nothing away
            since = (before.since if before is not None else None) if self.plan(channel) is not None else now
            choice = replace(choice, changed_at=now, since=since if choice.on else None)
        self._state.choices.keep(self.team, channel, choice, self._clock())
        self.on_change(channel)
        return self.plan(channel)

    def next_run(self, channel: str) -> datetime | None:
        plan = self.plan(channel)
        return self.next_of(plan) if plan is not None else None

    def next_of(self, plan: Plan) -> datetime:
        """When the plan's next digest falls due; now, where one is due already."""
        now = self._clock().astimezone(plan.tzinfo)
        last = self._state.digests.last_day(self.team, plan.channel, now.date())
        return now if due(plan, now, last) is not None else next_run(plan, now, last)

    def repositories(self) -> Sequence[str]:
        return self._repositories

    def _combined(self, channel: str, choice: Choice | None) -> Plan | None:
        if not self._repositories:
            return None
        plan = self.suggested(channel)
        if choice is None:
            return plan if channel in settings_channels(self._settings) else None
        if not choice.on:
            return None
        repositories = self._known(channel, choice.repositories) if choice.repositories else plan.repositories
        if not repositories:
            return None
        chosen: dict[str, Any] = {"at": choice.at, "zone": choice.zone, "days": choice.days, "every": choice.every, "quiet": choice.quiet}
        if choice.zone and not is_zone(choice.zone):
            log.warning("digest of %s: this machine does not know the time zone %s; %s is taken", channel, choice.zone, plan.zone)
            chosen["zone"] = None
        kept = {key: value for key, value in chosen.items() if value is not None}
        return replace(plan, repositories=repositories, source="slack", since=choice.since, chosen_by=choice.changed_by, **kept)

    def _known(self, channel: str, chosen: Sequence[str]) -> tuple[str, ...]:
        known = tuple(name for name in chosen if name in self._repositories)
        if len(known) < len(chosen):
            gone = ", ".join(name for name in chosen if name not in known)
            log.warning("digest of %s: %s is no longer configured%s", channel, gone, "" if known else ", so none is planned")
        return known

    def _refuse(self, choice: Choice) -> None:
        if choice.zone is not None and not is_zone(choice.zone):
            raise ConfigError(f"“{choice.zone}” is no time zone.", "Write one such as Europe/Berlin.")
        if choice.days is not None and (not choice.days or not set(choice.days) <= set(WEEK)):
            raise ConfigError("No day is chosen.", "Choose at least one, or switch the digest off.")
        unknown = [name for name in choice.repositories or () if name not in self._repositories]
        if unknown:
            raise ConfigError(f"There is no repository “{unknown[0]}”.", f"Choose among {', '.join(self._repositories)}.")


def settings_channels(settings: DigestSettings) -> tuple[str, ...]:
    """The channels that the settings name, `[digest]`'s own first."""
    own = (settings.channel,) if settings.channel else ()
    return (*own, *(entry.channel for entry in settings.channels))


def settings_plan(settings: DigestSettings, channel: str, repositories: Sequence[str]) -> Plan:
    """The plan that the settings give a channel: `[digest]`, and above it what the channel's own entry says."""
    entry = next((entry for entry in settings.channels if entry.channel == channel), None)
    own = {key: value for key, value in (dict(entry) if entry else {}).items() if value is not None}
    values = {**dict(settings), **own}
    return Plan(
        channel=channel,
        at=parse_time(values["time"]),
        zone=values["timezone"],
        days=values["days"],
        repositories=values["repositories"] or tuple(repositories),
        every=values["every"],
        quiet=values["quiet"],
    )
