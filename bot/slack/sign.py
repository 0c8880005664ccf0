"""The sign that docent is at work, in sight within a second: Slack's own status where the app may set it, else a message."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.blocks import words_message
from bot.slack.clients import Clients
from bot.slack.errors import NETWORK_ERRORS
from bot.slack.incoming import Incoming

log = logging.getLogger(__name__)

READING = "is reading the code…"
_PLACEHOLDER = "Reading the code…"

# What these say holds for the whole app, so asking again for each question would only cost time.
_NEVER = frozenset({
    "unknown_method", "missing_scope", "not_allowed_token_type", "method_deprecated", "no_permission", "not_an_agent",
    "feature_not_enabled", "access_denied",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sign:
    """What is in sight: `kind` session, status, message or none; for a message its `ts`, which becomes the answer."""

    kind: str
    ts: str | None = None


NO_SIGN = Sign("none")


class Signs:
    """Shows and takes away the working sign. Never raises: a question without a sign still gets its answer."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients
        self._useless: set[str] = set()
        self._lock = threading.Lock()

    def show(self, question: Incoming) -> Sign:
        """An agent session with Slack's stop button, else the assistant status, else a message in the thread."""
        quick = self._clients.quick
        place: dict[str, Any] = {"channel_id": question.channel, "thread_ts": question.thread}
        if self._works("session", lambda: quick.agents_sessions_setStatus(**place, status="processing")):
            return Sign("session")
        if self._works("status", lambda: quick.assistant_threads_setStatus(**place, status=READING)):
            return Sign("status")
        return self._message(question)

    def clear(self, question: Incoming, sign: Sign) -> None:
        """After the answer. A session has to be ended by us, a status ends with the next post but not with a refused one."""
        quick = self._clients.quick
        place: dict[str, Any] = {"channel_id": question.channel, "thread_ts": question.thread}
        if sign.kind == "session":
            self._works("session", lambda: quick.agents_sessions_setStatus(**place, status="active"))
        elif sign.kind == "status":
            self._works("status", lambda: quick.assistant_threads_setStatus(**place, status=""))

    def _works(self, kind: str, call) -> bool:
        if kind in self._useless:
            return False
        try:
            call()
            return True
        except SlackApiError as exc:
            error = str(exc.response.get("error") or "")
            if error in _NEVER:
                with self._lock:
                    self._useless.add(kind)
                log.info("Slack does not let this app show a %s (%s)", kind, error)
            else:
                log.info("no %s shown (%s)", kind, error[:100])
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.info("no %s shown (%s)", kind, type(exc).__name__)
        return False

    def _message(self, question: Incoming) -> Sign:
        message = words_message(_PLACEHOLDER, block_id=f"docent-sign-{question.id}")
        try:
            posted = self._clients.quick.chat_postMessage(
                channel=question.channel,
                thread_ts=question.thread,
                text=message.text,
                blocks=list(message.blocks),
                unfurl_links=False,
                unfurl_media=False,
            )
            return Sign("message", posted["ts"])
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.info("no working sign for question %s (%s)", question.id, type(exc).__name__)
            return NO_SIGN
