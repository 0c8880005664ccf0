"""Which questions are about planning, and what they come down to."""

from __future__ import annotations

import pytest

from bot.answers.planned.asked import Asked, Asks, asked_for_planning


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("which systems do we have and how do they talk?", Asked(Asks.MAP)),
        ("Which services are there?", Asked(Asks.MAP)),
        ("what systems do we have?", Asked(Asks.MAP)),
        ("How do our services talk to each other?", Asked(Asks.MAP)),
        ("how does it all hang together?", Asked(Asks.MAP)),
        ("draw me a map of payments", Asked(Asks.MAP, "payments")),
        ("Can you draw a diagram of the checkout service?", Asked(Asks.MAP, "checkout service")),
        ("draw me a map of the system", Asked(Asks.MAP)),
        ("show me the architecture", Asked(Asks.MAP)),
        ("how does a request flow from checkout to the database?", Asked(Asks.FLOW, "checkout", "database")),
        ("How do orders get from the web shop to email?", Asked(Asks.FLOW, "web shop", "email")),
        ("trace a request from checkout to redis", Asked(Asks.FLOW, "checkout", "redis")),
        ("where does data live?", Asked(Asks.DATA)),
        ("Where is our data stored?", Asked(Asks.DATA)),
        ("which databases do we use?", Asked(Asks.DATA)),
        ("what is fragile?", Asked(Asks.HOTSPOTS)),
        ("what's fragile in billing?", Asked(Asks.HOTSPOTS, "billing")),
        ("where are our hotspots?", Asked(Asks.HOTSPOTS)),
        ("Which files are the most bug-prone?", Asked(Asks.HOTSPOTS)),
        ("Where do most bugs come from?", Asked(Asks.HOTSPOTS)),
        ("what breaks most often?", Asked(Asks.HOTSPOTS)),
        ("which parts depend on one person?", Asked(Asks.ALONE)),
        ("Which files does only one person know?", Asked(Asks.ALONE)),
        ("where does knowledge sit with one person?", Asked(Asks.ALONE)),
        ("what is the bus factor?", Asked(Asks.ALONE)),
        ("what would adding a payment method touch?", Asked(Asks.IMPACT, "adding a payment method")),
        ("what breaks if we change the retry logic?", Asked(Asks.IMPACT, "change the retry logic")),
        ("What would break if we removed the retries?", Asked(Asks.IMPACT, "removed the retries")),
        ("what is the impact of removing shop/billing/charge.py", Asked(Asks.IMPACT, "removing shop/billing/charge.py")),
        ("the blast radius of charge_card", Asked(Asks.IMPACT, "charge_card", certain=False)),
        ("map of checkout", Asked(Asks.MAP, "checkout", certain=False)),
        ("what would it take to add PayPal?", Asked(Asks.IMPACT, "add PayPal")),
        ("what depends on shop/billing/charge.py?", Asked(Asks.IMPACT, "shop/billing/charge.py", certain=False)),
        ("what happens if we delete charge_card?", Asked(Asks.IMPACT, "delete charge_card", certain=False)),
    ],
)
def test_questions_of_planning(text: str, asked: Asked) -> None:
    assert asked_for_planning(text) == asked


@pytest.mark.parametrize(
    "text",
    [
        "what happens if a payment fails?",
        "what happens when a user signs in?",
        "what breaks a redirect loop?",
        "how does a refund work?",
        "how does the map function work?",
        "where is the session data stored?",
        "where is the user's data validated?",
        "what is the data model of an order?",
        "which database driver is used for retries?",
        "which service sends the email?",
        "how do services register themselves?",
        "how is a request sent?",
        "how do I get from a response to its JSON?",
        "what parts do we have?",
        "what is this repository?",
        "who knows the billing code best?",
        "which person signs the contract?",
        "what would the retry logic do on a time-out?",
        "what is the impact?",
        "how does the hotspot detection work?",
        "what does map.py do?",
        "why is the checkout fragile when redis is down?",
        "what changed in checkout?",
        "how are data classes compared?",
        "draw",
        "how do I show a picture of the user?",
        "show me the chart component",
        "where do errors get logged?",
    ],
)
def test_other_questions_are_answered_as_they_are(text: str) -> None:
    assert asked_for_planning(text) is None
