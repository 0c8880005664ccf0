"""Who may ask: people of this workspace, in its own channels. Everybody else is refused in words (deny by default)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.config import AccessSettings

log = logging.getLogger(__name__)

_CLOSED = AccessSettings()
_KEEP_SECONDS = 600.0
_MOST_PROFILES = 10_000

SHARED_CHANNEL = (
    "I do not answer in channels that are shared with other organisations, because everybody there would read it. "
    "Ask me in a channel of your own workspace, or in a direct message."
)
OUTSIDER = "I answer only people of the workspace that I belong to."
GUEST = "I answer only full members of this workspace, and you are here as a guest. Ask a member to put the question."
BOT = "I answer people, not other apps."
UNKNOWN_ASKER = "Slack could not tell me who you are, so I did not answer. Please ask again in a minute."


class Asking(Protocol):
    """Who asks, as the event, command or click tells it: `external` for a channel shared with others, `id` for the log."""

    @property
    def id(self) -> str: ...
    @property
    def user(self) -> str: ...
    @property
    def user_team(self) -> str: ...
    @property
    def external(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Home:
    """The workspace, and the Enterprise Grid organisation if there is one, whose people may ask."""

    team: str
    enterprise: str = ""


def refuse_place(question: Asking, rules: AccessSettings = _CLOSED) -> str | None:
    """Why this channel gets no answer; None where it does."""
    return SHARED_CHANNEL if question.external and rules.externals == "deny" else None


def refuse_asker(
    question: Asking, profile: Mapping[str, Any] | None, home: Home, rules: AccessSettings = _CLOSED
) -> str | None:
    """Why this person gets no answer; None for one of ours. `profile` is users.info's user, None where it may not be read."""
    if profile is None:
        ours = home.enterprise or question.user_team in ("", home.team)
        return None if ours or rules.externals == "allow" else OUTSIDER
    if profile.get("is_bot") or profile.get("id") == "USLACKBOT":
        return BOT
    ours = _belongs(profile, home) and not profile.get("is_stranger")
    if profile.get("deleted") or (not ours and rules.externals == "deny"):
        return OUTSIDER
    guest = profile.get("is_restricted") or profile.get("is_ultra_restricted")
    return GUEST if guest and ours and rules.guests == "deny" else None


def _belongs(profile: Mapping[str, Any], home: Home) -> bool:
    organisation = (profile.get("enterprise_user") or {}).get("enterprise_id") or profile.get("enterprise_id")
    if home.enterprise and organisation == home.enterprise:
        return True
    return profile.get("team_id") == home.team


class Access:
    """Decides for each question; profiles are asked for once in ten minutes.

    Without the scope users:read guests and members look alike. Then whoever belongs to this workspace is answered, as the event
    tells it: the scope was taken away on purpose, and start-up and `docent doctor` say what that means.
    When Slack fails to say who somebody is, the answer is no.
    """

    def __init__(self, client: WebClient, home: Home, rules: AccessSettings = _CLOSED) -> None:
        self._client = client
        self._home = home
        self._rules = rules
        self._profiles: dict[str, tuple[float, Mapping[str, Any]]] = {}
        self._lock = threading.Lock()

    def refusal(self, question: Asking) -> str | None:
        """Why there is no answer, in words; None if there is one. May ask Slack (users.info)."""
        refused = refuse_place(question, self._rules)
        if refused:
            return refused
        try:
            profile = self.profile(question.user)
        except SlackApiError as exc:
            error = exc.response.get("error", "")
            if error == "missing_scope":
                profile = None
            elif error in ("user_not_found", "user_not_visible"):
                return OUTSIDER
            else:
                log.warning("users.info failed (%s), question %s refused", error, question.id)
                return UNKNOWN_ASKER
        except OSError as exc:  # the network, as urllib reports it
            log.warning("users.info failed (%s), question %s refused", type(exc).__name__, question.id)
            return UNKNOWN_ASKER
        return refuse_asker(question, profile, self._home, self._rules)

    def profile(self, user: str) -> Mapping[str, Any]:
        """What Slack knows of somebody (users.info). Raises SlackApiError and network errors."""
        now = time.monotonic()
        with self._lock:
            kept = self._profiles.get(user)
        if kept and now - kept[0] < _KEEP_SECONDS:
            return kept[1]
        profile = self._client.users_info(user=user)["user"]
        with self._lock:
            if len(self._profiles) >= _MOST_PROFILES:
                self._profiles.clear()
            self._profiles[user] = (now, profile)
        return profile
