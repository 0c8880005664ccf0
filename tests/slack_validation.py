"""What the local Slack refuses about a message, in Slack's words. Limits from docs.slack.dev/reference/block-kit."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

_MARKUP = re.compile(r"<([^<>]*)>")
_BARE = re.compile(r"&(?!(?:amp|lt|gt);)")
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d\Z")
_URL = re.compile(r"https?://[^\s|<>]+\Z")

_TEXT_OBJECT = {"type", "text", "verbatim", "emoji"}
_FIELDS = {
    "section": {"type", "block_id", "text", "fields", "accessory", "expand"},
    "context": {"type", "block_id", "elements"},
    "divider": {"type", "block_id"},
    "header": {"type", "block_id", "text"},
    "actions": {"type", "block_id", "elements"},
    "input": {"type", "block_id", "label", "element", "hint", "optional", "dispatch_action"},
}
_ELEMENTS = {
    "button": {"type", "text", "action_id", "value", "url", "style", "confirm", "accessibility_label"},
    "checkboxes": {"type", "action_id", "options", "initial_options", "confirm", "focus_on_load"},
    "plain_text_input": {
        "type", "action_id", "initial_value", "multiline", "min_length", "max_length", "placeholder", "focus_on_load",
    },
    "radio_buttons": {"type", "action_id", "options", "initial_option", "confirm", "focus_on_load"},
    "timepicker": {"type", "action_id", "initial_time", "timezone", "placeholder", "confirm", "focus_on_load"},
    "multi_static_select": {
        "type", "action_id", "options", "option_groups", "initial_options", "max_selected_items", "placeholder", "confirm",
        "focus_on_load",
    },
    "conversations_select": {
        "type", "action_id", "initial_conversation", "default_to_current_conversation", "response_url_enabled", "filter",
        "placeholder", "confirm", "focus_on_load",
    },
}  # fmt: skip
_FILTER = {"include", "exclude_bot_users", "exclude_external_shared_channels"}


class Refused(Exception):
    """A refusal: Slack's error code, and the details it lists beside it."""

    def __init__(self, error: str, detail: str = "") -> None:
        super().__init__(error)
        self.error = error
        self.detail = detail


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_message(arguments: dict[str, Any], *, update: bool, mentions: Collection[str] = ()) -> None:
    """Raise Refused for a chat.postMessage or chat.update that Slack would refuse, or that a careful app does not send.

    `mentions` are the members whom a person has just chosen to ping; nobody else may be.
    """
    text, blocks = arguments.get("text"), arguments.get("blocks")
    if not text and not blocks:
        raise Refused("no_text")
    if not isinstance(text, str) or not text.strip():
        raise Refused("missing_text_in_message", "top-level text is missing: notifications and screen readers have nothing")
    if units(text) > (4_000 if update else 40_000):
        raise Refused("msg_too_long")
    check_text(text, "/text")
    if blocks is not None:
        check_blocks(blocks, mentions=mentions)
    metadata = arguments.get("metadata")
    if metadata is not None:
        check_metadata(metadata)


def check_metadata(metadata: dict[str, Any]) -> None:
    """A name of letters, digits and underscores, and a flat payload (docs.slack.dev/messaging/message-metadata)."""
    if set(metadata) != {"event_type", "event_payload"} or not re.fullmatch(r"\w+", metadata["event_type"], re.ASCII):
        raise Refused("invalid_metadata_format")
    if not all(isinstance(value, (str, int, float, bool)) for value in metadata["event_payload"].values()):
        raise Refused("invalid_metadata_schema")


def check_blocks(blocks: Any, *, surface: str = "message", mentions: Collection[str] = ()) -> None:
    if not isinstance(blocks, list):
        raise Refused("invalid_blocks_format")
    if not 1 <= len(blocks) <= (50 if surface == "message" else 100):
        raise Refused("invalid_blocks", f"{len(blocks)} blocks")
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(ids) != len(set(ids)):
        raise Refused("invalid_blocks", "duplicate block_id")
    total = 0
    for place, block in enumerate(blocks):
        total += _check_block(block, f"/blocks/{place}", surface, mentions)
    if total > 13_200:
        raise Refused("msg_blocks_too_long")


def check_text(text: str, where: str, mentions: Collection[str] = ()) -> None:
    """mrkdwn whose `<…>` are links only, and whose `&` are entities only: everything else would ping, or was not escaped."""
    for match in _MARKUP.finditer(text):
        target = match.group(1).partition("|")[0]
        if not _URL.match(target) and match.group(1).removeprefix("@") not in mentions:
            raise Refused("invalid_blocks", f"{where}: control sequence <{match.group(1)}>")
    left = _MARKUP.sub("", text)
    if "<" in left or ">" in left:
        raise Refused("invalid_blocks", f"{where}: unescaped angle bracket")
    if _BARE.search(text):
        raise Refused("invalid_blocks", f"{where}: unescaped ampersand")


def _check_block(block: Any, where: str, surface: str, mentions: Collection[str]) -> int:
    kind = block.get("type")
    if kind not in _FIELDS or (kind == "input" and surface == "message"):
        raise Refused("invalid_blocks", f"{where}: unsupported type: {kind}")
    unknown = set(block) - _FIELDS[kind]
    if unknown:
        raise Refused("invalid_blocks", f"{where}: invalid additional property: {sorted(unknown)[0]}")
    if not 1 <= len(block.get("block_id", "x")) <= 255:
        raise Refused("invalid_blocks", f"{where}/block_id: must be 1 to 255 characters")
    if kind == "section":
        return _check_section(block, where, mentions)
    if kind == "actions":
        return _check_actions(block, where)
    if kind == "input":
        return _check_input(block, where)
    if kind == "context":
        elements = block.get("elements")
        if not isinstance(elements, list) or not 1 <= len(elements) <= 10:
            raise Refused("invalid_blocks", f"{where}/elements: must have 1 to 10 items")
        return sum(_check_text_object(item, f"{where}/elements/{n}", 3_000) for n, item in enumerate(elements))
    if kind == "header":
        return _check_text_object(block.get("text"), f"{where}/text", 150, kinds=("plain_text",))
    return 0


def _check_actions(block: dict[str, Any], where: str) -> int:
    elements = block.get("elements")
    if not isinstance(elements, list) or not 1 <= len(elements) <= 25:
        raise Refused("invalid_blocks", f"{where}/elements: must have 1 to 25 items")
    names = [element.get("action_id") for element in elements]
    if len(set(names)) != len(names):
        raise Refused("invalid_blocks", f"{where}/elements: action_id is not unique")
    return sum(_check_element(element, f"{where}/elements/{n}") for n, element in enumerate(elements))


def _check_input(block: dict[str, Any], where: str) -> int:
    _check_text_object(block.get("label"), f"{where}/label", 2_000, kinds=("plain_text",))
    if "hint" in block:
        _check_text_object(block["hint"], f"{where}/hint", 2_000, kinds=("plain_text",))
    if (block.get("element") or {}).get("type") == "button":
        raise Refused("invalid_blocks", f"{where}/element: unsupported type: button")
    return _check_element(block.get("element") or {}, f"{where}/element")


def _check_element(element: dict[str, Any], where: str) -> int:
    kind = element.get("type")
    if kind not in _ELEMENTS:
        raise Refused("invalid_blocks", f"{where}: unsupported type: {kind}")
    if unknown := set(element) - _ELEMENTS[kind]:
        raise Refused("invalid_blocks", f"{where}: invalid additional property: {sorted(unknown)[0]}")
    if not 1 <= len(element.get("action_id", "")) <= 255:
        raise Refused("invalid_blocks", f"{where}/action_id: must be 1 to 255 characters")
    if "confirm" in element:
        for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
            _check_text_object(element["confirm"].get(name), f"{where}/confirm/{name}", limit)
    if kind == "button":
        if units(element.get("value", "")) > 2_000:
            raise Refused("invalid_blocks", f"{where}/value: must be less than 2001 characters")
        return _check_text_object(element.get("text"), f"{where}/text", 75, kinds=("plain_text",))
    if kind in ("checkboxes", "radio_buttons", "multi_static_select"):
        return _check_options(element, where)
    if kind == "timepicker":
        if not _TIME.match(element.get("initial_time", "00:00")):
            raise Refused("invalid_blocks", f"{where}/initial_time: must be HH:mm")
        return 0
    if kind == "plain_text_input":
        if units(element.get("initial_value", "")) > element.get("max_length", 3_000) or element.get("max_length", 1) > 3_000:
            raise Refused("invalid_blocks", f"{where}: initial_value is longer than max_length")
    elif set(element.get("filter", {"include": 1})) - _FILTER or not element.get("filter", {}).get("include", ["public"]):
        raise Refused("invalid_blocks", f"{where}/filter")
    return 0


def _check_options(element: dict[str, Any], where: str) -> int:
    """Checkboxes and radio buttons have up to 10 options, a menu up to 100, or up to 100 groups of them."""
    if ("options" in element) == ("option_groups" in element):
        raise Refused("invalid_blocks", f"{where}: either options or option_groups")
    groups = element.get("option_groups", [{"options": element.get("options", [])}])
    most = 100 if element["type"] == "multi_static_select" else 10
    if not 1 <= len(groups) <= 100 or any(not 1 <= len(group["options"]) <= most for group in groups):
        raise Refused("invalid_blocks", f"{where}/options: must have 1 to {most} items")
    for group in groups:
        if "label" in group:
            _check_text_object(group["label"], f"{where}/option_groups/label", 75, kinds=("plain_text",))
    options = [option for group in groups for option in group["options"]]
    values = [option["value"] for option in options]
    if len(set(values)) != len(values) or not all(1 <= units(value) <= 150 for value in values):
        raise Refused("invalid_blocks", f"{where}/options: value")
    chosen = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else [])
    if any(option not in options for option in chosen) or ("initial_options" in element and not chosen):
        raise Refused("invalid_blocks", f"{where}/initial_options: not among the options, or none")
    for option in options:
        for name in ("text", "description"):
            if name in option:
                _check_text_object(option[name], f"{where}/options/{name}", 75)
    return 0


def _check_section(block: dict[str, Any], where: str, mentions: Collection[str] = ()) -> int:
    if "text" not in block and "fields" not in block:
        raise Refused("invalid_blocks", f"{where}: missing required field: text")
    total = _check_text_object(block["text"], f"{where}/text", 3_000, mentions=mentions) if "text" in block else 0
    fields = block.get("fields", [])
    if len(fields) > 10:
        raise Refused("invalid_blocks", f"{where}/fields: no more than 10 items allowed")
    return total + sum(_check_text_object(item, f"{where}/fields/{n}", 2_000) for n, item in enumerate(fields))


def _check_text_object(
    value: Any, where: str, limit: int, kinds: tuple[str, ...] = ("mrkdwn", "plain_text"), mentions: Collection[str] = ()
) -> int:
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
        check_text(text, where, mentions)
    return units(text)
