"""The "Ask them" button: a modal with a prefilled message, then a thread that mentions the asked and holds who owns what."""

from __future__ import annotations

import logging
from concurrent.futures import Future
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.slack.access import Access
from bot.slack.blocks import Message
from bot.slack.carried import Carried, read_carried
from bot.slack.channels import Channels
from bot.slack.clients import Clients
from bot.slack.errands import FULL
from bot.slack.errors import NETWORK_ERRORS, never_left
from bot.slack.invocation import Invocation, Submission
from bot.slack.modals import CHANNEL, WORDS, Request, ask_view, read_request, request_message
from bot.slack.once import Once
from bot.slack.owner_blocks import thread_message
from bot.slack.people import People
from bot.slack.replies import Replies
from bot.slack.sharing import TOO_SLOW
from bot.slack.whoowns import OUTDATED, WhoOwns
from bot.slack.work import DaemonExecutor
from indexer.errors import DocentError

log = logging.getLogger(__name__)

INVITE = "I am not in this channel. Type /invite @docent there, then press Ask again."
OPEN_CHANNEL = "This channel is shared with other organisations, and everybody there would read it. Choose another one."
UNCERTAIN = "The connection to Slack broke, and I do not know whether it arrived. Look into the channel before you press Ask again."
UNREACHABLE = "I cannot reach Slack right now. Please press Ask again in a minute."
NO_REPORT = "Your question is posted, but I could not put who owns what into its thread."

_PATIENCE = 2.2  # seconds of the three in which Slack wants to hear whether the modal may close
_THREADS = 4
_REFUSALS = {
    "not_in_channel": INVITE,
    "channel_not_found": INVITE,
    "is_archived": "This channel is archived. Choose another one.",
    "restricted_action": "Apps may not post in this channel. Choose another one.",
    "ratelimited": "Slack asks me to slow down. Please press Ask again in a minute.",
}


class AskThem:
    """Opens the modal while its trigger is fresh, and posts what comes back as one thread."""

    def __init__(
        self, owners: WhoOwns, clients: Clients, access: Access, people: People, channels: Channels, replies: Replies
    ) -> None:
        self._owners = owners
        self._clients = clients
        self._access = access
        self._people = people
        self._channels = channels
        self._replies = replies
        self._once = Once()
        self._threads = DaemonExecutor(_THREADS)

    def clicked(self, click: Invocation) -> None:
        """Begin to open the modal. What it needs stands in the button, for a trigger is good for 3 s only."""
        try:
            self._threads.submit(self._open, click)
        except RuntimeError:
            self._replies.words(click.response_url, FULL, click.id)

    def submitted(self, sent: Submission) -> dict[str, Any]:
        """Post what was written; the answer to Slack: nothing closes the modal, `errors` say in it what is wrong."""
        carried = read_carried(sent.carried)
        request = read_request(sent, carried) if carried else {WORDS: OUTDATED}
        if carried is None or isinstance(request, dict):
            return {"response_action": "errors", "errors": request}
        if not self._once.first(sent.view):
            return {}
        try:
            posting = self._threads.submit(self._post, sent, carried, request)
            problem = posting.result(timeout=_PATIENCE)
        except TimeoutError:
            posting.add_done_callback(lambda late: self._tell_late(late, sent, carried))
            return {}
        except RuntimeError:
            problem = FULL
        if problem:
            self._once.forget(sent.view)
            return {"response_action": "errors", "errors": {CHANNEL: problem}}
        return {}

    def _open(self, click: Invocation) -> None:
        carried = read_carried(click.value)
        refusal = self._access.refusal(click) or (None if carried and carried.people else OUTDATED)
        if refusal or carried is None:
            self._replies.words(click.response_url, refusal or OUTDATED, click.id)
            return
        kept = Carried(carried.query, carried.repos, carried.people, carried.about, answer_to=click.response_url)
        try:
            view = ask_view(kept, shared_channels=self._channels.allow_shared)
            self._clients.quick.views_open(trigger_id=click.trigger_id, view=view)
            return
        except SlackApiError as exc:
            reason = str(exc.response.get("error"))[:100]
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            reason = type(exc).__name__
        log.warning("no window for %s (%s)", click.id, reason)
        self._replies.words(click.response_url, TOO_SLOW, click.id)

    def _post(self, sent: Submission, carried: Carried, request: Request) -> str:
        """Post the message that opens the thread; what went wrong in words, "" where nothing did."""
        refusal = self._access.refusal(sent)
        if refusal:
            return refusal
        if self._channels.is_closed(request.channel) is False:
            return OPEN_CHANNEL
        message = request_message(request, sent.user, self._people.name_of(sent.user, sent.user_name))
        try:
            ts = self._send(request.channel, message)
        except SlackApiError as exc:
            error = str(exc.response.get("error") or exc.response.status_code)[:100]
            log.warning("the question of %s was not posted (%s)", sent.id, error)
            return _REFUSALS.get(error, f"Slack did not take it ({error}). Please press Ask again in a minute.")
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            log.warning("the question of %s was not posted (%s)", sent.id, type(exc).__name__)
            return UNREACHABLE if never_left(exc) else UNCERTAIN
        log.info("whoowns %s: %d asked in a thread", sent.id, len(request.people))
        self._threads.submit(self._report, sent, carried, request.channel, ts)
        return ""

    def _report(self, sent: Submission, carried: Carried, channel: str, ts: str) -> None:
        try:
            self._send(channel, thread_message(self._owners.look_up(carried)), thread_ts=ts)
        except (DocentError, SlackClientError, *NETWORK_ERRORS) as exc:
            log.error("the thread of %s has no report (%s)", sent.id, type(exc).__name__)
            self._replies.words(carried.answer_to, NO_REPORT, sent.id)
        except Exception:  # whatever it is, the asker gets words and the log the rest
            log.exception("the thread of %s has no report", sent.id)
            self._replies.words(carried.answer_to, NO_REPORT, sent.id)

    def _tell_late(self, late: Future[str], sent: Submission, carried: Carried) -> None:
        problem = late.result() if late.exception() is None else UNCERTAIN
        if problem:
            self._replies.words(carried.answer_to, problem, sent.id)

    def _send(self, channel: str, message: Message, **more: Any) -> str:
        answer = self._clients.posting.chat_postMessage(
            channel=channel,
            text=message.text,
            blocks=list(message.blocks),
            parse="none",
            link_names=False,
            unfurl_links=False,
            unfurl_media=False,
            **more,
        )
        return str(answer["ts"])
