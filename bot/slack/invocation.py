"""From Slack's payloads of a command, a click and a submitted modal to who wants what, and where it is answered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Invocation:
    """Somebody used docent by other means than a message. `text` is what a command was given, as Slack sends it (escaped),
    `value` what a button or a modal carries, `message` the ts of the message whose button it was.

    `response_url` answers where it was used, five times within half an hour, and `trigger_id` opens one modal within 3 s.
    """

    user: str
    user_team: str
    channel: str
    response_url: str
    trigger_id: str
    text: str = ""
    value: str = ""
    message: str = ""
    user_name: str = ""
    external: bool = False  # Slack does not tell here; what others would see is checked where it is posted

    @property
    def id(self) -> str:
        """Its short name in the log."""
        return hashlib.sha256(f"{self.user}/{self.channel}/{self.trigger_id}".encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Submission:
    """A modal that somebody sent: `values` by block, `carried` its private_metadata, `view` its id.

    `response_urls` post into the conversations that were chosen in it, where the modal asked for that.
    """

    user: str
    user_team: str
    view: str
    carried: str
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    response_urls: tuple[str, ...] = ()
    user_name: str = ""
    external: bool = False

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.user}/{self.view}".encode()).hexdigest()[:12]

    def state(self, block: str) -> Mapping[str, Any]:
        """What was put into a field whose block and element are named alike; empty for none."""
        return (self.values.get(block) or {}).get(block) or {}


def read_command(body: Mapping[str, Any]) -> Invocation:
    """A slash command (docs.slack.dev/interactivity/implementing-slash-commands)."""
    return Invocation(
        user=str(body.get("user_id") or ""),
        user_team=str(body.get("team_id") or ""),
        channel=str(body.get("channel_id") or ""),
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        text=str(body.get("text") or ""),
        user_name=str(body.get("user_name") or ""),
    )


def read_click(body: Mapping[str, Any]) -> Invocation:
    """A button (docs.slack.dev/reference/interaction-payloads/block_actions-payload). A private message is not in the payload."""
    user, container = body.get("user") or {}, body.get("container") or {}
    actions = body.get("actions") or [{}]
    return Invocation(
        user=str(user.get("id") or ""),
        user_team=str(user.get("team_id") or (body.get("team") or {}).get("id") or ""),
        channel=str((body.get("channel") or {}).get("id") or container.get("channel_id") or ""),
        response_url=str(body.get("response_url") or ""),
        trigger_id=str(body.get("trigger_id") or ""),
        value=str(actions[0].get("value") or ""),
        message=str(container.get("message_ts") or ""),
        user_name=_name(user),
    )


def read_submission(body: Mapping[str, Any]) -> Submission:
    """A sent modal (docs.slack.dev/reference/interaction-payloads/view-interactions-payload)."""
    user, view = body.get("user") or {}, body.get("view") or {}
    return Submission(
        user=str(user.get("id") or ""),
        user_team=str(user.get("team_id") or (body.get("team") or {}).get("id") or ""),
        view=str(view.get("id") or ""),
        carried=str(view.get("private_metadata") or ""),
        values=(view.get("state") or {}).get("values") or {},
        response_urls=tuple(str(item.get("response_url") or "") for item in body.get("response_urls") or ()),
        user_name=_name(user),
    )


def _name(user: Mapping[str, Any]) -> str:
    return str(user.get("name") or user.get("username") or "")
