"""Logs: one line per question and per refresh, on stderr. No secret is written, and what people asked only at DEBUG."""

from __future__ import annotations

import logging
import os
import re
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answers.types import Answer, Question
    from indexer.types import RefreshReport

log = logging.getLogger("docent")

_SECRETS = re.compile(
    r"(?:xox[a-z]-|xapp-)[\w-]+"  # Slack
    r"|(?:sk-|gh[pousr]_|github_pat_|glpat-)[\w-]{10,}"  # OpenAI, Anthropic, GitHub, GitLab
    r"|(?P<scheme>[a-zA-Z][\w+.-]*://)[^/@\s'\"]+@"  # user:password@ in a URL
    r"|(?P<header>(?i:authorization:\s+\w+|bearer|authorization:)\s+)\S+"
)
_VARIABLES = (
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET",
    "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "CHROMA_API_KEY", "RERANK_API_KEY", "DOCENT_GIT_TOKEN",
)  # fmt: skip


class RedactingFormatter(logging.Formatter):
    """Formats a record, tracebacks included, without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def redact(text: str) -> str:
    """`text` without tokens, keys, passwords in URLs, and without the values of our own secret variables."""
    for variable in _VARIABLES:
        value = os.environ.get(variable, "").strip()
        if len(value) >= 6:
            text = text.replace(value, "***")
    return _SECRETS.sub(lambda found: (found["scheme"] or found["header"] or "") + "***" + ("@" if found["scheme"] else ""), text)


def set_up_logs(verbose: bool = False) -> None:
    """Send log lines to stderr: warnings in words for a person, or with `verbose` a server's dated lines from INFO up.

    DOCENT_DEBUG shows everything of docent's own. What a refresh or a question did is told by the command itself.
    """
    debugging = bool(os.environ.get("DOCENT_DEBUG"))
    handler = logging.StreamHandler(sys.stderr)
    dated = "%(asctime)s %(levelname)s %(message)s"
    handler.setFormatter(RedactingFormatter(dated if verbose or debugging else "docent: %(message)s"))
    root = logging.getLogger()
    root.handlers = [one for one in root.handlers if not isinstance(one.formatter, RedactingFormatter)] + [handler]
    root.setLevel(logging.WARNING)
    for package, quiet in (("docent", logging.ERROR), ("bot", logging.WARNING), ("indexer", logging.WARNING)):
        logging.getLogger(package).setLevel(logging.DEBUG if debugging else logging.INFO if verbose else quiet)


def log_question(question: Question, answer: Answer) -> None:
    log.info(
        "question: %s, %d statements, %d of %d checked, confidence %.2f, model %s, %.0f ms",
        answer.status.value, len(answer.statements), answer.checked.supported, answer.checked.statements,
        answer.confidence, answer.model or "none", answer.took_ms,
    )  # fmt: skip
    log.debug("question was: %s", question.text)


def log_refresh(report: RefreshReport) -> None:
    if report.error:
        log.warning("refresh %s: failed: %s", report.repo, report.error)
        return
    log.info(
        "refresh %s: %s, %d files, %d embedded, %d reused, %.1f s",
        report.repo, report.head[:7] if report.changed else "unchanged",
        report.files, report.embedded, report.reused, report.seconds,
    )  # fmt: skip
