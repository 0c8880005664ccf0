"""/whoowns end to end through the real SlackBot: the private answer, through the websocket and through signed HTTP."""

from __future__ import annotations

import threading

import pytest

from bot.slack import access as refusals
from bot.slack.whoowns import FULL, NOT_IN_THE_CODE, UNKNOWN_GROUP, UNKNOWN_MEMBER
from indexer.config import PersonSettings
from indexer.errors import QueryError, StoreError
from tests.bot.slack.owner_scenes import (
    JANE,
    HttpInteractions,
    answered,
    buttons_of,
    click,
    command,
    command_body,
    nothing_report,
    place_report,
    renamed,
    seen,
    subject_report,
    words_of,
)
from tests.slack_server import Trouble
from tests.slack_socket import post_form


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


def test_a_command_is_answered_in_private_with_names_that_link_and_do_not_ping(door, slack, docent):
    slack.add_user("U0JANE", email="jane@corner.example")
    message = answered(slack, door)
    words = words_of(message)
    assert docent.owners_asked == [("src/billing", ())]
    assert "*Declared:* team @acme/payments (<https://github.com/corner/shop/blob/" in words
    assert "*Built it:* likely <https://home.slack.com/team/U0JANE|Jane Doe>: wrote 62 % of it" in words
    assert "*Ask now:* <https://home.slack.com/team/U0JANE|Jane Doe>" in words
    assert "Bob O'Neill" in words  # in no Slack: by name
    assert "<@" not in words
    assert "shop @ 46e939b, read " in words
    assert message.content["text"].startswith("src/billing/ in shop, 2 files. Declared: team @acme/payments")
    assert [message for channel in slack.messages.values() for message in channel] == []


@pytest.mark.parametrize("text", ["", "help", "  HELP ", "``"])
def test_no_argument_and_help_show_usage_with_examples(http, slack, docent, text):
    words = words_of(answered(slack, http, text))
    assert words.count("`/whoowns ") == 3
    assert docent.owners_asked == []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"is_restricted": True}, refusals.GUEST),
        ({"team_id": "T0OTHER", "is_stranger": True}, refusals.OUTSIDER),
        ({"is_bot": True}, refusals.BOT),
    ],
)
def test_who_may_not_ask_is_refused_in_private(http, slack, docent, facts, words):
    slack.add_user("U0BEN", **facts)
    assert words_of(answered(slack, http, user="U0BEN")) == words
    assert docent.owners_asked == []


def test_an_error_is_told_with_what_to_do(http, slack, docent):
    def fail(query, repos):
        raise QueryError("No file is called that.", "Try `src/*`.")

    docent.owners = fail
    assert words_of(answered(slack, http)) == "No file is called that. Try `src/*`."


def test_an_unexpected_error_is_told_with_a_reference_that_the_log_has(http, slack, docent, caplog):
    def fail(query, repos):
        raise RuntimeError("secret detail")

    docent.owners = fail
    words = words_of(answered(slack, http))
    reference = words.rpartition(" ")[2].rstrip(".")
    assert "secret detail" not in words
    assert any(reference in record.message for record in caplog.records)


def test_what_is_not_found_offers_no_sharing_but_the_nearest_places(http, slack, docent):
    docent.owners = lambda query, repos: nothing_report(query)
    message = answered(slack, http, "unicorns")
    assert list(buttons_of(message)) == ["src/horns/"]
    assert "*Did you mean:*" in words_of(message)


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ("`src/a &lt;b&gt;.py`", "src/a <b>.py"),
        ("<http://session.py|session.py>", "session.py"),
        ("&lt;@U0ANNA&gt;", "<@U0ANNA>"),
        ("<!subteam^S1|@team-payments>", "@team-payments"),
        ("who  owns <#C2|billing>?", "who owns #billing?"),
        ('"the payment retries"', "the payment retries"),
    ],
)
def test_what_slack_escapes_is_read_as_it_was_typed(http, slack, docent, typed, asked):
    answered(slack, http, typed)
    assert docent.owners_asked == [(asked, ())]


def test_repository_text_reaches_slack_escaped_and_links_nowhere_else(http, slack, docent):
    evil = renamed(JANE, "<!channel> [x](https://evil.example/) *b* <@U0ANNA>")
    docent.owners = lambda query, repos: place_report(
        query, ask=(evil,), contradictions=("See [here](https://evil.example/x) or <https://evil.example|y> @channel & co",)
    )
    words = words_of(answered(slack, http))  # the local Slack refuses whatever pings or is not escaped
    assert "<https://evil" not in words
    assert "&lt;!channel&gt;" in words


def test_a_mentioned_member_is_looked_for_by_mail_then_by_name(http, slack, docent):
    def known_by_name(query, repos):
        if "@" in query:
            raise QueryError("Nobody has this address.")
        return subject_report(query)

    docent.owners = known_by_name
    slack.add_user("U0JANE", real_name="Jane Doe", email="j.doe@corner.example")
    message = answered(slack, http, "<@U0JANE|jane>")
    assert [query for query, _ in docent.owners_asked] == ["j.doe@corner.example", "Jane Doe"]
    assert "Would be lost" in words_of(message)


def test_a_mentioned_member_whom_the_settings_know_needs_no_look_up(serve, slack, docent):
    docent.owners = lambda query, repos: subject_report(query)
    person = PersonSettings(name="Jane Doe", emails=("jane@corner.example",), slack="U0JANE")
    answered(slack, HttpInteractions(serve(socket_mode=False, people=(person,))), "what does <@U0JANE> own?")
    assert docent.owners_asked == [("what does jane@corner.example own?", ())]
    assert [call.arguments["user"] for call in slack.called("users.info")] == ["U0ANNA"]


def test_a_mentioned_member_who_is_not_in_the_code_is_said_so(http, slack, docent):
    slack.add_user("U0JANE", real_name="Jane Doe")
    words = words_of(answered(slack, http, "<@U0JANE>"))  # found as a place is not found as a person
    assert words == NOT_IN_THE_CODE
    assert words_of(answered(slack, http, "<@U0NOBODY>")) == UNKNOWN_MEMBER


def test_a_group_without_its_name_is_asked_for_it(http, slack, docent):
    assert words_of(answered(slack, http, "<!subteam^S0123>")) == UNKNOWN_GROUP
    assert docent.owners_asked == []


def test_a_command_is_acknowledged_even_when_every_listener_thread_is_busy(slack, socket, docent, serve):
    bot = serve()
    socket.wait_connected()
    busy = threading.Event()
    for _ in range(40):
        bot._intake.submit(busy.wait, 20)
    try:
        message = answered(slack, socket)
        click(slack, socket, message, "Share in channel")
        slack.wait_until(lambda: message.replaced)
    finally:
        busy.set()


def test_a_command_that_slack_did_not_sign_is_refused(http, slack, docent):
    for forged in ({"secret": "wrong"}, {"age": 301.0}):
        assert post_form(http.bot.port, "slash_commands", command_body(slack), **forged)[0] == 401
    answered(slack, http, "src/other")
    assert docent.owners_asked == [("src/other", ())]


def test_a_repeated_envelope_is_answered_once(slack, socket, docent, serve):
    serve()
    socket.wait_connected()
    body = command_body(slack)
    for _ in range(3):
        socket.interact("slash_commands", body)
    answered(slack, socket, "src/other")
    slack.wait_until(lambda: len(slack.interactions.private["U0ANNA"]) == 2)
    assert sorted(query for query, _ in docent.owners_asked) == ["src/billing", "src/other"]


def test_slow_answers_delay_no_acknowledgement_and_arrive_later(door, slack, docent):
    docent.gate.clear()
    for number in range(12):
        command(slack, door, f"src/{number}", user="U0ANNA", channel=f"C{number}")
    assert slack.interactions.private["U0ANNA"] == []
    docent.gate.set()
    seen(slack, count=12)


def test_too_many_commands_at_once_are_told_to_come_back(http, slack, docent):
    docent.gate.clear()
    replies = [command(slack, http, f"src/{number}") for number in range(60)]
    assert replies[0] is None
    assert replies[-1] == {"response_type": "ephemeral", "text": FULL}
    docent.gate.set()


def test_a_command_that_the_end_of_the_process_cuts_off_is_told_so(serve, slack, docent):
    bot = serve(socket_mode=False)
    docent.gate.clear()
    command(slack, HttpInteractions(bot))
    assert docent.started.acquire(timeout=10)
    bot.close(seconds=0.1)
    assert "restarted" in words_of(seen(slack))


def test_when_slack_lets_nobody_be_looked_up_there_are_names_only(serve, slack, docent):
    slack.add_user("U0JANE", email="jane@corner.example")
    slack.take_away("users:read.email")
    http = HttpInteractions(serve(socket_mode=False))
    for _ in range(2):
        message = answered(slack, http)
        assert "Jane Doe" in words_of(message)
        assert "home.slack.com" not in words_of(message)
        assert list(buttons_of(message)) == ["Share in channel"]
    assert len(slack.called("users.lookupByEmail")) <= 2  # once it is known, nobody asks again


def test_an_expired_response_url_is_in_the_log_without_its_address(http, slack, docent, caplog):
    docent.gate.clear()
    command(slack, http)
    assert docent.started.acquire(timeout=10)
    slack.interactions.clock = lambda clock=slack.interactions.clock: clock() + 1_801
    docent.gate.set()
    slack.wait_until(lambda: "expired_url" in caplog.text)
    assert "/actions/" not in caplog.text


def test_a_server_error_of_slacks_costs_no_answer(http, slack, docent):
    slack.trouble["response_url"].append(Trouble(status=503))
    answered(slack, http)
    slack.trouble["response_url"].append(Trouble(status=429, headers={"Retry-After": "0"}))
    answered(slack, http)


def test_a_store_that_is_away_is_named(http, slack, docent):
    def fail(query, repos):
        raise StoreError("The database cannot be read.", "Run `docent doctor`.")

    docent.owners = fail
    assert "docent doctor" in words_of(answered(slack, http))
