"""The digest in Slack: reports with real values, /digest, its modal, and the buttons of what was posted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from bot.answers.types import RepoVersion
from bot.changes.types import ChangesReport, Further, Period, Span, ToldChange
from bot.digest.types import WEEK, Plan
from bot.told import Line, Shows
from indexer.changes.types import Fold, Nature, Rated, Size, Story
from indexer.types import Commit, Person
from tests.bot.slack.owner_scenes import command_body
from tests.slack_interactions import Opened, Private
from tests.slack_server import APP, TEAM, SlackServer
from tests.slack_views import check_view

SHA, BASE = "46e939b0c0ffee46e939b0c0ffee46e939b0c0ff", "1111111111111111111111111111111111111111"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEB = "https://github.com/corner/shop"
KEY = "digest-C1-2026-11-23"
PLAN = Plan("C1", time(9), "Europe/Berlin", WEEK[:5], ("shop",))


def page_of(place: Shows) -> str:
    if place.path:
        return f"{WEB}/blob/{place.commit or SHA}/{place.path}#L{place.line}"
    return f"{WEB}/commit/{place.commit}"


def rated(title: str, fold: Fold | None = None) -> Rated:
    anna = Person("Anna Smith", "anna@corner.example")
    story = Story(title, "", (Commit(SHA, (BASE,), anna, anna, NOW, NOW, title),))
    return Rated(story, 1.0, Nature.CHANGE, Size(), fold=fold, authors=(anna,))


def change(title: str = "Refunds are paid in parts", rank: int = 1, **changes: Any) -> ToldChange:
    values: dict[str, Any] = {
        "summary": "An order can be paid back in several parts.",
        "why": "Customers asked for it.",
        "areas": ("billing",),
        "surprises": ("the default of `max_age` went from 30 to 60", "no test changed"),
        "lines": (
            Line("Why", "Customers asked for it.", (Shows("shop", SHA),)),
            Line("Default", "`max_age` went from 30 to 60.", (Shows("shop", SHA, "src/billing/refund.py", 12),)),
        ),
        "url": f"{WEB}/pull/{rank}",
    }
    return ToldChange("shop", rank, rated(title), title, **{**values, **changes})


def report(*changes: ToldChange, **more: Any) -> ChangesReport:
    values: dict[str, Any] = {
        "period": Period("since Fri 20 Nov"),
        "spans": (Span("shop", BASE, SHA, NOW, NOW),),
        "changes": changes or (change(),),
        "further": (Further("shop", rated("Faster search"), f"{WEB}/pull/9"),),
        "folded": {Fold.BOTS: 9, Fold.TESTS: 5},
        "repositories": (RepoVersion("shop", SHA, NOW),),
    }
    return ChangesReport(**{**values, **more})


def quiet_report() -> ChangesReport:
    return replace(report(), changes=(), further=())


def digest(slack: SlackServer, door: Any, text: str = "", user: str = "U0ANNA", channel: str = "C1") -> Any:
    """Somebody types /digest; what the acknowledgement says."""
    return door.interact("slash_commands", command_body(slack, text, user, channel, name="/digest"))


def told(slack: SlackServer, door: Any, text: str, user: str = "U0ANNA", channel: str = "C1") -> Private:
    """The same, and the private message that comes back."""
    count = len(slack.interactions.private[user])
    digest(slack, door, text, user, channel)
    slack.wait_until(lambda: len(slack.interactions.private[user]) > count)
    assert not slack.interactions.refused
    return slack.interactions.private[user][-1]


def window(slack: SlackServer, door: Any, text: str = "", user: str = "U0ANNA", channel: str = "C1") -> Opened:
    """The modal that /digest opens."""
    count = len(slack.interactions.views)
    digest(slack, door, text, user, channel)
    slack.wait_until(lambda: len(slack.interactions.views) > count)
    return slack.interactions.views[-1]


def press(slack: SlackServer, door: Any, message: dict[str, Any], text: str, user: str = "U0ANNA") -> None:
    """Somebody presses a button of a message that all see."""
    actions = [block for block in message["blocks"] if block["type"] == "actions"]
    [button] = [one for block in actions for one in block["elements"] if one["text"]["text"] == text]
    with slack.changed:
        url, trigger = slack.interactions.hook(message["channel"], user), slack.interactions.trigger(user)
    body = {
        "type": "block_actions", "api_app_id": APP, "team": {"id": TEAM, "domain": "home"},
        "user": {"id": user, "username": user.lower(), "team_id": TEAM}, "message": message,
        "container": {"type": "message", "message_ts": message["ts"], "channel_id": message["channel"], "is_ephemeral": False},
        "channel": {"id": message["channel"], "name": "general"}, "trigger_id": trigger, "response_url": url,
        "actions": [{"type": "button", "action_id": button["action_id"], "value": button["value"], "block_id": "b", "action_ts": "1.1"}],
    }  # fmt: skip
    door.interact("interactive", body)


def filled(view: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The values of a modal's fields as Slack sends them: as they stand, or by block what somebody put in."""
    values: dict[str, Any] = {}
    for block in (block for block in view["blocks"] if block["type"] == "input"):
        element, name = block["element"], block["block_id"]
        values[name] = {element["action_id"]: {"type": element["type"], **_put_in(element, changes.pop(name, None))}}
    assert not changes, f"no field is called {sorted(changes)}"
    return values


def _put_in(element: dict[str, Any], value: Any) -> dict[str, Any]:
    groups = element.get("option_groups", [element])
    options = {option["value"]: option for group in groups for option in group.get("options", ())}
    if element["type"] == "timepicker":
        return {"selected_time": element["initial_time"] if value is None else value}
    if element["type"] == "plain_text_input":
        return {"value": element["initial_value"] if value is None else value}
    if element["type"] == "radio_buttons":
        return {"selected_option": element["initial_option"] if value is None else options[value]}
    return {"selected_options": element.get("initial_options", []) if value is None else [options[one] for one in value]}


def save(slack: SlackServer, door: Any, modal: Opened, **changes: Any) -> Any:
    """Somebody sends the modal as it stands or with other choices; what the acknowledgement says."""
    view = {**modal.view, "state": {"values": filled(modal.view, **changes)}}
    body = {"type": "view_submission", "api_app_id": APP, "team": {"id": TEAM}, "view": view, "trigger_id": "9.9"}
    reply = door.interact("interactive", {**body, "user": {"id": modal.user, "team_id": TEAM}, "response_urls": []})
    check_reply(reply, modal.view)
    return reply


def check_reply(reply: Any, view: dict[str, Any]) -> None:
    """What Slack takes for an answer to a sent modal: nothing, a new view, or errors for fields that it has."""
    if not reply:
        return
    if reply["response_action"] == "update":
        check_view(reply["view"])
    else:
        assert reply["response_action"] == "errors"
        fields = {block["block_id"] for block in view["blocks"] if block["type"] == "input"}
        assert reply["errors"]
        assert set(reply["errors"]) <= fields
        assert all(0 < len(text) <= 2_000 for text in reply["errors"].values())
