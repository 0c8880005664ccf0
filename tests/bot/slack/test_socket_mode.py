"""docent over Socket Mode: real SDK, real websocket, real Web API calls on loopback."""

from __future__ import annotations

import threading
import time

import pytest

from tests.bot.slack.conftest import Scripted, answer
from tests.bot.slack.scenes import ask, settled, settled_words, text_of
from tests.slack_server import BOT_USER
from tests.slack_socket import envelope_body, mention

pytestmark = pytest.mark.usefixtures("socket")  # before the bot, so that it is still there when the bot closes


@pytest.fixture
def bot(serve, socket):
    bot = serve()
    socket.wait_connected()
    return bot


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


def test_events_nobody_asked_for_are_acknowledged(bot, socket):
    assert socket.send(envelope_body({"type": "reaction_added", "user": "U1", "event_ts": "1.1"}), retries=0) >= 0


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
