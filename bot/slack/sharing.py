"""The "Share in channel" button: a private answer posted for all, once, where it was asked for or in a conversation that is chosen."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.blocks import Message
from bot.slack.carried import Carried, read_carried
from bot.slack.channels import Channels
from bot.slack.clients import Clients
from bot.slack.errands import Errands
from bot.slack.errors import NETWORK_ERRORS
from bot.slack.invocation import Invocation, Submission
from bot.slack.modals import chosen_channel, share_view
from bot.slack.once import Once
from bot.slack.people import People
from bot.slack.replies import Replies

log = logging.getLogger(__name__)

OPEN_CHANNEL = "This conversation is shared with other organisations, and everybody there would read it, so I do not share it here."
TOO_SLOW = "Slack did not open the window in time. Please press the button again."


@dataclass(frozen=True, slots=True)
class Told:
    """An answer `for_all`, and for its asker once it is shared. `then` adds to what was posted in the conversation of an invocation,
    and says in words what it could not, "" for nothing."""

    for_all: Message
    for_asker: Message
    then: Callable[[Invocation], str] | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """What it takes to post by other means than a message's thread."""

    clients: Clients
    channels: Channels
    people: People
    replies: Replies


class Sharing:
    """Shares what one command answers."""

    def __init__(self, errands: Errands, posting: Posting, view: str, tell: Callable[[Carried, str], Told]) -> None:
        """`view` is the callback id of the modal that lets choose where; `tell` answers a question again, `by` says in Markdown for
        whom. It may raise any DocentError."""
        self._errands = errands
        self._posting = posting
        self._view = view
        self._tell = tell
        self._once = Once()

    def share(self, click: Invocation, carried: Carried) -> str:
        """Post it where the button was used, or let choose where; the outcome for the log."""
        channels = self._posting.channels
        closed = channels.is_closed(click.channel)
        if closed is False:
            return self._errands.tell(click, OPEN_CHANNEL, "refused")
        if closed is None:
            return self._let_choose(click, carried)
        return self._share_there(click, carried, click.response_url)

    def chosen(self, sent: Submission) -> None:
        """Begin to post it in the conversation that was chosen in the modal."""
        carried = read_carried(sent.carried)
        if carried is None or not sent.response_urls or not self._once.first(sent.view):
            log.warning("nothing is shared by %s", sent.id)
            return
        there = Invocation(
            sent.user, sent.user_team, chosen_channel(sent), carried.answer_to, sent.view, user_name=sent.user_name
        )
        self._errands.begin(there, there, lambda: self._share_there(there, carried, sent.response_urls[0]))

    def _share_there(self, click: Invocation, carried: Carried, url: str) -> str:
        """Post it by `url`, then take the button away from the private answer."""
        key = f"shared/{click.channel}/{click.message}" if click.message else ""
        if not self._once.first(key):
            return "shared before"
        people, replies = self._posting.people, self._posting.replies
        try:
            told = self._tell(carried, people.linked(click.user, click.user_name))
            if not self._errands.mine(click):
                return "restarted"
            if not replies.public(url, told.for_all, click.id):
                self._once.forget(key)
                return "not shared"
        except Exception:
            self._once.forget(key)
            raise
        replies.private(click.response_url, told.for_asker, click.id, replace=True)
        lacking = told.then(click) if told.then else ""
        if lacking:
            replies.words(click.response_url, lacking, click.id)
        return "shared"

    def _let_choose(self, click: Invocation, carried: Carried) -> str:
        carried = Carried(carried.query, carried.repos, answer_to=click.response_url)
        if not self._open(click, share_view(carried, shared_channels=self._posting.channels.allow_shared, view=self._view)):
            return self._errands.tell(click, TOO_SLOW, "not opened")
        self._errands.mine(click)
        return "asked where"

    def _open(self, click: Invocation, view: dict) -> bool:
        try:
            self._posting.clients.quick.views_open(trigger_id=click.trigger_id, view=view)
            return True
        except SlackApiError as exc:
            log.warning("no window for %s (%s)", click.id, str(exc.response.get("error"))[:100])
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.warning("no window for %s (%s)", click.id, type(exc).__name__)
        return False
