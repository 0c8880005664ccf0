"""How a posted digest is known again: by metadata, and by the block_id of its first block where Slack leaves metadata out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.digest.types import DigestUnsure
from bot.slack.errors import NETWORK_ERRORS, explain, unreachable

_DIGEST, _DETAILS = "docent_digest", "docent_digest_details"
_PAGE, _MOST_PAGES = 200, 50
_CLOCKS = 600.0  # seconds that this machine's clock may be ahead of Slack's
_LOOKING = "looking for a posted digest"


@dataclass(frozen=True, slots=True)
class Mark:
    """What one message is marked with: the digest's `key`, and for its details which part of how many it is (0: the digest)."""

    key: str
    part: int = 0
    parts: int = 0

    @property
    def block_id(self) -> str:
        return f"docent-{self.key}" + (f"-{self.part}-of-{self.parts}" if self.part else "")

    @property
    def metadata(self) -> dict[str, Any]:
        if not self.part:
            return {"event_type": _DIGEST, "event_payload": {"key": self.key}}
        return {"event_type": _DETAILS, "event_payload": {"key": self.key, "part": self.part, "parts": self.parts}}


class Marks:
    """Looks through a channel or a thread for what docent posted. DigestUnsure where it cannot be known."""

    def __init__(self, client: WebClient, bot_user: str) -> None:
        self._client = client
        self._bot_user = bot_user

    def digest(self, channel: str, key: str, oldest: float) -> str | None:
        """The ts of the digest with this key since `oldest` (seconds since 1970); None where there is none."""
        asked: dict[str, Any] = {"channel": channel, "oldest": f"{max(0.0, oldest - _CLOCKS):.6f}", "inclusive": True}
        messages = _pages(lambda more: self._client.conversations_history(**asked, **more))
        return next((str(one["ts"]) for one in messages if self._read(one, key) == Mark(key)), None)

    def details(self, channel: str, key: str, ts: str) -> dict[Mark, str]:
        """The parts of a digest's details in the thread of `ts`, each with its ts."""
        messages = _pages(lambda more: self._client.conversations_replies(channel=channel, ts=ts, **more))
        marked = ((self._read(one, key), str(one.get("ts"))) for one in messages)
        return {mark: at for mark, at in marked if mark is not None and mark.part}

    def _read(self, message: Mapping[str, Any], key: str) -> Mark | None:
        """The mark of a message of ours that belongs to this digest."""
        if message.get("user", self._bot_user) != self._bot_user:
            return None
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") in (_DIGEST, _DETAILS):
            told = metadata.get("event_payload") or {}
            return Mark(key, int(told.get("part") or 0), int(told.get("parts") or 0)) if told.get("key") == key else None
        ids = (str(block.get("block_id") or "") for block in message.get("blocks") or ())
        return next((mark for one in ids if (mark := _of_block(one, key))), None)


def _of_block(block_id: str, key: str) -> Mark | None:
    head = Mark(key).block_id
    if not block_id.startswith(head):
        return None
    part, of, parts = block_id.removeprefix(head).removeprefix("-").partition("-of-")
    if of and part.isdecimal() and parts.isdecimal():
        return Mark(key, int(part), int(parts))
    return Mark(key) if block_id == head else None


def _pages(ask: Callable[[dict[str, Any]], Any]) -> Iterator[Mapping[str, Any]]:
    more: dict[str, Any] = {"limit": _PAGE, "include_all_metadata": True}
    for _ in range(_MOST_PAGES):
        try:
            page = ask(more)
        except SlackApiError as exc:
            reason = explain(exc, _LOOKING, "SLACK_BOT_TOKEN")
            raise DigestUnsure(reason.message, reason.hint) from exc
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            reason = unreachable(_LOOKING, exc)
            raise DigestUnsure(reason.message, reason.hint) from exc
        yield from page.get("messages") or ()
        cursor = (page.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
        more["cursor"] = cursor
    raise DigestUnsure("The channel holds more messages than can be looked through for a posted digest.", "Look into the channel.")
