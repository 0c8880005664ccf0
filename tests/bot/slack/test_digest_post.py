"""Digests in Slack: each posted once whatever the connection does, found again, and never where it does not belong."""

import threading
from dataclasses import replace

import pytest

from bot.config import AccessSettings
from bot.digest.types import DigestRefused, DigestUnsure, Poster
from bot.slack.digest_post import DigestPoster, open_poster
from bot.slack.errors import SlackError
from bot.told import Line, Shows
from indexer.errors import DocentError
from tests.bot.slack.conftest import secrets_for
from tests.bot.slack.digest_scenes import KEY, PLAN, SHA, change, page_of, quiet_report, report
from tests.bot.slack.scenes import text_of
from tests.slack_server import BOT_ID, TEAM, Trouble

OLDEST = 1_790_000_000.0


@pytest.fixture
def poster(slack) -> DigestPoster:
    made = open_poster(secrets_for(slack), AccessSettings(), page_of)
    made.naps = []
    made._sleep = made.naps.append
    return made


def test_it_is_the_poster_that_the_digest_asks_for(poster):
    asked: Poster = poster
    assert (asked.team, asked.name("C1")) == (TEAM, "#general")


def test_a_digest_is_one_message_with_its_details_in_its_thread(slack, poster):
    ts = poster.post("C1", KEY, report(), PLAN)
    poster.post_details("C1", KEY, ts, report())
    main, details = slack.posted("C1")
    assert (main["ts"], details["thread_ts"]) == (ts, ts)
    assert main["text"] == "What changed in shop since Fri 20 Nov: 1. Refunds are paid in parts."
    assert main["metadata"] == {"event_type": "docent_digest", "event_payload": {"key": KEY}}
    assert main["blocks"][0]["block_id"] == f"docent-{KEY}"
    assert "refund.py:12" in text_of(details)
    [call, _] = slack.called("chat.postMessage")
    assert (call.arguments["unfurl_links"], call.arguments["parse"]) == (False, "none")


def test_a_quiet_day_is_one_line_and_no_thread(slack, poster):
    ts = poster.post("C1", KEY, quiet_report(), PLAN)
    poster.post_details("C1", KEY, ts, quiet_report())
    [only] = slack.posted("C1")
    assert only["text"].startswith("Nothing that stands out")


def test_who_set_it_up_in_slack_is_named(slack, poster):
    poster.post("C1", KEY, report(), replace(PLAN, source="slack", chosen_by="U0ANNA"))
    poster.post("C2", KEY, report(), PLAN)
    assert "set up by Anna Smith" in text_of(slack.posted("C1")[0])
    assert "set up by" not in text_of(slack.posted("C2")[0])


# found again


def test_what_was_posted_is_found_by_its_key_alone(slack, poster):
    assert poster.find("C1", KEY, OLDEST) is None
    ts = poster.post("C1", KEY, report(), PLAN)
    assert poster.find("C1", KEY, OLDEST) == ts
    assert poster.find("C1", f"{KEY}0", OLDEST) is None
    assert poster.find("C1", KEY[:-1], OLDEST) is None
    assert poster.find("C2", KEY, OLDEST) is None


def test_it_is_found_behind_many_messages_and_only_since_the_moment_given(slack, poster):
    slack.page = 3
    ts = poster.post("C1", KEY, report(), PLAN)
    for n in range(20):
        slack.say("C1", f"message {n}")
    assert poster.find("C1", KEY, OLDEST) == ts
    assert len(slack.called("conversations.history")) == 7
    assert poster.find("C1", KEY, OLDEST + 3_600) is None


def test_it_is_found_where_slack_leaves_its_metadata_out(slack, poster):
    ts = poster.post("C1", KEY, report(), PLAN)
    poster.post_details("C1", KEY, ts, report())
    for message in slack.posted("C1"):
        message.pop("metadata")
    assert poster.find("C1", KEY, OLDEST) == ts
    assert poster.find_details("C1", KEY, ts)


def test_what_others_post_under_its_name_is_not_it(slack, poster):
    marks = {"metadata": {"event_type": "docent_digest", "event_payload": {"key": KEY}}, "blocks": [{"block_id": f"docent-{KEY}"}]}
    slack.say("C1", "mine", **marks)
    assert poster.find("C1", KEY, OLDEST) is None


def test_a_channel_that_cannot_be_read_is_no_proof_that_nothing_stands_there(slack, poster):
    slack.take_away("channels:history")
    with pytest.raises(DigestUnsure, match="channels:history"):
        poster.find("C1", KEY, OLDEST)
    slack.scopes += ",channels:history"
    slack.trouble["conversations.history"] += [Trouble(error="fatal_error")]
    with pytest.raises(DigestUnsure):
        poster.find("C1", KEY, OLDEST)


def test_more_messages_than_can_be_read_are_no_proof_either(slack, poster, monkeypatch):
    monkeypatch.setattr("bot.slack.digest_marks._MOST_PAGES", 2)
    slack.page = 1
    for n in range(3):
        slack.say("C1", f"message {n}")
    with pytest.raises(DigestUnsure, match="more messages"):
        poster.find("C1", KEY, OLDEST)


# details


LONG = report(*(change(f"Change {n}", n, lines=(Line("Why", "word " * 300, (Shows("shop", SHA),)),) * 9) for n in range(1, 3)))


def test_details_in_several_messages_are_taken_up_where_they_were_left(slack, poster):
    ts = poster.post("C1", KEY, LONG, PLAN)
    assert not poster.find_details("C1", KEY, ts)
    poster.post_details("C1", KEY, ts, LONG)
    parts = slack.posted("C1")[1:]
    assert len(parts) > 1
    assert poster.find_details("C1", KEY, ts)
    slack.messages["C1"].remove(parts[1])
    assert not poster.find_details("C1", KEY, ts)
    poster.post_details("C1", KEY, ts, LONG)
    assert sorted(map(text_of, slack.posted("C1")[1:])) == sorted(map(text_of, parts))


def test_details_are_posted_where_docent_may_not_read_the_thread(slack, poster):
    slack.take_away("channels:history")
    ts = poster.post("C1", KEY, report(), PLAN)
    poster.post_details("C1", KEY, ts, report())
    assert len(slack.posted("C1")) == 2


def test_a_deleted_digest_gets_no_details(slack, poster):
    ts = poster.post("C1", KEY, report(), PLAN)
    slack.messages["C1"].clear()
    with pytest.raises(DigestRefused, match="deleted"):
        poster.post_details("C1", KEY, ts, report())
    assert slack.posted("C1") == []


# the connection


@pytest.mark.parametrize("how", [{"drop": True}, {"status": 500}, {"status": 503}])
def test_a_post_whose_answer_is_lost_is_found_and_not_repeated(slack, poster, how):
    trouble = Trouble(effective=True, **how)
    slack.epoch = int(poster._clock())
    slack.trouble["chat.postMessage"].append(trouble)
    ts = poster.post("C1", KEY, report(), PLAN)
    slack.trouble["chat.postMessage"].append(trouble)
    poster.post_details("C1", KEY, ts, report())
    assert slack.posted("C1")[0]["ts"] == ts
    assert len(slack.posted("C1")) == 2
    assert len(slack.called("chat.postMessage")) == 2


@pytest.mark.parametrize("trouble", [Trouble(drop=True), Trouble(status=502), Trouble(error="internal_error")])
def test_a_post_that_seems_lost_is_not_repeated_at_once_for_it_may_still_come(slack, poster, trouble):
    slack.trouble["chat.postMessage"].append(trouble)
    with pytest.raises(DigestUnsure, match="#general arrived is not known yet"):
        poster.post("C1", KEY, report(), PLAN)
    assert len(slack.called("chat.postMessage")) == len(slack.called("conversations.history")) == 1
    assert poster.find("C1", KEY, OLDEST) is None  # as is looked minutes later
    poster.post("C1", KEY, report(), PLAN)
    assert len(slack.posted("C1")) == 1


def test_a_lost_answer_and_a_channel_that_cannot_be_read_is_unsure(slack, poster):
    slack.trouble["chat.postMessage"].append(Trouble(drop=True, effective=True))
    slack.trouble["conversations.history"] += [Trouble(error="missing_scope")]
    with pytest.raises(DigestUnsure):
        poster.post("C1", KEY, report(), PLAN)
    assert len(slack.posted("C1")) == 1


def test_a_slack_that_cannot_be_reached_certainly_got_nothing(slack, poster):
    slack.close()
    poster._channels.allow_shared = True
    with pytest.raises(SlackError, match="could not be reached") as raised:
        poster.post("C1", KEY, report(), PLAN)
    assert len(poster.naps) >= 3  # nothing left this machine, so it is tried again
    assert not isinstance(raised.value, (DigestUnsure, DigestRefused))


def test_slack_is_waited_for_when_it_asks_to(slack, poster):
    slack.trouble["chat.postMessage"].append(Trouble(status=429, headers={"Retry-After": "1"}))
    poster.post("C1", KEY, report(), PLAN)
    first, second = slack.called("chat.postMessage")
    assert second.at - first.at >= 1
    assert len(slack.posted("C1")) == 1


def test_a_channel_gets_a_message_a_second_and_others_need_not_wait(slack, poster):
    poster._clock = lambda: 1_000.0
    for channel in ("C1", "C1", "C2"):
        poster.post(channel, KEY, report(), PLAN)
    assert [round(nap, 1) for nap in poster.naps] == [1.1]


def test_blocks_that_slack_refuses_become_words_with_the_same_mark(slack, poster):
    slack.trouble["chat.postMessage"].append(Trouble(error="invalid_blocks"))
    ts = poster.post("C1", KEY, report(), PLAN)
    assert text_of(slack.posted("C1")[0]).startswith("What changed in shop since Fri 20 Nov: 1. Refunds")
    assert poster.find("C1", KEY, OLDEST) == ts


# where it does not belong


@pytest.mark.parametrize(
    ("error", "words", "hint"),
    [
        ("not_in_channel", "docent is not in #general.", "/invite @docent"),
        ("channel_not_found", "docent cannot see the channel #general.", "/invite @docent"),
        ("is_archived", "#general is archived.", "another channel"),
        ("restricted_action", "Apps may not post in #general.", "admin"),
        ("restricted_action_read_only_channel", "Apps may not post in #general.", "admin"),
    ],
)
def test_what_somebody_has_to_mend_is_told_in_words(slack, poster, error, words, hint):
    slack.trouble["chat.postMessage"].append(Trouble(error=error))
    with pytest.raises(DigestRefused) as raised:
        poster.post("C1", KEY, report(), PLAN)
    assert raised.value.message == words
    assert hint in raised.value.hint


def test_a_private_channel_without_docent_is_refused_by_its_id(slack, poster):
    slack.not_member.add("G1")
    with pytest.raises(DigestRefused, match="cannot see the channel G1"):
        poster.post("G1", KEY, report(), PLAN)


def test_nothing_is_posted_where_other_organisations_read(slack, poster):
    slack.shared.add("C1")
    with pytest.raises(DigestRefused, match="#general is shared with other organisations"):
        poster.post("C1", KEY, report(), PLAN)
    ts = slack.say("C1", "an earlier digest")["ts"]
    with pytest.raises(DigestRefused):  # shared between the digest and its details
        poster.post_details("C1", KEY, ts, report())
    assert slack.posted("C1") == []
    open_poster(secrets_for(slack), AccessSettings(externals="allow"), page_of).post("C1", KEY, report(), PLAN)
    assert len(slack.posted("C1")) == 1


def test_nothing_is_posted_where_that_cannot_be_known(slack, poster):
    slack.take_away("channels:read")
    with pytest.raises(SlackError, match="channels:read"):
        poster.post("C1", KEY, report(), PLAN)
    slack.scopes += ",channels:read"
    slack.trouble["conversations.info"] += [Trouble(error="fatal_error")]
    with pytest.raises(DocentError):
        poster.post("C1", KEY, report(), PLAN)
    assert slack.posted("C1") == []


def test_a_token_that_was_revoked_says_so(slack, poster):
    slack.trouble["chat.postMessage"].append(Trouble(error="token_revoked"))
    with pytest.raises(SlackError, match="SLACK_BOT_TOKEN"):
        poster.post("C1", KEY, report(), PLAN)


def test_a_name_that_cannot_be_known_is_the_id(slack, poster):
    slack.take_away("channels:read")
    assert poster.name("C1") == "C1"
    slack.scopes += ",channels:read"
    assert poster.name("C1") == "#general"


def test_two_channels_are_served_at_once(slack, poster):
    threads = [threading.Thread(target=poster.post, args=(f"C{n}", KEY, report(), PLAN)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(len(slack.posted(f"C{n}")) == 1 and slack.posted(f"C{n}")[0]["bot_id"] == BOT_ID for n in range(5))
