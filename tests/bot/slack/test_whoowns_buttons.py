"""What can be done with the private answer: share it, ask the people it names, take another reading."""

from __future__ import annotations

import json

import pytest

from bot.config import AccessSettings
from bot.slack import access as refusals
from bot.slack.ask_them import INVITE, NO_REPORT, UNCERTAIN
from bot.slack.modals import CHANNEL, LONGEST_WORDS, WHOM, WORDS
from bot.slack.sharing import OPEN_CHANNEL, TOO_SLOW
from bot.slack.whoowns import OUTDATED
from indexer.config import PersonSettings
from indexer.errors import StoreError
from tests.bot.slack.owner_scenes import (
    JANE,
    HttpInteractions,
    answered,
    buttons_of,
    click,
    click_body,
    guessed_report,
    opened,
    place_report,
    renamed,
    seen,
    subject_report,
    submit,
    words_of,
)
from tests.slack_server import Trouble


@pytest.fixture(params=["socket", "http"])
def door(request):
    """Each way in which Slack's requests arrive."""
    if request.param == "http":
        return HttpInteractions(request.getfixturevalue("serve")(socket_mode=False))
    socket = request.getfixturevalue("socket")  # before the bot, so that it is still there when the bot closes
    request.getfixturevalue("serve")()
    socket.wait_connected()
    return socket


@pytest.fixture
def http(serve):
    return HttpInteractions(serve(socket_mode=False))


@pytest.fixture
def jane(slack):
    slack.add_user("U0JANE", real_name="Jane Doe", email="jane@corner.example")


# share


def test_sharing_posts_the_same_for_all_says_who_and_cannot_be_repeated(door, slack, docent):
    slack.not_member.add("C1")
    message = answered(slack, door)
    click(slack, door, message, "Share in channel")
    slack.wait_until(lambda: message.replaced)
    [shared] = slack.posted("C1")
    assert "<https://home.slack.com/team/U0ANNA|Anna Smith> shares `/whoowns src/billing`" in words_of(shared)
    assert "*Built it:* likely Jane Doe" in words_of(shared)
    assert [block for block in shared["blocks"] if block["type"] == "actions"] == []
    assert buttons_of(message) == {}
    assert "Shared with everybody here." in words_of(message)
    assert docent.owners_asked == [("src/billing", ()), ("src/billing", ("shop",))]


def test_a_double_click_shares_once(http, slack):
    message = answered(slack, http)
    bodies = [click_body(slack, message, "Share in channel") for _ in range(3)]
    for body in bodies:
        http.interact("interactive", body)
    slack.wait_until(lambda: message.replaced)
    slack.wait_until(lambda: len(slack.called("conversations.info")) == 3)
    assert len(slack.posted("C1")) == 1


def test_nothing_is_shared_where_other_organisations_read(http, slack):
    slack.shared.add("C1")
    message = answered(slack, http)
    click(slack, http, message, "Share in channel")
    assert words_of(seen(slack, count=2)) == OPEN_CHANNEL
    assert slack.posted("C1") == []
    assert "Share in channel" in buttons_of(message)


def test_where_the_settings_allow_others_it_is_shared(serve, slack):
    slack.shared.add("C1")
    http = HttpInteractions(serve(socket_mode=False, access=AccessSettings(externals="allow")))
    click(slack, http, answered(slack, http), "Share in channel")
    slack.wait_until(lambda: slack.posted("C1"))


@pytest.mark.parametrize("channel", ["G1", "D1"])
def test_where_it_cannot_be_known_slack_lets_the_asker_choose_a_closed_conversation(door, slack, channel):
    slack.not_member.add(channel)
    message = answered(slack, door, channel=channel)
    click(slack, door, message, "Share in channel")
    modal = opened(slack)
    [choice] = [block for block in modal.view["blocks"] if block["type"] == "input"]
    assert choice["element"]["filter"]["exclude_external_shared_channels"] is True
    assert choice["element"]["default_to_current_conversation"] is True
    assert submit(slack, door, modal, channel=channel) is None
    slack.wait_until(lambda: message.replaced)
    assert "*Built it:*" in words_of(slack.posted(channel)[0])
    assert "Share in channel" not in buttons_of(message)


def test_without_the_scope_to_see_channels_the_asker_chooses(http, slack):
    slack.take_away("channels:read")
    click(slack, http, answered(slack, http), "Share in channel")
    assert opened(slack).view["callback_id"] == "whoowns_share"


def test_a_share_that_may_have_arrived_is_not_repeated_but_can_be_tried_again(http, slack, caplog):
    message = answered(slack, http)
    slack.trouble["response_url"] += [Trouble(status=500), Trouble(status=500)]
    click(slack, http, message, "Share in channel")
    slack.wait_until(lambda: "could not be delivered" in caplog.text)
    assert len(slack.trouble["response_url"]) == 1
    slack.trouble["response_url"].clear()
    assert (slack.posted("C1"), message.replaced) == ([], 0)
    slack.wait_until(lambda: "shared/C1/" + message.ts not in http.bot._owners._once._seen)
    click(slack, http, message, "Share in channel")
    slack.wait_until(lambda: message.replaced)
    assert len(slack.posted("C1")) == 1


def test_an_answer_shared_half_an_hour_later_still_works(http, slack):
    message = answered(slack, http)
    slack.interactions.clock = lambda clock=slack.interactions.clock: clock() + 4_000
    click(slack, http, message, "Share in channel")  # each click brings its own response_url
    slack.wait_until(lambda: slack.posted("C1"))


def test_who_became_a_guest_meanwhile_shares_nothing(serve, slack):
    bot = serve(socket_mode=False)
    http = HttpInteractions(bot)
    message = answered(slack, http)
    slack.add_user("U0ANNA", is_restricted=True)
    bot._owners._errands._access._profiles.clear()
    click(slack, http, message, "Share in channel")
    assert words_of(seen(slack, count=2)) == refusals.GUEST
    assert slack.posted("C1") == []


# ask them


@pytest.mark.usefixtures("jane")
def test_who_became_a_guest_meanwhile_asks_nobody(serve, slack):
    bot = serve(socket_mode=False)
    http = HttpInteractions(bot)
    message = answered(slack, http)
    click(slack, http, message, "Ask Jane Doe")
    modal = opened(slack)
    slack.add_user("U0ANNA", is_restricted=True)
    bot._owners._errands._access._profiles.clear()
    assert submit(slack, http, modal)["errors"][CHANNEL] == refusals.GUEST
    click(slack, http, message, "Ask Jane Doe")
    assert words_of(seen(slack, count=2)) == refusals.GUEST
    assert (slack.posted("C1"), len(slack.interactions.views)) == ([], 1)


@pytest.mark.usefixtures("jane")
def test_asking_opens_a_prefilled_modal_and_posts_a_thread_with_the_report(door, slack):
    slack.add_user("U0BOB", real_name="Bob", email="bob@corner.example")
    click(slack, door, answered(slack, door), "Ask them")
    modal = opened(slack)
    whom, words, where = modal.view["blocks"]
    assert [option["value"] for option in whom["element"]["initial_options"]] == ["U0JANE", "U0BOB"]
    assert whom["element"]["options"][0]["description"]["text"] == "wrote 62 % of it, last change 3 weeks ago"
    assert words["element"]["initial_value"] == "Hi Jane and Bob, docent says you are the ones to ask about `src/billing/`: "
    assert where["element"]["filter"]["include"] == ["public", "private"]
    assert submit(slack, door, modal, words="Hi, why three *retries* & not <@U0BOB>?", whom=["U0JANE"]) is None
    slack.wait_until(lambda: len(slack.posted("C1")) == 2)
    question, report = slack.posted("C1")
    assert words_of(question) == "<@U0ANNA> asks <@U0JANE>:\nHi, why three *retries* &amp; not &lt;@U0BOB&gt;?"
    assert question["text"].startswith("Anna Smith asks Jane Doe: Hi, why")
    assert report["thread_ts"] == question["ts"]
    assert "*Ask now:* <https://home.slack.com/team/U0JANE|Jane Doe>" in words_of(report)
    assert "<@" not in words_of(report)


@pytest.mark.usefixtures("jane")
@pytest.mark.parametrize("error", ["not_in_channel", "channel_not_found"])
def test_a_channel_without_docent_is_told_in_the_modal_which_can_then_be_sent_again(door, slack, error):
    click(slack, door, answered(slack, door), "Ask Jane Doe")
    modal = opened(slack)
    slack.trouble["chat.postMessage"].append(Trouble(error=error))
    assert submit(slack, door, modal) == {"response_action": "errors", "errors": {CHANNEL: INVITE}}
    assert submit(slack, door, modal) is None
    slack.wait_until(lambda: len(slack.posted("C1")) == 2)


@pytest.mark.usefixtures("jane")
def test_a_modal_without_people_words_or_channel_names_each(http, slack):
    click(slack, http, answered(slack, http), "Ask Jane Doe")
    reply = submit(slack, http, opened(slack), whom=[], words="  ", channel="")
    assert reply["response_action"] == "errors"
    assert set(reply["errors"]) == {WHOM, WORDS, CHANNEL}


@pytest.mark.usefixtures("jane")
def test_nobody_is_asked_where_other_organisations_read(http, slack):
    slack.shared.add("C2")
    click(slack, http, answered(slack, http), "Ask Jane Doe")
    reply = submit(slack, http, opened(slack), channel="C2")
    assert "shared with other organisations" in reply["errors"][CHANNEL]
    assert slack.posted("C2") == []


@pytest.mark.usefixtures("jane")
def test_a_connection_that_breaks_while_posting_is_not_repeated(http, slack):
    click(slack, http, answered(slack, http), "Ask Jane Doe")
    modal = opened(slack)
    slack.interactions.may_mention = {"U0ANNA", "U0JANE"}
    slack.trouble["chat.postMessage"].append(Trouble(drop=True, effective=True))
    assert submit(slack, http, modal)["errors"][CHANNEL] == UNCERTAIN
    assert len(slack.posted("C1")) == 1


@pytest.mark.usefixtures("jane")
def test_what_goes_wrong_after_the_modal_had_to_close_is_told_in_private(http, slack):
    click(slack, http, answered(slack, http), "Ask Jane Doe")
    modal = opened(slack)
    slack.delay["chat.postMessage"] = 2.6  # longer than a modal can wait
    slack.trouble["chat.postMessage"].append(Trouble(error="not_in_channel"))
    assert submit(slack, http, modal) is None
    assert words_of(seen(slack, count=2)) == INVITE


@pytest.mark.usefixtures("jane")
def test_a_question_whose_report_fails_still_stands_and_the_asker_hears_of_it(http, slack, docent):
    click(slack, http, answered(slack, http), "Ask Jane Doe")
    modal = opened(slack)

    def fail(query, repos):
        raise StoreError("The database cannot be read.")

    docent.owners = fail
    assert submit(slack, http, modal) is None
    assert words_of(seen(slack, count=2)) == NO_REPORT
    assert len(slack.posted("C1")) == 1


@pytest.mark.usefixtures("jane")
def test_a_trigger_that_is_too_old_or_used_is_told(http, slack):
    message = answered(slack, http)
    body = click_body(slack, message, "Ask Jane Doe")
    slack.interactions.clock = lambda clock=slack.interactions.clock: clock() + 4
    http.interact("interactive", body)
    assert words_of(seen(slack, count=2)) == TOO_SLOW


def test_long_messages_and_names_fit_slacks_limits(http, slack, docent):
    long = renamed(JANE, "Jané 😀 " * 40)
    docent.owners = lambda query, repos: place_report(query, ask=(long,))
    slack.add_user("U0JANE", email="jane@corner.example")
    message = answered(slack, http)
    [ask] = [text for text in buttons_of(message) if text.startswith("Ask")]
    click(slack, http, message, ask)
    assert submit(slack, http, opened(slack), words="<&>" * (LONGEST_WORDS // 3)) is None
    slack.wait_until(lambda: len(slack.posted("C1")) == 2)
    assert words_of(slack.posted("C1")[0]).count("&amp;") == LONGEST_WORDS // 3


def test_somebody_whom_only_the_settings_map_can_be_asked(serve, slack, docent):
    mapped = renamed(JANE, "Jane Doe")
    docent.owners = lambda query, repos: place_report(query, ask=(type(mapped)(**{**_values(mapped), "slack": "W0JANE"}),))
    people = (PersonSettings(name="Jane Doe", slack="W0JANE"),)
    http = HttpInteractions(serve(socket_mode=False, people=people))
    message = answered(slack, http)
    assert "<https://home.slack.com/team/W0JANE|Jane Doe>" in words_of(message)
    click(slack, http, message, "Ask Jane Doe")
    assert opened(slack).view["blocks"][0]["element"]["options"][0]["value"] == "W0JANE"


@pytest.mark.usefixtures("jane")
def test_a_person_is_asked_about_what_they_own(http, slack, docent):
    docent.owners = lambda query, repos: subject_report(query)
    click(slack, http, answered(slack, http, "jane@corner.example"), "Ask Jane Doe")
    assert opened(slack).view["blocks"][1]["element"]["initial_value"] == "Hi Jane, docent says you are the one to ask: "


def test_nobody_to_ask_no_button(http, slack, docent):
    docent.owners = lambda query, repos: place_report(query, ask=())
    assert list(buttons_of(answered(slack, http))) == ["Share in channel"]


# other readings


def test_another_reading_replaces_the_answer(door, slack, docent):
    docent.owners = lambda query, repos: guessed_report(query) if query == "the payment retries" else place_report(query)
    message = answered(slack, door, "the payment retries")
    assert "I took “the payment retries” for `src/billing/`" in words_of(message)
    assert list(buttons_of(message)) == ["src/payments/", "src/retry.py", "src/", "Share in channel"]
    click(slack, door, message, "src/")
    slack.wait_until(lambda: message.replaced)
    assert docent.owners_asked[-1] == ("src/", ("tools",))
    assert len(slack.interactions.private["U0ANNA"]) == 1
    assert "Or did you mean" not in words_of(message)


def test_a_button_of_another_version_is_answered_in_words(http, slack):
    message = answered(slack, http)
    body = click_body(slack, message, "Share in channel")
    body["actions"][0]["value"] = "v0"
    http.interact("interactive", body)
    assert words_of(seen(slack, count=2)) == OUTDATED


def test_buttons_that_nobody_knows_are_acknowledged(door, slack):
    message = answered(slack, door)
    body = click_body(slack, message, "Share in channel")
    body["actions"][0]["action_id"] = "something_else"
    door.interact("interactive", body)


def test_what_a_button_carries_fits_and_repeats_the_question(http, slack, docent):
    query = '"\\<&>é' * 57  # 400 characters at least, most of which JSON or Slack escapes
    message = answered(slack, http, query.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")[:1_500])
    carried = json.loads(buttons_of(message)["Share in channel"]["value"])
    assert carried["q"] == docent.owners_asked[0][0]
    assert carried["r"] == ["shop"]


def _values(owner):
    return {name: getattr(owner, name) for name in owner.__dataclass_fields__}
