"""What changed lately, where nobody says since when: the last month, or as long as it takes to have something to tell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.changes.report import period_report
from bot.changes.types import ChangesReport, Period
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
    newest = max((commit.committed_at for repo in repos for commit in index.recent_commits(repo, limit=1)), default=now)
    at_rest = now - newest > timedelta(days=2)
    report: ChangesReport | None = None
    for days in _DAYS:
        label = f"in the {days} days up to {newest.day} {newest:%b %Y}" if at_rest else f"in the last {days} days"
        period = Period(label, since=newest - timedelta(days=days))
        report = period_report(index, period, repos, topic=topic, limit=limit, now=now, people=people)
        if report.changes:
            return report
    if report is not None and report.others >= _ENOUGH:
        return report
    return period_report(index, Period("so far"), repos, topic=topic, limit=limit, now=now, people=people)
