"""A report as blocks: Slack takes them whatever stands in the repository, and every button carries what it needs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot.answers.types import Owner
from bot.owners.types import Declared, Place, PlaceKind, PlaceReport, Resolved, Subject
from bot.slack.carried import LONGEST_QUERY, MOST, Carried, ToAsk, read_carried
from bot.slack.owner_blocks import Shown, about, askable, private_message, reading, shared_message, to_ask
from bot.slack.people import Known
from indexer.declared.types import Holder, HolderKind
from indexer.types import Person
from tests.bot.slack.owner_scenes import BOB, JANE, NOW, TEAM_OWNER, guessed_report, place, place_report, subject_report
from tests.slack_validation import check_message, units

CARRIED = Carried("src/billing", ("shop",))
KNOWN = Known({(JANE.name, JANE.email): "U0JANE"}, "https://home.slack.com")
_PIECES = [*"ab /.*_`<>&|@[]()!#~\\\n😀{}:-", "<!here>", "<@U1>", "](https://evil.example)"]
QUICK = [Phase.explicit, Phase.reuse, Phase.generate]  # reports are large: making a failing one small takes minutes
nasty = st.lists(st.sampled_from(_PIECES), max_size=25).map("".join)
long = nasty.map(lambda text: (text or "x") * 40)
owners = st.builds(
    lambda name, reasons, slack: Owner(name, "a@b.example", 0.5, tuple(reasons), NOW, active=True, slack=slack),
    nasty | long, st.lists(nasty | long, max_size=3), st.none() | st.just("U0ANY"),
)  # fmt: skip
places = st.builds(
    lambda path, kind, url: Place("shop", path, kind, path or "x", (path or "x",), 1, 2, url),
    nasty | long, st.sampled_from(list(PlaceKind)), st.none() | st.just("https://github.com/a/b"),
)  # fmt: skip
entries = st.builds(
    lambda pattern, who: Declared("shop", "CODEOWNERS", 1, pattern, tuple(who), 3, url="https://github.com/a/b#L1"),
    nasty | long, st.lists(owners, max_size=5),
)  # fmt: skip


@st.composite
def reports(draw: st.DrawFn) -> PlaceReport:
    query = draw(nasty) or "x"
    found, others = draw(st.lists(places, max_size=4)), draw(st.lists(places, max_size=4))
    return place_report(
        query,
        ask=tuple(draw(st.lists(owners, max_size=4))),
        resolved=Resolved(query, tuple(found), guessed=draw(st.booleans()), alternatives=tuple(others)),
        declared=tuple(draw(st.lists(entries, max_size=5))),
        built=tuple(draw(st.lists(owners, max_size=5))),
        contradictions=tuple(draw(st.lists(nasty | long, max_size=5))),
        notices=tuple(draw(st.lists(nasty | long, max_size=6))),
    )


@settings(max_examples=20, phases=QUICK)
@given(reports())
def test_slack_takes_every_message(report):
    shown = Shown(report, KNOWN)
    carried = Carried(report.query, ("shop",))
    for message in (private_message(shown, carried), shared_message(shown, "Anna", report.query)):
        check_message({"text": message.text, "blocks": list(message.blocks)}, update=True)
        assert "https://evil" not in "".join(links(message.blocks))


def test_a_report_that_is_too_long_says_so():
    report = place_report(contradictions=("so many words " * 250,) * 5)
    message = private_message(Shown(report, KNOWN), CARRIED)
    check_message({"text": message.text, "blocks": list(message.blocks)}, update=True)
    assert "too long" in "\n".join(links_and_words(message.blocks))


def links(blocks):
    for block in blocks:
        for part in (block.get("text"), *block.get("elements", ())):
            if part and part["type"] == "mrkdwn":
                yield from (piece.partition("|")[0] for piece in part["text"].split("<")[1:])


@settings(max_examples=60, phases=QUICK)
@given(nasty.map(lambda text: text[:LONGEST_QUERY]), st.lists(nasty | long, max_size=30), st.lists(long | nasty, max_size=9), long)
def test_a_button_carries_the_question_whatever_else_does_not_fit(query, repos, names, topic):
    people = tuple(ToAsk(f"U{number}", name, name) for number, name in enumerate(names))
    written = Carried(query, tuple(repos), people, topic, "https://hooks.slack.com/" + "x" * 120).written()
    assert units(written) <= MOST
    read = read_carried(written)
    assert read is not None
    assert (read.query, read.answer_to[:8]) == (query, "https://")
    assert [one.slack for one in read.people] == [one.slack for one in people][: len(read.people)]


def test_a_path_that_no_button_can_carry_is_named_without_one():
    report = guessed_report(alternatives=(place("src/" + "deep/" * 800), place("docs")))
    blocks = private_message(Shown(report, Known()), CARRIED).blocks
    assert "Or did you mean" in "\n".join(links_and_words(blocks))
    values = [element["value"] for block in blocks if block["type"] == "actions" for element in block["elements"]]
    assert [read_carried(value).query for value in values] == ["docs/", "src/billing"]


def test_what_docent_did_not_write_is_nothing():
    assert [read_carried(text) for text in ("", "v0", "[]", "{}", '{"q":"x","p":[[1]]}', '{"q":"x","r":3}')] == [None] * 6


def test_each_reading_is_asked_for_so_that_it_is_meant():
    holder = Holder("@acme/payments", HolderKind.TEAM, handle="acme/payments")
    by_words = replace(place("src", PlaceKind.AREA), label="part of src/")
    at_the_root = Place("shop", "", PlaceKind.AREA, "a.py and b.py", ("a.py", "b.py"))
    symbol = Place("shop", "src/a.py", PlaceKind.SYMBOL, "Store.open in a.py", ("src/a.py",), 3, 9)
    whole = Place("shop", "", PlaceKind.REPOSITORY, "shop", ("a.py",))
    glob = Place("shop", "src/*.py", PlaceKind.GLOB, "src/*.py", ("src/a.py",))
    asked = [reading(one, CARRIED) for one in (place(), by_words, at_the_root, symbol, whole, glob)]
    assert [one.query for one in asked] == ["src/billing/", "src/", "a.py", "src/a.py:3-9", "shop", "src/*.py"]
    assert {one.repos for one in asked} == {("shop",)}
    assert reading(Subject(holder), CARRIED).query == "@acme/payments"
    assert reading(Subject(holder, Person("Jane", "jane@corner.example")), CARRIED).query == "jane@corner.example"


def test_readings_of_one_name_in_two_repositories_are_told_apart():
    report = guessed_report(alternatives=(place("src"), place("src", repository="tools"), place("docs")))
    [buttons] = [
        [element["text"]["text"] for element in block["elements"]]
        for block in private_message(Shown(report, Known()), CARRIED).blocks
        if block["type"] == "actions" and block["elements"][0]["action_id"].startswith("whoowns_reading")
    ]
    assert buttons == ["src/ in shop", "src/ in tools", "docs/"]


def test_whom_to_ask_of_a_team_are_its_members_and_of_somebody_themselves():
    team = subject_report("@acme/payments", TEAM_OWNER, members=(JANE, replace(BOB, active=False)))
    assert askable(team) == (JANE,)
    assert about(team) == "what @acme/payments owns"
    assert askable(subject_report()) == (JANE,)
    assert askable(subject_report(who=replace(JANE, active=False))) == ()
    assert to_ask(Shown(place_report(), KNOWN)) == (ToAsk("U0JANE", "Jane Doe", "wrote 62 % of it, last change 3 weeks ago"),)


def test_the_lines_keep_their_order():
    report = place_report(contradictions=("One says this.", "Another says that."), notices=("The history is cut off.",))
    text = "\n".join(links_and_words(private_message(Shown(report, KNOWN), CARRIED).blocks))
    order = ["src/billing/", "*Declared:*", "*Built it:*", "*Ask now:*", "*Careful:*\n• One", "• Another", "cut off", "shop @ 46e939b"]
    assert all(text.index(first) < text.index(second) for first, second in pairwise(order))


def links_and_words(blocks):
    parts = [part for block in blocks for part in (block.get("text"), *block.get("elements", ())) if part]
    return [part["text"] for part in parts if part["type"] == "mrkdwn"]
