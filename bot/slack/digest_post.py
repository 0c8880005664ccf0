"""Posts digests, each once: every message is marked, looked for where Slack's answer was lost, and never sent twice."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from slack_sdk.errors import SlackApiError, SlackClientError

from bot.changes.types import ChangesReport
from bot.config import AccessSettings, SlackSecrets
from bot.digest.types import DigestRefused, DigestUnsure, Plan
from bot.slack.blocks import Message, words_message
from bot.slack.change_blocks import About, PageOf, details_messages, digest_message
from bot.slack.channels import Channels
from bot.slack.checks import identify
from bot.slack.clients import Clients, open_clients
from bot.slack.digest_marks import Mark, Marks
from bot.slack.errors import NETWORK_ERRORS, explain, never_left, unreachable
from bot.slack.outgoing import REFUSED_BLOCKS, may_have_arrived
from bot.slack.people import People
from indexer.errors import DocentError

log = logging.getLogger(__name__)

_PAUSE = 1.1  # seconds: Slack takes one message a second in each channel (docs.slack.dev/apis/web-api/rate-limits)
_TRIES = 3
_POSTING = "posting a digest"
_INVITE = "Type /invite @docent there, or stop its digest with /digest off."
_REFUSALS = {
    "not_in_channel": ("docent is not in {}.", _INVITE),
    "channel_not_found": ("docent cannot see the channel {}.", _INVITE),
    "is_archived": ("{} is archived.", "Unarchive it, or name another channel under [digest]."),
    "restricted_action": ("Apps may not post in {}.", "An admin of the workspace can allow it in the channel's settings."),
    "thread_not_found": ("The digest in {} was deleted, so it gets no details.", ""),
}
_SHARED = "{} is shared with other organisations, and everybody there would read the digest."
_SHARED_HINT = 'Name another channel, or set externals = "allow" under [access].'


@dataclass(frozen=True, slots=True)
class _Post:
    """One message to post, where, and its mark."""

    channel: str
    message: Message
    mark: Mark
    thread: str = ""

    @property
    def arguments(self) -> dict[str, Any]:
        where = {"channel": self.channel, **({"thread_ts": self.thread} if self.thread else {})}
        first, *rest = self.message.blocks
        blocks = [{**first, "block_id": self.mark.block_id}, *rest]
        # parse "none" and no link_names: Slack turns nothing in the text into a link, a channel or a mention
        quiet = {"parse": "none", "link_names": False, "unfurl_links": False, "unfurl_media": False}
        return {**where, "text": self.message.text, "blocks": blocks, "metadata": self.mark.metadata, **quiet}


class DigestPoster:
    """The digest's `Poster` (bot/digest/types.py). Safe for threads."""

    def __init__(
        self,
        clients: Clients,
        channels: Channels,
        page_of: PageOf,
        *,
        team: str,
        bot_user: str,
        name_of: Callable[[str], str],
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`page_of` makes the links, `name_of` says how a member is called."""
        self._clients = clients
        self._channels = channels
        self._page_of = page_of
        self._team = team
        self._marks = Marks(clients.patient, bot_user)
        self._name_of = name_of
        self._sleep = sleep
        self._clock = clock
        self._next_turn: dict[str, float] = {}
        self._names: dict[str, str] = {}
        self._lock = threading.Lock()

    @property
    def team(self) -> str:
        """The workspace's id."""
        return self._team

    def name(self, channel: str) -> str:
        """How people call the channel, "#product"; its id where that cannot be known. Never raises."""
        if channel not in self._names:
            try:
                self._names[channel] = self._channels.look(channel).called
            except (SlackClientError, *NETWORK_ERRORS) as exc:
                log.info("the name of channel %s is not known (%s)", channel, type(exc).__name__)
        return self._names.get(channel, channel)

    def post(self, channel: str, key: str, report: ChangesReport, plan: Plan) -> str:
        """Post the main message; its ts. DigestRefused, DigestUnsure; another DocentError where nothing was posted."""
        self._refuse_unfit(channel)
        about = About(self._name_of(plan.chosen_by) if plan.chosen_by else "", value=channel)
        return self._deliver(_Post(channel, digest_message(report, self._page_of, about), Mark(key)))

    def post_details(self, channel: str, key: str, ts: str, report: ChangesReport) -> None:
        """Post into the thread of `ts` those details that are not there yet. Errors as for `post`."""
        messages = details_messages(report, self._page_of)
        if not messages:
            return
        self._refuse_unfit(channel)
        there = {mark.part for mark in self._details(channel, key, ts)}
        for part, message in enumerate(messages, start=1):
            if part not in there:
                self._deliver(_Post(channel, message, Mark(key, part, len(messages)), thread=ts))

    def find(self, channel: str, key: str, oldest: float) -> str | None:
        """The ts of the main message with this key; None where it is certain that there is none. DigestUnsure."""
        return self._marks.digest(channel, key, oldest)

    def find_details(self, channel: str, key: str, ts: str) -> bool:
        """Whether all details of this key stand in the thread of `ts`. DigestUnsure."""
        there = self._marks.details(channel, key, ts)
        return bool(there) and len(there) >= max(mark.parts for mark in there)

    def _details(self, channel: str, key: str, ts: str) -> set[Mark]:
        try:
            return set(self._marks.details(channel, key, ts))
        except DigestUnsure as exc:
            error = _error(exc.__cause__)
            if error == "missing_scope":
                return set()  # docent may not read there; whoever calls this knows of no details yet
            if error in _REFUSALS:
                raise self._refused(channel, error) from exc
            raise

    def _refuse_unfit(self, channel: str) -> None:
        """A digest is read by everybody in its channel: not by other organisations, unless the settings say so."""
        if self._channels.allow_shared:
            return
        try:
            found = self._channels.look(channel)
        except SlackApiError as exc:
            raise self._explained(channel, exc) from exc
        except (SlackClientError, *NETWORK_ERRORS) as exc:
            raise unreachable("asking whether a channel is shared", exc) from exc
        self._names[channel] = found.called
        if not found.closed:
            raise DigestRefused(_SHARED.format(found.called), _SHARED_HINT)

    def _deliver(self, post: _Post) -> str:
        """Post it, in its words alone where Slack refuses the blocks."""
        try:
            return self._post(post)
        except SlackApiError as exc:
            if _error(exc) not in REFUSED_BLOCKS:
                raise self._explained(post.channel, exc) from exc
            log.error("Slack refused the blocks of digest %s (%s); posting its words", post.mark.key, _error(exc))
        try:
            return self._post(replace(post, message=words_message(post.message.text)))
        except SlackApiError as exc:
            raise self._explained(post.channel, exc) from exc

    def _post(self, post: _Post) -> str:
        """Its ts. SlackApiError where Slack certainly did not take it, DigestUnsure where it may have.

        What may have arrived is looked for and never repeated here: Slack may still be at it, and who asked for the digest looks
        again before the next attempt, minutes later.
        """
        begun = self._clock()
        for attempt in range(1, _TRIES + 1):
            self._wait_for_turn(post.channel)
            try:
                return str(self._clients.posting.chat_postMessage(**post.arguments)["ts"])
            except (SlackClientError, *NETWORK_ERRORS) as exc:
                if not may_have_arrived(exc):
                    raise
                failure = exc
            log.warning("posting digest %s failed (%s)", post.mark.key, type(failure).__name__)
            self._sleep(2.0 * attempt)
            if not never_left(failure):
                break
        else:
            raise unreachable(_POSTING, failure) from failure
        if found := self._arrived(post, begun):
            return found
        message = f"Whether the digest for {self.name(post.channel)} arrived is not known yet."
        raise DigestUnsure(message, "Look into the channel.") from failure

    def _arrived(self, post: _Post, since: float) -> str | None:
        if not post.thread:
            return self._marks.digest(post.channel, post.mark.key, since)
        return self._marks.details(post.channel, post.mark.key, post.thread).get(post.mark)

    def _wait_for_turn(self, channel: str) -> None:
        with self._lock:
            now = self._clock()
            turn = max(now, self._next_turn.get(channel, 0.0))
            self._next_turn[channel] = turn + _PAUSE
        if turn > now:
            self._sleep(turn - now)

    def _explained(self, channel: str, exc: SlackApiError) -> DocentError:
        error = "restricted_action" if _error(exc).startswith("restricted_action") else _error(exc)
        return self._refused(channel, error) if error in _REFUSALS else explain(exc, _POSTING, "SLACK_BOT_TOKEN")

    def _refused(self, channel: str, error: str) -> DigestRefused:
        message, hint = _REFUSALS[error]
        return DigestRefused(message.format(self._names.get(channel, channel)), hint)


def open_poster(secrets: SlackSecrets, access: AccessSettings, page_of: PageOf) -> DigestPoster:
    """A poster for who has no `SlackBot`, or none yet. SlackError."""
    clients = open_clients(secrets)
    who = identify(clients.patient)
    channels, people = Channels(clients.patient, access), People(clients.quick)
    return DigestPoster(clients, channels, page_of, team=who.home.team, bot_user=who.bot_user, name_of=people.name_of)


def _error(exc: BaseException | None) -> str:
    return str(exc.response.get("error") or "") if isinstance(exc, SlackApiError) else ""
