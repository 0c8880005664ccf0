"""Reads the history that stories are held against: from the catalog where it has it, else from git."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from indexer.changes.areas import Areas
from indexer.changes.past import Past, Work
from indexer.stores import facts, touches
from indexer.stores.catalog import Catalog, RepoRow
from indexer.types import Commit, Person
from indexer.vcs.identity import Identities
from indexer.vcs.repository import Repository

_COMMITS = 3_000  # a year or more of most repositories


def past_of(
    catalog: Catalog, row: RepoRow, repository: Repository, base: str, paths: Collection[str], identities: Identities
) -> Past:
    """The history up to the commit `base` ("" for none); `paths` are the files there are."""

    def earlier(who: Collection[Person], before: datetime, besides: Collection[str]) -> Work | None:
        if row.shallow or row.newest_only:  # whose older work is not known may be no newcomer
            return None
        return Work(*touches.work_of(catalog, row, who, before, besides))

    commits = _newest(catalog, row, repository, base) if base else []
    return Past.of(commits, Areas(paths), identities, earlier)


def _newest(catalog: Catalog, row: RepoRow, repository: Repository, base: str) -> list[Commit]:
    """The newest commits reachable from `base`, in git's order; the catalog tells them several times as fast."""
    shas = repository.newest(base, _COMMITS)
    known = facts.commits_by_sha(catalog, row, shas)
    if len(known) < len(shas):
        return list(repository.log(base, max_count=_COMMITS))
    return [known[sha] for sha in shas]
