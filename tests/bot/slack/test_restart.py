"""What happens to questions whose process died: answered once by the next one, or told about, never left in silence."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from bot.slack.blocks import words_message
from bot.slack.incoming import read_event
from bot.slack.outgoing import METADATA_EVENT, answer_block_id
from bot.state import Received, State
from tests.bot.slack.scenes import settled_words
from tests.slack_server import BOT_ID, BOT_USER
from tests.slack_socket import envelope_body, mention


@pytest.fixture
def left(slack, tmp_path: Path):
    """A question that a process noted `ago` seconds ago before it was killed `deaths` times."""

    def leave(ago: float = 60.0, deaths: int = 1) -> dict:
        message = slack.say("C1", f"<@{BOT_USER}> are you there")
        body = envelope_body(mention(message))
        clock = [time.time() - ago]
        url = f"sqlite:///{tmp_path}/state.sqlite"
        dead = State.open(url, lambda: clock[0])
        event = Received(body["api_app_id"], body["team_id"], body["event_id"], "C1", message["ts"], json.dumps(body))
        assert dead.first_time(event)
        for _ in range(deaths - 1):
            clock[0] += 31
            dead = State.open(url, lambda: clock[0])
            assert len(dead.take_over()) == 1
        return {"body": body, "ts": message["ts"], "state": dead}

    return leave


def test_a_fresh_question_is_answered(left, serve, slack, docent):
    question = left()
    serve(socket_mode=False)
    [posted] = settled_words(slack)
    assert posted["thread_ts"] == question["ts"]
    assert "are you there" in posted["text"]


def test_two_new_processes_answer_it_once(left, serve, slack, docent):
    left()
    serve(socket_mode=False)
    serve(socket_mode=False)
    settled_words(slack)
    assert len(docent.asked) == 1


def test_an_old_question_gets_words(left, serve, slack, docent):
    left(ago=3_600)
    serve(socket_mode=False)
    [posted] = settled_words(slack)
    assert "Please ask again" in posted["text"]
    assert docent.asked == []


def test_a_question_that_killed_two_processes_kills_no_third(left, serve, slack, docent):
    left(ago=120, deaths=2)
    serve(socket_mode=False)
    [posted] = settled_words(slack)
    assert "restarted" in posted["text"]
    assert docent.asked == []


def test_an_answer_that_was_posted_and_not_noted_is_found(left, serve, slack, docent, tmp_path):
    question = left()
    incoming = read_event(question["body"], BOT_USER)
    assert incoming is not None
    message = words_message("The answer.", block_id=answer_block_id(incoming))
    metadata = {"event_type": METADATA_EVENT, "event_payload": {"question": incoming.id}}
    posted = slack.say(
        "C1", message.text, BOT_USER, bot_id=BOT_ID, thread_ts=question["ts"], blocks=list(message.blocks), metadata=metadata
    )
    serve(socket_mode=False)
    state = State.open(f"sqlite:///{tmp_path}/state.sqlite")
    slack.wait_until(lambda: state.answers(incoming.id) == [posted["ts"]])
    assert docent.asked == []
    assert len(slack.posted("C1")) == 1


def test_the_sign_that_the_dead_process_posted_becomes_the_answer(left, serve, slack, docent):
    question = left()
    sign = slack.say("C1", "Reading the code…", BOT_USER, bot_id=BOT_ID, thread_ts=question["ts"])
    question["state"].keep_sign("T0HOME", "C1", question["ts"], sign["ts"])
    serve(socket_mode=False)
    slack.wait_until(lambda: "are you there" in slack.posted("C1")[0]["text"])
    assert [message["ts"] for message in slack.posted("C1")] == [sign["ts"]]
