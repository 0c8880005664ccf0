"""Questions rewritten by a scripted model: what is read of its replies, how long it may take, and what is remembered."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.config import LLMSecrets, LLMSettings
from bot.llm.base import LanguageModel, connect
from bot.llm.remembered import Remembered
from bot.llm.rewriter import Rewriter
from bot.llm.rewriting import Rewriting, parse
from indexer.types import Query
from tests.llm_server import KEY, ScriptedModel, scripted_model

QUESTION = "How does a customer get their money back?"
TERMS = ("refund", "chargeback", "give_back", "NotSettled")
IMAGINED = "Refunds return the money of a settled receipt to the card that was charged."
REPLY = json.dumps({"terms": TERMS, "answer": IMAGINED})
FOUND = Rewriting(TERMS, IMAGINED)


@pytest.fixture(scope="module", autouse=True)
def sdks_loaded() -> None:
    import anthropic  # noqa: F401
    import openai  # noqa: F401


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with scripted_model() as server:
        yield server


def model(server: ScriptedModel, provider: str = "openai", name: str = "wise-1") -> LanguageModel:
    url = f"{server.url}/v1" if provider == "openai" else server.url
    settings = LLMSettings(provider=provider, base_url=url, model=name)
    opened = connect(settings, LLMSecrets(openai_api_key=SecretStr(KEY), anthropic_api_key=SecretStr(KEY)))
    assert opened is not None
    return opened


@pytest.mark.parametrize("provider", ["openai", "anthropic"])
def test_one_request_gives_terms_and_an_imagined_answer(server: ScriptedModel, provider: str, tmp_path: Path) -> None:
    server.says(REPLY[:20], REPLY[20:])
    query = Rewriter(model(server, provider), Remembered(tmp_path)).added_to(Query(QUESTION, repos=("shop",)))
    assert query == Query(QUESTION, repos=("shop",), terms=TERMS, imagined=IMAGINED)
    (asked,) = server.asked
    assert QUESTION in asked.user and QUESTION not in asked.system


def test_a_secret_in_a_question_stays_here(server: ScriptedModel, tmp_path: Path) -> None:
    server.says(REPLY)
    Rewriter(model(server), Remembered(tmp_path)).rewrite("why does ghp_0123456789abcdef0123 not work any more?")
    assert "ghp_0123" not in server.asked[0].user and "***" in server.asked[0].user


def test_a_question_is_rewritten_once_per_model_also_over_processes(server: ScriptedModel, tmp_path: Path) -> None:
    for _ in range(2):
        server.says(REPLY)
    first = Rewriter(model(server), Remembered(tmp_path))
    assert first.rewrite(QUESTION) == first.rewrite(f"  {QUESTION.upper()} ") == FOUND
    assert Rewriter(model(server), Remembered(tmp_path)).rewrite(QUESTION) == FOUND
    assert len(server.asked) == 1
    assert Rewriter(model(server, name="wise-2"), Remembered(tmp_path)).rewrite(QUESTION) == FOUND
    assert len(server.asked) == 2


def test_no_question_stands_in_the_file(server: ScriptedModel, tmp_path: Path) -> None:
    server.says(REPLY)
    Rewriter(model(server), Remembered(tmp_path)).rewrite(QUESTION)
    assert QUESTION.encode() not in (tmp_path / "rewritings.sqlite").read_bytes()


@pytest.mark.parametrize("question", ["refund", "RefundDesk approve", "", "   "])
def test_what_is_too_short_to_rewrite_is_not_sent(server: ScriptedModel, tmp_path: Path, question: str) -> None:
    assert Rewriter(model(server), Remembered(tmp_path)).rewrite(question) is None
    assert not server.asked


def test_without_a_model_nothing_changes(tmp_path: Path) -> None:
    rewriter = Rewriter(None, Remembered(tmp_path))
    rewriter.prepare()
    assert rewriter.added_to(Query(QUESTION)) == Query(QUESTION)


def test_what_came_before_the_deadline_is_used_and_not_remembered(server: ScriptedModel, tmp_path: Path) -> None:
    server.says('{"terms": ["refund", "give_back", "charg', 'eback"], "ans', pause=0.25)
    server.says(REPLY)
    rewriter = Rewriter(model(server), Remembered(tmp_path), deadline=0.4)
    rewriter.prepare()
    assert rewriter.rewrite(QUESTION) == Rewriting(("refund", "give_back"), "")
    assert rewriter.rewrite(QUESTION) == FOUND


def test_silence_and_errors_end_in_the_plain_question(server: ScriptedModel, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rewriter = Rewriter(model(server), Remembered(tmp_path), deadline=0.2)
    rewriter.prepare()
    server.says("late", silence=5)
    server.says(status=429)
    with caplog.at_level(logging.INFO), caplog.at_level(logging.INFO, logger="bot"):
        assert rewriter.added_to(Query(QUESTION)) == Query(QUESTION)
        assert rewriter.added_to(Query(QUESTION)) == Query(QUESTION)
    told = [record for record in caplog.records if record.name.startswith("bot.")]
    assert len(told) == 2 and all(record.levelno == logging.INFO and " ms: " in record.getMessage() for record in told)
    assert QUESTION not in caplog.text and KEY not in caplog.text


def test_a_model_that_is_down_is_left_alone_for_a_while(server: ScriptedModel, tmp_path: Path) -> None:
    moment = [100.0]
    rewriter = Rewriter(model(server), Remembered(tmp_path), now=lambda: moment[0])
    for _ in range(3):
        server.says(status=401)
        assert rewriter.rewrite(QUESTION) is None
    assert rewriter.rewrite(QUESTION) is None and len(server.asked) == 3
    moment[0] += 61.0
    server.says(REPLY)
    assert rewriter.rewrite(QUESTION) == FOUND


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (REPLY, FOUND),
        (f"Sure! Here it is:\n```json\n{REPLY}\n```\nI hope it helps.", FOUND),
        (f"<think>{{\"terms\": [\"wrong\"]}} hm</think>{REPLY}", FOUND),
        ('{"note": {"a": 1}} ' + REPLY, FOUND),
        ('{"terms": "refund, chargeback; give back"}', Rewriting(("refund", "chargeback", "give back"))),
        ('{"terms": ["a", 7, null, "A", "--", "x\\ny", "' + "z" * 61 + '"]}', Rewriting(("A", "x y"))),
        ('{"answer": "It is\\nso."}', Rewriting((), "It is so.")),
        ('{"terms": ["a \\"b\\"", "c", ', Rewriting(('a "b"', "c"))),
        ('{"terms": ["a"], "answer": "It is so', Rewriting(("a",), "It is so")),
        ('{"terms": {"a": 1}, "answer": 3}', None),
        ("I cannot help with that.", None),
        ("<think>forever", None),
        ("", None),
    ],
)
def test_replies_are_read_whatever_stands_around_them(reply: str, expected: Rewriting | None) -> None:
    assert parse(reply) == expected


@given(st.text() | st.text(alphabet='{}[]",:\\ termsanw\n\ud800'))
def test_no_reply_breaks_the_reader(text: str) -> None:
    for reply in (text, '{"terms": [' + text, '{"answer": "' + text, '{"a":' * 2000 + text):
        found = parse(reply)
        if found is not None:
            assert len(found.terms) <= 10 and len(found.imagined) <= 800
            assert "\n" not in "".join((*found.terms, found.imagined))


def test_what_is_old_and_what_is_too_much_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.llm.remembered._IN_FILE", 2)
    for number in range(4):
        Remembered(tmp_path, now=lambda number=number: 1000.0 + number).put(f"k{number}", FOUND)
    known = Remembered(tmp_path, now=lambda: 1004.0)
    assert [known.get(f"k{number}") for number in range(4)] == [None, None, FOUND, FOUND]
    assert Remembered(tmp_path, now=lambda: 1004.0 + 31 * 86_400).get("k3") is None


def test_a_damaged_file_costs_nothing_but_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "rewritings.sqlite").write_bytes(b"damaged" * 1000)
    memory = Remembered(tmp_path)
    memory.put("k", FOUND)
    memory.put("l", FOUND)
    assert memory.get("k") == FOUND and memory.get("other") is None
    assert len(caplog.records) == 1 and "delete it" in caplog.text
    missing = Remembered(tmp_path / "nowhere")
    missing.put("k", FOUND)
    assert missing.get("k") == FOUND


def test_a_value_of_another_version_is_none(tmp_path: Path) -> None:
    memory = Remembered(tmp_path)
    memory.put("k", FOUND)
    with sqlite3.connect(tmp_path / "rewritings.sqlite") as connection:
        connection.execute("UPDATE rewritings SET value = '[1]'")
    assert Remembered(tmp_path).get("k") is None
