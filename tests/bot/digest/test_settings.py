"""[digest]: what is read, what is refused and in which words, and what people may choose above it."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import load_settings
from bot.digest.plans import Plans, settings_channels, settings_plan
from bot.digest.settings import DigestSettings, is_zone
from bot.digest.types import WEEK, Choice
from bot.digest.words import moment_words, next_words, rhythm_words
from bot.state import State
from indexer.errors import ConfigError
from tests.bot.digest.scenes import MONDAY, TEAM, Clock, settings

REPOSITORIES = "[[repositories]]\nname = 'shop'\nurl = 'a'\n[[repositories]]\nname = 'web'\nurl = 'b'\n"
FULL = """
[digest]
channel = "C0MAIN"
time = "08:30"
timezone = "Europe/Berlin"
[[digest.channels]]
channel = "C0OTHER"
days = ["fri"]
every = "week"
repositories = ["web"]
quiet = "post"
"""


def read(folder: Path, text: str) -> DigestSettings:
    path = folder / "docent.toml"
    path.write_text(REPOSITORIES + text)
    return load_settings(path).digest


def test_a_channels_own_entry_changes_what_it_names_and_nothing_else(tmp_path):
    digest = read(tmp_path, FULL)
    assert settings_channels(digest) == ("C0MAIN", "C0OTHER")
    main = settings_plan(digest, "C0MAIN", ["shop", "web"])
    other = settings_plan(digest, "C0OTHER", ["shop", "web"])
    assert (main.at, main.zone, main.repositories, main.every, main.quiet) == (time(8, 30), "Europe/Berlin", ("shop", "web"), "day", "skip")
    assert (other.at, other.zone, other.days, other.repositories) == (time(8, 30), "Europe/Berlin", ("fri",), ("web",))
    assert (other.every, other.quiet, other.source) == ("week", "post", "settings")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[digest]\ntimezone = 'Europe/Berln'", '"digest.timezone" is wrong; expected a time zone such as "Europe/Berlin"'),
        ("[digest]\ntimezone = '../../etc/passwd'", '"digest.timezone" is wrong; expected a time zone'),
        ("[digest]\ntimezone = 'Europe'", '"digest.timezone" is wrong'),
        ("[digest]\ntimezone = ''", '"digest.timezone" is wrong'),
        ("[digest]\ntime = '9:00'", '"digest.time" is wrong'),
        ("[digest]\ntime = '24:00'", '"digest.time" is wrong'),
        ("[digest]\ndays = []", '"digest.days" is wrong; expected at least one of "mon" to "sun", each once'),
        ("[digest]\ndays = ['mon', 'mon']", '"digest.days" is wrong'),
        ("[digest]\ndays = ['monday']", "\"digest.days[1]\" is wrong; expected 'mon'"),
        ("[digest]\nevery = 'month'", "\"digest.every\" is wrong; expected 'day' or 'week'"),
        ("[digest]\nchannel = '#product'", '"digest.channel" is wrong; expected a channel\'s id such as "C0123456789"'),
        ("[digest]\nrepositories = ['shopp']", '"digest.repositories" names "shopp". Repositories known here: shop, web.'),
        ("[[digest.channels]]\nchannel = 'C1'\nrepositories = ['x']", '"digest.channels[1].repositories" names "x"'),
        ("[[digest.channels]]\ntime = '09:00'", '"digest.channels[1].channel" is missing'),
        ("[[digest.channels]]\nchannel = ''", '"digest.channels[1].channel" is wrong'),
        ("[[digest.channels]]\nchannel = 'C1'\ntimzone = 'UTC'", 'Did you mean "digest.channels[1].timezone"?'),
        ("[digest]\nchannel = 'C1'\n[[digest.channels]]\nchannel = 'C1'", '"digest" is wrong; expected each channel once; C1 stands twice'),
    ],
)
def test_a_mistake_names_the_key_and_what_is_expected(tmp_path, text, expected):
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert expected in str(caught.value)


@given(st.text())
def test_any_text_is_a_zone_or_not(name):
    assert is_zone(name) in (True, False)


# choices


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def plans(tmp_path, clock) -> Plans:
    return Plans(settings(), ["shop", "web"], State.open(f"sqlite:///{tmp_path}/state.sqlite"), TEAM, clock=clock)


def test_a_choice_changes_what_it_names_and_is_kept(plans, tmp_path, clock):
    what = {"days": ("fri", "mon"), "repositories": ("web",), "every": "week", "quiet": "post"}
    choice = Choice(at=time(17, 5), zone="Asia/Tokyo", changed_by="U1", **what)  # type: ignore[arg-type]
    plan = plans.choose("C1", choice)
    again = Plans(settings(), ["shop", "web"], State.open(f"sqlite:///{tmp_path}/state.sqlite"), TEAM, clock=clock)
    assert again.plan("C1") == plan
    assert (plan.at, plan.zone, plan.days, plan.repositories) == (time(17, 5), "Asia/Tokyo", ("fri", "mon"), ("web",))
    assert (plan.every, plan.quiet, plan.source, plan.since) == ("week", "post", "slack", None)
    kept = again.choice("C1")
    assert (kept.changed_by, kept.changed_at) == ("U1", MONDAY)
    assert plans.choose("C1", None).source == "settings"


def test_a_channel_of_its_own_begins_when_it_is_switched_on(plans, clock):
    assert plans.plan("C7") is None and plans.next_run("C7") is None
    plan = plans.choose("C7", Choice(zone="Europe/Berlin"))
    assert plan.since == MONDAY and set(plans.all()) == {"C1", "C7"}
    clock.now += timedelta(days=1)
    assert plans.choose("C7", Choice(zone="Europe/Paris")).since == MONDAY  # a change is no new beginning
    assert plans.choose("C7", Choice(on=False)) is None
    assert plans.choose("C7", Choice()).since == clock.now


def test_a_choice_of_another_workspace_changes_nothing(plans, tmp_path, clock):
    other = Plans(settings(), ["shop"], State.open(f"sqlite:///{tmp_path}/state.sqlite"), "T2", clock=clock)
    other.choose("C1", Choice(on=False))
    assert plans.plan("C1") is not None and other.plan("C1") is None


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (Choice(zone="Mars/Olympus"), "no time zone"),
        (Choice(days=()), "at least one"),
        (Choice(repositories=("secret",)), "no repository “secret”"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_in_words_and_not_kept(plans, choice, words):
    with pytest.raises(ConfigError, match=words):
        plans.choose("C1", choice)
    assert plans.choice("C1") is None


def test_chosen_repositories_that_are_gone_are_left_out(plans, tmp_path, clock, caplog):
    plans.choose("C1", Choice(repositories=("web", "shop")))
    plans.choose("C7", Choice(repositories=("web",)))
    later = Plans(settings(), ["shop"], State.open(f"sqlite:///{tmp_path}/state.sqlite"), TEAM, clock=clock)
    assert later.plan("C1").repositories == ("shop",)
    assert later.plan("C7") is None and "web is no longer configured, so none is planned" in caplog.text


def test_whoever_watches_hears_of_each_choice(plans):
    heard: list[str] = []
    plans.on_change = heard.append
    plans.choose("C1", Choice(on=False))
    plans.choose("C1", None)
    assert heard == ["C1", "C1"]


def test_the_next_run_is_now_where_one_is_due(plans, clock):
    clock.now = MONDAY + timedelta(hours=2)
    assert plans.next_run("C1") == clock.now
    clock.now = MONDAY - timedelta(hours=2)
    assert plans.next_run("C1") == MONDAY


# words


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "every Mon to Fri at 09:00 (UTC)"),
        ({"days": WEEK}, "every day at 09:00 (UTC)"),
        ({"days": ("fri", "mon")}, "every Mon and Fri at 09:00 (UTC)"),
        ({"days": ("fri", "mon"), "every": "week"}, "every week on Fri at 09:00 (UTC)"),
    ],
)
def test_a_plan_in_words(more, words):
    assert rhythm_words(settings_plan(settings(**more), "C1", ["shop"])) == words


def test_a_moment_is_told_in_the_channels_zone():
    plan = settings_plan(settings(timezone="Asia/Tokyo"), "C1", ["a", "b", "c", "d", "e", "f"])
    assert moment_words(plan, MONDAY) == "Mon 23 Nov 18:00 (Asia/Tokyo)"
    assert next_words("#product", plan, MONDAY) == "#product, Mon 23 Nov 18:00 (Asia/Tokyo), a, b, c, d and 2 more"
