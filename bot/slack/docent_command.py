"""/docent: the map, hotspots and impact, acknowledged at once, answered in private, and shared when the asker wants it.

The answers are those to ordinary questions of these kinds, so that they are checked and shown in the same way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from bot.answers.planned.asked import COMMANDS
from bot.answers.types import Answer, Drawing, Status
from bot.pictures import Picture
from bot.slack import mrkdwn
from bot.slack.access import Access
from bot.slack.blocks import Message, answer_message, button, context
from bot.slack.carried import LONGEST_QUERY, Carried, read_carried
from bot.slack.errands import FULL, Errands
from bot.slack.incoming import question_text
from bot.slack.invocation import Invocation, Submission
from bot.slack.once import Once
from bot.slack.owner_blocks import SHARED
from bot.slack.sharing import Posting, Sharing, Told
from bot.slack.uploads import Uploads
from bot.slack.work import Work

SHARE_PLANNED, SHARE_PLANNED_VIEW = "docent_share", "docent_share"
USAGE = (
    "**/docent** helps to plan a change. Only you see the answer until you share it.\n"
    "- `/docent map`: which systems there are and how they hang together; `/docent map payments` for one of them, "
    "`/docent map from checkout to database` for the way between two\n"
    "- `/docent hotspots`: where fixes land, and what only one person knows; `/docent hotspots src/billing` for a part\n"
    "- `/docent impact add a payment method`: what a plan, a path or a symbol would touch, and how it went the last times\n"
    "Who owns something: `/whoowns`. What changed: `/digest`."
)
HOW_TO_ASK = "To ask a question in plain words, mention me in a channel (`@docent how does somebody sign in?`) or write to me directly."
NO_PLAN = "Say what you want to change, for example `/docent impact add a payment method` or `/docent impact src/billing/charge.py`."
TOO_LONG = f"That is longer than I can read here. Please say it in at most {LONGEST_QUERY} characters."
OUTDATED = "I no longer know what this button was for. Please ask again with `/docent`."
LOOKING = "Looking…"
NO_PRIVATE_PICTURE = "There is a picture too. Slack shows none in a message that only you see; it comes with *Share in channel*."
_BLOCK = "docent-planned"
_QUOTES = "`'\"“”‘’ "


class Planner(Protocol):
    """What /docent needs of docent's planning."""

    def answer(self, command: str, words: str, repos: tuple[str, ...] = ()) -> Answer: ...

    def picture(self, drawing: Drawing) -> Picture | None: ...


@dataclass(frozen=True, slots=True)
class Ordered:
    """A sub-command and the words after it."""

    command: str
    words: str

    @property
    def query(self) -> str:
        return f"{self.command} {self.words}".strip()


class DocentCommand:
    """Answers in threads of its own, so that slow answers to questions delay none of these."""

    def __init__(
        self, planner: Callable[[], Planner], access: Access, posting: Posting, bot_user: str = "", work: Work | None = None
    ) -> None:
        """`planner` is called when something is asked, for it may load much."""
        self._planner = planner
        self._people = posting.people
        self._replies = posting.replies
        self._bot_user = bot_user
        self._uploads = Uploads(posting.clients, lambda drawing: planner().picture(drawing))
        self._errands = Errands("docent", access, posting.replies, work)
        self._sharing = Sharing(self._errands, posting, SHARE_PLANNED_VIEW, self._told)
        self._once = Once()

    def command(self, asked: Invocation) -> str:
        """Begin with a command; words for its acknowledgement."""
        if not self._once.first(asked.trigger_id):
            return ""
        ordered = read_order(asked.text, self._bot_user)
        if isinstance(ordered, Ordered):
            return LOOKING if self._errands.begin(asked, asked.user, partial(self._answer, asked, ordered)) else FULL
        return "" if self._errands.begin(asked, asked.user, partial(self._errands.tell, asked, ordered, "usage")) else FULL

    def share(self, click: Invocation) -> None:
        """Post the answer for all where it was asked for, once."""
        carried = read_carried(click.value)

        def run() -> str:
            return self._sharing.share(click, carried) if carried is not None else self._errands.tell(click, OUTDATED, "outdated")

        if self._once.first(click.trigger_id) and not self._errands.begin(click, click, run):
            self._replies.words(click.response_url, FULL, click.id)

    def share_chosen(self, sent: Submission) -> None:
        """The same in the conversation that was chosen in the modal."""
        self._sharing.chosen(sent)

    def close(self, seconds: float) -> None:
        """Begin nothing more, let what runs end within `seconds`, and tell the rest in a moment more."""
        self._errands.close(seconds)

    def _answer(self, asked: Invocation, ordered: Ordered) -> str:
        answer = self._planner().answer(ordered.command, ordered.words)
        repos = tuple(version.name for version in answer.repositories)
        if self._errands.mine(asked):
            self._replies.private(asked.response_url, private_message(answer, Carried(ordered.query, repos)), asked.id)
        return answer.status.value

    def _told(self, carried: Carried, by: str) -> Told:
        command, _, words = carried.query.partition(" ")
        answer = self._planner().answer(command, words, carried.repos)
        drawing = answer.drawing
        then = None if drawing is None else lambda there: self._uploads.put(drawing, there.channel, "", there.id)
        for_all = shared_message(answer, by, carried.query, self._people.workspace)
        return Told(for_all, private_message(answer, carried, shared=True), then)


def read_order(text: str, bot_user: str = "") -> Ordered | str:
    """What is ordered; words about how to, where nothing is that there is. `text` is as Slack sends it, escaped."""
    words = " ".join(question_text(text.strip(), bot_user).split()).strip(_QUOTES)
    command, _, rest = words.partition(" ")
    command, rest = command.lower(), rest.strip(_QUOTES)
    if command in COMMANDS:
        if len(rest) > LONGEST_QUERY:
            return TOO_LONG
        return NO_PLAN if command == "impact" and not rest else Ordered(command, rest)
    return USAGE if command in ("", "help", "?") else f"{HOW_TO_ASK}\n\n{USAGE}"


def private_message(answer: Answer, carried: Carried, *, shared: bool = False) -> Message:
    """The answer for the asker alone, with the button that shares it; once `shared`, that it was."""
    message = answer_message(answer, block_id=_BLOCK)
    blocks = [*message.blocks]
    if answer.status is Status.ANSWERED and not shared:
        if answer.drawing is not None:
            blocks.append(context(NO_PRIVATE_PICTURE))
        value = carried.written()
        blocks += [{"type": "actions", "elements": [button("Share in channel", SHARE_PLANNED, value)]}] if value else []
    blocks += [context(SHARED)] if shared else []
    return replace(message, blocks=tuple(blocks))


def shared_message(answer: Answer, by: str, query: str, workspace: str = "") -> Message:
    """The same for all in a channel; `by` says in Markdown who shares it."""
    message = answer_message(answer, block_id=_BLOCK)
    told = mrkdwn.to_mrkdwn(f"{by} shares", mrkdwn.hosts_of([workspace])) + " " + mrkdwn.code(f"/docent {query[:300]}")
    return replace(message, blocks=(context(told), *message.blocks))
