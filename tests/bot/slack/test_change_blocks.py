"""A report on changes in Slack: short, linked, escaped, and within Slack's limits whatever it holds."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.changes.types import Further, Span, ToldChange
from bot.slack.change_blocks import MOST_CHANGES, SETTINGS, STOP, About, details_messages, digest_message
from bot.told import Line, Shows
from tests.bot.slack.digest_scenes import BASE, NOW, SHA, WEB, change, page_of, quiet_report, rated, report
from tests.bot.slack.scenes import text_of
from tests.slack_validation import check_message

ABOUT = About(value="C1")


def words_of(message) -> str:
    return text_of({"blocks": [block for block in message.blocks if block["type"] != "actions"]})


def test_the_message_says_what_changed_and_what_to_look_at_and_links_each_change():
    message = digest_message(report(change(), change("The search is faster", 2, surprises=())), page_of, ABOUT)
    assert words_of(message) == (
        "What changed in shop since Fri 20 Nov\n"
        f"*<{WEB}/pull/1|Refunds are paid in parts>* (Anna Smith)\n"
        "An order can be paid back in several parts.\n"
        "_Look twice:_ the default of `max_age` went from 30 to 60; no test changed\n"
        f"*<{WEB}/pull/2|The search is faster>* (Anna Smith)\n"
        "An order can be paid back in several parts.\n"
        "and 15 other changes: 1 of note, 9 automatic updates, 5 to tests alone\n"
        f"<{WEB}/commit/{SHA}|shop @ 46e939b> · details in the thread"
    )
    assert message.text == "What changed in shop since Fri 20 Nov: 1. Refunds are paid in parts. 2. The search is faster."


def test_the_buttons_change_and_stop_it_and_stopping_asks_first():
    settings_button, stop = digest_message(report(), page_of, ABOUT).blocks[-1]["elements"]
    assert [(one["action_id"], one["value"]) for one in (settings_button, stop)] == [(SETTINGS, "C1"), (STOP, "C1")]
    assert "confirm" in stop
    assert "confirm" not in settings_button


def test_a_message_that_stands_alone_has_no_buttons_and_promises_no_thread():
    message = digest_message(report(), page_of, About(thread=False))
    assert {block["type"] for block in message.blocks} == {"header", "section", "context"}
    assert "thread" not in words_of(message)


def test_who_set_it_up_and_who_worded_it_stand_below():
    message = digest_message(report(model="gpt-x"), page_of, About(set_up_by="Anna <Smith>"))
    assert words_of(message).endswith("worded by gpt-x · details in the thread · set up by Anna &lt;Smith&gt;")


def test_a_quiet_day_is_one_line_without_details():
    message = digest_message(quiet_report(), page_of, ABOUT)
    assert [block["type"] for block in message.blocks] == ["section", "context", "actions"]
    assert message.text.startswith("Nothing that stands out changed in shop since Fri 20 Nov")
    assert details_messages(quiet_report(), page_of) == ()


def test_five_changes_are_told_and_no_more():
    told = words_of(digest_message(report(*(change(f"Change {n}", n) for n in range(1, 9))), page_of, ABOUT))
    assert told.count("/pull/") == MOST_CHANGES


def test_of_several_repositories_each_change_says_which():
    spans = (Span("shop", BASE, SHA, NOW, NOW), Span("web", BASE, SHA, NOW, NOW))
    told = words_of(digest_message(report(replace(change(), repository="web"), spans=spans), page_of, ABOUT))
    assert "|web: Refunds are paid in parts>*" in told
    assert "|web @ 46e939b>" in told


def test_without_pages_everything_is_said_without_links():
    one = report(change("Refunds in *parts*", url=None), further=())
    message = digest_message(one, lambda place: None, ABOUT)
    assert "<" not in words_of(message)
    assert words_of(message).splitlines()[1] == "*Refunds in _parts_* (Anna Smith)"
    assert "(`commit 46e939b`)" in words_of(details_messages(one, lambda place: None)[0])


def test_the_details_link_each_line_to_what_shows_it():
    [message] = details_messages(report(), page_of)
    assert words_of(message) == (
        f"*<{WEB}/pull/1|1. Refunds are paid in parts>*\n"
        f"• *Why:* Customers asked for it. (<{WEB}/commit/{SHA}|commit 46e939b>)\n"
        f"• *Default:* `max_age` went from 30 to 60. (<{WEB}/blob/{SHA}/src/billing/refund.py#L12|refund.py:12>)\n"
        f"*Also changed:*\n• <{WEB}/pull/9|Faster search>"
    )


def test_a_line_that_much_shows_names_some_of_it():
    shown = tuple(Shows("shop", SHA, "a.py", n) for n in range(1, 9))
    [message] = details_messages(report(change(lines=(Line("Fixes", "Mended often.", shown),)), further=()), page_of)
    assert words_of(message).endswith("|a.py:4>, 4 more)")


def test_what_an_author_writes_pings_nobody_and_links_nowhere():
    nasty = "<!channel> @here <@U0ANNA> [pay](https://evil.example) <https://evil.example|docs> & `a` *b*"
    one = report(change(nasty, summary=nasty, surprises=(nasty,), lines=(Line(nasty, nasty, (Shows("shop", SHA, nasty, 1),)),)))
    for message in (digest_message(one, page_of, About(nasty, "C1")), *details_messages(one, page_of)):
        check_message({"text": message.text, "blocks": list(message.blocks)}, update=False)
        assert "<https://evil" not in words_of(message)
        assert "<!" not in words_of(message)
        assert "<@" not in words_of(message)


def test_many_long_details_are_split_over_messages_and_end_somewhere():
    lines = tuple(Line(f"Label {n}", "word " * 300, (Shows("shop", SHA),)) for n in range(30))
    messages = details_messages(report(*(change(f"Change {n}", n, lines=lines) for n in range(1, 6))), page_of)
    assert len(messages) == 8
    assert words_of(messages[-1]) == "The rest was too long for this thread."


text = st.text(st.characters(codec="utf-8"), max_size=80) | st.sampled_from(
    ["&" * 700, "<!channel>", "`" * 90, "*a* _b_ ~c~", "😀" * 400, "[x](https://evil.example)", "a " * 900, "\n\n- x\n# y", "a_b*c " * 200]
)
url = st.none() | st.sampled_from([f"{WEB}/pull/1", f"{WEB}/" + "x" * 4_000, f"{WEB}/<&|>", "javascript:alert(1)"])
shows = st.builds(Shows, st.just("shop"), st.sampled_from(["", SHA]), text, st.integers(0, 9))
lines = st.builds(Line, text, text, st.lists(shows, max_size=6).map(tuple))


@st.composite
def changes(draw) -> ToldChange:
    title = draw(text)
    texts = st.lists(text, max_size=5).map(tuple)
    return replace(
        change(title), repository=draw(text), title=title, summary=draw(text), surprises=draw(texts), url=draw(url),
        lines=draw(st.lists(lines, max_size=4).map(tuple)),
    )  # fmt: skip


@given(
    told=st.lists(changes(), max_size=6),
    further=st.lists(st.builds(lambda title, page: Further("shop", rated(title), page), text, url), max_size=12),
    notices=st.lists(text, max_size=4),
    spans=st.integers(0, 8),
    names=st.tuples(text, text),
)
@settings(max_examples=25)
def test_whatever_a_report_holds_slack_takes_it(told, further, notices, spans, names):
    one = replace(
        report(), changes=tuple(told), further=tuple(further), notices=tuple(notices), model=names[0] or None,
        spans=tuple(Span(f"shop{n}" + names[1], BASE, SHA, NOW, NOW) for n in range(spans)),
    )  # fmt: skip
    messages = [digest_message(one, page_of, About(names[1], "C1")), *details_messages(one, page_of)]
    for message in messages:
        check_message({"text": message.text, "blocks": list(message.blocks)}, update=False)


def test_the_longest_changes_still_leave_room_for_the_counted_line():
    long = report(*(change("&" * 300, n, summary="<" * 900, surprises=("&" * 400,) * 4) for n in range(1, MOST_CHANGES + 1)))
    message = digest_message(long, page_of, ABOUT)
    check_message({"text": message.text, "blocks": list(message.blocks)}, update=False)
    assert "other changes" in words_of(message)
