"""The thread so far, as context for a question asked in it."""

from __future__ import annotations

import logging

from slack_sdk import WebClient
from slack_sdk.errors import SlackClientError

from bot.answers.types import Turn
from bot.slack.errors import NETWORK_ERRORS
from bot.slack.incoming import Incoming, question_text

log = logging.getLogger(__name__)

_PAGE = 200  # Slack gives a thread oldest first; of longer ones the beginning and the newest of this page are read
_TURNS = 20
_TURN_CHARACTERS = 2_000


def read_thread(client: WebClient, question: Incoming, bot_user: str) -> tuple[Turn, ...]:
    """Earlier messages of the question's thread, oldest first: the first one and the last ones.

    Without the scope for it (channels:history and its kin), or when Slack is slow, the question is answered alone: context helps,
    waiting for it does not.
    """
    if not question.in_thread:
        return ()
    try:
        page = client.conversations_replies(
            channel=question.channel, ts=question.thread, latest=question.ts, inclusive=False, limit=_PAGE
        )
    except (SlackClientError, *NETWORK_ERRORS) as exc:
        error = exc.response.get("error", "") if hasattr(exc, "response") else type(exc).__name__
        log.info("question %s is answered without its thread (%s)", question.id, error)
        return ()
    turns = []
    for message in page.get("messages") or ():
        text = question_text(str(message.get("text") or ""), bot_user)[:_TURN_CHARACTERS]
        if text and message.get("ts") != question.ts:
            turns.append(Turn(text=text, by_docent=message.get("user") == bot_user))
    return tuple(turns[:1] + turns[1:][-(_TURNS - 1) :])
