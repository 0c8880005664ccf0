"""The listeners: a mention, a direct message, the stop button, and whatever else Slack sends, which is only acknowledged."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltResponse

from bot.slack.answering import Answering
from bot.slack.inbox import Inbox

log = logging.getLogger(__name__)


def register(app: App, inbox: Inbox, answering: Answering, on_uninstalled: Callable[[str], None]) -> None:
    """Connect Slack's events with the answering. Bolt acknowledges an event before its listener runs, and after its middleware:
    so a question is acknowledged once it is noted."""

    def take_once(body: dict[str, Any], next: Callable[[], None]) -> BoltResponse | None:
        if not inbox.first_time(body):
            return BoltResponse(status=200, body="")
        next()
        return None

    def on_question(body: dict[str, Any]) -> None:
        question = inbox.read(body)
        if question is not None:
            answering.take(question)

    def on_stop(event: dict[str, Any]) -> None:
        answering.stop(str(event.get("channel") or ""), str(event.get("thread_ts") or ""))

    def on_lost_access(event: dict[str, Any]) -> None:
        on_uninstalled(str(event.get("type") or ""))

    def on_anything_else(body: dict[str, Any]) -> None:
        # an event without a listener is not acknowledged, is sent again, and counts against the app
        log.debug("ignored event %s", (body.get("event") or {}).get("type"))

    app.event("app_mention", middleware=[take_once])(on_question)
    app.event("message", middleware=[take_once])(on_question)
    app.event("agent_session_stopped")(on_stop)
    app.event("app_uninstalled")(on_lost_access)
    app.event("tokens_revoked")(on_lost_access)
    app.event(re.compile(".*"))(on_anything_else)
