"""What changed lately, where nobody says since when: the last month, or as long as it takes to have something to tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.changes.narrowing import narrowing_of
from bot.changes.report import narrowed_report
from bot.changes.types import ChangesReport, Period
from bot.render.screen import day
from indexer.config import PersonSettings
from indexer.index import Index

_DAYS = (30, 90, 365)
_ENOUGH = 100  # changes of a year of which none stands out; all that came before is not read for one


def latest_report(
    index: Index, repos: Sequence[str], *, topic: str = "", limit: int, now: datetime, people: Sequence[PersonSettings] = ()
) -> ChangesReport:
    """The changes of the last month, quarter or year, whichever is the first with some that stand out; else those of all history.

    Days are counted back from the newest commit, so that a repository at rest shows its last changes too.
    """
    narrowing = narrowing_of(index, topic, repos, people) if topic else None
    newest = max((commit.committed_at for repo in repos for commit in index.recent_commits(repo, limit=1)), default=now)
    at_rest = now - newest > timedelta(days=2)
    report: ChangesReport | None = None
    for days in _DAYS:
        label = f"in the {days} days up to {day(newest)}" if at_rest else f"in the last {days} days"
        period = Period(label, since=newest - timedelta(days=days))
        report = narrowed_report(index, period, repos, narrowing, topic=topic, limit=limit, now=now)
        if report.changes:
            return report
    if report is not None and report.others >= _ENOUGH:
        return report
    return narrowed_report(index, Period("so far"), repos, narrowing, topic=topic, limit=limit, now=now)
