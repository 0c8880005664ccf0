"""`[digest]` and `[[digest.channels]]` of the settings file."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from indexer.config import Table

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _channel(value: str) -> str:
    if value and not (value.isascii() and value.isalnum() and value.isupper()):
        raise ValueError('a channel\'s id such as "C0123456789"; Slack shows it at the end of the channel\'s details')
    return value


def _zone(value: str) -> str:
    if not is_zone(value):
        near = difflib.get_close_matches(value, available_timezones(), n=1, cutoff=0.6)
        raise ValueError(f'a time zone such as "{near[0] if near else "Europe/Berlin"}"')
    return value


def _once_each(value: tuple[str, ...]) -> tuple[str, ...]:
    if not value or len(set(value)) != len(value):
        raise ValueError('at least one of "mon" to "sun", each once')
    return value


def is_zone(name: str) -> bool:
    """Whether this machine knows the IANA time zone."""
    try:
        return bool(name) and ZoneInfo(name).key == name
    except (ValueError, KeyError, OSError):  # what ZoneInfo raises for a path, for what is unknown, and for a folder
        return False


Channel = Annotated[str, AfterValidator(_channel)]
Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
Zone = Annotated[str, AfterValidator(_zone)]
Days = Annotated[tuple[Day, ...], AfterValidator(_once_each)]


class DigestChannel(Table):
    """One `[[digest.channels]]` entry: a further channel, and what is different there from `[digest]`."""

    channel: Annotated[Channel, Field(min_length=1)]
    time: Time | None = None
    timezone: Zone | None = None
    days: Days | None = None
    every: Literal["day", "week"] | None = None
    repositories: tuple[str, ...] | None = None
    quiet: Literal["skip", "post"] | None = None


class DigestSettings(Table):
    """`[digest]`: where, when and of what the digest of changes is posted; `quiet` says what happens when nothing stands out.

    `every` "week": one digest a week, on the first of `days`. `repositories` empty: all configured ones.
    """

    channel: Channel = ""
    time: Time = "09:00"
    timezone: Zone = "UTC"
    days: Days = ("mon", "tue", "wed", "thu", "fri")
    every: Literal["day", "week"] = "day"
    repositories: tuple[str, ...] = ()
    quiet: Literal["skip", "post"] = "skip"
    channels: tuple[DigestChannel, ...] = ()

    @model_validator(mode="after")
    def _each_channel_once(self) -> DigestSettings:
        named = [entry.channel for entry in self.channels] + ([self.channel] if self.channel else [])
        twice = next((channel for channel in named if named.count(channel) > 1), None)
        if twice:
            raise ValueError(f"each channel once; {twice} stands twice")
        return self

    def unknown_repository(self, known: Collection[str]) -> tuple[str, str] | None:
        """The first repository named here that is not in `known`, and the key that names it."""
        places = [("digest.repositories", self.repositories)]
        places += [(f"digest.channels[{n}].repositories", entry.repositories or ()) for n, entry in enumerate(self.channels, 1)]
        return next(((name, key) for key, names in places for name in names if name not in known), None)
