"""The listeners of /docent, /whoowns and /digest: the commands, their buttons and their modals.

Each is acknowledged in its middleware, which runs where the request arrives: listeners wait for a thread that may be busy, and
Slack takes no acknowledgement after 3 s.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any

from slack_bolt import App, BoltResponse

from bot.slack.ask_them import AskThem
from bot.slack.change_blocks import SETTINGS, STOP
from bot.slack.digest_command import DigestCommand
from bot.slack.digest_view import DIGEST_VIEW
from bot.slack.docent_command import SHARE_PLANNED, SHARE_PLANNED_VIEW, DocentCommand
from bot.slack.invocation import Invocation, read_click, read_command, read_submission
from bot.slack.modals import ASK_VIEW, SHARE_VIEW
from bot.slack.owner_blocks import ASK, READING, SHARE
from bot.slack.whoowns import WhoOwns

log = logging.getLogger(__name__)


def register_commands(app: App, owners: WhoOwns, asking: AskThem, digests: DigestCommand, planning: DocentCommand) -> None:
    """Connect them with who does the work."""

    def on_command(take: Callable[[Invocation], str]) -> Callable[[dict[str, Any]], BoltResponse]:
        def commanded(body: dict[str, Any]) -> BoltResponse:
            words = take(read_command(body))
            return _acknowledged({"response_type": "ephemeral", "text": words} if words else {})

        return commanded

    def on_ask_sent(body: dict[str, Any]) -> BoltResponse:
        return _acknowledged(asking.submitted(read_submission(body)))

    def on_share_sent(body: dict[str, Any]) -> BoltResponse:
        owners.share_chosen(read_submission(body))
        return _acknowledged({})

    def on_planned_share_sent(body: dict[str, Any]) -> BoltResponse:
        planning.share_chosen(read_submission(body))
        return _acknowledged({})

    def on_digest_sent(body: dict[str, Any]) -> BoltResponse:
        return _acknowledged(digests.submitted(read_submission(body)))

    def on_click(take: Callable[[Invocation], None]) -> Callable[[dict[str, Any]], BoltResponse]:
        def clicked(body: dict[str, Any]) -> BoltResponse:
            take(read_click(body))
            return _acknowledged({})

        return clicked

    def on_unknown_click(body: dict[str, Any]) -> BoltResponse:
        log.info("a button of another version of docent was used")
        return _acknowledged({})

    app.command("/whoowns", middleware=[on_command(owners.command)])(_never)
    app.command("/docent", middleware=[on_command(planning.command)])(_never)
    app.command("/digest", middleware=[on_command(digests.command)])(_never)
    app.action(SETTINGS, middleware=[on_click(digests.settings_clicked)])(_never)
    app.action(STOP, middleware=[on_click(digests.stop_clicked)])(_never)
    app.action(SHARE, middleware=[on_click(owners.share)])(_never)
    app.action(SHARE_PLANNED, middleware=[on_click(planning.share)])(_never)
    app.action(ASK, middleware=[on_click(asking.clicked)])(_never)
    app.action(re.compile(rf"{READING}_\d"), middleware=[on_click(owners.other_reading)])(_never)
    app.action(re.compile(".*"), middleware=[on_unknown_click])(_never)
    app.view(ASK_VIEW, middleware=[on_ask_sent])(_never)
    app.view(SHARE_VIEW, middleware=[on_share_sent])(_never)
    app.view(SHARE_PLANNED_VIEW, middleware=[on_planned_share_sent])(_never)
    app.view(DIGEST_VIEW, middleware=[on_digest_sent])(_never)


def _acknowledged(answer: dict[str, Any]) -> BoltResponse:
    return BoltResponse(status=200, body=answer or "")


def _never() -> None:
    """Bolt wants a listener behind each middleware; ours have answered before it."""
