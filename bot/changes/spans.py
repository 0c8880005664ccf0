"""From what was asked to what git is asked: which commits of each repository a period or range means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.changes.releases import revision_of, settled
from bot.changes.types import Period, Span
from indexer.errors import QueryError
from indexer.index import Index


def spans_of(index: Index, period: Period, repos: Sequence[str], now: datetime) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """A span for each repository, and notices on those that lack a revision. QueryError where none has it.

    What landed in a period is told, whenever it was written: the main line of the indexed branch decides.
    """
    spans, notices = [], []
    for repo in repos:
        try:
            asked = settled(index, repo, period)
        except QueryError as exc:
            notices.append(exc.message)
            continue
        missing = [text for text in (asked.base, asked.tip) if text and revision_of(index, repo, text) is None]
        if missing:
            notices.append(f"{repo} has no commit, tag or branch called “{missing[0]}”.")
        else:
            spans.append(_span(index, asked, repo, now))
    if not spans:
        text = notices[0] if notices else "No repository is configured yet."
        raise QueryError(text, "Write a time such as 7d, yesterday or 2026-11-01, or a revision such as v1.2.")
    return tuple(spans), tuple(notices)


def spans_since(
    index: Index, repos: Sequence[str], told: Mapping[str, str], since: datetime, now: datetime
) -> tuple[Span, ...]:
    """What landed in each repository since the head told of last; since the moment where none was, or git no longer has it."""
    spans = []
    for repo in repos:
        base = index.revision(repo, told[repo]) if told.get(repo) else None
        head = index.head(repo)
        known = base is not None
        begun = _date(index, repo, base) if base else since
        spans.append(Span(repo, base if known else index.mainline_before(repo, since, head), head, begun, now))  # type: ignore[arg-type]
    return tuple(spans)


def _span(index: Index, period: Period, repo: str, now: datetime) -> Span:
    tip = revision_of(index, repo, period.tip) if period.tip else index.head(repo)
    assert tip is not None
    head = index.mainline_before(repo, period.until, tip) if period.until else tip
    if period.base:
        base = revision_of(index, repo, period.base) or ""
    else:
        base = index.mainline_before(repo, period.since, head) if period.since and head else ""
    since = period.since or _date(index, repo, base)
    return Span(repo, base, head, since, period.until or (_date(index, repo, head) if period.tip else now))


def _date(index: Index, repo: str, sha: str) -> datetime | None:
    commit = index.commit_from_git(repo, sha) if sha else None
    return commit.committed_at if commit else None
