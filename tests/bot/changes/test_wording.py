"""A language model words what was found: a scripted server behind the real SDK, a real history, and the check between them."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from bot.changes.types import ChangesReport, Period
from bot.changes.wording import worded_card, worded_report
from bot.config import LLMSecrets, LLMSettings
from bot.llm.base import LanguageModel, connect
from bot.service import Docent
from tests.bot.changes.shop import NOW, days_ago
from tests.llm_server import KEY, ScriptedModel, scripted_model


@pytest.fixture
def server():
    with scripted_model() as server:
        yield server


def model(server: ScriptedModel) -> LanguageModel:
    settings = LLMSettings(provider="openai", base_url=f"{server.url}/v1", model="wise-1")
    found = connect(settings, LLMSecrets(openai_api_key=SecretStr(KEY)))
    assert found is not None
    return found


def week(docent: Docent) -> ChangesReport:
    return docent.changes(Period("in the last 7 days", since=days_ago(7)), use_llm=False)


def test_a_text_that_holds_replaces_the_composed_one(docent: Docent, server: ScriptedModel) -> None:
    composed = week(docent)
    server.says(f"1. {composed.changes[0].why}.")
    found = worded_report(composed, model(server), 20.0, begun=NOW)
    assert found.model == "wise-1" and found.notices == composed.notices
    assert found.changes[0].summary == f"{composed.changes[0].why}."
    assert found.changes[0].lines == composed.changes[0].lines, "the facts stay as they are"
    asked = server.asked[0].user
    assert "stripe" in asked and "refund_parts" in asked and "ledger" in asked, "it is told every fact"


def test_an_invented_text_is_not_shown(docent: Docent, server: ScriptedModel) -> None:
    composed = week(docent)
    server.says("1. Refunds are now encrypted with AES and 40 % faster.")
    found = worded_report(composed, model(server), 20.0, begun=NOW)
    assert found.changes[0].summary == composed.changes[0].summary and found.model is None


def test_a_model_that_fails_leaves_the_composed_words_and_says_so(docent: Docent, server: ScriptedModel) -> None:
    composed = week(docent)
    for _ in range(5):
        server.says(status=500)
    found = worded_report(composed, model(server), 20.0, begun=NOW)
    assert found.changes == composed.changes and len(found.notices) == len(composed.notices) + 1


def test_a_quiet_report_asks_nothing(docent: Docent, server: ScriptedModel) -> None:
    quiet = docent.changes(Period("", base="HEAD"), use_llm=False)
    assert worded_report(quiet, model(server), 20.0, begun=NOW).model is None and not server.asked


def test_the_card_is_worded_too(docent: Docent, server: ScriptedModel) -> None:
    composed = docent.explain("#41", use_llm=False)
    server.says(f"1: {composed.change.why}.")
    found = worded_card(composed, model(server), 20.0, begun=NOW)
    assert found.model == "wise-1" and found.change.summary == f"{composed.change.why}." and found.lines == composed.lines
