"""Slack's side of commands, buttons and modals: response_urls and trigger_ids that expire, private messages, opened views."""

from __future__ import annotations

import itertools
import json
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.slack_validation import Refused, check_message
from tests.slack_views import check_view

_USES, _SECONDS = 5, 1_800.0
_TRIGGER_SECONDS = 3.0
_KEYS = {"text", "blocks", "response_type", "replace_original", "delete_original", "unfurl_links", "unfurl_media", "metadata"}


@dataclass
class Private:
    """A message that one person sees. `replaced` counts how often it was."""

    user: str
    channel: str
    ts: str
    content: dict[str, Any]
    replaced: int = 0


@dataclass
class Hook:
    """One response_url: where it answers, whom, and which message its button was in."""

    channel: str
    user: str
    made_at: float
    original: Private | None = None
    public_only: bool = False
    uses: int = 0


@dataclass
class Trigger:
    user: str
    made_at: float
    used: bool = False


@dataclass
class Opened:
    """A modal as somebody has it before them."""

    view: dict[str, Any]
    user: str
    channel: str = ""


@dataclass
class Interactions:
    """`private` is all that one person sees, by user; `views` the opened modals, the newest last. `clock` is Slack's."""

    base: Callable[[], str]
    next_ts: Callable[[], str]
    clock: Callable[[], float] = time.monotonic
    private: dict[str, list[Private]] = field(default_factory=lambda: defaultdict(list))
    views: list[Opened] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    may_mention: set[str] = field(default_factory=set)
    hooks: dict[str, Hook] = field(default_factory=dict)
    triggers: dict[str, Trigger] = field(default_factory=dict)
    _ids: Any = field(default_factory=itertools.count)

    def hook(self, channel: str, user: str, original: Private | None = None, *, public_only: bool = False) -> str:
        """A new response_url."""
        path = f"/actions/T0HOME/{next(self._ids)}/secret"
        self.hooks[path] = Hook(channel, user, self.clock(), original, public_only)
        return self.base() + path

    def trigger(self, user: str) -> str:
        trigger_id = f"{next(self._ids)}.1.abc"
        self.triggers[trigger_id] = Trigger(user, self.clock())
        return trigger_id

    def respond(self, path: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Take what was sent to a response_url; the message for all, where it is one. Raises Refused."""
        hook = self.hooks.get(path)
        if hook is None or self.clock() - hook.made_at > _SECONDS:
            raise Refused("expired_url")
        if hook.uses >= _USES:
            raise Refused("used_url")
        if set(body) - _KEYS:
            raise Refused("invalid_payload", str(sorted(set(body) - _KEYS)))
        if body.get("unfurl_links") is not False or body.get("unfurl_media") is not False:
            raise Refused("invalid_payload", "unfurl_links is not false: each link would become a card")
        public = body.get("response_type") == "in_channel"
        if body.get("response_type") not in ("in_channel", "ephemeral") or (hook.public_only and not public):
            raise Refused("invalid_payload", "response_type")
        check_message(body, update=False)
        hook.uses += 1
        return self._post(hook, body) if public else self._show(hook, body)

    def open_view(self, arguments: dict[str, Any]) -> dict[str, Any]:
        trigger = self.triggers.get(str(arguments.get("trigger_id") or ""))
        if trigger is None:
            raise Refused("invalid_trigger_id")
        if trigger.used:
            raise Refused("exchanged_trigger_id")
        if self.clock() - trigger.made_at > _TRIGGER_SECONDS:
            raise Refused("expired_trigger_id")
        view = arguments.get("view")
        check_view(json.loads(view) if isinstance(view, str) else view)
        trigger.used = True
        opened = {**(json.loads(view) if isinstance(view, str) else view), "id": f"V{next(self._ids)}"}
        self.views.append(Opened(opened, trigger.user))
        return opened

    def _post(self, hook: Hook, body: dict[str, Any]) -> dict[str, Any]:
        if body.get("replace_original"):
            raise Refused("invalid_payload", "a private message cannot become one for all")
        return {"type": "message", "channel": hook.channel, "ts": self.next_ts(), "text": body["text"], "blocks": body["blocks"]}

    def _show(self, hook: Hook, body: dict[str, Any]) -> None:
        if body.get("replace_original"):
            if hook.original is None:
                raise Refused("invalid_payload", "a command has no message to replace")
            hook.original.content = body
            hook.original.replaced += 1
            return
        self.private[hook.user].append(Private(hook.user, hook.channel, self.next_ts(), body))
