"""docent digest, over a real repository: what it prints, and what arrives in Slack."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.digest.command import run_digest
from bot.request import Request
from bot.state import State
from tests.git_repo import BOB, GitRepo
from tests.slack_server import BOT_TOKEN, SlackServer

pytestmark = pytest.mark.usefixtures("home", "embedder")

CHANNEL = "C1"
CHARGE = '"""Charging."""\n\n\ndef charge(card, amount):\n    """Charge a card, once."""\n    return card.debit(amount)\n'


@pytest.fixture
def slack(monkeypatch):
    server = SlackServer()
    monkeypatch.setenv("SLACK_API_URL", server.url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    yield server
    server.close()


@pytest.fixture
def config(tmp_path: Path, shop: GitRepo) -> Path:
    """Settings with a digest that is due each day since midnight; something landed an hour ago."""
    land(shop, "shop/charge.py", CHARGE, "Add charging of cards (#7)\n\nCustomers could not pay by card.")
    return write(tmp_path, shop, f'[digest]\nchannel = "{CHANNEL}"\ntime = "00:00"\ndays = {WEEK}\n')


WEEK = '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]'


def write(tmp_path: Path, shop: GitRepo, more: str) -> Path:
    path = tmp_path / "docent.toml"
    path.write_text(f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\n{more}")
    return path


def land(shop: GitRepo, path: str, text: str, message: str, *, ago: timedelta = timedelta(hours=1)) -> str:
    return shop.commit(path, text, message=message, author=BOB, date=datetime.now(UTC) - ago)


def digest(config: Path | None, *, dry_run: bool = False, channel: str | None = None, now: datetime | None = None, **more):
    options = {"dry_run": dry_run, "channel": channel, "refresh": True, "llm": False}
    return run_digest(Request("digest", options, config=str(config) if config else None, **more), now)


def test_a_dry_run_shows_the_message_and_its_thread_and_posts_nothing(config, home):
    outcome = digest(config, dry_run=True)
    assert (outcome.status, outcome.stderr) == (0, "")
    assert f"For {CHANNEL}, every day at 00:00 (UTC), next on" in outcome.stdout
    assert "charging of cards" in outcome.stdout and "Bob Baker" in outcome.stdout
    assert "In its thread:" in outcome.stdout
    assert "Add refunds" not in outcome.stdout  # older than a day
    assert not (home / "state.sqlite").exists()


def test_a_dry_run_without_a_channel_says_what_the_last_day_would_say(tmp_path, shop):
    land(shop, "shop/charge.py", CHARGE, "Add charging of cards (#7)")
    outcome = digest(write(tmp_path, shop, ""), dry_run=True)
    assert outcome.status == 0 and "Nothing is planned for a channel." in outcome.stdout
    assert "charging of cards" in outcome.stdout
    weekly = digest(write(tmp_path, shop, '[digest]\nevery = "week"\n'), dry_run=True)
    assert "every week on Mon at 09:00 (UTC)" in weekly.stdout.replace("\n", " ").lower().replace("mon", "Mon").replace("utc", "UTC")


def test_a_dry_run_of_a_repository_without_any_settings(shop):
    land(shop, "shop/charge.py", CHARGE, "Add charging of cards (#7)")
    outcome = digest(None, dry_run=True, repos=((str(shop.path), str(shop.path)),), json=True)
    [one] = json.loads(outcome.stdout)["digests"]
    assert one["channel"] is None and one["would_post"] is True
    assert [change["pull_request"] for change in one["report"]["changes"]] == [7]


def test_the_machine_form_says_for_whom_when_and_what(config):
    [one] = json.loads(digest(config, dry_run=True, json=True).stdout)["digests"]
    assert (one["channel"], one["at"], one["timezone"], one["every"], one["repositories"]) == (CHANNEL, "00:00", "UTC", "day", ["shop"])
    assert datetime.fromisoformat(one["next"]).tzinfo is not None
    assert one["report"]["quiet"] is False and one["report"]["spans"][0]["repository"] == "shop"


def test_a_quiet_day_says_that_nothing_would_be_posted(config):
    outcome = digest(config, dry_run=True, now=datetime.now(UTC) + timedelta(days=20))
    assert "On a quiet day nothing is posted." in " ".join(outcome.stdout.split())


def test_what_is_due_is_posted_once(config, slack, home):
    first = digest(config)
    assert (first.status, first.stderr) == (0, "") and "posted, 1 change told" in first.stdout
    second = digest(config)
    assert (second.status, second.stdout.split(";")[0]) == (0, "#general: nothing is due")
    [message, *details] = slack.posted(CHANNEL)
    assert "charging of cards" in json.dumps(message) and "thread_ts" not in message
    assert details and all(one["thread_ts"] == message["ts"] for one in details)
    state = State.open(f"sqlite:///{home / 'state.sqlite'}")
    assert state.digests.last("T0HOME").status == "posted"
    state.close()


def test_what_was_told_is_not_told_in_a_dry_run_after_it(config, slack, shop):
    digest(config)
    assert "Nothing changed in shop" in digest(config, dry_run=True).stdout
    head = land(shop, "shop/charge.py", CHARGE.replace("once", "twice"), "Charge cards twice (#8)", ago=timedelta(0))
    [one] = json.loads(digest(config, dry_run=True, json=True).stdout)["digests"]
    assert one["report"]["spans"] == [{"repository": "shop", "base": shop.git("rev-parse", "HEAD~1"), "head": head}]


def test_json_of_a_post_names_the_message(config, slack):
    [one] = json.loads(digest(config, json=True).stdout)["digests"]
    assert (one["channel"], one["ended"], one["ts"]) == (CHANNEL, "posted", slack.posted(CHANNEL)[0]["ts"])


def test_a_refusal_of_slack_is_status_3_with_what_to_do(config, slack):
    slack.not_member.add(CHANNEL)
    outcome = digest(config)
    assert outcome.status == 3 and outcome.stdout == ""
    assert "/invite" in outcome.stderr and "Next try from" in outcome.stderr


def test_without_a_token_it_says_so(config):
    outcome = digest(config)
    assert outcome.status == 3 and "SLACK_BOT_TOKEN is not set" in outcome.stderr


def test_without_a_channel_or_with_an_unknown_one_it_is_the_users_mistake(tmp_path, shop, slack, config):
    unknown = digest(config, channel="C9")
    assert unknown.status == 2 and "C9" in unknown.stderr
    none = digest(write(tmp_path, shop, ""))
    assert none.status == 2 and "[digest]" in none.stderr


def test_rules_that_nobody_enforces_keep_it_from_posting(tmp_path, shop, slack):
    path = write(tmp_path, shop, f'[digest]\nchannel = "{CHANNEL}"\n[[access.rules]]\nrepositories = ["shop"]\npeople = ["U1"]\n')
    outcome = digest(path)
    assert outcome.status == 2 and "not enforced" in outcome.stderr and slack.posted(CHANNEL) == []

