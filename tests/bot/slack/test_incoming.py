"""Reading Slack's events: the words as typed, and which events are questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import AccessSettings
from bot.slack.access import BOT, GUEST, OUTSIDER, SHARED_CHANNEL, Home, refuse_asker, refuse_place
from bot.slack.incoming import Incoming, question_text, read_event
from bot.slack.mrkdwn import escape
from tests.slack_socket import envelope_body

BOT_USER = "U0DOCENT"
MESSAGE = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "5.5", "text": f"<@{BOT_USER}> why?"}


@pytest.mark.parametrize(
    ("sent", "typed"),
    [
        (f"<@{BOT_USER}> how does auth work?", "how does auth work?"),
        (f"hey <@{BOT_USER}|docent>, who owns <#C12|billing>?", "hey , who owns #billing?"),
        ("is a &lt; b &amp;&amp; c?", "is a < b && c?"),
        ("what is &amp;nbsp; and &copy; for", "what is &nbsp; and &copy; for"),
        ("see <http://readme.md|readme.md>", "see readme.md"),
        ("see <https://x.example/a?b=1&amp;c=2>", "see https://x.example/a?b=1&c=2"),
        ("see <https://x.example/pull/3|that change>", "see that change (https://x.example/pull/3)"),
        ("explain <https://x.example/o/r/pull/3|https://x.example/o/r/pull/3>", "explain https://x.example/o/r/pull/3"),
        ("explain <http://x.example/o/r/pull/3|x.example/o/r/pull/3>", "explain http://x.example/o/r/pull/3"),
        ("what is <https://x.example/o/r/pull/3|pull/3>?", "what is pull/3 (https://x.example/o/r/pull/3)?"),
        ("why <https://x.example/o/r/commit/46e939b0|46e939b0>", "why 46e939b0 (https://x.example/o/r/commit/46e939b0)"),
        ("<https://x.example/o/r/compare/v1.0...v1.1>", "https://x.example/o/r/compare/v1.0...v1.1"),
        ("write to <mailto:anna@x.example|anna@x.example>", "write to anna@x.example"),
        ("<mailto:a@b.example|a@b.example> <@U9|bob> <@U8> <!here> <!subteam^S1|@team>", "a@b.example @bob @U8 @here @team"),
        ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ("two\u00a0words  here\n  and a line ", "two words here\nand a line"),
        (f"<@{BOT_USER}>", ""),
        ("vector<int> &lt;b&gt;", "vectorint <b>"),
    ],
)
def test_the_words_as_typed(sent, typed):
    assert question_text(sent, BOT_USER) == typed


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=200))
def test_what_slack_escapes_comes_back_as_typed(text):
    sent = escape(text)
    assert question_text(sent, BOT_USER) == " ".join(question_text(sent, BOT_USER).split())
    if escape(text).count("&") == sum(map(text.count, "&<>")) and text.isascii():
        assert question_text(sent, BOT_USER) == text


@given(st.text(max_size=300))
def test_any_text_can_be_read(text):
    question_text(text, BOT_USER)


def test_a_mention_is_read():
    assert read_event(envelope_body(MESSAGE, "Ev1"), BOT_USER) == Incoming(
        app="A0DOCENT", team="T0HOME", event_id="Ev1", channel="C1", ts="5.5", thread="5.5", user="U1", text="why?"
    )


def test_a_reply_is_answered_in_its_thread():
    question = read_event(envelope_body({**MESSAGE, "thread_ts": "4.4"}), BOT_USER)
    assert question is not None
    assert (question.thread, question.in_thread) == ("4.4", True)


@pytest.mark.parametrize(
    "event",
    [
        {**MESSAGE, "bot_id": "B1"},
        {**MESSAGE, "user": BOT_USER},
        {**MESSAGE, "subtype": "bot_message"},
        {**MESSAGE, "edited": {"ts": "1"}},
        {**MESSAGE, "type": "message", "channel_type": "channel"},
        {**MESSAGE, "type": "message", "channel_type": "im", "subtype": "message_changed"},
        {**MESSAGE, "ts": None},
        {},
    ],
)
def test_what_is_no_question(event):
    assert read_event(envelope_body(event), BOT_USER) is None


def test_the_same_message_has_the_same_id_in_each_delivery():
    first, second = (read_event(envelope_body(MESSAGE, event_id), BOT_USER) for event_id in ("Ev1", "Ev2"))
    other = read_event(envelope_body({**MESSAGE, "ts": "5.6"}), BOT_USER)
    assert first and second and other
    assert first.id == second.id != other.id


HOME = Home("T1")
QUESTION = Incoming("A", "T1", "E", "C", "1", "1", "U1", "why", user_team="T1")


@pytest.mark.parametrize(
    ("profile", "home", "refusal"),
    [
        ({"team_id": "T1"}, HOME, None),
        ({"team_id": "T2"}, HOME, OUTSIDER),
        ({}, HOME, OUTSIDER),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E1"}}, Home("T1", "E1"), None),
        ({"team_id": "T2", "enterprise_user": {"enterprise_id": "E2"}}, Home("T1", "E1"), OUTSIDER),
        ({"team_id": "T1", "is_restricted": True}, HOME, GUEST),
        ({"team_id": "T1", "is_ultra_restricted": True}, HOME, GUEST),
        ({"team_id": "T1", "is_stranger": True}, HOME, OUTSIDER),
        ({"team_id": "T1", "deleted": True}, HOME, OUTSIDER),
        ({"team_id": "T1", "is_bot": True}, HOME, BOT),
        (None, HOME, None),
        (None, Home("T9"), OUTSIDER),
    ],
)
def test_who_may_ask(profile, home, refusal):
    assert refuse_asker(QUESTION, profile, home) == refusal


def test_where_to_ask():
    shared = Incoming("A", "T1", "E", "C", "1", "1", "U1", "why", external=True)
    assert refuse_place(QUESTION) is None
    assert refuse_place(shared) == SHARED_CHANNEL
    assert refuse_place(shared, AccessSettings(externals="allow")) is None


def test_settings_may_let_guests_and_outsiders_in():
    guest, outsider = {"team_id": "T1", "is_restricted": True}, {"team_id": "T2", "is_restricted": True}
    assert refuse_asker(QUESTION, guest, HOME, AccessSettings(guests="allow")) is None
    assert refuse_asker(QUESTION, guest, HOME, AccessSettings(externals="allow")) == GUEST
    assert refuse_asker(QUESTION, outsider, HOME, AccessSettings(externals="allow")) is None
    assert refuse_asker(QUESTION, outsider, HOME, AccessSettings(guests="allow")) == OUTSIDER
