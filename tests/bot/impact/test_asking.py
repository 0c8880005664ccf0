"""What a question about impact is about."""

from __future__ import annotations

import pytest

from bot.impact.asking import adds, asked_about, without_verb


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("What would adding a payment method touch?", "adding a payment method"),
        ("what does changing src/pay.py affect", "changing src/pay.py"),
        ("What happens if we remove the old ledger?", "remove the old ledger"),
        ("What breaks when src/pay.py is renamed?", "src/pay.py is renamed"),
        ("what depends on SessionStore.open?", "SessionStore.open"),
        ("blast radius of shop/billing", "shop/billing"),
        ("What's the impact of a second currency?", "a second currency"),
        ("docent, we want to add refunds in parts", "add refunds in parts"),
        ("src/pay.py", "src/pay.py"),
        ("add a payment method", "add a payment method"),
        ("how much work would it be to support Klarna?", "support Klarna"),
        ("???", "???"),
    ],
)
def test_the_frame_of_a_question_is_dropped(question: str, about: str) -> None:
    assert asked_about(question) == about


def test_what_is_to_be_changed_is_told_from_what_is_to_be_done() -> None:
    assert without_verb("removing src/pay.py") == "src/pay.py"
    assert without_verb("src/pay.py") == "src/pay.py"
    assert without_verb("add a payment method") == "add a payment method"


def test_a_plan_that_adds_something_is_known() -> None:
    assert adds("add a payment method") and adds("a second currency") and adds("support Klarna")
    assert not adds("remove the old ledger")
