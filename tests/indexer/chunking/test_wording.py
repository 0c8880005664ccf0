"""What the embedding model reads of a chunk."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.chunking.wording import worded
from indexer.types import Kind


def said(text: str, language: str, doc: str = "") -> list[str]:
    return worded("src/shopCart.py", "Cart.addItem", doc, text, language, Kind.CODE).split("\n")


def test_path_and_name_come_first_as_words() -> None:
    assert said("x = 1", "python")[:2] == ["src shop cart py", "cart add item"]


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("python", "total = 1  # what the customer owes"),
        ("go", "total := 1 // what the customer owes"),
        ("java", "/* what the customer owes */"),
        ("java", " * what the customer owes"),
        ("sql", "select 1 -- what the customer owes"),
        ("php", "$total = 1; # what the customer owes"),
        ("rust", "/// what the customer owes"),
    ],
)
def test_a_comment_is_told_as_a_sentence(language: str, line: str) -> None:
    assert said(line, language)[2] == "what the customer owes."


def test_an_attribute_of_rust_or_php_is_no_comment() -> None:
    assert "derive" in said("#[derive(Debug)]", "rust")[-1]


def test_texts_shown_to_users_are_told_and_single_words_are_not() -> None:
    assert said('raise Refused("Your card was declined")\nx = "abcde"', "python")[2] == "Your card was declined."
    assert said("<p>Your basket is empty</p>", "html")[2] == "Your basket is empty."


def test_what_was_said_is_not_said_again() -> None:
    lines = said('# Adds an item.\nitem.quantity = quantity\nlog("Adds an item.")', "python", doc="Adds an item.")
    assert lines[2] == "Adds an item."
    assert lines[3] == "quantity log"


def test_a_licence_is_not_what_code_is_about() -> None:
    assert said("# Copyright 2020 Example Ltd. All rights reserved.\n# Counts what is left.", "python")[2] == "Counts what is left."


@pytest.mark.parametrize("sentence", ["Tells who has issues.", "Leaves the text as is.", "Checks the license key."])
def test_a_sentence_that_only_sounds_like_a_licence_is_told(sentence: str) -> None:
    assert said(f"# {sentence}", "python")[2] == sentence


def test_documentation_is_read_as_it_is() -> None:
    assert worded("docs/cart.md", "Cart > Items", "", "## Items\n\nAn *item* is\n  what one buys.", "markdown", Kind.DOC) == (
        "docs cart md\nCart > Items\n## Items\nAn *item* is\nwhat one buys."
    )


@given(
    st.text(min_size=1, max_size=40), st.none() | st.text(max_size=30), st.text(max_size=60), st.text(max_size=400),
    st.sampled_from(["python", "rust", "php", "sql", "html", "tsx", "text"]), st.sampled_from([Kind.CODE, Kind.DOC, Kind.CONFIG]),
)  # fmt: skip
def test_any_text_gives_words(path: str, symbol: str | None, doc: str, text: str, language: str, kind: Kind) -> None:
    found = worded(path, symbol, doc, text, language, kind)
    assert found and len(found) <= 900
    assert found == worded(path, symbol, doc, text, language, kind)
