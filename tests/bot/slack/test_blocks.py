"""Answers as blocks: the layout people read, and Slack's limits for every answer there can be."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answers.types import Answer, Checked, Part, RepoVersion, Statement, Status
from bot.slack.blocks import answer_message, footer, words_message
from tests.bot.slack.conftest import SHA, answer, evidence
from tests.slack_validation import check_message

NOW = datetime(2026, 11, 22, 12, 4, tzinfo=UTC)


def message(given: Answer):
    made = answer_message(given, block_id="docent-answer-1", now=NOW)
    check_message({"text": made.text, "blocks": list(made.blocks)}, update=True)
    return made


def texts(made) -> list[str]:
    return [block["text"]["text"] if "text" in block else block["elements"][0]["text"] for block in made.blocks]


def test_the_layout_of_an_answer():
    made = message(
        answer(
            "Redirects pass through `rebuild_auth`.",
            Statement("It is called for every redirect.", (1, 2)),
            Statement("The host changing is the first test.", (2,), Part.LINK),
            Statement('"Rework authorization stripping" (Bruce Merry, Aug 2018)', (3,), Part.WHY),
            Statement("Nate Prewitt: most changes to this file, active.", (), Part.WHO),
            notices=("The model did not answer; these are the sources' own words.",),
        )
    )
    url = f"https://github.com/psf/requests/blob/{SHA}/src/requests/sessions.py#L127-L132"
    one, two, three = (f"<{url}|[{number}]>" for number in (1, 2, 3))
    assert texts(made) == [
        f"*Redirects pass through `rebuild_auth`.* {one}",
        f"• It is called for every redirect. {one} {two}\n• The host changing is the first test. {two}",
        f'_Why it is so:_ "Rework authorization stripping" (Bruce Merry, Aug 2018) {three}',
        "_Who to ask:_ Nate Prewitt: most changes to this file, active.",
        "The model did not answer; these are the sources' own words.",
        f"Sources: <{url}|1 sessions.py 127–132> · <{url}|2 sessions.py 127–132> · <{url}|3 sessions.py 127–132>",
        "5 of 5 statements checked · psf/requests @ 46e939b, read 4 minutes ago",
    ]
    assert made.text.startswith("Redirects pass through rebuild_auth. It is called for every redirect.")
    assert all(block["text"]["verbatim"] for block in made.blocks if "text" in block)


def test_a_place_without_an_address_is_named_in_full():
    bare = evidence(1)
    place = type(bare)(**{**{name: getattr(bare, name) for name in bare.__slots__}, "url": None})
    made = message(answer(evidence=(place,)))
    assert "Sources: 1 src/requests/sessions.py 127–132" in texts(made)
    assert texts(made)[0].endswith("* [1]")


def test_an_answer_without_statements_still_says_something():
    made = message(answer(statements=(), evidence=(), notices=("Nothing is indexed yet.",), checked=Checked(0, 0)))
    assert made.text == "Nothing is indexed yet."


def test_a_long_answer_is_split_and_then_cut_with_a_word_about_it():
    many = [Statement(f"Point {number}: " + "a word & another " * 30, (number % 30 + 1,)) for number in range(60)]
    made = message(answer("The lead.", *many))
    assert "The rest was too long" in "\n".join(texts(made))
    assert any(text.startswith("Sources: ") for text in texts(made))


def test_one_statement_larger_than_a_block_is_split():
    made = message(answer("word & " * 1_000))
    assert len([block for block in made.blocks if block["type"] == "section"]) >= 2
    message(answer("<" * 5_000))


def test_many_sources_are_counted():
    made = message(answer("x", Statement("y", tuple(range(1, 120)))))
    assert any(text.startswith("Sources: ") and " more" in text for text in texts(made))


STATEMENTS = st.lists(
    st.builds(
        Statement,
        st.text(max_size=60).flatmap(lambda text: st.integers(1, 120).map(lambda times: text * times)),
        st.lists(st.integers(1, 20), max_size=6).map(tuple),
        st.sampled_from(Part),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(STATEMENTS, st.sampled_from(Status), st.lists(st.text(max_size=900), max_size=6))
def test_every_answer_is_a_valid_message(statements, status, notices):
    given_answer = Answer(
        question="q",
        status=status,
        statements=tuple(statements),
        evidence=tuple(evidence(number) for number in range(1, 15)),
        notices=tuple(notices),
        repositories=(RepoVersion("<b>&", "", None),),
    )
    message(given_answer)


@given(st.text(max_size=6_000))
def test_words_are_valid_messages(text):
    made = words_message(text, block_id="x")
    check_message({"text": made.text, "blocks": list(made.blocks)}, update=True)


def test_the_footer_says_how_old_the_reading_is():
    def read(**age) -> str:
        return footer(answer(repositories=(RepoVersion("r", SHA, NOW - timedelta(**age)),)), NOW).split(", ")[-1]

    assert read(seconds=5) == "read just now"
    assert read(minutes=1) == "read 1 minute ago"
    assert read(hours=5) == "read 5 hours ago"
    assert read(days=3) == "read 3 days ago"
    assert footer(answer(model="gpt-x"), NOW).endswith("written by gpt-x")
