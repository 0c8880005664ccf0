"""What the Slack tests do over and over: somebody asks, and docent's messages are read."""

from __future__ import annotations

import time
from typing import Any

from bot.slack.app import SlackBot
from tests.slack_server import BOT_USER, SlackServer
from tests.slack_socket import envelope_body, mention, post_event


class HttpDoor:
    """Delivers events over signed HTTP, with the same `send` as SlackSocket."""

    def __init__(self, bot: SlackBot) -> None:
        self.bot = bot

    def send(self, body: dict[str, Any]) -> float:
        started = time.monotonic()
        status, reply = post_event(self.bot.port, body)
        assert (status, reply) == (200, "")
        return time.monotonic() - started


def ask(slack: SlackServer, door: Any, text: str = "how does auth work", channel: str = "C1", **more: Any) -> dict:
    """A person mentions docent, whose event goes through `door`; returns the message."""
    message = slack.say(channel, f"<@{BOT_USER}> {text}", **more)
    door.send(envelope_body(mention(message)))
    return message


def settled(slack: SlackServer, channel: str = "C1", count: int = 1) -> list[dict]:
    """What docent posted, once it is `count` messages and the working sign is gone."""
    slack.wait_until(lambda: len(slack.posted(channel)) >= count)
    slack.wait_until(lambda: sum(c.arguments["status"] == "active" for c in slack.called("agents.sessions.setStatus")) >= count)
    return slack.posted(channel)


def text_of(message: dict) -> str:
    parts = []
    for block in message["blocks"]:
        if block["type"] != "actions":
            parts += [block["text"]["text"]] if "text" in block else [element["text"] for element in block["elements"]]
    return "\n".join(parts)


def settled_words(slack: SlackServer, channel: str = "C1", count: int = 1) -> list[dict]:
    slack.wait_until(lambda: len(slack.posted(channel)) >= count)
    return slack.posted(channel)
