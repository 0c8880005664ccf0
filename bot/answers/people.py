"""Whom to ask about the places an answer shows: the same people that `docent whoowns` names for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.answers.types import Owner
from bot.owners.people import history_of, owners_among
from indexer.analysis.ownership import whom_to_ask
from indexer.index import Index
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
    files: dict[str, list[str]] = {}
    for repo, path in paths:
        if not index.version(repo)[2]:
            files.setdefault(repo, []).append(path)
    history = history_of(index, files, now)
    found = []
    for owner in owners_among(index, history, whom_to_ask(history.found)):
        latest = index.commits(owner.latest_in, [owner.latest]).get(owner.latest) if owner.latest else None
        if latest is not None:
            long_ago = owner.last_active is not None and now - owner.last_active > _LONG_AGO
            found.append(KnownPerson(owner, owner.latest_in, latest, long_ago))
    return tuple(found)
