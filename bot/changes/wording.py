"""Has a language model word what was found, where one is configured: the same checked facts, in better prose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.changes.rewording import Draft, reworded
from bot.changes.types import ChangeCard, ChangesReport, ToldChange

if TYPE_CHECKING:
    from bot.llm.base import LanguageModel

_COMMITS = 5  # whose messages the model reads, of one change


def worded_report(report: ChangesReport, model: LanguageModel | None, timeout: float, *, begun: datetime) -> ChangesReport:
    """The report with those of the model's summaries that hold, and how long all of it took. `timeout` is in seconds.

    Raises nothing of the model's.
    """
    changes, notices, name = _worded(report.changes, model, timeout)
    return replace(report, changes=changes, notices=(*report.notices, *notices), model=name, took_ms=_took(begun))


def worded_card(card: ChangeCard, model: LanguageModel | None, timeout: float, *, begun: datetime) -> ChangeCard:
    """The same for one change."""
    (change,), notices, name = _worded((card.change,), model, timeout)
    return replace(card, change=change, notices=(*card.notices, *notices), model=name, took_ms=_took(begun))


def _took(begun: datetime) -> float:
    return (datetime.now(UTC) - begun).total_seconds() * 1000


def _worded(
    changes: Sequence[ToldChange], model: LanguageModel | None, timeout: float
) -> tuple[tuple[ToldChange, ...], tuple[str, ...], str | None]:
    if not changes or model is None:
        return tuple(changes), (), None
    found = reworded(model, [_draft(number, change) for number, change in enumerate(changes, 1)], timeout=timeout)
    told = tuple(replace(change, summary=found.texts.get(number, change.summary)) for number, change in enumerate(changes, 1))
    return told, (found.notice,) if found.notice else (), model.name if found.texts else None


def _draft(number: int, change: ToldChange) -> Draft:
    facts = tuple(f"{line.label}: {line.text}" for line in change.lines)
    messages = [f"{commit.subject}\n\n{commit.body}".strip() for commit in change.rated.story.commits[:_COMMITS]]
    return Draft(number, change.title, facts, (*messages, *(note.text for note in change.notes)))
