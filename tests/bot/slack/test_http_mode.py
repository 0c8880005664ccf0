"""HTTP mode: only what Slack signed, and recently, gets in."""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from indexer.errors import ConfigError
from tests.slack_server import BOT_USER
from tests.slack_socket import envelope_body, mention, post_event


@pytest.fixture
def bot(serve):
    return serve(socket_mode=False)


@pytest.fixture
def body(slack):
    return envelope_body(mention(slack.say("C1", f"<@{BOT_USER}> why")))


@pytest.mark.parametrize("forged", [{"secret": "wrong"}, {"age": 301.0}, {"age": -400.0}])
def test_forged_and_old_requests_are_refused(bot, slack, docent, body, forged):
    assert post_event(bot.port, body, **forged)[0] == 401
    assert post_event(bot.port, body)[0] == 200
    slack.wait_until(lambda: slack.posted("C1"))
    assert len(docent.asked) == 1


def test_an_unsigned_request_is_refused(bot):
    request = urllib.request.Request(f"http://127.0.0.1:{bot.port}/slack/events", b"{}", {"Content-Type": "application/json"})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=5)
    assert error.value.code == 401


def test_slacks_challenge_is_answered(bot):
    status, reply = post_event(bot.port, {"type": "url_verification", "challenge": "abc123", "token": "x"})
    assert status == 200
    assert "abc123" in json.dumps(reply)


def test_other_addresses_and_methods(bot, body):
    assert post_event(bot.port, body, path="/admin")[0] == 404
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(f"http://127.0.0.1:{bot.port}/slack/events", timeout=5)
    assert error.value.code == 405


def test_too_large_a_request_is_refused(bot):
    request = urllib.request.Request(f"http://127.0.0.1:{bot.port}/slack/events", b"", {"Content-Length": "2000000"})
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request, timeout=5)
    assert error.value.code == 413


def test_repeated_deliveries_are_acknowledged_and_answered_once(bot, slack, docent, body):
    assert [post_event(bot.port, body)[0] for _ in range(4)] == [200] * 4
    slack.wait_until(lambda: slack.posted("C1"))
    assert len(docent.asked) == 1


def test_a_taken_port_is_named(bot, slack, docent, tmp_path):
    from bot.slack.app import SlackBot
    from bot.state import State
    from tests.bot.slack.conftest import secrets_for

    state = State.open(f"sqlite:///{tmp_path}/other.sqlite")
    with pytest.raises(ConfigError, match=str(bot.port)):
        SlackBot(secrets_for(slack, socket_mode=False), docent, state, port=bot.port).start()
