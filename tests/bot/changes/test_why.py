"""Why a change was made: its author's words or nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.changes.why import why_of
from indexer.changes.types import Story

TEMPLATE = """<!-- Thank you! Please describe
the change below. -->
## Description

Customers were charged twice when the gateway answered late. We now ask it first, so that a late answer changes nothing.

## Checklist

- [x] I have read the guide
- [ ] Tests added because reviewers asked
"""


def why(body: str, title: str = "Ask the gateway first") -> str:
    return why_of(Story(title, body, ()))


def test_the_sentence_that_gives_a_reason_is_chosen() -> None:
    assert why(TEMPLATE) == "We now ask it first, so that a late answer changes nothing"


def test_else_the_first_sentence_that_explains_it() -> None:
    assert why("The gateway is asked before a payment is repeated. More follows later.") == (
        "The gateway is asked before a payment is repeated"
    )


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Fixes #12",
        "Closes: https://github.com/acme/shop/issues/3",
        "* wip\n* more\n* Apply suggestions from code review",
        "Signed-off-by: Ada <ada@example.com>\nCo-authored-by: Bob <bob@example.com>",
        "Ask the gateway first.",  # the title again
        "```\nbecause = otherwise(1, 2, 3, 4)\n```",
        "## Checklist\n\n- [ ] done because of it",
        "Bumps [left-pad](https://example.com) from 1 to 2.",
    ],
)
def test_where_no_reason_is_given_none_is_made_up(body: str) -> None:
    assert why(body) == ""


def test_the_words_stand_in_the_text() -> None:
    found = why("Retries are **bounded** because a `gateway` that is\ndown stays down for hours.")
    assert found == "Retries are bounded because a `gateway` that is down stays down for hours"


@given(st.text(max_size=600))
def test_any_text_is_read(body: str) -> None:
    assert "\n" not in why(body)
