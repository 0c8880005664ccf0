"""/docent and questions of planning end to end: the real SlackBot, the real docent over real repositories, pictures that arrive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.service import Docent
from bot.slack.docent_command import HOW_TO_ASK, LOOKING, NO_PLAN, read_order
from tests.bot.answers.planned import opened
from tests.bot.slack.owner_scenes import HttpInteractions, buttons_of, click, command_body, seen, submit, words_of
from tests.bot.slack.owner_scenes import opened as opened_view
from tests.bot.slack.scenes import ask, settled, text_of
from tests.slack_server import Trouble


@pytest.fixture(scope="module")
def planner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docent]:
    with opened(tmp_path_factory.mktemp("planned")) as docent:
        yield docent


@pytest.fixture
def http(serve, planner):
    return HttpInteractions(serve(socket_mode=False, answerer=planner))


@pytest.fixture
def door(socket, serve, planner):
    serve(answerer=planner)
    socket.wait_connected()
    return socket


def order(slack, door, text: str, channel: str = "C1"):
    """Somebody types /docent; what the acknowledgement says."""
    return door.interact("slash_commands", command_body(slack, text, channel=channel, name="/docent"))


def told(slack, door, text: str, channel: str = "C1"):
    count = len(slack.interactions.private["U0ANNA"])
    order(slack, door, text, channel)
    return seen(slack, "U0ANNA", count + 1)


def test_the_map_is_told_in_private_and_shared_with_its_picture(door, slack):
    acknowledged = order(slack, door, "map")
    assert acknowledged == {"response_type": "ephemeral", "text": LOOKING}
    message = seen(slack)
    assert "*checkout* (service)" in words_of(message) and "keeps data in db" in words_of(message)
    assert "https://github.com/corner/services/blob/" in words_of(message)
    assert "There is a picture too" in words_of(message)
    assert slack.uploads.begun == {}
    click(slack, door, message, "Share in channel")
    slack.wait_until(lambda: slack.uploads.shared)
    (posted,) = slack.posted("C1")
    assert "shares `/docent map`" in text_of(posted)
    (picture,) = slack.uploads.shared
    assert (picture.channel, picture.thread, picture.name) == ("C1", None, "map.png")
    assert picture.alt.startswith("A map of ") and "checkout" in picture.alt
    slack.wait_until(lambda: message.replaced)
    assert buttons_of(message) == {}


def test_hotspots(http, slack):
    message = told(slack, http, "hotspots shop/billing")
    assert "shop/billing/charge.py" in words_of(message)
    click(slack, http, message, "Share in channel")
    slack.wait_until(lambda: slack.uploads.shared)
    assert slack.uploads.shared[0].name == "hotspots.png"
    assert "shop/billing/charge.py" in slack.uploads.shared[0].alt


def test_impact_has_precedents_and_no_picture(http, slack):
    message = told(slack, http, "impact add a payment provider")
    assert "Before: Add Klarna as a payment provider" in words_of(message)
    assert "There is a picture" not in words_of(message)
    click(slack, http, message, "Share in channel")
    slack.wait_until(lambda: slack.posted("C1"))
    slack.wait_until(lambda: message.replaced)
    assert slack.uploads.begun == {}


@pytest.mark.parametrize("text", ["", "help", "HELP", "weather"])
def test_help_and_an_unknown_word_list_what_there_is(http, slack, text):
    words = words_of(told(slack, http, text))
    assert all(f"/docent {name}" in words for name in ("map", "hotspots", "impact"))


def test_any_other_words_are_told_how_to_ask(http, slack):
    assert "mention me in a channel" in words_of(told(slack, http, "how does somebody sign in?"))
    assert HOW_TO_ASK in str(read_order("how does somebody sign in?"))


def test_impact_of_nothing_asks_for_it(http, slack):
    assert read_order("impact") == NO_PLAN
    assert "Say what you want to change" in words_of(told(slack, http, "impact"))


def test_an_unknown_place_is_told_in_words(http, slack):
    assert "shop/nowhere" in words_of(told(slack, http, "hotspots shop/nowhere/"))


def test_without_the_scope_the_text_is_shared_and_the_log_says_why(http, slack, caplog):
    slack.take_away("files:write")
    message = told(slack, http, "map")
    click(slack, http, message, "Share in channel")
    slack.wait_until(lambda: slack.posted("C1"))
    assert "lacks the scope `files:write`" in words_of(seen(slack, count=2))
    assert "lacks files:write" in caplog.text
    assert slack.uploads.shared == []


def test_where_docent_is_no_member_the_text_is_shared_and_the_picture_asks_for_an_invitation(http, slack):
    slack.not_member.add("C2")
    message = told(slack, http, "map", channel="C2")
    click(slack, http, message, "Share in channel")
    slack.wait_until(lambda: slack.posted("C2"))
    assert "/invite @docent" in words_of(seen(slack, count=2))
    assert slack.uploads.shared == []


def test_where_it_is_not_known_who_reads_along_one_chooses(http, slack):
    slack.not_member.add("G1")
    message = told(slack, http, "map", channel="G1")
    click(slack, http, message, "Share in channel")
    submit(slack, http, opened_view(slack), channel="C1")
    slack.wait_until(lambda: slack.uploads.shared)
    assert slack.uploads.shared[0].channel == "C1"


def test_nothing_is_shared_where_other_organisations_read_along(http, slack):
    slack.shared.add("C1")
    message = told(slack, http, "map")
    click(slack, http, message, "Share in channel")
    assert "shared with other organisations" in words_of(seen(slack, count=2))
    assert slack.posted("C1") == [] and slack.uploads.begun == {}


def test_a_question_in_a_thread_is_answered_with_its_picture(door, slack):
    question = ask(slack, door, "which systems do we have and how do they talk?")
    (answer,) = settled(slack)
    assert "*checkout* (service)" in text_of(answer)
    slack.wait_until(lambda: slack.uploads.shared)
    (picture,) = slack.uploads.shared
    assert (picture.channel, picture.thread) == ("C1", question["ts"])
    assert picture.alt.startswith("A map of ")


def test_a_question_is_answered_where_the_picture_fails(door, slack, caplog):
    slack.trouble["files.completeUploadExternal"].append(Trouble(error="internal_error"))
    ask(slack, door, "what is fragile?")
    (answer,) = settled(slack)
    assert "shop/billing/charge.py" in text_of(answer)
    slack.wait_until(lambda: "no picture for" in caplog.text)
    assert slack.uploads.shared == []
