"""Logs carry counts and times, never a secret, and a question only at DEBUG."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from bot.answers.types import Answer, Checked, Part, Question, RepoVersion, Statement, Status
from bot.logs import RedactingFormatter, log_question, log_refresh, redact
from indexer.types import RefreshReport


def test_tokens_keys_and_passwords_are_redacted(monkeypatch):
    monkeypatch.setenv("DOCENT_GIT_TOKEN", "plain-looking-value")
    text = (
        "xoxb-12-ab xapp-1-A-2 sk-ant-api03-abcdefghijkl ghp_abcdefghijklmnop https://me:pw@git.example.com/a.git "
        "Authorization: Bearer abc.def plain-looking-value"
    )
    shown = redact(text)
    for secret in ("12-ab", "1-A-2", "api03", "abcdefghijklmnop", "me:pw", "abc.def", "plain-looking"):
        assert secret not in shown
    assert "https://***@git.example.com/a.git" in shown
    harmless = "nothing secret: docs-sk, task-list, https://example.com/@me"
    assert redact(harmless) == harmless


def test_a_traceback_is_redacted_too():
    try:
        raise ValueError("token xoxb-very-secret")
    except ValueError as exc:
        record = logging.LogRecord("docent", logging.ERROR, "", 0, "failed", None, (type(exc), exc, exc.__traceback__))
    shown = RedactingFormatter("%(message)s").format(record)
    assert "ValueError: token ***" in shown and "very-secret" not in shown


def test_one_line_for_a_question_and_its_words_at_debug_only(caplog):
    answer = Answer(
        "why?", Status.ANSWERED, (Statement("Because.", (1,), Part.LEAD),), confidence=0.5, checked=Checked(1, 1),
        repositories=(RepoVersion("shop", "abc", datetime.now(UTC)),), took_ms=12.0,
    )  # fmt: skip
    with caplog.at_level(logging.INFO, "docent"):
        log_question(Question("why do we keep this secret?"), answer)
    assert len(caplog.records) == 1 and "1 of 1 checked" in caplog.text and "12 ms" in caplog.text
    assert "secret" not in caplog.text
    with caplog.at_level(logging.DEBUG, "docent"):
        log_question(Question("why do we keep this secret?"), answer)
    assert "why do we keep" in caplog.text


def test_one_line_for_a_refresh(caplog):
    with caplog.at_level(logging.INFO, "docent"):
        log_refresh(RefreshReport("shop", "46e939b000", files=3, embedded=2, reused=5, seconds=1.25))
        log_refresh(RefreshReport("web", "", error="https://me:pw@example.com does not answer"))
    first, second = caplog.records
    assert first.getMessage() == "refresh shop: 46e939b, 3 files, 2 embedded, 5 reused, 1.2 s"
    assert second.levelno == logging.WARNING and "web: failed" in second.getMessage()
