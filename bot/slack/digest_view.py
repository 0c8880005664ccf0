"""The modal in which a channel's digest is set, and the words that say how it is set. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, Literal, cast

from bot.digest.types import WEEK, Choice, Day, Plan
from bot.digest.words import moment_words, rhythm_words
from bot.render.screen import listed
from bot.slack.blocks import Block, input_block, plain, section
from bot.slack.invocation import Submission
from bot.slack.mrkdwn import to_mrkdwn
from bot.slack.zones import nearest_zone, zone_named

DIGEST_VIEW = "digest_settings"
ON, TIME, ZONE, DAYS, EVERY, REPOSITORIES, QUIET = "on", "time", "zone", "days", "every", "repositories", "quiet"

_NAMES: dict[Day, str] = dict(zip(WEEK, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True))
_ON = {"on": "On", "off": "Off"}
_EVERY = {"day": "On each of these days", "week": "Once a week, on the first of these days"}
_QUIET = {"skip": "Say nothing", "post": "Post one line"}
_GROUP, _MOST_GROUPS = 100, 100  # Slack: options of a menu, and groups of them
_LONGEST_ZONE = 60
_NAMED = 5  # repositories in one line


@dataclass(frozen=True, slots=True)
class Form:
    """What the modal shows: `plan` as it is or would be, whether it is `on`, and the repositories to choose from."""

    plan: Plan
    on: bool
    repositories: tuple[str, ...]
    called: str = ""


def digest_view(form: Form, carried: str) -> dict[str, Any]:
    """The modal, filled with what holds now. `carried` comes back with it."""
    plan = form.plan
    days = [(day, _NAMES[day]) for day in WEEK]
    blocks = [
        input_block(ON, f"Digest in {form.called}" if form.called else "Digest here", _radio(_ON, "on" if form.on else "off")),
        input_block(TIME, "Time", {"type": "timepicker", "initial_time": f"{plan.at:%H:%M}"}),
        input_block(
            ZONE,
            "Time zone",
            {"type": "plain_text_input", "initial_value": plan.zone, "max_length": _LONGEST_ZONE},
            hint="A city such as Berlin or New York, or a name such as Europe/Berlin.",
        ),
        input_block(DAYS, "Days", _chosen("checkboxes", [_option(*day) for day in days], plan.days)),
        input_block(EVERY, "How often", _radio(_EVERY, plan.every)),
        *([_repositories(form)] if form.repositories else []),
        input_block(QUIET, "When nothing stands out", _radio(_QUIET, plan.quiet)),
    ]
    view = {"type": "modal", "callback_id": DIGEST_VIEW, "title": plain("Digest of changes", 24), "submit": plain("Save", 24)}
    return {**view, "close": plain("Cancel", 24), "private_metadata": carried, "blocks": blocks}


def done_view(words: str) -> dict[str, Any]:
    """What takes the modal's place once it is saved."""
    blocks = [section(to_mrkdwn(words))]
    return {"type": "modal", "title": plain("Digest of changes", 24), "close": plain("Done", 24), "blocks": blocks}


def read_choice(sent: Submission, form: Form, suggested: Plan) -> Choice | dict[str, str]:
    """What was chosen, or Slack's `errors`: what is wrong by block.

    No repository chosen means all of them: those of the settings where these are all, else all there are now.
    """
    typed = str(sent.state(ZONE).get("value") or "")
    zone, at = zone_named(typed), _time(str(sent.state(TIME).get("selected_time") or ""))
    picked = {str(option.get("value")) for option in sent.state(DAYS).get("selected_options") or ()}
    errors = {} if zone else {ZONE: f"I know no time zone “{typed.strip()[:40]}”. Did you mean {nearest_zone(typed)}?"}
    errors |= {} if at else {TIME: "Choose a time."}
    errors |= {} if picked else {DAYS: "Choose at least one day, or switch the digest off."}
    if errors:
        return errors
    days = form.plan.days if picked == set(form.plan.days) else tuple(day for day in WEEK if day in picked)
    wanted = {str(option.get("value")) for option in sent.state(REPOSITORIES).get("selected_options") or ()}
    repositories = tuple(name for name in form.repositories if name in wanted)
    if not repositories and set(suggested.repositories) != set(form.repositories):
        repositories = form.repositories
    return Choice(
        on=_picked(sent, ON) != "off",
        at=at,
        zone=zone,
        days=days,
        repositories=repositories or None,
        every=cast(Literal["day", "week"], _picked(sent, EVERY) if _picked(sent, EVERY) in _EVERY else form.plan.every),
        quiet=cast(Literal["skip", "post"], _picked(sent, QUIET) if _picked(sent, QUIET) in _QUIET else form.plan.quiet),
    )


def plan_words(plan: Plan, repositories: Sequence[str]) -> str:
    """"every Mon to Fri at 09:00 (Europe/Berlin), about all repositories; nothing is posted when nothing stands out"."""
    is_all = len(repositories) > 1 and set(plan.repositories) >= set(repositories)
    about = "all repositories" if is_all else listed(plan.repositories, _NAMED)
    quiet = "nothing is posted" if plan.quiet == "skip" else "one line is posted"
    return f"{rhythm_words(plan)}, about {about}; {quiet} when nothing stands out"


def next_words(moment: datetime, plan: Plan) -> str:
    """"Next digest here: **Tue 24 Nov 09:00 (Europe/Berlin)**."."""
    return f"Next digest here: **{moment_words(plan, moment)}**."


def _repositories(form: Form) -> Block:
    """None chosen stands for all. A menu takes 100 options, or 100 groups of as many."""
    options = [_option(name, name) for name in form.repositories[: _GROUP * _MOST_GROUPS]]
    some = () if set(form.plan.repositories) >= set(form.repositories) else form.plan.repositories
    element = _chosen("multi_static_select", options, some) | {"placeholder": plain("All repositories", 150)}
    if len(options) > _GROUP:
        groups = [options[start : start + _GROUP] for start in range(0, len(options), _GROUP)]
        del element["options"]
        element["option_groups"] = [{"label": plain(f"{group[0]['value']} …", 75), "options": group} for group in groups]
    return input_block(REPOSITORIES, "Repositories", element, hint="Choose none for all of them.") | {"optional": True}


def _radio(words: Mapping[str, str], value: str) -> dict[str, Any]:
    options = [_option(key, text) for key, text in words.items()]
    initial = next((option for option in options if option["value"] == value), options[0])
    return {"type": "radio_buttons", "options": options, "initial_option": initial}


def _chosen(kind: str, options: list[dict[str, Any]], values: Sequence[str]) -> dict[str, Any]:
    initial = [option for option in options if option["value"] in values]
    return {"type": kind, "options": options} | ({"initial_options": initial} if initial else {})


def _option(value: str, text: str) -> dict[str, Any]:
    return {"text": plain(text, 75), "value": value}


def _picked(sent: Submission, block: str) -> str:
    return str((sent.state(block).get("selected_option") or {}).get("value") or "")


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text)
    except ValueError:
        return None
