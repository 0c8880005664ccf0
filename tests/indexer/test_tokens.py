"""What counts as a word, and what as a name of code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.tokens import identifiers, joined_terms, query_terms, tokenize


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("should_strip_auth", ["should", "strip", "auth", "shouldstripauth"]),
        ("HTTPAdapter", ["http", "adapt", "httpadapter"]),
        ("getURLFor2Users", ["get", "url", "for", "2", "user", "geturlfor2users"]),
        ("__init__", ["init"]),
        ("python3.7 and v1.2.3", ["python", "3.7", "and", "v", "1.2.3"]),
        ("utf8, py37", ["utf", "8", "utf8", "py", "37", "py37"]),
        ("redirects redirected redirecting", ["redirect"] * 3),
        ("a.b/c-d", ["a", "b", "c", "d"]),
        ("Größe naïve_key 日本語", ["größe", "naïve", "key", "naïvekey", "日本語"]),
    ],
)
def test_words_are_split_stemmed_and_kept_whole(text: str, terms: list[str]) -> None:
    assert tokenize(text) == terms


def test_both_styles_of_a_name_are_one_word() -> None:
    assert set(tokenize("http_adapter")) == set(tokenize("HttpAdapter")) == set(tokenize("HTTPAdapter"))


def test_a_question_loses_its_glue_but_never_everything() -> None:
    assert query_terms("How do we send a picture along with the form?") == ["send", "pictur", "along", "form"]
    assert query_terms("What's the user's name?") == ["user", "name"]
    assert query_terms("what is it") == ["what", "is", "it"]


@given(st.text() | st.text("a1.B_²é٣一 -"))
def test_terms_come_joined_as_well(text: str) -> None:
    assert joined_terms(text) == " ".join(tokenize(text))


@given(st.text() | st.text("a1.B_²é٣一 -"))
def test_words_are_what_the_plain_pattern_finds(text: str) -> None:
    plain = r"\d+(?:\.\d+)+|[^\W\d](?:[^\W\d]|\d+(?!\d|\.\d))*|\d+"  # letters, digits not before a dot and digit; or a number
    parts = [[*tokenize(word)] for word in re.findall(plain, text)]
    assert tokenize(text) == [term for part in parts for term in part]


@given(st.text())
def test_terms_hold_nothing_but_words_and_numbers(text: str) -> None:
    for term in tokenize(text):
        assert term == term.lower() and not any(char.isspace() or char in '"*^()+-:_' for char in term)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("How does `merge_cookies` work?", ("merge_cookies",)),
        ("What calls resolve_redirects() and rebuildAuth?", ("resolve_redirects", "rebuildAuth")),
        ("Where is Session.send used", ("Session.send", "send", "Session")),
        ("std::vector in C", ("std::vector", "vector", "std")),
        ("HTTPAdapter", ("HTTPAdapter",)),
        ("engine", ("engine",)),
        ("Why are our URLs and APIs slow, e.g. at night?", ()),
        ("How do refunds work in Germany?", ()),
        ("`send`", ("send",)),
    ],
)
def test_names_of_code_are_told_from_plain_words(text: str, names: tuple[str, ...]) -> None:
    assert identifiers(text) == names
