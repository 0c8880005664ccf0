"""The two modals of /whoowns: asking people in a thread, and choosing where to share. Pure functions from and to Slack's views.

Format: docs.slack.dev/reference/views/modal-views. Slack opens one within 3 s of a click.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.slack import mrkdwn
from bot.slack.blocks import MAX_SECTION, Block, Message, input_block, plain, section, shortened, units
from bot.slack.carried import MOST_OF_MODAL, Carried, ToAsk
from bot.slack.invocation import Submission

ASK_VIEW, SHARE_VIEW = "whoowns_ask", "whoowns_share"
WHOM, WORDS, CHANNEL = "whom", "words", "channel"
LONGEST_WORDS = 1_500

_CHANNEL_HINT = "docent has to be in it. It mentions them there and puts who owns what into the thread."
_NOBODY = "Choose at least one person."
_NO_WORDS = "Write what you want to ask."
_NO_CHANNEL = "Choose a channel."


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks whom, where."""

    people: tuple[ToAsk, ...]
    words: str
    channel: str


def ask_view(carried: Carried, *, shared_channels: bool) -> dict[str, Any]:
    """The modal in which a question to the people of `carried` is written; `shared_channels` may be chosen too if so."""
    options = [_option(one) for one in carried.people]
    # a bot may post only where it is a member, so never in a direct message between two people
    where = _conversations(["public", "private"], shared_channels=shared_channels)
    blocks = [
        input_block(WHOM, "Whom", {"type": "checkboxes", "options": options, "initial_options": options}),
        input_block(
            WORDS,
            "Message",
            {"type": "plain_text_input", "multiline": True, "max_length": LONGEST_WORDS, "initial_value": opening(carried)},
        ),
        input_block(CHANNEL, "Channel", where, hint=_CHANNEL_HINT),
    ]
    return _view(ASK_VIEW, "Ask them", "Ask", carried, blocks)


def share_view(carried: Carried, *, shared_channels: bool, view: str = SHARE_VIEW) -> dict[str, Any]:
    """The modal that lets somebody choose where to share: Slack offers only what is not shared with others, which docent cannot
    know of a conversation that it is no member of."""
    where = _conversations(["public", "private", "mpim", "im"], shared_channels=shared_channels) | {"response_url_enabled": True}
    note = "I cannot see whether this conversation is shared with other organisations. Here are those that are not."
    return _view(view, "Share", "Share", carried, [section(note), input_block(CHANNEL, "Where", where)])


def opening(carried: Carried) -> str:
    """The prefilled message: plain text with Slack's own marks for code, as a person would type it."""
    first = [one.name.split()[0] for one in carried.people if one.name.split()]
    names = " and ".join([", ".join(first[:-1]), first[-1]]) if len(first) > 1 else "".join(first)
    who = "the ones" if len(first) > 1 else "the one"
    topic = f"docent says you are {who} to ask about {carried.about}: " if carried.about else f"docent says you are {who} to ask: "
    return f"Hi {names}, {topic}"[: LONGEST_WORDS // 2] if names else topic


def read_request(sent: Submission, carried: Carried) -> Request | dict[str, str]:
    """What was written, or Slack's `errors`: what is wrong by block."""
    offered = {one.slack: one for one in carried.people}
    chosen = [option.get("value") for option in sent.state(WHOM).get("selected_options") or ()]
    people = tuple(offered[str(one)] for one in chosen if str(one) in offered)
    words = str(sent.state(WORDS).get("value") or "").strip()
    channel = chosen_channel(sent)
    errors = {} if people else {WHOM: _NOBODY}
    errors |= {} if words else {WORDS: _NO_WORDS}
    errors |= {} if channel else {CHANNEL: _NO_CHANNEL}
    return errors or Request(people, words[:LONGEST_WORDS], channel)


def chosen_channel(sent: Submission) -> str:
    return str(sent.state(CHANNEL).get("selected_conversation") or "")


def request_message(request: Request, asker: str, asker_name: str) -> Message:
    """The message that opens the thread. It mentions the asker and the asked: this ping is a person's own."""
    mentions = " ".join(f"<@{one.slack}>" for one in request.people)
    blocks = [section(f"<@{asker}> asks {mentions}:"), *(section(piece) for piece in _pieces(request.words))]
    names = ", ".join(one.name for one in request.people)
    return Message(shortened(f"{asker_name} asks {names}: {request.words}"), tuple(blocks))


def _pieces(words: str) -> list[str]:
    """What a person typed, escaped: their bold and code stay, and nothing in it mentions anybody."""
    written = mrkdwn.escape(words)
    if units(written) <= MAX_SECTION:
        return [written] if written.strip() else []
    middle = len(words) // 2
    return [*_pieces(words[:middle]), *_pieces(words[middle:])]


def _option(one: ToAsk) -> dict[str, Any]:
    option: dict[str, Any] = {"text": plain(one.name or "…", 75), "value": one.slack}
    return option | ({"description": plain(one.why, 75)} if one.why else {})


def _conversations(kinds: Sequence[str], *, shared_channels: bool) -> dict[str, Any]:
    only = {"include": list(kinds), "exclude_bot_users": True, "exclude_external_shared_channels": not shared_channels}
    return {"type": "conversations_select", "default_to_current_conversation": True, "filter": only}


def _view(callback: str, title: str, submit: str, carried: Carried, blocks: list[Block]) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Cancel", 24),
        "private_metadata": carried.written(MOST_OF_MODAL),
        "blocks": blocks,
    }
