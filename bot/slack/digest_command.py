"""/digest: how a channel's digest is set, by the command, its modal, and the buttons of a posted digest."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.changes.types import ChangesReport
from bot.digest.types import Choice, Desk, Plan
from bot.slack.access import Access
from bot.slack.blocks import Message, context
from bot.slack.change_blocks import About, PageOf, digest_message
from bot.slack.channels import Channel, Channels
from bot.slack.clients import Clients
from bot.slack.digest_view import ON, Form, digest_view, done_view, next_words, plan_words, read_choice
from bot.slack.errands import FULL, Errands
from bot.slack.errors import NETWORK_ERRORS
from bot.slack.invocation import Invocation, Submission
from bot.slack.mrkdwn import to_mrkdwn
from bot.slack.once import Once
from bot.slack.replies import Replies
from bot.slack.work import DaemonExecutor
from bot.slack.zones import zone_named
from indexer.errors import DocentError

log = logging.getLogger(__name__)

Preview = Callable[[Plan], ChangesReport]
"""What a plan's next digest would say. Any DocentError."""

USAGE = (
    "**/digest** tells this channel what changed in the code, in one short message.\n"
    "- `/digest`: when it comes, and of what\n"
    "- `/digest on`, `/digest off`: switch it on or off here\n"
    "- `/digest now`: what the next one would say, for you alone"
)
INVITE = "I am not in this channel, so I could not post here. Type `/invite @docent` first, then `/digest` again."
NO_CHANNEL = "A digest is posted in a channel. Use `/digest` in the channel that it is for."
OPEN_CHANNEL = "This channel is shared with other organisations, and everybody there would read it, so I post no digest here."
NOT_SEEN = "Slack does not tell me about this channel: the app lacks the scope `{}`. Whoever runs me can add it."
UNREACHABLE = "I cannot reach Slack right now. Please try again in a minute."
STARTING = "I have only just started. Please try again in a minute."
NO_REPOSITORY = "No repository is configured yet, so there is nothing to tell of."
OFF = "The digest is off here. `/digest on` brings it back."
NEVER_ON = "There is no digest here. `/digest on` begins one."
LATE = "Slack did not open the window in time. Please try again."
OUTDATED = "I no longer know which channel this was for. Please use `/digest` in it."
LOOKING = "Looking at what changed since the last digest…"
PRIVATE = "Only you see this."

_PATIENCE = 2.2  # seconds of the three in which Slack wants to hear whether the modal may close
_THREADS = 4


class NoDigest(DocentError):
    """There can be no digest here, or not now: `message` says why and what to do."""


class DigestCommand:
    """Sets digests for who may ask docent at all. Each answer says what holds now and when the next digest comes."""

    def __init__(self, clients: Clients, access: Access, channels: Channels, replies: Replies, page_of: PageOf) -> None:
        """`page_of` makes the links of previews."""
        self._clients = clients
        self._access = access
        self._channels = channels
        self._replies = replies
        self._page_of = page_of
        self._quick = Errands("digest", access, replies)
        self._slow = Errands("digest preview", access, replies)
        self._saving = DaemonExecutor(_THREADS)
        self._once = Once()
        self._served: Desk | None = None
        self._looked_at: Preview = _starting

    def serve(self, desk: Desk, preview: Preview) -> None:
        """What is set and shown from now on."""
        self._looked_at = preview
        self._served = desk

    def command(self, asked: Invocation) -> str:
        """Begin with a command; words for its acknowledgement where it takes a while, or was not begun."""
        if not self._once.first(asked.trigger_id):
            return ""
        word = asked.text.strip().lower()
        if word == "now":
            return LOOKING if self._slow.begin(asked, asked.user, lambda: self._preview(asked)) else FULL
        jobs = {"": self._open, "settings": self._open, "on": self._switch_on, "off": self._switch_off}
        job = jobs.get(word, lambda asked: self._quick.tell(asked, USAGE, "usage"))
        return "" if self._quick.begin(asked, asked, lambda: job(asked)) else FULL

    def settings_clicked(self, click: Invocation) -> None:
        """Open the modal from a posted digest."""
        self._click(click, self._open)

    def stop_clicked(self, click: Invocation) -> None:
        """Switch the digest off from a posted one."""
        self._click(click, self._switch_off)

    def submitted(self, sent: Submission) -> dict[str, Any]:
        """Save what was chosen; the answer to Slack, which shows in the modal what holds now or what is wrong."""
        channel, answer_to = _read_carried(sent.carried)
        if not channel:
            return _errors({ON: OUTDATED})
        try:
            saving = self._saving.submit(self._save, sent, channel)
            outcome = saving.result(timeout=_PATIENCE)
        except TimeoutError:
            saving.add_done_callback(lambda late: self._tell_late(late, sent, answer_to))
            return {}
        except RuntimeError:
            return _errors({ON: FULL})
        if isinstance(outcome, dict):
            return _errors(outcome)
        return {"response_action": "update", "view": done_view(outcome)}

    def close(self, seconds: float) -> None:
        """Begin nothing more, and let what runs end within `seconds`."""
        self._quick.close(seconds)
        self._slow.close(0.0)
        self._saving.shutdown(wait=False)

    # steps

    def _open(self, asked: Invocation) -> str:
        desk, channel = self._desk(), self._fit(asked)
        view = digest_view(self._form(desk, asked.user, channel), json.dumps({"c": asked.channel, "u": asked.response_url}))
        try:
            self._clients.quick.views_open(trigger_id=asked.trigger_id, view=view)
        except SlackApiError as exc:
            log.warning("no window for %s (%s)", asked.id, str(exc.response.get("error"))[:100])
            raise NoDigest(LATE) from None
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.warning("no window for %s (%s)", asked.id, type(exc).__name__)
            raise NoDigest(UNREACHABLE) from None
        self._quick.mine(asked)
        return "opened"

    def _switch_on(self, asked: Invocation) -> str:
        desk, channel = self._desk(), self._fit(asked)
        if desk.plan(channel.id) is None:
            begun = desk.choice(channel.id) or Choice(zone=self._zone_of(asked.user))
            desk.choose(channel.id, replace(begun, on=True, changed_by=asked.user))
        return self._quick.tell(asked, self._words(desk, channel.id), "on")

    def _switch_off(self, asked: Invocation) -> str:
        """Also where docent is no member any more, and in what is no channel."""
        desk = self._desk()
        if desk.plan(asked.channel) is not None:
            desk.choose(asked.channel, replace(desk.choice(asked.channel) or Choice(), on=False, changed_by=asked.user))
        return self._quick.tell(asked, self._words(desk, asked.channel), "off")

    def _preview(self, asked: Invocation) -> str:
        desk, channel = self._desk(), self._fit(asked)
        message = digest_message(self._looked_at(self._form(desk, asked.user, channel).plan), self._page_of, About(thread=False))
        if self._slow.mine(asked):
            note = context(to_mrkdwn(f"{PRIVATE} {self._when(desk, channel.id)}"))
            self._replies.private(asked.response_url, Message(message.text, (*message.blocks, note)), asked.id)
        return "previewed"

    def _save(self, sent: Submission, channel: str) -> str | dict[str, str]:
        """Words for what holds now, or what is wrong by block."""
        if refusal := self._access.refusal(sent):
            return {ON: refusal}
        try:
            desk = self._desk()
            choice = read_choice(sent, self._form(desk, sent.user, Channel(channel)), desk.suggested(channel))
            if isinstance(choice, dict):
                return choice
            desk.choose(channel, replace(choice, changed_by=sent.user))
            log.info("digest %s: set, %s", sent.id, "on" if choice.on else "off")
            return self._words(desk, channel)
        except DocentError as exc:
            log.warning("digest %s: %s", sent.id, type(exc).__name__, exc_info=exc.__cause__)
            return {ON: str(exc)[:300]}
        except Exception:  # whatever it is, the asker gets words and the log the rest
            reference = secrets.token_hex(4)
            log.exception("digest %s failed, reference %s", sent.id, reference)
            return {ON: f"Something went wrong on my side. The log has the details under reference {reference}."}

    # what holds

    def _desk(self) -> Desk:
        if self._served is None:
            raise NoDigest(STARTING)
        return self._served

    def _fit(self, asked: Invocation) -> Channel:
        """The channel, where it can have a digest. NoDigest."""
        if not self._desk().repositories():
            raise NoDigest(NO_REPOSITORY)
        if not asked.channel or asked.channel.startswith("D"):
            raise NoDigest(NO_CHANNEL)
        try:
            channel = self._channels.look(asked.channel)
        except SlackApiError as exc:
            error = str(exc.response.get("error"))[:100]
            log.info("digest %s: the channel is not known (%s)", asked.id, error)
            if error != "missing_scope":
                raise NoDigest(INVITE) from None
            needed = str(exc.response.get("needed") or "channels:read")[:60]
            raise NoDigest(NO_CHANNEL if needed == "mpim:read" else NOT_SEEN.format(needed)) from None
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.warning("digest %s: the channel is not known (%s)", asked.id, type(exc).__name__)
            raise NoDigest(UNREACHABLE) from None
        if not channel.closed and not self._channels.allow_shared:
            raise NoDigest(OPEN_CHANNEL)
        if not channel.member:
            raise NoDigest(INVITE)
        return channel

    def _form(self, desk: Desk, user: str, channel: Channel) -> Form:
        """The plan there is, else the one it would be: as chosen before it was switched off, or in the asker's time zone."""
        plan, choice = desk.plan(channel.id), desk.choice(channel.id)
        if plan is None:
            kept = choice or Choice(zone=self._zone_of(user))
            names = ("at", "zone", "days", "every", "quiet", "repositories")
            plan = replace(desk.suggested(channel.id), **{name: value for name in names if (value := getattr(kept, name))})
        is_on = choice is None or choice.on
        return Form(plan, is_on, tuple(desk.repositories()), channel.called if channel.name else "")

    def _zone_of(self, user: str) -> str | None:
        try:
            return zone_named(str(self._access.profile(user).get("tz") or ""))
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.info("somebody's time zone is not known (%s)", type(exc).__name__)
            return None

    def _words(self, desk: Desk, channel: str) -> str:
        plan = desk.plan(channel)
        if plan is None:
            return OFF if desk.choice(channel) is not None else NEVER_ON
        told = f"The digest comes {plan_words(plan, desk.repositories())}. {self._when(desk, channel)}"
        return f"{told} `/digest` changes it, `/digest off` stops it."

    def _when(self, desk: Desk, channel: str) -> str:
        plan, moment = desk.plan(channel), desk.next_run(channel)
        return next_words(moment, plan) if plan and moment else NEVER_ON

    def _click(self, click: Invocation, job: Callable[[Invocation], str]) -> None:
        if not self._once.first(click.trigger_id):
            return
        there = replace(click, channel=click.channel or click.value)
        if not self._quick.begin(there, there, lambda: job(there)):
            self._replies.words(click.response_url, FULL, click.id)

    def _tell_late(self, late: Future[str | dict[str, str]], sent: Submission, answer_to: str) -> None:
        outcome = late.result()
        self._replies.words(answer_to, outcome if isinstance(outcome, str) else " ".join(outcome.values()), sent.id)


def _starting(plan: Plan) -> ChangesReport:
    raise NoDigest(STARTING)


def _read_carried(text: str) -> tuple[str, str]:
    """The channel a modal is about and where to answer late; empty for what no version of docent wrote."""
    try:
        kept: dict[str, Any] = json.loads(text)
        return str(kept["c"]), str(kept.get("u", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return "", ""


def _errors(by_block: dict[str, str]) -> dict[str, Any]:
    return {"response_action": "errors", "errors": by_block}
