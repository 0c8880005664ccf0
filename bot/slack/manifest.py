"""The Slack app's manifest: the one list of what docent listens to and may do. deploy/slack-manifest.yaml is written from it."""

from __future__ import annotations

from typing import Any

# Every event here has a listener in mentions.py. A subscription beside these costs acks and answers nothing.
EVENTS = ("agent_session_stopped", "app_mention", "app_uninstalled", "message.im", "tokens_revoked")

# Every command here has a listener in commands.py. `should_escape`: people and channels arrive as ids, not as names to guess at.
COMMANDS = (
    {
        "command": "/docent",
        "description": "How the systems hang together, where fixes land, and what a change would touch",
        "usage_hint": "map [payments] | hotspots [src/billing] | impact add a payment method | help",
        "should_escape": True,
    },
    {
        "command": "/whoowns",
        "description": "Who owns a piece of the code, who built it, and whom to ask now",
        "usage_hint": "src/billing | the payment retries | @team-payments",
        "should_escape": True,
    },
    {
        "command": "/digest",
        "description": "What changed in the code, told in this channel: when, and of what",
        "usage_hint": "on | off | now | help",
        "should_escape": True,
    },
)

# The least that the features need; each with what docent cannot do without it.
SCOPES = {
    "app_mentions:read": "see questions that mention docent in channels",
    "assistant:write": "be listed as an agent and show that it is at work",
    "channels:history": "read the thread a question is asked in, or see whether a digest was posted (public channels)",
    "channels:read": "know whether a public channel is shared with other organisations, so it posts no digest and asks where to share",
    "chat:write": "answer",
    "commands": "be asked with /docent and /whoowns, and have digests set with /digest",
    "files:write": "put the pictures of the map and of hotspots into a channel or thread",
    "groups:history": "read the thread a question is asked in, or see whether a digest was posted (private channels)",
    "groups:read": "know whether a private channel is shared with other organisations, so it posts no digest and asks where to share",
    "im:history": "receive direct messages",
    "users:read": "tell members from guests and people of other organisations",
    "users:read.email": "find the people of the code in Slack by e-mail; those whom [[people]] maps are found all the same",
}
REQUIRED_SCOPES = frozenset({"app_mentions:read", "chat:write", "im:history"})

# Web API methods called anywhere in bot/slack, and the scopes of which one is enough. docs.slack.dev/reference/methods
METHODS: dict[str, tuple[str, ...]] = {
    "agents.sessions.setStatus": ("chat:write",),
    "apps.connections.open": (),  # by the app-level token's connections:write
    "assistant.threads.setStatus": ("assistant:write", "chat:write"),
    "auth.test": (),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": ("channels:history", "groups:history", "im:history"),
    "conversations.info": ("channels:read", "groups:read"),
    "conversations.replies": ("channels:history", "groups:history", "im:history"),
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "users.info": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
    "views.open": (),
}

DESCRIPTION = "Answers questions about your code in plain words, with links to the lines, commits and people behind each answer."
PROMPTS = (
    {"title": "How does it work?", "message": "How does somebody sign in?"},
    {"title": "Why is it so?", "message": "Why are failed payments tried again?"},
    {"title": "Whom do I ask?", "message": "Who knows the billing code best?"},
)


def manifest(socket_mode: bool = True, request_url: str = "https://docent.example.com/slack/events") -> dict[str, Any]:
    """The manifest for Socket Mode, or for HTTP mode with Slack's requests sent to `request_url`.

    Format: docs.slack.dev/reference/app-manifest. New apps are agents (`agent_view`), and their direct messages plain message.im.
    """
    subscriptions: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    commands: list[dict[str, Any]] = [dict(command) for command in COMMANDS]
    if not socket_mode:
        for part in (subscriptions, interactivity):
            part["request_url"] = request_url
        for command in commands:
            command["url"] = request_url
    return {
        "display_information": {"name": "docent", "description": DESCRIPTION, "background_color": "#1f3a4d"},
        "features": {
            "agent_view": {"agent_description": DESCRIPTION, "suggested_prompts": [dict(prompt) for prompt in PROMPTS]},
            "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "docent", "always_online": True},
            "slash_commands": commands,
        },
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": {
            "event_subscriptions": subscriptions,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket_mode,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(socket_mode: bool = True) -> str:
    """The manifest as the YAML that Slack's "Create an app from a manifest" takes; written by hand to need no YAML library."""
    return "\n".join(_yaml(manifest(socket_mode), 0)) + "\n"


def _yaml(value: Any, depth: int) -> list[str]:
    pad = "  " * depth
    lines: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            nested = isinstance(item, (dict, list))
            lines.append(f"{pad}{key}:" if nested else f"{pad}{key}: {_scalar(item)}")
            lines.extend(_yaml(item, depth + 1) if nested else [])
    else:
        for item in value:
            inner = _yaml(item, depth + 1) if isinstance(item, dict) else [_scalar(item)]
            lines.append(f"{pad}- {inner[0].strip()}")
            lines.extend(inner[1:])
    return lines


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
