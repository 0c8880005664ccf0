"""The report on a period: what landed, grouped into stories, rated, the few that matter told, and the rest counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.answers.types import RepoVersion
from bot.changes.narrowing import Narrowing, narrowing_of
from bot.changes.spans import spans_of, spans_since
from bot.changes.telling import further, tell
from bot.changes.types import ChangesReport, Period, Span
from bot.render.screen import day, listed
from indexer.changes.ranking import rate
from indexer.changes.stories import group_stories
from indexer.changes.types import Fold, Rated
from indexer.config import PersonSettings
from indexer.index import Index


@dataclass(frozen=True, slots=True)
class _Landed:
    """One rated story and the span it landed in."""

    span: Span
    rated: Rated


def period_report(
    index: Index,
    period: Period,
    repos: Sequence[str],
    *,
    topic: str,
    limit: int,
    now: datetime,
    people: Sequence[PersonSettings] = (),
) -> ChangesReport:
    """What changed in a period, narrowed to a topic where one is named. QueryError, RepoError, StoreError."""
    narrowing = narrowing_of(index, topic, repos, people) if topic else None
    return narrowed_report(index, period, repos, narrowing, topic=topic, limit=limit, now=now)


def narrowed_report(
    index: Index, period: Period, repos: Sequence[str], narrowing: Narrowing | None, *, topic: str, limit: int, now: datetime
) -> ChangesReport:
    """The same where it is known what the topic means. QueryError, RepoError, StoreError."""
    spans, notices = spans_of(index, period, narrowing.among(repos) if narrowing else repos, now)
    if narrowing and narrowing.guessed:
        notices = (*notices, f"I took “{topic}” for {listed(list(narrowing.shown), 3)}, and for changes that say so in their title.")
    return changes_report(index, period, spans, limit=limit, narrowing=narrowing, topic=topic, notices=notices)


def news_report(
    index: Index, repos: Sequence[str], told: Mapping[str, str], since: datetime, *, limit: int, now: datetime
) -> ChangesReport:
    """What landed since it was told of last; see `Docent.news`. RepoError, StoreError."""
    spans = spans_since(index, repos, told, since, now)
    begun = min((span.since for span in spans if span.since), default=since)
    return changes_report(index, Period(f"since {begun:%a} {begun.day} {begun:%b}", since=begun, until=now), spans, limit=limit)


def changes_report(
    index: Index,
    period: Period,
    spans: Sequence[Span],
    *,
    limit: int,
    narrowing: Narrowing | None = None,
    topic: str = "",
    notices: Sequence[str] = (),
) -> ChangesReport:
    """The at most `limit` changes of these spans that matter, most important first, over all repositories. RepoError, StoreError."""
    landed = [one for span in spans for one in _landed(index, span, narrowing)]
    landed.sort(key=lambda one: -one.rated.score)  # stable: as rated within a repository
    major = [one for one in landed if one.rated.fold is None]
    told = [tell(index, one.span.repository, rank, one.rated, one.span.base) for rank, one in enumerate(major[:limit], 1)]
    aside = [one for one in landed if one.rated.fold is not None]
    folds = Counter(one.rated.fold for one in aside)
    return ChangesReport(
        period=period,
        spans=tuple(spans),
        changes=tuple(told),
        further=tuple(further(index, one.span.repository, one.rated) for one in major[limit:]),
        folded={fold: folds[fold] for fold in Fold if folds[fold]},
        aside=tuple(further(index, one.span.repository, one.rated) for one in aside),
        topic=topic,
        places=narrowing.shown if narrowing and narrowing.person is None else (),
        by=narrowing.person.name if narrowing and narrowing.person else "",
        notices=(*notices, *_gaps(index, spans), *(() if told else _ages(index, spans))),
        repositories=tuple(RepoVersion(span.repository, *index.version(span.repository)[:2]) for span in spans),
    )


def _landed(index: Index, span: Span, narrowing: Narrowing | None) -> list[_Landed]:
    if not span.head or span.head == span.base:
        return []
    identities = index.identities([span.repository])
    stories = group_stories(index.landed(span.repository, span.base, span.head))
    if narrowing is None:
        return [_Landed(span, rated) for rated in rate(stories, identities)]
    whole = {one.story.commits[0].sha: one for one in rate(stories, identities)}
    parts = [part for story in stories if (part := narrowing.part(span.repository, story, identities)) is not None]
    return [_Landed(span, _as_part(whole[part.story.commits[0].sha], part)) for part in rate(parts, identities)]


def _as_part(whole: Rated, part: Rated) -> Rated:
    """A story as it is, that counts for as much as the part of it that was asked for."""
    return replace(whole, score=part.score, fold=part.fold, reasons=part.reasons)


def _gaps(index: Index, spans: Iterable[Span]) -> tuple[str, ...]:
    """What of the history cannot be known, where it bears on what is usual."""
    return tuple(f"{span.repository}: {gap}" for span in spans for gap in index.history_gaps(span.repository))


def _ages(index: Index, spans: Iterable[Span]) -> tuple[str, ...]:
    """How old the newest commit is, of repositories in which nothing landed."""
    told = []
    for span in spans:
        newest = index.recent_commits(span.repository, limit=1)
        if newest and span.since and newest[0].committed_at < span.since:
            told.append(f"{span.repository}: its newest commit is of {day(newest[0].committed_at)}.")
    return tuple(told)
