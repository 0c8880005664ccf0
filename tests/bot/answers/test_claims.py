from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answers import claims

WORD = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFXYZ0123456789äß_", min_size=1, max_size=8)
MARKS = st.sampled_from(
    [(mark, "") for mark in ("", "# ", "#: ", "// ", "/// ", " * ", "-- ", ";; ")] + [("/* ", " */"), ("<!-- ", " -->")]
)


@given(st.text())
def test_plain_text_is_plain_already(text):
    assert claims.plain(claims.plain(text)) == claims.plain(text)


@given(st.lists(WORD, min_size=1, max_size=30), MARKS, st.integers(1, 6), st.integers(0, 8), st.data())
def test_any_run_of_words_is_found_however_the_comment_is_wrapped(words, marks, width, indent, data):
    lines = [words[at : at + width] for at in range(0, len(words), width)]
    source = "\n".join(" " * indent + marks[0] + " ".join(line) + marks[1] for line in lines)
    start = data.draw(st.integers(0, len(words) - 1))
    end = data.draw(st.integers(start + 1, len(words)))
    quotation = "  ".join(words[start:end])
    assert claims.occurs(quotation, source)
    assert claims.occurs(quotation.upper() if quotation.isascii() else quotation, source)
    assert claims.occurs(f"{words[0]} … {words[-1]}", source) or len(words) == 1


@given(st.lists(WORD, min_size=2, max_size=10), st.integers(0, 9))
def test_a_word_that_is_not_there_is_never_found(words, at):
    changed = [*words]
    changed[at % len(words)] += "q"
    if changed[at % len(words)].casefold() not in {word.casefold() for word in words}:
        assert not claims.occurs(" ".join(changed), " ".join(words))


@given(st.text(), st.text())
def test_no_text_is_too_strange_to_be_looked_up(text, source):
    claims.quotations(text)
    claims.urls(text)
    claims.code_names(text, unmarked=True)
    claims.occurs(text, source)
    claims.unknown_numbers(text, source)
    claims.unknown_names(text, source)


@given(st.text(alphabet=st.characters(blacklist_characters="\"“”„«»`…. \n\t#"), min_size=1).filter(str.strip))
def test_a_quotation_is_read_back_from_any_kind_of_marks(text):
    for opening, closing in ('""', "“”", "«»", "„“"):
        assert claims.quotations(f"It says {opening}{text}{closing} there.") == [text]


def test_a_quotation_does_not_begin_inside_a_word():
    assert claims.occurs("edit it", "You edit it.") and not claims.occurs("edit it", "We credit it.")


def test_a_comment_joined_from_an_example_is_found():
    assert claims.occurs("// It waits // for the end", "  // It waits\n  // for the end")


@pytest.mark.parametrize(
    "source",
    [
        "See the `Session` guide, **always**, in `open()`.",
        "See the :class:`~Session` [guide](docs/guide.md#top), always, in ``open()``.",
        "See the `Session <https://example.com>`_ guide, always, in open().",
    ],
)
def test_markup_around_the_words_makes_no_difference(source):
    assert claims.occurs("See the Session guide, always, in open().", f"# {source}")
    assert claims.occurs(source, "See the Session guide, always, in open().")


def test_code_inside_a_quotation_is_part_of_it():
    assert claims.quotations('It says "call `open` first" about `a "b" c`.') == ["call `open` first"]
    assert claims.code_names('It says "call `open` first" about `a "b" c`.') == ['a "b" c']


def test_signs_matter_in_a_quotation():
    assert not claims.occurs("if a == b", "if a != b")
    assert claims.occurs("use --all here", "# use --all\n# here")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It calls rebuild_auth and SessionStore.open().", ["rebuild_auth", "SessionStore.open()"]),
        ("See src/app.py, or parseConfig and HttpClient.", ["src/app.py", "parseConfig", "HttpClient"]),
        ("Read and/or write; e.g. a well-known JavaScript file.", ["JavaScript"]),
        ("Use `x` or ``a `b` c``.", ["x", "a `b` c"]),
        ("Ordinary words, Names and ACRONYMS.", []),
    ],
)
def test_names_in_code_are_seen_with_and_without_backticks(text, found):
    assert sorted(claims.code_names(text, unmarked=True)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("after 30 seconds", "timeout = 30"),
        ("after 30 seconds", "timeout_ms = 30_000"),
        ("after half an hour", "ttl = 0.5"),
        ("within two hours", "ttl=7200"),
        ("within 2 hours", "60 * 60 * 2"),
        ("a week: 7 days", "days=7"),
        ("about 10 %", "rate = 0.1"),
        ("1,000 rows", "LIMIT 1000"),
        ("up to 5 MB", "5 * 1024 * 1024"),
        ("three times", "for _ in range(3)"),
        ("3 times", "tries three times"),
        ("twice", "retries: 2"),
        ("one of two ways", "nothing"),
        ("version 3.11.2", "python 3.11"),
        ("UTF-8 and SHA-256", "nothing"),
        ("5xx", "status 5"),
    ],
)
def test_a_number_may_be_said_in_words_and_other_units(text, source):
    assert claims.unknown_numbers(text, source) == []


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("after 45 seconds", "timeout = 30"),
        ("five times", "range(3)"),
        ("two hours", "ttl = 60"),
        ("twice", "retries: 3"),
        ("10 %", "10.5"),
        ("in 2018", "2019"),
    ],
)
def test_another_number_may_not(text, source):
    assert len(claims.unknown_numbers(text, source)) == 1


def test_names_of_products_are_claims_but_words_that_open_a_sentence_are_not():
    text = "Sessions live in Postgres: They use the HTTP API, and Redis."
    assert claims.unknown_names(text, "import redis") == ["Postgres"]
