"""/whoowns: acknowledged at once, answered in private, and shared when the asker wants it."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from typing import Protocol

from slack_sdk.errors import SlackClientError

from bot.owners.types import OwnersReport, SubjectReport
from bot.slack.access import Access
from bot.slack.carried import LONGEST_QUERY, Carried, read_carried
from bot.slack.channels import Channels
from bot.slack.clients import Clients
from bot.slack.errands import FULL, Errands
from bot.slack.errors import NETWORK_ERRORS
from bot.slack.incoming import question_text
from bot.slack.invocation import Invocation, Submission
from bot.slack.modals import SHARE_VIEW
from bot.slack.once import Once
from bot.slack.owner_blocks import Shown, is_found, people_of, private_message, shared_message
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.sharing import Posting, Sharing, Told
from bot.slack.work import Work
from indexer.errors import QueryError

log = logging.getLogger(__name__)

USAGE = (
    "**/whoowns** says who owns a piece of the code, who built it, and whom to ask now. Only you see the answer until you share it.\n"
    "- `/whoowns src/auth/session.py`: a file, a folder, a pattern or the name of a function\n"
    "- `/whoowns the payment retries`: plain words\n"
    "- `/whoowns @team-payments`: what a team or a person owns"
)
TOO_LONG = f"That is longer than I can read here. Please name it in at most {LONGEST_QUERY} characters."
OUTDATED = "I no longer know what this button was for. Please ask again with `/whoowns`."
UNKNOWN_MEMBER = "Slack could not tell me who that is. Write their name as it stands in the code's history, or their e-mail."
UNKNOWN_GROUP = "Slack did not tell me the name of that group. Write it as the owners' files do, for example `@acme/payments`."
NOT_IN_THE_CODE = (
    "I know nobody in the code's history with the e-mail or the name of this member. "
    "Write the name as it stands there; whoever runs me can join the two under [[people]] in the settings."
)

_MEMBER = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_NAMELESS_GROUP = re.compile(r"<!subteam\^[A-Z0-9]+>")
_QUOTES = "`'\"“”‘’ "


class OwnersAnswerer(Protocol):
    """What /whoowns needs of docent."""

    def whoowns(self, query: str, repos: Sequence[str] = ()) -> OwnersReport: ...


class WhoOwns:
    """Answers commands and clicks in threads of its own, so that slow answers to questions delay none of them."""

    def __init__(
        self,
        docent: OwnersAnswerer,
        clients: Clients,
        access: Access,
        people: People,
        channels: Channels,
        replies: Replies,
        bot_user: str = "",
        work: Work | None = None,
    ) -> None:
        self._docent = docent
        self._people = people
        self._replies = replies
        self._bot_user = bot_user
        self._errands = Errands("whoowns", access, replies, work)
        self._once = Once()
        self._sharing = Sharing(self._errands, Posting(clients, channels, people, replies), SHARE_VIEW, self._told)

    def command(self, asked: Invocation) -> str:
        """Begin with a command; words for its acknowledgement where nothing was begun."""
        if not self._once.first(asked.trigger_id):
            return ""
        return "" if self._errands.begin(asked, asked.user, lambda: self._answer(asked)) else FULL

    def other_reading(self, click: Invocation) -> None:
        """Show the answer for what else the words could mean, in place of the first one."""
        self._click(click, lambda carried: self._show(click, carried, replace=True))

    def share(self, click: Invocation) -> None:
        """Post the answer for all where it was asked for, once."""
        self._click(click, lambda carried: self._sharing.share(click, carried))

    def share_chosen(self, sent: Submission) -> None:
        """The same in the conversation that was chosen in the modal."""
        self._sharing.chosen(sent)

    def look_up(self, carried: Carried) -> Shown:
        """The report, and who of its people is in this Slack. DocentError."""
        report = self._docent.whoowns(carried.query, carried.repos)
        return Shown(report, self._people.known(people_of(report)))

    def close(self, seconds: float) -> None:
        """Begin nothing more, let what runs end within `seconds`, and tell the rest in a moment more."""
        self._errands.close(seconds)

    # steps

    def _answer(self, asked: Invocation) -> str:
        text = asked.text.strip()
        words = " ".join(question_text(text, self._bot_user).split()).strip(_QUOTES)
        if not words or words.lower() in ("help", "?"):
            return self._errands.tell(asked, USAGE, "usage")
        if len(words) > LONGEST_QUERY:
            return self._errands.tell(asked, TOO_LONG, "refused")
        if _NAMELESS_GROUP.search(text):
            return self._errands.tell(asked, UNKNOWN_GROUP, "not found")
        member = _MEMBER.search(text)
        return self._about_member(asked, text, member) if member else self._show(asked, Carried(words))

    def _about_member(self, asked: Invocation, text: str, member: re.Match[str]) -> str:
        """A member of this Slack may go by several names in the code: the first one known there counts."""
        try:
            names = self._people.named(member[1])
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.info("a member asked about is not known (%s)", type(exc).__name__)
            names = ()
        for name in names:
            query = " ".join(question_text(text.replace(member[0], name), self._bot_user).split())
            try:
                report = self._docent.whoowns(query)
            except QueryError:
                continue
            if isinstance(report, SubjectReport):
                return self._present(asked, report)
        return self._errands.tell(asked, NOT_IN_THE_CODE if names else UNKNOWN_MEMBER, "not found")

    def _show(self, asked: Invocation, carried: Carried, *, replace: bool = False) -> str:
        return self._present(asked, self._docent.whoowns(carried.query, carried.repos), replace=replace)

    def _present(self, asked: Invocation, report: OwnersReport, *, replace: bool = False) -> str:
        shown = Shown(report, self._people.known(people_of(report)))
        message = private_message(shown, _again(report))
        if self._errands.mine(asked):
            self._replies.private(asked.response_url, message, asked.id, replace=replace)
        return "answered" if is_found(report) else "not found"

    def _told(self, carried: Carried, by: str) -> Told:
        shown = self.look_up(carried)
        return Told(shared_message(shown, by, carried.query), private_message(shown, carried, shared=True))

    # around each

    def _click(self, click: Invocation, job: Callable[[Carried], str]) -> None:
        carried = read_carried(click.value)

        def run() -> str:
            return job(carried) if carried is not None else self._errands.tell(click, OUTDATED, "outdated")

        if self._once.first(click.trigger_id) and not self._errands.begin(click, click, run):
            self._replies.words(click.response_url, FULL, click.id)


def _again(report: OwnersReport) -> Carried:
    """The question as a button asks it again: about the same repositories."""
    repos = tuple(dict.fromkeys(version.name for version in report.repositories))
    return Carried(report.query, repos)
