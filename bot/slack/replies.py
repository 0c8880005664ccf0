"""Answers by response_url: in private, or for all in the conversation where docent was used, even where it is no member."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable
from typing import Any

from slack_sdk.errors import SlackClientError
from slack_sdk.http_retry import RateLimitErrorRetryHandler
from slack_sdk.webhook import WebhookClient, WebhookResponse

from bot.slack.blocks import Message, words_message
from bot.slack.errors import NETWORK_ERRORS, never_left
from bot.slack.outgoing import REFUSED_BLOCKS

log = logging.getLogger(__name__)

_TIMEOUT = 10
_TRIES = 3


class Replies:
    """Posts to response_urls, which are secrets for half an hour and stand in no log. Never raises.

    What only one person sees is repeated when it may have been lost: seen twice is better than not at all. What all see is not.
    """

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._sleep = sleep

    def private(self, url: str, message: Message, ref: str, *, replace: bool = False) -> bool:
        """Show it to whoever used docent there; with `replace`, instead of the message whose button was used."""
        return self._deliver(url, message, ref, repeat=True, response_type="ephemeral", replace_original=replace)

    def words(self, url: str, text: str, ref: str) -> bool:
        """Some words in private; Markdown without links."""
        return self.private(url, words_message(text), ref)

    def public(self, url: str, message: Message, ref: str) -> bool:
        """Post it for all who are there."""
        return self._deliver(url, message, ref, repeat=False, response_type="in_channel", replace_original=False)

    def _deliver(self, url: str, message: Message, ref: str, *, repeat: bool, **how: Any) -> bool:
        if not url:
            log.error("the reply to %s has no address", ref)
            return False
        error = self._send(url, message, repeat=repeat, **how)
        if error in REFUSED_BLOCKS:
            log.error("Slack refused the blocks of the reply to %s (%s); sending its words", ref, error)
            error = self._send(url, words_message(message.text), repeat=repeat, **how)
        if error:
            log.error("the reply to %s could not be delivered (%s)", ref, error)
        return not error

    def _send(self, url: str, message: Message, *, repeat: bool, **how: Any) -> str:
        """Try it; Slack's reason where it failed, "" where it did not."""
        client = WebhookClient(url, timeout=_TIMEOUT, retry_handlers=[RateLimitErrorRetryHandler(max_retry_count=2)])
        body = {"text": message.text, "blocks": list(message.blocks), "unfurl_links": False, "unfurl_media": False, **how}
        error = ""
        for attempt in range(_TRIES):
            try:
                response = client.send_dict(body)
                error = _refusal(response)
                if response.status_code < 500 or not repeat:
                    return error
            except (SlackClientError, *NETWORK_ERRORS) as exc:
                error = type(exc).__name__
                if not (repeat or never_left(exc)):
                    return error
            if attempt < _TRIES - 1:
                self._sleep(0.3 + attempt)
        return error


def _refusal(response: WebhookResponse) -> str:
    """Why Slack did not take it, "" where it did: "ok", or JSON with `ok` and `error`, or a bare error code."""
    text = response.body or ""
    try:
        told = json.loads(text)
    except ValueError:
        told = text.strip()
    if isinstance(told, dict):
        return "" if told.get("ok") and response.status_code < 400 else str(told.get("error") or response.status_code)[:100]
    return "" if response.status_code < 400 else (str(told)[:100] or str(response.status_code))
