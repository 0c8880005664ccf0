"""Which questions are about what changed, and what they are narrowed to."""

from __future__ import annotations

import pytest

from bot.answers.changing import asked_for_changes


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("what changed?", ""),
        ("What's new?", ""),
        ("whats new", ""),
        ("any news?", ""),
        ("what did we ship?", ""),
        ("recap of", ""),
        ("what broke?", ""),
        ("what changed in this repo?", ""),
        ("did anything change in billing?", "billing"),
        ("What has changed in billing?", "billing"),
        ("tell me what happened in checkout", "checkout"),
        ("Which changes happened in billing?", "billing"),
        ("what changes were made to auth?", "auth"),
        ("show me the latest changes in the sign-in", "sign-in"),
        ("What changed in the retry logic and why?", "retry logic"),
        ("anything new in src/checkout/?", "src/checkout"),
        ("are there any updates to shop.retry?", "shop.retry"),
    ],
)
def test_open_questions_about_changes(text: str, topic: str) -> None:
    assert asked_for_changes(text, dated=False) == topic


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("What did the payments team do?", "payments team"),
        ("how has the login changed?", "login"),
        ("has the retry logic changed?", "retry logic"),
        ("what did Ada change?", "Ada"),
    ],
)
def test_with_a_period_also_what_somebody_did_and_how_a_place_changed(text: str, topic: str) -> None:
    assert asked_for_changes(text, dated=True) == topic


@pytest.mark.parametrize(
    "text",
    [
        "why did we change the retry logic?",
        "what happens when a payment fails?",
        "what happens to the login when a site forwards us?",
        "what is going on when a user signs in?",
        "what does the change handler do?",
        "which files change when I add a field?",
        "are there any changes needed to support invoices?",
        "how do updates of the index work?",
        "what is the latest version?",
        "how has the login changed?",  # since when?
        "what would adding a payment method touch?",
        "who changed the retry logic?",
    ],
)
def test_other_questions_are_answered_as_they_are(text: str) -> None:
    assert asked_for_changes(text, dated=False) is None
