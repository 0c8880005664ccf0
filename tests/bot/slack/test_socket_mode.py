"""docent in a workspace over Socket Mode: real SDK, real websocket, real Web API calls on loopback."""

from __future__ import annotations

import threading
import time

import pytest

from bot.answers.types import Turn
from bot.slack.work import Work
from indexer.errors import IndexMissing
from tests.bot.slack.conftest import Scripted, answer
from tests.slack_server import BOT_USER, Trouble
from tests.slack_socket import direct, envelope_body, mention

pytestmark = pytest.mark.usefixtures("socket")


@pytest.fixture
def bot(serve, socket):
    bot = serve()
    socket.wait_connected()
    return bot


def ask(slack, socket, text="how does auth work", channel="C1", **more) -> dict:
    """A person mentions docent; returns the message."""
    message = slack.say(channel, f"<@{BOT_USER}> {text}", **more)
    socket.send(envelope_body(mention(message)))
    return message


def settled(slack, channel="C1", count=1) -> list[dict]:
    """What docent posted, once it is `count` messages and the working sign is gone."""
    slack.wait_until(lambda: len(slack.posted(channel)) >= count)
    slack.wait_until(lambda: sum(c.arguments["status"] == "active" for c in slack.called("agents.sessions.setStatus")) >= count)
    return slack.posted(channel)


def text_of(message: dict) -> str:
    parts = []
    for block in message["blocks"]:
        parts += [block["text"]["text"]] if "text" in block else [element["text"] for element in block["elements"]]
    return "\n".join(parts)


def test_a_mention_is_answered_in_its_thread(bot, slack, socket, docent):
    question = ask(slack, socket)
    [posted] = settled(slack)
    assert posted["thread_ts"] == question["ts"]
    assert "*You asked: how does auth work*" in text_of(posted)
    assert "https://github.com/psf/requests/blob/46e939b0" in text_of(posted)
    assert "1 of 1 statement checked · psf/requests @ 46e939b, read " in text_of(posted)
    assert posted["text"] == "You asked: how does auth work"
    assert docent.asked[0].thread == ()
    assert bot.connected() == (True, "connected")


def test_a_mention_in_a_thread_reads_the_thread(bot, slack, socket, docent):
    root = slack.say("C1", "The login page &lt;b&gt;fails&lt;/b&gt; &amp; nobody knows why")
    slack.say("C1", "docent said this", user=BOT_USER, thread_ts=root["ts"])
    ask(slack, socket, "why?", thread_ts=root["ts"])
    settled(slack)
    assert slack.posted("C1")[-1]["thread_ts"] == root["ts"]
    assert docent.asked[0].thread == (
        Turn("The login page <b>fails</b> & nobody knows why", by_docent=False),
        Turn("docent said this", by_docent=True),
    )


def test_a_direct_message_is_answered(bot, slack, socket):
    message = slack.say("D1", "how does auth work")
    socket.send(envelope_body(direct(message)))
    [posted] = settled(slack, "D1")
    assert posted["thread_ts"] == message["ts"]


def test_the_sign_comes_before_the_answer_and_goes_after_it(bot, slack, socket, docent):
    docent.gate.clear()
    question = ask(slack, socket)
    [shown] = slack.wait_until(lambda: slack.called("agents.sessions.setStatus"))
    assert shown.arguments == {"channel_id": "C1", "thread_ts": question["ts"], "status": "processing"}
    assert slack.posted("C1") == []
    docent.gate.set()
    settled(slack)


def test_where_sessions_do_not_exist_the_status_is_the_sign(bot, slack, socket, docent):
    slack.unknown_methods.add("agents.sessions.setStatus")
    for _ in range(2):
        ask(slack, socket)
    slack.wait_until(lambda: len(slack.called("assistant.threads.setStatus")) == 4)
    assert [call.arguments["status"] for call in slack.called("assistant.threads.setStatus")].count("") == 2
    assert len(slack.called("agents.sessions.setStatus")) <= 2  # learnt after the first answer
    assert len(slack.posted("C1")) == 2


def test_where_no_status_may_be_set_a_message_becomes_the_answer(bot, slack, socket, docent):
    slack.unknown_methods |= {"agents.sessions.setStatus", "assistant.threads.setStatus"}
    docent.gate.clear()
    ask(slack, socket)
    [placeholder] = slack.wait_until(lambda: slack.posted("C1"))
    assert "Reading the code" in placeholder["text"]
    docent.gate.set()
    slack.wait_until(lambda: slack.called("chat.update"))
    [posted] = slack.posted("C1")
    assert posted["ts"] == placeholder["ts"]
    assert "You asked" in posted["text"]


def test_an_unacknowledged_or_repeated_event_is_answered_once(bot, slack, socket, docent):
    message = slack.say("C1", f"<@{BOT_USER}> once")
    body = envelope_body(mention(message))
    for _ in range(3):
        socket.send(body)
    socket.send(envelope_body({**mention(message), "type": "message", "channel_type": "channel"}))
    socket.send(envelope_body(mention(message)))  # the same post under another event id
    ask(slack, socket, "twice")
    settled(slack, count=2)
    assert sorted(question.text for question in docent.asked) == ["once", "twice"]


def test_two_processes_with_one_state_answer_once(serve, slack, socket, docent):
    serve()
    socket.wait_connected(1)
    serve()
    socket.wait_connected(2)
    message = slack.say("C1", f"<@{BOT_USER}> once")
    body = envelope_body(mention(message))
    first, second = socket.connections
    for connection in (first, second, first):
        socket.connections[:] = [connection]
        socket.send(body)
    socket.connections[:] = [first, second]
    ask(slack, socket, "twice")
    settled(slack, count=2)
    assert sorted(question.text for question in docent.asked) == ["once", "twice"]


@pytest.mark.parametrize(
    "change",
    [
        {"bot_id": "B0OTHER"},
        {"user": BOT_USER},
        {"subtype": "message_changed", "user": None},
        {"subtype": "message_deleted"},
        {"subtype": "channel_join"},
        {"edited": {"user": "U0ANNA", "ts": "1.0"}},
    ],
)
def test_what_no_person_asked_is_acknowledged_and_left_alone(bot, slack, socket, docent, change):
    message = {**slack.say("D1", "hello"), **change}
    socket.send(envelope_body(direct(message)))
    ask(slack, socket, "a real one")
    settled(slack)
    assert [question.text for question in docent.asked] == ["a real one"]


def test_events_nobody_asked_for_are_acknowledged(bot, socket):
    assert socket.send(envelope_body({"type": "reaction_added", "user": "U1", "event_ts": "1.1"}), retries=0) >= 0


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (IndexMissing("psf/requests is not indexed yet.", "Run `docent index`."), "not indexed yet. Run `docent index`"),
        (RuntimeError("/secret/path"), "Something went wrong on my side"),
    ],
)
def test_every_failure_ends_in_words(bot, slack, socket, docent, caplog, error, words):
    def fail(question):
        raise error

    docent.reply = fail
    ask(slack, socket)
    [posted] = settled(slack)
    assert words in text_of(posted)
    assert "/secret/path" not in text_of(posted)
    if isinstance(error, RuntimeError):
        reference = posted["text"].rstrip(".").split()[-1]
        assert f"reference {reference}" in caplog.text


def test_an_empty_question_gets_help_without_being_asked(bot, slack, socket, docent):
    ask(slack, socket, "")
    [posted] = settled_words(slack)
    assert "Ask me about the code" in posted["text"]
    assert docent.asked == []


def settled_words(slack, channel="C1", count=1) -> list[dict]:
    slack.wait_until(lambda: len(slack.posted(channel)) >= count)
    return slack.posted(channel)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"is_restricted": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_stranger": True}, "only people of the workspace"),
        ({"team_id": "T0OTHER"}, "only people of the workspace"),
        ({"is_bot": True}, "not other apps"),
    ],
)
def test_outsiders_are_refused_in_words(bot, slack, socket, docent, facts, words):
    slack.add_user("U0BOB", **facts)
    ask(slack, socket, user="U0BOB")
    [posted] = settled_words(slack)
    assert words in posted["text"]
    assert docent.asked == []


def test_shared_channels_get_no_answers(bot, slack, socket, docent):
    message = slack.say("C1", f"<@{BOT_USER}> tell me")
    socket.send(envelope_body(mention(message), is_ext_shared_channel=True))
    [posted] = settled_words(slack)
    assert "shared with other organisations" in posted["text"]
    assert docent.asked == []


def test_without_users_read_members_are_answered_and_strangers_not(serve, slack, socket, docent, caplog):
    slack.scopes = slack.scopes.replace(",users:read", "")
    serve()
    socket.wait_connected()
    assert "users:read" in caplog.text
    message = slack.say("C1", "hello", user="U0EVE")
    socket.send(envelope_body({**mention(message), "user_team": "T0OTHER"}))
    [refused] = settled_words(slack)
    assert "only people" in refused["text"]
    ask(slack, socket)
    settled_words(slack, count=2)
    assert len(docent.asked) == 1


def test_slow_answers_delay_no_ack_and_no_sign(bot, slack, socket, docent):
    docent.gate.clear()
    delays = []
    for number in range(12):
        message = slack.say(f"C{number}", f"<@{BOT_USER}> question {number}")
        delays.append(socket.send(envelope_body(mention(message)), retries=0, wait=3.0))
    slack.wait_until(lambda: len(slack.called("agents.sessions.setStatus")) == 12)
    assert max(delays) < 3.0  # Slack's own limit
    docent.gate.set()
    for number in range(12):
        slack.wait_until(lambda n=number: slack.posted(f"C{n}"))


def test_questions_of_one_thread_are_answered_one_after_the_other(bot, slack, socket, docent):
    root = slack.say("C1", "root")
    docent.gate.clear()
    ask(slack, socket, "first", thread_ts=root["ts"])
    assert docent.started.acquire(timeout=10)
    ask(slack, socket, "second", thread_ts=root["ts"])
    ask(slack, socket, "elsewhere", channel="C2")
    assert docent.started.acquire(timeout=10)
    assert [question.text for question in docent.asked] == ["first", "elsewhere"]
    docent.gate.set()
    slack.wait_until(lambda: len(slack.posted("C1")) == 2)


def test_a_full_queue_says_so(serve, slack, socket, docent):
    serve(work=Work(workers=1, waiting=1))
    socket.wait_connected()
    docent.gate.clear()
    ask(slack, socket, "runs")
    assert docent.started.acquire(timeout=10)
    ask(slack, socket, "waits")
    slack.wait_until(lambda: len(slack.called("agents.sessions.setStatus")) >= 2)
    ask(slack, socket, "too many")
    [posted] = settled_words(slack)
    assert "too many questions waiting" in posted["text"]
    docent.gate.set()
    settled(slack, count=3)


def test_a_rate_limited_post_is_posted_once_later(bot, slack, socket):
    slack.trouble["chat.postMessage"].append(Trouble(status=429, headers={"Retry-After": "0"}))
    ask(slack, socket)
    settled(slack)
    assert len(slack.called("chat.postMessage")) == 2
    assert len(slack.posted("C1")) == 1


@pytest.mark.parametrize("trouble", [Trouble(drop=True, effective=True), Trouble(status=500, effective=True)])
def test_a_post_that_arrived_all_the_same_is_not_repeated(bot, slack, socket, trouble):
    slack.trouble["chat.postMessage"].append(trouble)
    ask(slack, socket)
    settled(slack)
    assert len(slack.called("chat.postMessage")) == 1
    assert len(slack.posted("C1")) == 1


@pytest.mark.parametrize("trouble", [Trouble(drop=True), Trouble(status=503), Trouble(error="internal_error")])
def test_a_post_that_did_not_arrive_is_repeated(bot, slack, socket, trouble):
    slack.trouble["chat.postMessage"].append(trouble)
    ask(slack, socket)
    settled(slack)
    assert len(slack.posted("C1")) == 1


def test_when_nobody_can_know_the_asker_hears_about_it(serve, slack, socket):
    slack.scopes = slack.scopes.replace("channels:history,", "")
    serve()
    socket.wait_connected()
    slack.trouble["chat.postMessage"].append(Trouble(drop=True))
    ask(slack, socket)
    [posted] = settled_words(slack)
    assert "If you see no answer of mine above" in posted["text"]


def test_where_docent_may_not_write_the_asker_is_told_in_private(bot, slack, socket):
    slack.not_member.add("C1")
    ask(slack, socket)
    slack.wait_until(lambda: slack.posted("U0ANNA"))
    assert "/invite" in text_of(slack.posted("U0ANNA")[0])


def test_blocks_that_slack_refuses_become_words(bot, slack, socket):
    slack.trouble["chat.postMessage"].append(Trouble(error="invalid_blocks"))
    ask(slack, socket)
    [posted] = settled(slack)
    assert posted["text"] == "You asked: how does auth work"


def test_the_stop_button_ends_it_with_words(bot, slack, socket, docent):
    docent.gate.clear()
    question = ask(slack, socket)
    assert docent.started.acquire(timeout=10)
    stop = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": question["ts"], "user": "U0ANNA", "event_ts": "1.1"}
    socket.send(envelope_body(stop))
    [posted] = settled(slack)
    assert "Stopped" in posted["text"]
    docent.gate.set()
    ask(slack, socket, "another", thread_ts=question["ts"])  # runs after the first one in the same thread has ended
    settled(slack, count=2)
    assert len(slack.posted("C1")) == 2


def test_back_after_an_aborted_connection(bot, slack, socket):
    socket.abort()
    socket.wait_connected(2)
    ask(slack, socket)
    settled(slack)


def test_a_polite_refresh_loses_nothing(bot, slack, socket):
    socket.say_goodbye()
    socket.wait_connected(2)
    ask(slack, socket)
    settled(slack)


def test_redelivered_after_a_reconnect_is_answered_once(bot, slack, socket, docent):
    message = slack.say("C1", f"<@{BOT_USER}> once")
    body = envelope_body(mention(message))
    socket.send(body, envelope_id="e1")
    socket.abort()
    socket.wait_connected(2)
    socket.send(body, envelope_id="e2")
    ask(slack, socket, "twice")
    settled(slack, count=2)
    assert len(slack.posted("C1")) == 2


def test_escaping_holds_to_the_end(bot, slack, socket, docent):
    nasty = "<!channel> <@U0ANNA> @here & a<b>c `x<!here>y` [t](https://evil.example/x) *args __init__ <https://evil.example|ok>"
    docent.reply = lambda question: answer(nasty + " " + question.text, notices=(nasty,))
    ask(slack, socket, "&lt;!channel&gt; &amp; <https://evil.example|ok>")
    [posted] = settled(slack)  # the server refuses any control sequence that is no link
    assert docent.asked[0].text == "<!channel> & ok (https://evil.example)"
    assert "<https://evil.example" not in text_of(posted)
    assert "`*args`" in text_of(posted)


def test_close_ends_quickly_and_the_next_process_answers(serve, slack, socket, docent):
    bot = serve()
    socket.wait_connected()
    stuck = threading.Event()
    hanging = Scripted(lambda question: answer(f"Too late: {stuck.wait(30)}"))
    bot._answering._docent = hanging
    ask(slack, socket)
    assert hanging.started.acquire(timeout=10)
    begun = time.monotonic()
    bot.close(seconds=0.3)
    assert time.monotonic() - begun < 10  # what a supervisor waits before it kills
    assert slack.posted("C1") == []
    serve()
    settled_words(slack)
    stuck.set()
    ask(slack, socket, "the last one")
    settled_words(slack, count=2)
    assert [question.text for question in docent.asked] == ["how does auth work", "the last one"]
