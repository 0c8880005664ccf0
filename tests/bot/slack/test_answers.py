"""What people get in Slack: the real SlackBot and SDK against a strict local Slack, events over signed HTTP."""

from __future__ import annotations

import pytest

from bot.answers.types import Turn
from bot.slack.work import Work
from indexer.errors import IndexMissing, StoreError
from tests.bot.slack.conftest import answer
from tests.bot.slack.scenes import HttpDoor, ask, settled, settled_words, text_of
from tests.slack_server import BOT_USER, Trouble
from tests.slack_socket import direct, envelope_body, mention


@pytest.fixture
def door(serve) -> HttpDoor:
    return HttpDoor(serve(socket_mode=False))


def test_a_mention_in_a_thread_reads_the_thread(door, slack, docent):
    root = slack.say("C1", "The login page &lt;b&gt;fails&lt;/b&gt; &amp; nobody knows why")
    slack.say("C1", "docent said this", user=BOT_USER, thread_ts=root["ts"])
    ask(slack, door, "why?", thread_ts=root["ts"])
    settled(slack)
    assert slack.posted("C1")[-1]["thread_ts"] == root["ts"]
    assert docent.asked[0].thread == (
        Turn("The login page <b>fails</b> & nobody knows why", by_docent=False),
        Turn("docent said this", by_docent=True),
    )


def test_a_direct_message_is_answered(door, slack):
    message = slack.say("D1", "how does auth work")
    door.send(envelope_body(direct(message)))
    [posted] = settled(slack, "D1")
    assert posted["thread_ts"] == message["ts"]


def test_the_sign_comes_before_the_answer_and_goes_after_it(door, slack, docent):
    docent.gate.clear()
    question = ask(slack, door)
    [shown] = slack.wait_until(lambda: slack.called("agents.sessions.setStatus"))
    assert shown.arguments == {"channel_id": "C1", "thread_ts": question["ts"], "status": "processing"}
    assert slack.posted("C1") == []
    docent.gate.set()
    settled(slack)


def test_where_sessions_do_not_exist_the_status_is_the_sign(door, slack, docent):
    slack.unknown_methods.add("agents.sessions.setStatus")
    for _ in range(2):
        ask(slack, door)
    slack.wait_until(lambda: len(slack.called("assistant.threads.setStatus")) == 4)
    assert [call.arguments["status"] for call in slack.called("assistant.threads.setStatus")].count("") == 2
    assert len(slack.called("agents.sessions.setStatus")) <= 2  # learnt after the first answer
    assert len(slack.posted("C1")) == 2


def test_where_no_status_may_be_set_a_message_becomes_the_answer(door, slack, docent):
    slack.unknown_methods |= {"agents.sessions.setStatus", "assistant.threads.setStatus"}
    docent.gate.clear()
    ask(slack, door)
    [placeholder] = slack.wait_until(lambda: slack.posted("C1"))
    assert "Reading the code" in placeholder["text"]
    docent.gate.set()
    slack.wait_until(lambda: slack.called("chat.update"))
    [posted] = slack.posted("C1")
    assert posted["ts"] == placeholder["ts"]
    assert "You asked" in posted["text"]


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
def test_what_no_person_asked_is_acknowledged_and_left_alone(door, slack, docent, change):
    message = {**slack.say("D1", "hello"), **change}
    door.send(envelope_body(direct(message)))
    ask(slack, door, "a real one")
    settled(slack)
    assert [question.text for question in docent.asked] == ["a real one"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (IndexMissing("psf/requests is not indexed yet.", "Run `docent index`."), "not indexed yet. Run `docent index`"),
        (RuntimeError("/secret/path"), "Something went wrong on my side"),
    ],
)
def test_every_failure_ends_in_words(door, slack, docent, caplog, error, words):
    def fail(question):
        raise error

    docent.reply = fail
    ask(slack, door)
    [posted] = settled(slack)
    assert words in text_of(posted)
    assert "/secret/path" not in text_of(posted)
    if isinstance(error, RuntimeError):
        reference = posted["text"].rstrip(".").split()[-1]
        assert f"reference {reference}" in caplog.text


def test_an_empty_question_gets_help_without_being_asked(door, slack, docent):
    ask(slack, door, "")
    [posted] = settled_words(slack)
    assert "Ask me about the code" in posted["text"]
    assert docent.asked == []


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
def test_outsiders_are_refused_in_words(door, slack, docent, facts, words):
    slack.add_user("U0BOB", **facts)
    ask(slack, door, user="U0BOB")
    [posted] = settled_words(slack)
    assert words in posted["text"]
    assert docent.asked == []


def test_shared_channels_get_no_answers(door, slack, docent):
    message = slack.say("C1", f"<@{BOT_USER}> tell me")
    door.send(envelope_body(mention(message), is_ext_shared_channel=True))
    [posted] = settled_words(slack)
    assert "shared with other organisations" in posted["text"]
    assert docent.asked == []


def test_without_users_read_members_are_answered_and_strangers_not(serve, slack, docent, caplog):
    slack.take_away("users:read")
    door = HttpDoor(serve(socket_mode=False))
    assert "users:read" in caplog.text
    message = slack.say("C1", "hello", user="U0EVE")
    door.send(envelope_body({**mention(message), "user_team": "T0OTHER"}))
    [refused] = settled_words(slack)
    assert "only people" in refused["text"]
    ask(slack, door)
    settled_words(slack, count=2)
    assert len(docent.asked) == 1


def test_questions_of_one_thread_are_answered_one_after_the_other(door, slack, docent):
    root = slack.say("C1", "root")
    docent.gate.clear()
    ask(slack, door, "first", thread_ts=root["ts"])
    assert docent.started.acquire(timeout=10)
    ask(slack, door, "second", thread_ts=root["ts"])
    ask(slack, door, "elsewhere", channel="C2")
    assert docent.started.acquire(timeout=10)
    docent.gate.set()
    slack.wait_until(lambda: len(slack.posted("C1")) == 2)
    order = docent.events.index
    assert order("end first") < order("begin second")
    assert order("begin elsewhere") < order("end first")


def test_a_full_queue_says_so(serve, slack, docent):
    door = HttpDoor(serve(socket_mode=False, work=Work(workers=1, waiting=1)))
    docent.gate.clear()
    ask(slack, door, "runs")
    assert docent.started.acquire(timeout=10)
    ask(slack, door, "waits")
    slack.wait_until(lambda: len(slack.called("agents.sessions.setStatus")) >= 2)
    ask(slack, door, "too many")
    [posted] = settled_words(slack)
    assert "too many questions waiting" in posted["text"]
    docent.gate.set()
    settled(slack, count=3)


def test_a_rate_limited_post_is_posted_once_later(door, slack):
    slack.trouble["chat.postMessage"].append(Trouble(status=429, headers={"Retry-After": "0"}))
    ask(slack, door)
    settled(slack)
    assert len(slack.called("chat.postMessage")) == 2
    assert len(slack.posted("C1")) == 1


@pytest.mark.parametrize("trouble", [Trouble(drop=True, effective=True), Trouble(status=500, effective=True)])
def test_a_post_that_arrived_all_the_same_is_not_repeated(door, slack, trouble):
    slack.trouble["chat.postMessage"].append(trouble)
    ask(slack, door)
    settled(slack)
    assert len(slack.called("chat.postMessage")) == 1
    assert len(slack.posted("C1")) == 1


@pytest.mark.parametrize("trouble", [Trouble(drop=True), Trouble(status=503), Trouble(error="internal_error")])
def test_a_post_that_did_not_arrive_is_repeated(door, slack, trouble):
    slack.trouble["chat.postMessage"].append(trouble)
    ask(slack, door)
    settled(slack)
    assert len(slack.posted("C1")) == 1


def test_when_nobody_can_know_the_asker_hears_about_it(serve, slack):
    slack.take_away("channels:history")
    door = HttpDoor(serve(socket_mode=False))
    slack.trouble["chat.postMessage"].append(Trouble(drop=True))
    ask(slack, door)
    [posted] = settled_words(slack)
    assert "If you see no answer of mine above" in posted["text"]


def test_where_docent_may_not_write_the_asker_is_told_in_private(door, slack):
    slack.not_member.add("C1")
    ask(slack, door)
    slack.wait_until(lambda: slack.posted("U0ANNA"))
    assert "/invite" in text_of(slack.posted("U0ANNA")[0])


def test_blocks_that_slack_refuses_become_words(door, slack):
    slack.trouble["chat.postMessage"].append(Trouble(error="invalid_blocks"))
    ask(slack, door)
    [posted] = settled(slack)
    assert posted["text"] == "You asked: how does auth work"


def test_the_stop_button_ends_it_with_words(door, slack, docent):
    docent.gate.clear()
    question = ask(slack, door)
    assert docent.started.acquire(timeout=10)
    stop = {"type": "agent_session_stopped", "channel": "C1", "thread_ts": question["ts"], "user": "U0ANNA", "event_ts": "1.1"}
    door.send(envelope_body(stop))
    [posted] = settled(slack)
    assert "Stopped" in posted["text"]
    docent.gate.set()
    ask(slack, door, "another", thread_ts=question["ts"])  # runs after the first one in the same thread has ended
    settled(slack, count=2)
    assert len(slack.posted("C1")) == 2


def test_escaping_holds_to_the_end(door, slack, docent):
    nasty = "<!channel> <@U0ANNA> @here & a<b>c `x<!here>y` [t](https://evil.example/x) *args __init__ <https://evil.example|ok>"
    docent.reply = lambda question: answer(nasty + " " + question.text, notices=(nasty,))
    ask(slack, door, "&lt;!channel&gt; &amp; <https://evil.example|ok>")
    [posted] = settled(slack)  # the server refuses any control sequence that is no link
    assert docent.asked[0].text == "<!channel> & ok (https://evil.example)"
    assert "<https://evil.example" not in text_of(posted)
    assert "`*args`" in text_of(posted)


def test_a_full_disk_costs_the_books_and_not_the_answer(door, slack, docent, monkeypatch):
    def full(*arguments, **named):
        raise StoreError("The state database failed: disk full.")

    for name in ("first_time", "renew", "keep_sign", "still_mine", "finish", "record_answer"):
        monkeypatch.setattr(door.bot._state, name, full)
    message = slack.say("C1", f"<@{BOT_USER}> still there?")
    for _ in range(2):
        door.send(envelope_body(mention(message)))
    settled(slack)
    ask(slack, door, "and now?")
    settled(slack, count=2)
    assert sorted(question.text for question in docent.asked) == ["and now?", "still there?"]
