"""/digest: what people set, see and stop, in either mode, with the real plans behind it."""

from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from bot.config import AccessSettings
from bot.digest.plans import Plans
from bot.digest.settings import DigestSettings
from bot.digest.types import Choice
from bot.slack import access as refusals
from bot.slack.change_blocks import About, digest_message
from bot.slack.digest_command import (
    INVITE,
    LATE,
    LOOKING,
    NEVER_ON,
    NO_CHANNEL,
    NO_REPOSITORY,
    OFF,
    OPEN_CHANNEL,
    OUTDATED,
    STARTING,
)
from bot.slack.digest_view import DAYS, EVERY, ON, QUIET, REPOSITORIES, TIME, ZONE
from bot.state import State
from indexer.errors import QueryError, StoreError
from tests.bot.slack.digest_scenes import digest, page_of, press, report, save, told, window
from tests.bot.slack.owner_scenes import HttpInteractions, command_body, words_of
from tests.slack_server import TEAM, Trouble
from tests.slack_validation import Refused

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # a Sunday


@pytest.fixture
def state(tmp_path):
    return State.open(f"sqlite:///{tmp_path}/state.sqlite")


@pytest.fixture
def plans(state):
    return Plans(DigestSettings(), ("shop", "web"), state, TEAM, clock=lambda: NOW)


@pytest.fixture
def previewed():
    return []


@pytest.fixture
def bot(serve, slack, plans, previewed):
    def preview(plan):
        previewed.append(plan)
        return report()

    slack.add_user("U0ANNA", real_name="Anna Smith", tz="Europe/Berlin")
    made = serve(socket_mode=False)
    made.serve_digests(plans, preview)
    return made


@pytest.fixture
def http(bot):
    return HttpInteractions(bot)


@pytest.fixture(params=["socket", "http"])
def door(request, slack, plans):
    """Each way in which Slack's requests arrive."""
    if request.param == "http":
        return request.getfixturevalue("http")
    socket = request.getfixturevalue("socket")  # before the bot, so that it is still there when the bot closes
    slack.add_user("U0ANNA", tz="Europe/Berlin")
    request.getfixturevalue("serve")().serve_digests(plans, lambda plan: report())
    socket.wait_connected()
    return socket


def field(modal, name):
    [block] = [block for block in modal.view["blocks"] if block.get("block_id") == name]
    return block["element"]


def done(reply):
    assert reply["response_action"] == "update"
    return reply["view"]["blocks"][0]["text"]["text"]


# on, off, help


def test_switched_on_it_says_what_holds_and_when_the_next_one_comes(door, slack, plans):
    assert words_of(told(slack, door, "on")) == (
        "The digest comes every Mon to Fri at 09:00 (Europe/Berlin), about all repositories; nothing is posted when nothing stands "
        "out. Next digest here: *Mon 23 Nov 09:00 (Europe/Berlin)*. `/digest` changes it, `/digest off` stops it."
    )
    assert plans.choice("C1").changed_by == "U0ANNA"
    assert slack.posted("C1") == []


def test_switched_off_and_on_again_it_is_as_it_was(door, slack, plans):
    plans.choose("C1", Choice(at=time(7, 30), zone="Asia/Tokyo", days=("mon", "wed")))
    before = plans.plan("C1")
    assert words_of(told(slack, door, "off")) == OFF
    assert plans.plan("C1") is None
    assert "every Mon and Wed at 07:30 (Asia/Tokyo)" in words_of(told(slack, door, " ON "))
    assert replace(plans.plan("C1"), since=None, chosen_by="") == replace(before, since=None)


def test_a_digest_of_the_settings_is_switched_off_and_on_in_its_own_time_zone(http, slack, state):
    settings = DigestSettings(channel="C1", timezone="UTC")
    plans = Plans(settings, ("shop",), state, TEAM, clock=lambda: NOW)
    http.bot.serve_digests(plans, lambda plan: report())
    assert words_of(told(slack, http, "off")) == OFF
    assert "(UTC), about shop;" in words_of(told(slack, http, "on"))


def test_on_where_it_is_on_changes_nothing(http, slack, plans):
    told(slack, http, "on")
    before = plans.choice("C1")
    slack.add_user("U0BOB", tz="Asia/Tokyo")
    assert "(Europe/Berlin)" in words_of(told(slack, http, "on", user="U0BOB"))
    assert plans.choice("C1") == before


def test_off_where_there_is_none_says_so(http, slack, plans):
    assert words_of(told(slack, http, "off")) == NEVER_ON
    assert plans.choice("C1") is None


@pytest.mark.parametrize("text", ["help", "what?", "on please"])
def test_help_says_what_there_is(http, slack, plans, text):
    words = words_of(told(slack, http, text))
    assert all(f"`/digest{more}`" in words for more in ("", " on", " off", " now"))
    assert plans.choice("C1") is None


def test_each_channel_has_its_own(http, slack, plans):
    told(slack, http, "on", channel="C1")
    assert plans.plan("C2") is None
    told(slack, http, "on", channel="C2")
    assert set(plans.all()) == {"C1", "C2"}


def test_a_command_sent_twice_is_one(http, slack):
    body = command_body(slack, "help", name="/digest")
    for _ in range(3):
        http.interact("slash_commands", body)
    slack.wait_until(lambda: slack.interactions.private["U0ANNA"])
    told(slack, http, "help")
    assert len(slack.interactions.private["U0ANNA"]) == 2


# the modal


def test_the_modal_shows_what_would_hold_in_the_askers_time_zone(door, slack):
    modal = window(slack, door)
    assert modal.view["blocks"][0]["label"]["text"] == "Digest in #general"
    assert field(modal, ON)["initial_option"]["value"] == "on"
    assert field(modal, TIME)["initial_time"] == "09:00"
    assert field(modal, ZONE)["initial_value"] == "Europe/Berlin"
    assert [day["value"] for day in field(modal, DAYS)["initial_options"]] == ["mon", "tue", "wed", "thu", "fri"]
    assert "initial_options" not in field(modal, REPOSITORIES)
    assert field(modal, REPOSITORIES)["placeholder"]["text"] == "All repositories"


def test_what_is_saved_holds_and_is_shown_next_time(door, slack, plans):
    modal = window(slack, door, "settings")
    reply = save(
        slack, door, modal, time="16:30", zone="new york", days=["fri", "mon"], every="week", repositories=["web"], quiet="post"
    )
    assert done(reply) == (
        "The digest comes every week on Mon at 16:30 (America/New_York), about web; one line is posted when nothing stands out. "
        "Next digest here: *Mon 23 Nov 16:30 (America/New_York)*. `/digest` changes it, `/digest off` stops it."
    )
    plan = plans.plan("C1")
    assert (plan.at, plan.zone, plan.days, plan.every) == (time(16, 30), "America/New_York", ("mon", "fri"), "week")
    assert (plan.repositories, plan.quiet, plan.chosen_by) == (("web",), "post", "U0ANNA")
    again = window(slack, door)
    assert (field(again, TIME)["initial_time"], field(again, ZONE)["initial_value"]) == ("16:30", "America/New_York")
    assert [one["value"] for one in field(again, REPOSITORIES)["initial_options"]] == ["web"]
    assert (field(again, EVERY)["initial_option"]["value"], field(again, QUIET)["initial_option"]["value"]) == ("week", "post")


def test_the_modal_switches_off_and_keeps_the_rest(http, slack, plans):
    save(slack, http, window(slack, http), time="11:00")
    assert done(save(slack, http, window(slack, http), on="off")) == OFF
    modal = window(slack, http)
    assert (field(modal, ON)["initial_option"]["value"], field(modal, TIME)["initial_time"]) == ("off", "11:00")
    assert plans.plan("C1") is None


@pytest.mark.parametrize(
    ("block", "value", "words"),
    [
        (ZONE, "Berlim", "Did you mean Europe/Berlin?"),
        (ZONE, "  ", "no time zone"),
        (DAYS, [], "Choose at least one day"),
        (TIME, "", "Choose a time"),
    ],
)
def test_what_cannot_be_saved_is_told_at_its_field_and_changes_nothing(http, slack, plans, block, value, words):
    reply = save(slack, http, window(slack, http), **{block: value})
    assert list(reply["errors"]) == [block]
    assert words in reply["errors"][block]
    assert plans.choice("C1") is None


def test_no_repository_chosen_means_all_of_them_also_where_the_settings_name_some(http, slack, state):
    plans = Plans(DigestSettings(channel="C1", repositories=("web",)), ("shop", "web"), state, TEAM, clock=lambda: NOW)
    http.bot.serve_digests(plans, lambda plan: report())
    modal = window(slack, http)
    assert [one["value"] for one in field(modal, REPOSITORIES)["initial_options"]] == ["web"]
    assert "about all repositories" in done(save(slack, http, modal, repositories=[]))


def test_a_week_that_begins_on_friday_by_the_settings_stays_so(http, slack, state):
    plans = Plans(DigestSettings(channel="C1", days=("fri", "mon"), every="week"), ("shop",), state, TEAM, clock=lambda: NOW)
    http.bot.serve_digests(plans, lambda plan: report())
    assert "every week on Fri at 10:15" in done(save(slack, http, window(slack, http), time="10:15"))


@pytest.mark.parametrize("count", [1, 100, 250])
def test_however_many_repositories_there_are_each_can_be_chosen(http, slack, state, count):
    names = tuple(f"repo-{n}" for n in range(count))
    plans = Plans(DigestSettings(), names, state, TEAM, clock=lambda: NOW)
    http.bot.serve_digests(plans, lambda plan: report())
    assert "about repo-0;" in done(save(slack, http, window(slack, http), repositories=["repo-0"]))


def test_a_repository_that_was_taken_away_meanwhile_is_left_out(http, slack, state):
    plans = Plans(DigestSettings(), ("shop", "web"), state, TEAM, clock=lambda: NOW)
    plans.choose("C1", Choice(repositories=("web",)))
    http.bot.serve_digests(Plans(DigestSettings(), ("shop",), state, TEAM, clock=lambda: NOW), lambda plan: report())
    assert "about shop" in done(save(slack, http, window(slack, http)))


def test_what_takes_longer_than_a_modal_waits_is_told_in_private(http, slack, plans, monkeypatch):
    modal = window(slack, http)
    monkeypatch.setattr("bot.slack.digest_command._PATIENCE", 0.0)
    assert save(slack, http, modal) is None
    slack.wait_until(lambda: slack.interactions.private["U0ANNA"])
    assert "Next digest here:" in words_of(slack.interactions.private["U0ANNA"][-1])


def test_a_modal_of_another_version_says_so(http, slack):
    modal = window(slack, http)
    modal.view["private_metadata"] = "v0"
    assert save(slack, http, modal)["errors"] == {ON: OUTDATED}


def test_a_window_that_cannot_be_opened_is_told(http, slack):
    slack.trouble["views.open"].append(Trouble(error="expired_trigger_id"))
    assert words_of(told(slack, http, "")) == LATE


# the buttons of a digest


@pytest.fixture
def posted(slack):
    """A digest as it stands in the channel."""
    message = digest_message(report(), page_of, About(value="C1"))
    return slack.say("C1", message.text, blocks=list(message.blocks))


def test_the_button_stops_it_for_all_and_tells_who_pressed_it(door, slack, plans, posted):
    plans.choose("C1", Choice())
    press(slack, door, posted, "Stop this digest")
    slack.wait_until(lambda: slack.interactions.private["U0ANNA"])
    assert words_of(slack.interactions.private["U0ANNA"][-1]) == OFF
    assert (plans.plan("C1"), plans.choice("C1").changed_by) == (None, "U0ANNA")
    assert posted["blocks"][-1]["type"] == "actions"  # the message stays as it is


def test_the_button_opens_the_settings(door, slack, plans, posted):
    plans.choose("C1", Choice(at=time(6)))
    press(slack, door, posted, "Settings")
    slack.wait_until(lambda: slack.interactions.views)
    assert field(slack.interactions.views[-1], TIME)["initial_time"] == "06:00"


# the preview


def test_now_shows_the_asker_alone_what_the_next_one_would_say(http, slack, plans, previewed):
    plans.choose("C1", Choice(repositories=("web",)))
    assert digest(slack, http, "now") == {"response_type": "ephemeral", "text": LOOKING}
    slack.wait_until(lambda: slack.interactions.private["U0ANNA"])
    words = words_of(slack.interactions.private["U0ANNA"][-1])
    assert "*<https://github.com/corner/shop/pull/1|Refunds are paid in parts>*" in words
    assert words.endswith("Only you see this. Next digest here: *Mon 23 Nov 09:00 (UTC)*.")
    assert previewed == [plans.plan("C1")]
    assert slack.posted("C1") == []


def test_now_works_before_there_is_a_digest(http, slack, previewed):
    assert words_of(told(slack, http, "now")).endswith(f"Only you see this. {NEVER_ON}")
    assert (previewed[0].zone, previewed[0].repositories) == ("Europe/Berlin", ("shop", "web"))


@pytest.mark.parametrize("error", [QueryError("There is nothing.", "Ask again."), StoreError("The database failed.")])
def test_a_preview_that_fails_is_told(http, slack, plans, error):
    def fail(plan):
        raise error

    http.bot.serve_digests(plans, fail)
    assert words_of(told(slack, http, "now")) == str(error)


# who and where


@pytest.mark.parametrize("text", ["", "on", "off", "now", "help"])
def test_guests_set_and_see_nothing(http, slack, plans, text):
    slack.add_user("U0GUEST", is_restricted=True)
    assert words_of(told(slack, http, text, user="U0GUEST")) == refusals.GUEST
    assert plans.choice("C1") is None


def test_who_became_a_guest_while_the_modal_was_open_saves_nothing(http, slack, plans):
    modal = window(slack, http)
    slack.add_user("U0ANNA", is_restricted=True)
    http.bot._digests._access._profiles.clear()
    assert save(slack, http, modal)["errors"] == {ON: refusals.GUEST}
    assert plans.choice("C1") is None


@pytest.mark.parametrize("text", ["", "on", "now"])
@pytest.mark.parametrize("channel", ["C1", "G1"])
def test_where_docent_is_not_a_member_it_asks_to_be_invited(http, slack, plans, text, channel):
    slack.not_member.add(channel)
    assert words_of(told(slack, http, text, channel=channel)) == INVITE
    assert plans.choice(channel) is None


def test_where_docent_was_thrown_out_its_digest_can_still_be_stopped(http, slack, plans):
    plans.choose("C1", Choice())
    slack.not_member.add("C1")
    assert words_of(told(slack, http, "off")) == OFF


def test_no_digest_where_other_organisations_read(http, slack, serve, plans):
    slack.shared.add("C1")
    assert words_of(told(slack, http, "on")) == OPEN_CHANNEL
    assert plans.choice("C1") is None
    allowed = serve(socket_mode=False, access=AccessSettings(externals="allow"))
    allowed.serve_digests(plans, lambda plan: report())
    assert "Next digest here" in words_of(told(slack, HttpInteractions(allowed), "on"))


def test_a_direct_message_is_no_channel(http, slack):
    assert words_of(told(slack, http, "on", channel="D1")) == NO_CHANNEL


def test_a_missing_scope_is_named(http, slack):
    slack.take_away("channels:read")
    assert "lacks the scope `channels:read`" in words_of(told(slack, http, "on"))


def test_a_conversation_of_several_is_no_channel_either(http, slack, monkeypatch):
    def refuse(arguments):
        raise Refused("missing_scope", "mpim:read")

    monkeypatch.setattr(slack, "_conversations_info", refuse)
    assert words_of(told(slack, http, "on")) == NO_CHANNEL


def test_without_a_repository_there_is_nothing_to_tell_of(http, slack, state):
    http.bot.serve_digests(Plans(DigestSettings(), (), state, TEAM), lambda plan: report())
    assert words_of(told(slack, http, "on")) == NO_REPOSITORY


@pytest.mark.parametrize("text", ["", "on", "off", "now"])
def test_before_the_digests_are_there_it_asks_for_a_minute(serve, slack, text):
    assert words_of(told(slack, HttpInteractions(serve(socket_mode=False)), text)) == STARTING


def test_a_database_that_fails_is_told_in_words_everywhere(http, slack, plans, monkeypatch):
    modal = window(slack, http)

    def fail(*_):
        raise StoreError("The state database failed.", "Check the disk.")

    monkeypatch.setattr(plans, "choose", fail)
    assert words_of(told(slack, http, "on")) == "The state database failed. Check the disk."
    assert save(slack, http, modal)["errors"] == {ON: "The state database failed. Check the disk."}


def test_what_nobody_thought_of_is_told_with_a_reference(http, slack, plans, monkeypatch, caplog):
    modal = window(slack, http)

    def fail(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(plans, "choose", fail)
    [words] = save(slack, http, modal)["errors"].values()
    reference = words.rstrip(".").rpartition(" ")[2]
    assert f"reference {reference}" in caplog.text
    assert "secret detail" not in words


def test_a_member_whose_time_zone_slack_does_not_tell_gets_the_settings(http, slack):
    slack.add_user("U0BOB")
    assert "09:00 (UTC)" in words_of(told(slack, http, "on", user="U0BOB"))
