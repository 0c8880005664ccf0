"""What the local Slack refuses about a message, in Slack's words. Limits from docs.slack.dev/reference/block-kit."""

from __future__ import annotations

import re
from typing import Any

_MARKUP = re.compile(r"<([^<>]*)>")
_BARE = re.compile(r"&(?!(?:amp|lt|gt);)")
_URL = re.compile(r"https?://[^\s|<>]+\Z")

_TEXT_OBJECT = {"type", "text", "verbatim", "emoji"}
_FIELDS = {
    "section": {"type", "block_id", "text", "fields", "accessory", "expand"},
    "context": {"type", "block_id", "elements"},
    "divider": {"type", "block_id"},
    "header": {"type", "block_id", "text"},
}


class Refused(Exception):
    """A refusal: Slack's error code, and the details it lists beside it."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.detail = detail


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_message(arguments: dict[str, Any], *, update: bool) -> None:
    """Raise Refused for a chat.postMessage or chat.update that Slack would refuse, or that a careful app does not send."""
    text, blocks = arguments.get("text"), arguments.get("blocks")
    if not text and not blocks:
        raise Refused("no_text")
    if not isinstance(text, str) or not text.strip():
        raise Refused("missing_text_in_message", "top-level text is missing: notifications and screen readers have nothing")
    if units(text) > (4_000 if update else 40_000):
        raise Refused("msg_too_long")
    check_text(text, "/text")
    if blocks is not None:
        check_blocks(blocks)
    metadata = arguments.get("metadata")
    if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
        raise Refused("invalid_metadata_format")


def check_blocks(blocks: Any) -> None:
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if not 1 <= len(blocks) <= 50:
        raise Refused("invalid_blocks", f"{len(blocks)} blocks")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        raise Refused("invalid_blocks", "duplicate block_id")
    total = 0
    for place, block in enumerate(blocks):
        total += _check_block(block, f"/blocks/{place}")
    if total > 13_200:
        raise Refused("msg_blocks_too_long")


def check_text(text: str, where: str) -> None:
    """mrkdwn whose `<…>` are links only, and whose `&` are entities only: everything else would ping, or was not escaped."""
    for match in _MARKUP.finditer(text):
        target = match.group(1).partition("|")[0]
        if not _URL.match(target):
            raise Refused("invalid_blocks", f"{where}: control sequence <{match.group(1)}>")
    left = _MARKUP.sub("", text)
    if "<" in left or ">" in left:
        raise Refused("invalid_blocks", f"{where}: unescaped angle bracket")
    if _BARE.search(text):
        raise Refused("invalid_blocks", f"{where}: unescaped ampersand")


def _check_block(block: Any, where: str) -> int:
    kind = block.get("type")
    if kind not in _FIELDS:
        raise Refused("invalid_blocks", f"{where}: unsupported type: {kind}")
    unknown = set(block) - _FIELDS[kind]
    if unknown:
        raise Refused("invalid_blocks", f"{where}: invalid additional property: {sorted(unknown)[0]}")
    if not 1 <= len(block.get("block_id", "x")) <= 255:
        raise Refused("invalid_blocks", f"{where}/block_id: must be 1 to 255 characters")
    if kind == "section":
        return _check_section(block, where)
    if kind == "context":
        elements = block.get("elements")
        if not isinstance(elements, list) or not 1 <= len(elements) <= 10:
            raise Refused("invalid_blocks", f"{where}/elements: must have 1 to 10 items")
        return sum(_check_text_object(item, f"{where}/elements/{n}", 3_000) for n, item in enumerate(elements))
    if kind == "header":
        return _check_text_object(block.get("text"), f"{where}/text", 150, kinds=("plain_text",))
    return 0


def _check_section(block: dict[str, Any], where: str) -> int:
    if "text" not in block and "fields" not in block:
        raise Refused("invalid_blocks", f"{where}: missing required field: text")
    total = _check_text_object(block["text"], f"{where}/text", 3_000) if "text" in block else 0
    fields = block.get("fields", [])
    if len(fields) > 10:
        raise Refused("invalid_blocks", f"{where}/fields: no more than 10 items allowed")
    return total + sum(_check_text_object(item, f"{where}/fields/{n}", 2_000) for n, item in enumerate(fields))


def _check_text_object(value: Any, where: str, limit: int, kinds: tuple[str, ...] = ("mrkdwn", "plain_text")) -> int:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        raise Refused("invalid_blocks", f"{where}: unsupported type")
    if set(value) - _TEXT_OBJECT or ("emoji" in value and value["type"] == "mrkdwn"):
        raise Refused("invalid_blocks", f"{where}: invalid additional property")
    text = value.get("text")
    if not isinstance(text, str) or not text:
        raise Refused("invalid_blocks", f"{where}/text: must be more than 0 characters")
    if units(text) > limit:
        raise Refused("invalid_blocks", f"{where}/text: must be less than {limit + 1} characters")
    if value["type"] == "mrkdwn":
        check_text(text, where)
    return units(text)
