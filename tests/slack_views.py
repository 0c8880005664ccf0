"""What the local Slack refuses about modals. Limits from docs.slack.dev/reference/views and block-kit."""

from __future__ import annotations

import json
from typing import Any

from tests.slack_validation import Refused, check_blocks, units

_VIEW = {"type", "callback_id", "title", "submit", "close", "private_metadata", "blocks", "clear_on_close", "notify_on_close"}


def check_view(view: Any) -> None:
    """Raise Refused for a modal that Slack would refuse."""
    if not isinstance(view, dict) or view.get("type") != "modal":
        raise Refused("invalid_arguments", "/view/type")
    if set(view) - _VIEW:
        raise Refused("invalid_arguments", f"/view: invalid additional property: {sorted(set(view) - _VIEW)[0]}")
    for name in ("title", "submit", "close"):
        if name in view:
            _check_plain(view[name], f"/view/{name}", 24)
    if "title" not in view:
        raise Refused("invalid_arguments", "/view: missing required field: title")
    if any(block.get("type") == "input" for block in view.get("blocks", ())) and "submit" not in view:
        raise Refused("invalid_arguments", "/view: submit is required when an input block is within the blocks array")
    if units(view.get("private_metadata", "")) > 3_000:
        raise Refused("invalid_arguments", "/view/private_metadata: must be less than 3001 characters")
    if len(json.dumps(view)) > 250_000:
        raise Refused("view_too_large")
    check_blocks(view.get("blocks"), surface="modal")


def _check_plain(value: Any, where: str, limit: int) -> None:
    if not isinstance(value, dict) or value.get("type") != "plain_text" or not 1 <= units(value.get("text", "")) <= limit:
        raise Refused("invalid_arguments", f"{where}: plain_text of 1 to {limit} characters")
