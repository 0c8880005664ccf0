"""From Slack's event to a question: who asked what, where. Everything that is no question of a person is None."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_MARKUP = re.compile(r"<([^<>]*)>")
# A file added to a question, and a reply also shown in the channel, are still messages of a person; other subtypes are not.
_ASKING_SUBTYPES = (None, "file_share", "thread_broadcast")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A question as it arrived. `thread` is the ts of the thread the answer goes to, `external` a channel shared with others."""

    app: str
    team: str
    event_id: str
    channel: str
    ts: str
    thread: str
    user: str
    text: str
    in_thread: bool = False
    direct: bool = False
    external: bool = False
    user_team: str = ""

    @property
    def id(self) -> str:
        """The question's short name, the same each time it is delivered: marks its answer and stands in the log."""
        return hashlib.sha256(f"{self.team}/{self.channel}/{self.ts}".encode()).hexdigest()[:12]


def read_event(body: Mapping[str, Any], bot_user: str) -> Incoming | None:
    """The question in an Events API envelope (app_mention, or message in a direct conversation); None for all else.

    Bots (docent itself is one), edits and deletions are no questions: an answer to them could start a loop or come twice.
    """
    event = body.get("event") or {}
    kind = event.get("type")
    direct = kind == "message" and event.get("channel_type") == "im"
    if not direct and kind != "app_mention":
        return None
    if event.get("subtype") not in _ASKING_SUBTYPES or event.get("bot_id") or event.get("bot_profile") or event.get("edited"):
        return None
    user, channel, ts = event.get("user"), event.get("channel"), event.get("ts")
    if not (user and channel and ts) or user == bot_user:
        return None
    root = event.get("thread_ts")
    return Incoming(
        app=str(body.get("api_app_id") or ""),
        team=str(body.get("team_id") or event.get("team") or ""),
        event_id=str(body.get("event_id") or ""),
        channel=channel,
        ts=ts,
        thread=root or ts,
        user=user,
        text=question_text(str(event.get("text") or ""), bot_user),
        in_thread=bool(root) and root != ts,
        direct=direct,
        external=bool(body.get("is_ext_shared_channel")),
        user_team=str(event.get("user_team") or event.get("team") or ""),
    )


def question_text(text: str, bot_user: str) -> str:
    """A message's words as they were typed: markup read, entities unescaped, mentions of docent dropped."""

    def written(match: re.Match[str]) -> str:
        return _typed(match.group(1), bot_user)

    words = html.unescape(_only_slack_entities(_MARKUP.sub(written, text)))
    lines = [" ".join(line.split()) for line in words.splitlines()]
    return "\n".join(lines).strip()


def _only_slack_entities(text: str) -> str:
    # Slack escapes three characters; another entity was typed by a person and stays what it is
    return re.sub(r"&(?!(?:amp|lt|gt);)", "&amp;", text)


def _typed(markup: str, bot_user: str) -> str:
    """What stood where Slack wrote `<…>`: <@U1|name>, <#C1|name>, <!here>, <!subteam^S1|@team>, <url|words>."""
    target, _, label = markup.partition("|")
    if target.startswith("@"):
        return " " if target[1:] == bot_user else f"@{label.removeprefix('@') or target[1:]}"
    if target.startswith("#"):
        return f"#{label.removeprefix('#') or target[1:]}"
    if target.startswith("!"):
        return label or "@" + target[1:].split("^")[0]
    address = target.removeprefix("mailto:").removeprefix("tel:")
    without_scheme = address.partition("://")[2] or address
    if not label or label == address:
        return address
    if label.rstrip("/") == without_scheme.rstrip("/"):  # Slack made a link of it: a page keeps its address, a file's name does not
        return address if "/" in label.rstrip("/") else label
    return f"{label} ({address})"
