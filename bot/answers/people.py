"""Whom to ask about the places an answer shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.answers.types import Owner
from indexer.analysis.ownership import Contributor, ownership
from indexer.index import Index

_NAMED = 3
_GONE = timedelta(days=3 * 365)
_SOME_SHARE, _SOME_CHANGES = 0.15, 3


def owners_of(index: Index, paths: Sequence[tuple[str, str]], now: datetime | None = None) -> tuple[Owner, ...]:
    """Who to ask about these (repository, path) pairs, best first; nobody where the history is cut off and so would mislead."""
    touches = []
    for repo in dict.fromkeys(repo for repo, _ in paths):
        if not index.status(repo).shallow:
            touches += index.touches(repo, [path for of_repo, path in paths if of_repo == repo])
    now = now or datetime.now(UTC)
    people = sorted(ownership(touches, now).contributors, key=lambda item: _worth_asking(item, now))
    return tuple(_owner(item) for item in people[:_NAMED])


def _worth_asking(item: Contributor, now: datetime) -> tuple[bool, bool, float]:
    """Sorts those first who still work there and know it: one recent change alone makes nobody the one to ask."""
    knows = item.share >= _SOME_SHARE or item.commits >= _SOME_CHANGES
    gone = now - item.last_active > _GONE
    return not (item.active and knows), gone or not knows, -(item.share + item.active_share / 2 + min(item.commits, 50) / 200)


def _owner(item: Contributor) -> Owner:
    return Owner(
        name=item.person.name,
        email=item.person.email,
        share=round(item.share, 3),
        reasons=item.reasons,
        last_active=item.last_active,
        active=item.active,
        handle=item.handle,
    )
