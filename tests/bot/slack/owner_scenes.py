"""What the /whoowns tests do over and over: reports with real values, commands, clicks and modals through either door."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.answers.types import Owner, RepoVersion
from bot.owners.types import Declared, Holding, Place, PlaceKind, PlaceReport, Resolved, Subject, SubjectReport
from bot.slack.app import SlackBot
from indexer.declared.types import Holder, HolderKind
from indexer.types import Person, Sureness
from tests.slack_interactions import Opened, Private
from tests.slack_server import APP, TEAM, SlackServer
from tests.slack_socket import post_form

SHA = "46e939b0c0ffee46e939b0c0ffee46e939b0c0ff"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = f"https://github.com/corner/shop/blob/{SHA}/"

JANE = Owner(
    "Jane Doe", "jane@corner.example", 0.62, ("wrote 62 % of it", "last change 3 weeks ago"), NOW, active=True, handle="jane",
    aliases=("1234+jane@users.noreply.github.com", "jane@home.example"),
)  # fmt: skip
BOB = Owner("Bob O'Neill", "bob@corner.example", 0.3, ("12 changes this year",), NOW, active=True)
TEAM_OWNER = Owner("@acme/payments", "", 0.0, (), None, active=True, kind="team", sources=("codeowners",))


def place(path: str = "src/billing", kind: PlaceKind = PlaceKind.FOLDER, repository: str = "shop") -> Place:
    label = f"{path}/" if kind is PlaceKind.FOLDER else path
    return Place(repository, path, kind, label, (f"{path}/retry.py", f"{path}/charge.py"), url=URL + path)


def place_report(query: str = "src/billing", *, ask: tuple[Owner, ...] = (JANE, BOB), **changes: Any) -> PlaceReport:
    values: dict[str, Any] = {
        "resolved": Resolved(query, (place(),)),
        "declared": (Declared("shop", "CODEOWNERS", 12, "/src/billing/", (TEAM_OWNER,), 2, url=URL + "CODEOWNERS#L12"),),
        "built": (JANE, BOB),
        "ask": ask,
        "owners": (TEAM_OWNER, JANE, BOB),
        "sureness": Sureness.LIKELY,
        "bus_factor": 2,
        "repositories": (RepoVersion("shop", SHA, NOW),),
    }
    return PlaceReport(query, **{**values, **changes})


def guessed_report(query: str = "the payment retries", alternatives: tuple[Place | Subject, ...] | None = None) -> PlaceReport:
    others = (place("src/payments"), place("src/retry.py", PlaceKind.FILE), place("src", repository="tools"), place("docs"))
    resolved = Resolved(query, (place(),), guessed=True, alternatives=others if alternatives is None else alternatives)
    return place_report(query, resolved=resolved)


def nothing_report(query: str = "unicorns") -> PlaceReport:
    return PlaceReport(query, Resolved(query, alternatives=(place("src/horns"),)), repositories=(RepoVersion("shop", SHA, NOW),))


def subject_report(query: str = "jane@corner.example", who: Owner = JANE, **changes: Any) -> SubjectReport:
    holder = Holder(query, HolderKind.PERSON, email=who.email, name=who.name)
    lost = Holding("shop", "src/billing", 2, 2, 0.9, True, "wrote 90 % of it", (BOB,), url=URL + "src/billing")
    values: dict[str, Any] = {
        "resolved": Resolved(query, subject=Subject(holder, Person(who.name, who.email))),
        "who": who,
        "built": (lost,),
        "lost": (lost,),
        "repositories": (RepoVersion("shop", SHA, NOW),),
    }
    return SubjectReport(query, **{**values, **changes})


class HttpInteractions:
    """Delivers commands and clicks over signed HTTP, with the same `interact` as SlackSocket."""

    def __init__(self, bot: SlackBot) -> None:
        self.bot = bot

    def interact(self, kind: str, body: dict[str, Any]) -> Any:
        import json

        status, reply = post_form(self.bot.port, kind, body)
        assert status == 200, reply
        return json.loads(reply) if reply else None


def command_body(
    slack: SlackServer, text: str = "src/billing", user: str = "U0ANNA", channel: str = "C1", name: str = "/whoowns"
) -> dict[str, Any]:
    with slack.changed:
        url, trigger = slack.interactions.hook(channel, user), slack.interactions.trigger(user)
    return {
        "token": "x", "team_id": TEAM, "team_domain": "home", "channel_id": channel, "channel_name": "general", "user_id": user,
        "user_name": user.lower(), "command": name, "text": text, "api_app_id": APP, "is_enterprise_install": "false",
        "response_url": url, "trigger_id": trigger,
    }  # fmt: skip


def command(slack: SlackServer, door: Any, text: str = "src/billing", user: str = "U0ANNA", channel: str = "C1") -> Any:
    """Somebody types /whoowns; what the acknowledgement says."""
    return door.interact("slash_commands", command_body(slack, text, user, channel))


def seen(slack: SlackServer, user: str = "U0ANNA", count: int = 1) -> Private:
    """The newest message that only `user` sees, once there are `count`."""
    slack.wait_until(lambda: len(slack.interactions.private[user]) >= count)
    assert not slack.interactions.refused
    return slack.interactions.private[user][-1]


def answered(slack: SlackServer, door: Any, text: str = "src/billing", user: str = "U0ANNA", channel: str = "C1") -> Private:
    count = len(slack.interactions.private[user])
    command(slack, door, text, user, channel)
    return seen(slack, user, count + 1)


def words_of(message: Private | dict[str, Any]) -> str:
    content = message.content if isinstance(message, Private) else message
    parts = []
    for block in content["blocks"]:
        if block["type"] == "section":
            parts.append(block["text"]["text"])
        elif block["type"] == "context":
            parts += [element["text"] for element in block["elements"]]
    return "\n".join(parts)


def buttons_of(message: Private) -> dict[str, dict[str, Any]]:
    """The buttons of a private message by their text."""
    actions = [block for block in message.content["blocks"] if block["type"] == "actions"]
    return {element["text"]["text"]: element for block in actions for element in block["elements"]}


def click_body(slack: SlackServer, message: Private, text: str) -> dict[str, Any]:
    button = buttons_of(message)[text]
    with slack.changed:
        url = slack.interactions.hook(message.channel, message.user, message)
        trigger = slack.interactions.trigger(message.user)
    return {
        "type": "block_actions", "api_app_id": APP, "team": {"id": TEAM, "domain": "home"},
        "user": {"id": message.user, "username": message.user.lower(), "team_id": TEAM},
        "container": {"type": "message", "message_ts": message.ts, "channel_id": message.channel, "is_ephemeral": True},
        "channel": {"id": message.channel, "name": "general"}, "trigger_id": trigger, "response_url": url,
        "actions": [{**button, "block_id": "b", "action_ts": "1.1"}],
    }  # fmt: skip


def click(slack: SlackServer, door: Any, message: Private, text: str) -> None:
    door.interact("interactive", click_body(slack, message, text))


def opened(slack: SlackServer, count: int = 1) -> Opened:
    slack.wait_until(lambda: len(slack.interactions.views) >= count)
    return slack.interactions.views[-1]


def submit(
    slack: SlackServer, door: Any, modal: Opened, *, channel: str = "C1", whom: list[str] | None = None, words: str | None = None
) -> Any:
    """Somebody sends a modal as it stands, or with other choices; what the acknowledgement says."""
    values: dict[str, Any] = {}
    response_urls = []
    for block in (block for block in modal.view["blocks"] if block["type"] == "input"):
        element, name = block["element"], block["block_id"]
        if element["type"] == "checkboxes":
            chosen = element["initial_options"] if whom is None else [o for o in element["options"] if o["value"] in whom]
            values[name] = {element["action_id"]: {"type": "checkboxes", "selected_options": chosen}}
            slack.interactions.may_mention = {modal.user, *(option["value"] for option in chosen)}
        elif element["type"] == "plain_text_input":
            value = element["initial_value"] if words is None else words
            values[name] = {element["action_id"]: {"type": "plain_text_input", "value": value}}
        else:
            values[name] = {element["action_id"]: {"type": "conversations_select", "selected_conversation": channel}}
            if element.get("response_url_enabled"):
                url = slack.interactions.hook(channel, modal.user, public_only=True)
                response_urls.append({"response_url": url, "channel_id": channel, "block_id": name, "action_id": name})
    view = {**modal.view, "state": {"values": values}}
    body = {"type": "view_submission", "api_app_id": APP, "team": {"id": TEAM}, "view": view, "trigger_id": "9.9"}
    return door.interact(
        "interactive", {**body, "user": {"id": modal.user, "team_id": TEAM}, "response_urls": response_urls}
    )


def renamed(owner: Owner, name: str) -> Owner:
    return replace(owner, name=name)
