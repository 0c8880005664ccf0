"""Tokens and scopes: wrong ones are named with their mend, at start-up and in `docent doctor`, and never shown."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.slack.checks import check_slack
from bot.slack.errors import SlackError
from bot.state import State
from tests.bot.slack.conftest import secrets_for

WRONG = SecretStr("xoxb-wrong-secret")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"bot_token": None}, "SLACK_BOT_TOKEN is not set"),
        ({"bot_token": WRONG}, "does not accept SLACK_BOT_TOKEN"),
        ({"app_token": WRONG}, "does not accept SLACK_APP_TOKEN"),
        ({"app_token": None, "signing_secret": None}, "no way to reach docent"),
        ({"api_url": "http://127.0.0.1:9/api/"}, "could not be reached"),
    ],
)
@pytest.mark.usefixtures("socket")
def test_docent_does_not_start_with_wrong_tokens(slack, docent, tmp_path, caplog, changes, words):
    from bot.slack.app import SlackBot

    bot = SlackBot(secrets_for(slack, **changes), docent, State.open(f"sqlite:///{tmp_path}/s.sqlite"))
    with pytest.raises(SlackError, match=words) as error:
        bot.start()
    assert error.value.hint
    assert "wrong-secret" not in f"{error.value} {caplog.text}"
    bot.close()


def test_a_missing_scope_without_which_nothing_works_is_named(slack, serve):
    slack.scopes = "app_mentions:read,users:read"
    with pytest.raises(SlackError, match="chat:write, im:history"):
        serve(socket_mode=False)


def test_an_app_made_before_whoowns_starts_and_is_told_what_it_lacks(slack, serve, caplog):
    slack.take_away("commands", "files:write", "users:read.email", "channels:read", "groups:read")
    serve(socket_mode=False)
    assert "the Slack app lacks commands: docent cannot be asked with /docent and /whoowns" in caplog.text
    assert "lacks files:write: docent cannot put the pictures of the map" in caplog.text
    assert "lacks users:read.email: docent cannot find the people of the code in Slack" in caplog.text


@pytest.mark.usefixtures("socket")
def test_doctor_with_everything_right(slack):
    checks = check_slack(secrets_for(slack))
    assert [check.name for check in checks] == ["bot token", "scopes", "app token"]
    assert all(check.ok for check in checks)


def test_doctor_names_each_missing_scope_and_what_it_costs(slack):
    slack.take_away("users:read", "groups:history")
    failing = [check for check in check_slack(secrets_for(slack)) if not check.ok]
    assert [check.detail.split(" is missing")[0] for check in failing[:2]] == ["groups:history", "users:read"]
    assert failing[2].name == "app token"  # no socket server: Slack refuses to open a connection
    assert all(check.hint for check in failing)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"bot_token": None}, "bot token"),
        ({"bot_token": WRONG}, "bot token"),
        ({"app_token": None, "signing_secret": None}, "events"),
    ],
)
def test_doctor_with_something_wrong(slack, changes, name):
    failing = [check for check in check_slack(secrets_for(slack, **changes)) if not check.ok]
    assert [check.name for check in failing] == [name]
    assert failing[0].hint
    assert "wrong-secret" not in repr(failing)
