"""People of the code in this Slack: who is looked for, how often, and what is kept; over real HTTP."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import mrkdwn
from bot.slack.clients import open_clients
from bot.slack.people import MOST_LOOKUPS, Known, People
from indexer.config import PersonSettings
from tests.bot.slack.conftest import secrets_for
from tests.bot.slack.owner_scenes import BOB, JANE, TEAM_OWNER
from tests.slack_server import Trouble
from tests.slack_validation import check_text

HOME = "https://home.slack.com/"
LINKED = "[Jane Doe](https://home.slack.com/team/U0JANE)"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def people(slack, clock):
    return People(open_clients(secrets_for(slack)).quick, workspace=HOME, clock=clock)


def asked(slack) -> list[str]:
    return [call.arguments["email"] for call in slack.called("users.lookupByEmail")]


def test_somebody_is_found_by_any_address_but_a_noreply_one(slack, people):
    slack.add_user("U0JANE", email="jane@home.example")
    assert people.known([JANE]).written(JANE) == LINKED
    assert asked(slack) == ["jane@corner.example", "jane@home.example"]


def test_who_was_found_and_who_was_not_is_kept_for_ten_minutes(slack, people, clock):
    slack.add_user("U0JANE", email="jane@corner.example")
    for _ in range(3):
        assert people.known([JANE, BOB]).ids == {("Jane Doe", "jane@corner.example"): "U0JANE"}
    assert sorted(asked(slack)) == ["bob@corner.example", "jane@corner.example"]
    clock.now += 601
    people.known([JANE, BOB])
    assert len(asked(slack)) == 4


def test_the_settings_say_it_without_a_look_up(slack, people):
    jane = replace(JANE, slack="U0JANE")
    assert people.known([jane]).written(jane) == LINKED
    assert asked(slack) == []


def test_teams_and_roles_are_nobody_in_slack(slack, people):
    people.known([TEAM_OWNER, replace(TEAM_OWNER, email="payments@corner.example")])
    assert asked(slack) == []


def test_no_more_than_a_few_are_looked_for_at_once(slack, people):
    crowd = [replace(BOB, name=f"P{number}", email=f"p{number}@corner.example") for number in range(20)]
    people.known(crowd)
    assert sorted(asked(slack)) == sorted(one.email for one in crowd[:MOST_LOOKUPS])


@pytest.mark.parametrize("facts", [{"is_bot": True}, {"is_stranger": True}])
def test_who_cannot_be_asked_is_not_linked(slack, people, facts):
    slack.add_user("U0JANE", email="jane@corner.example", **facts)
    assert people.known([JANE]).written(JANE) == "Jane Doe"


def test_who_takes_too_long_is_a_name_now_and_a_link_next_time(slack):
    people = People(open_clients(secrets_for(slack)).quick, workspace=HOME, patience=0.05)
    slack.add_user("U0JANE", email="jane@corner.example")
    slack.delay["users.lookupByEmail"] = 0.5
    assert people.known([JANE]).written(JANE) == "Jane Doe"
    slack.wait_until(lambda: people._kept(JANE)[0])
    assert people.known([JANE]).written(JANE) == LINKED


@pytest.mark.parametrize(
    ("trouble", "pause"),
    [
        (Trouble(status=429, headers={"Retry-After": "7"}), 7),
        (Trouble(error="missing_scope"), 600),
    ],
)
def test_a_refusal_that_holds_for_all_is_respected(slack, people, clock, trouble, pause):
    slack.add_user("U0JANE", email="jane@corner.example")
    slack.trouble["users.lookupByEmail"].append(trouble)
    assert people.known([JANE]).ids == {}
    clock.now += pause - 1
    assert people.known([JANE]).ids == {}
    assert len(asked(slack)) == 1
    clock.now += 2
    assert people.known([JANE]).written(JANE) == LINKED


def test_a_broken_connection_is_no_miss(slack, people):
    slack.add_user("U0JANE", email="jane@corner.example")
    slack.trouble["users.lookupByEmail"].append(Trouble(drop=True))
    assert people.known([JANE]).ids == {}
    assert people.known([JANE]).written(JANE) == LINKED


def test_a_member_is_called_as_the_settings_say_else_as_slack_does(slack, clock):
    slack.add_user("U0BOB", real_name="Bob O'Neill", email="bob@corner.example")
    settings = (PersonSettings(name="Jane Doe", emails=("jane@corner.example",), handles=("jane",), slack="U0JANE"),)
    people = People(open_clients(secrets_for(slack)).quick, settings, HOME, clock=clock)
    assert people.named("U0JANE") == ("jane@corner.example", "@jane", "Jane Doe")
    assert people.named("U0BOB") == ("bob@corner.example", "Bob O'Neill", "u0bob")
    assert people.name_of("U0NOBODY", "carl") == "carl"


@given(st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]), min_size=1, max_size=40))
def test_any_name_becomes_one_link_with_that_name_or_the_name_alone(name):
    words = mrkdwn.escape(name)
    linked = mrkdwn.to_mrkdwn(Known(workspace="https://home.slack.com").linked(name, "U0JANE"), ("home.slack.com",))
    assert linked == f"<https://home.slack.com/team/U0JANE|{words.replace('|', '¦')}>"
    alone = mrkdwn.to_mrkdwn(Known().linked(name, None))
    check_text(alone, "name")
    as_read = alone.replace("\u200b", "").replace("`", "").replace("ˋ", "`")  # without marks for code and unseen edges
    assert as_read == words.replace("ˋ", "`")
