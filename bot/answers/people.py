"""Whom to ask about the places an answer shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.answers.types import Owner
from indexer.analysis.ownership import Contributor, ownership, whom_to_ask
from indexer.index import Index, Touch
from indexer.types import Commit

_LONG_AGO = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """An owner, and the latest commit that shows their part in the places asked about."""

    owner: Owner
    repo: str
    latest: Commit
    long_ago: bool


def people_of(index: Index, paths: Sequence[tuple[str, str]], now: datetime) -> tuple[KnownPerson, ...]:
    """Who to ask about these (repository, path) pairs, best first; nobody where the history is cut off and so would mislead."""
    touches: list[tuple[str, Touch]] = []
    for repo in dict.fromkeys(repo for repo, _ in paths):
        if not index.version(repo)[2]:
            touches += [(repo, touch) for touch in index.touches(repo, [path for of_repo, path in paths if of_repo == repo])]
    found = []
    for item in whom_to_ask(ownership([touch for _, touch in touches], now)):
        named = (item.person.name, item.person.email)
        theirs = [(repo, touch.commit) for repo, touch in touches if {touch.commit.author.name, touch.commit.author.email} & {*named}]
        if theirs:
            repo, latest = max(theirs, key=lambda pair: pair[1].committed_at)
            found.append(KnownPerson(_owner(item), repo, latest, long_ago=now - item.last_active > _LONG_AGO))
    return tuple(found)


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
