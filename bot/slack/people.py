"""People of the code as people of this Slack: by the settings' member ids, else by e-mail. Nobody is ever pinged by being named."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import wait
from dataclasses import dataclass, field
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.answers.types import Owner
from bot.slack.errors import NETWORK_ERRORS
from bot.slack.work import DaemonExecutor
from indexer.config import PersonSettings

log = logging.getLogger(__name__)

MOST_LOOKUPS = 6  # of one answer: users.lookupByEmail is Tier 3, some 50 a minute for the whole app
PATIENCE = 1.5  # seconds of the three in which an answer is due; who is found later is known to the next answer
_KEEP_SECONDS = 600.0
_MOST_KEPT = 10_000
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # Markdown takes a backslash before each of these, and then means none of them


@dataclass(frozen=True, slots=True)
class Known:
    """Some people's member ids in this Slack, by (name, e-mail); `workspace` is its address, "https://corner.slack.com"."""

    ids: Mapping[tuple[str, str], str] = field(default_factory=dict)
    workspace: str = ""

    def id_of(self, owner: Owner) -> str | None:
        return owner.slack or self.ids.get((owner.name, owner.email))

    def written(self, owner: Owner) -> str:
        """Somebody as Markdown: the name, linked to their profile where they are in this Slack. Unlike a mention, it does not ping."""
        return self.linked(owner.name, self.id_of(owner))

    def linked(self, name: str, member: str | None) -> str:
        words = _PUNCTUATION.sub(r"\\\1", " ".join(name.split()))
        return f"[{words}]({self.workspace}/team/{member})" if member and self.workspace and words else words


class People:
    """Finds them, and keeps for ten minutes who was found and who was not. Safe for many threads."""

    def __init__(
        self,
        client: WebClient,
        settings: Sequence[PersonSettings] = (),
        workspace: str = "",
        profile: Callable[[str], Mapping[str, Any]] | None = None,
        clock: Callable[[], float] = time.monotonic,
        patience: float = PATIENCE,
    ) -> None:
        """`client` gives up after seconds and never repeats; `profile` is users.info, kept for a while."""
        self._patience = patience
        self._client = client
        self._settings = settings
        self._workspace = workspace.rstrip("/")
        self._profile = profile or (lambda user: client.users_info(user=user)["user"])
        self._clock = clock
        self._found: dict[str, tuple[float, str | None]] = {}
        self._not_before = 0.0
        self._threads = DaemonExecutor(MOST_LOOKUPS)
        self._lock = threading.Lock()

    def known(self, owners: Iterable[Owner]) -> Known:
        """Who of them is in this Slack, as far as it can be found in time; the first ones are looked for first. Never raises."""
        ids: dict[tuple[str, str], str] = {}
        unknown: list[tuple[Owner, list[str]]] = []
        left = MOST_LOOKUPS
        for owner in dict.fromkeys(owners):
            if owner.slack or owner.kind != "person":
                continue
            member, open_addresses = self._kept(owner)
            if member:
                ids[owner.name, owner.email] = member
            elif open_addresses and left:
                unknown.append((owner, open_addresses[:left]))
                left -= len(open_addresses[:left])
        if unknown and self._may_ask():
            futures = {self._threads.submit(self._look_up, addresses): owner for owner, addresses in unknown}
            for future in wait(futures, timeout=self._patience).done:
                if member := future.result():
                    ids[futures[future].name, futures[future].email] = member
        return Known(ids, self._workspace)

    def named(self, user: str) -> tuple[str, ...]:
        """How a member may be called in the code, the surest first: what the settings know, else e-mail and name in Slack.

        Raises SlackApiError and network errors where Slack does not tell.
        """
        for person in self._settings:
            if person.slack == user:
                return (*person.emails, *(f"@{handle}" for handle in person.handles), person.name)
        facts = self._profile(user)
        profile = facts.get("profile") or {}
        names = (profile.get("email"), profile.get("real_name") or facts.get("real_name"), facts.get("name"))
        return tuple(dict.fromkeys(str(name) for name in names if name))

    def name_of(self, user: str, otherwise: str = "") -> str:
        """A member's name for others to read; `otherwise` where Slack does not tell."""
        try:
            facts = self._profile(user)
        except (SlackClientError, *NETWORK_ERRORS):
            return next((person.name for person in self._settings if person.slack == user), otherwise or "somebody")
        profile = facts.get("profile") or {}
        names = (profile.get("real_name"), facts.get("real_name"), profile.get("display_name"), facts.get("name"))
        return str(next((name for name in names if name), otherwise or "somebody"))

    @property
    def workspace(self) -> str:
        """The address of this Slack, under which people have their profiles."""
        return self._workspace

    def linked(self, user: str, otherwise: str = "") -> str:
        """A member as Markdown, linked to their profile."""
        return Known(workspace=self._workspace).linked(self.name_of(user, otherwise), user)

    def _kept(self, owner: Owner) -> tuple[str | None, list[str]]:
        """The member that is known for somebody, else the addresses that nobody has asked for lately."""
        unasked = []
        for address in dict.fromkeys(mail.strip().lower() for mail in (owner.email, *owner.aliases)):
            if "@" not in address or "noreply" in address or "no-reply" in address:
                continue
            with self._lock:
                kept = self._found.get(address)
            if kept is None or self._clock() - kept[0] >= _KEEP_SECONDS:
                unasked.append(address)
            elif kept[1]:
                return kept[1], []
        return None, unasked

    def _look_up(self, addresses: Sequence[str]) -> str | None:
        for address in addresses:
            try:
                user = self._client.users_lookupByEmail(email=address).get("user") or {}
                gone = user.get("deleted") or user.get("is_bot") or user.get("is_stranger")
                member = None if gone else str(user.get("id") or "") or None
            except SlackApiError as exc:
                member = None
                if not self._is_a_miss(exc):
                    return None
            except (SlackClientError, *NETWORK_ERRORS) as exc:
                log.info("somebody was not looked for in Slack (%s)", type(exc).__name__)
                return None
            self._keep(address, member)
            if member:
                return member
        return None

    def _is_a_miss(self, exc: SlackApiError) -> bool:
        """Whether Slack says that nobody has this address. Other refusals hold for the next addresses too."""
        error = str(exc.response.get("error") or "")
        if error in ("users_not_found", "user_not_found", "user_not_visible", "invalid_email", "invalid_arguments"):
            return True
        pause = _KEEP_SECONDS
        if error == "ratelimited":
            after = str(exc.response.headers.get("Retry-After") or exc.response.headers.get("retry-after") or "")
            pause = float(after) if after.isdecimal() else 30.0
        with self._lock:
            self._not_before = self._clock() + pause
        log.info("nobody is looked for in Slack for %.0f s (%s)", pause, error[:100])
        return False

    def _may_ask(self) -> bool:
        with self._lock:
            return self._clock() >= self._not_before

    def _keep(self, address: str, member: str | None) -> None:
        with self._lock:
            if len(self._found) >= _MOST_KEPT:
                self._found.clear()
            self._found[address] = (self._clock(), member)
