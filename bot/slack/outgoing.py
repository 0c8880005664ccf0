"""Posts one message for one question, exactly once, whatever the connection does."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.blocks import Message, words_message
from bot.slack.clients import Clients
from bot.slack.errors import NETWORK_ERRORS, never_left
from bot.slack.incoming import Incoming
from bot.slack.sign import Sign

log = logging.getLogger(__name__)

METADATA_EVENT = "docent_answer"
_TRIES = 3
# Slack may have posted before it answered with one of these.
_UNCERTAIN = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable", "team_added_to_org"})
REFUSED_BLOCKS = frozenset({"invalid_blocks", "msg_too_long", "msg_blocks_too_long", "invalid_blocks_format"})
_NO_ENTRY = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})


def answer_block_id(question: Incoming) -> str:
    """Marks the first block of the answer to a question, by which a posted one is recognised."""
    return f"docent-answer-{question.id}"


class Outgoing:
    """Posts into the thread of a question, or over its placeholder."""

    def __init__(self, clients: Clients, sleep: Callable[[float], None] = time.sleep) -> None:
        self._clients = clients
        self._sleep = sleep

    def deliver(self, question: Incoming, message: Message, sign: Sign) -> str | None:
        """Put `message` into the thread; its ts, or None where Slack allows nothing to be posted. Raises SlackClientError and
        network errors when it could not be posted at all."""
        try:
            return self._put(question, message, sign)
        except SlackApiError as exc:
            error = _error(exc)
            if error in REFUSED_BLOCKS:
                log.error("Slack refused the blocks of question %s (%s); posting its words", question.id, error)
                return self._put(question, words_message(message.text, block_id=answer_block_id(question)), sign)
            if error in _NO_ENTRY:
                return self._tell_in_private(question, error)
            raise

    def find_posted(self, question: Incoming) -> str | None:
        """The ts of an answer to this question that is already in its thread; None if there is none.

        Raises SlackClientError or a network error when it cannot be known.
        """
        page = self._clients.patient.conversations_replies(
            channel=question.channel, ts=question.thread, oldest=question.ts, limit=200, include_all_metadata=True
        )
        return next((message["ts"] for message in page.get("messages") or () if _answers(message, question)), None)

    def _put(self, question: Incoming, message: Message, sign: Sign) -> str | None:
        if sign.kind == "message" and sign.ts:
            try:  # the same update twice is one update, so it may be repeated freely
                self._clients.patient.chat_update(channel=question.channel, ts=sign.ts, **_content(question, message))
                return sign.ts
            except SlackApiError as exc:
                if _error(exc) not in ("message_not_found", "cant_update_message", "edit_window_closed"):
                    raise
        return self._post(question, message)

    def _post(self, question: Incoming, message: Message) -> str | None:
        for attempt in range(_TRIES):
            try:
                return self._send(channel=question.channel, thread_ts=question.thread, **_content(question, message))
            except (SlackClientError, *NETWORK_ERRORS) as exc:
                if not may_have_arrived(exc) or attempt == _TRIES - 1:
                    raise
                log.warning("posting the answer to %s failed (%s); looking before repeating", question.id, type(exc).__name__)
                self._sleep(2.0 * attempt + 0.2)
                if never_left(exc):
                    continue
                try:
                    found = self.find_posted(question)
                except (SlackClientError, *NETWORK_ERRORS):
                    self._tell_that_it_is_not_known(question)
                    return None
                if found:
                    return found
        return None

    def _tell_that_it_is_not_known(self, question: Incoming) -> None:
        """Two answers are worse than one that may be missing, as long as the asker hears about it."""
        log.error("whether the answer to %s arrived cannot be known; not repeated", question.id)
        words = words_message("If you see no answer of mine above, the connection to Slack ate it. Please ask again.")
        self._send(channel=question.channel, thread_ts=question.thread, text=words.text, blocks=list(words.blocks))

    def _tell_in_private(self, question: Incoming, error: str) -> str | None:
        if question.direct:
            raise SlackClientError(f"no entry to the direct message ({error})")
        words = "I could not write in the channel where you asked me. Invite me there with `/invite`, then ask again."
        message = words_message(words, block_id=answer_block_id(question))
        log.warning("question %s: %s; told in private", question.id, error)
        self._send(channel=question.user, text=message.text, blocks=list(message.blocks))
        return None

    def _send(self, **arguments: Any) -> str:
        # twenty source links would otherwise become twenty cards below the answer
        return self._clients.posting.chat_postMessage(unfurl_links=False, unfurl_media=False, **arguments)["ts"]


def _content(question: Incoming, message: Message) -> dict[str, Any]:
    # parse "none" and no link_names: Slack turns nothing in the text into a link, a channel or a mention
    return {
        "text": message.text,
        "blocks": list(message.blocks),
        "parse": "none",
        "link_names": False,
        "metadata": {"event_type": METADATA_EVENT, "event_payload": {"question": question.id}},
    }


def _answers(message: Mapping[str, Any], question: Incoming) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    by_metadata = metadata.get("event_type") == METADATA_EVENT and payload.get("question") == question.id
    by_block = any(block.get("block_id") == answer_block_id(question) for block in message.get("blocks") or ())
    return bool(by_metadata or by_block)


def may_have_arrived(exc: BaseException) -> bool:
    """Whether a post that failed so may stand in the channel all the same."""
    if isinstance(exc, SlackApiError):
        return _error(exc) in _UNCERTAIN or exc.response.status_code >= 500
    return True


def _error(exc: SlackApiError) -> str:
    return str(exc.response.get("error") or "")
