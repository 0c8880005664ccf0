"""Who changed which file, read fast: no messages, one CommitFacts for all the files of a commit, one index for the changes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from indexer.stores.catalog import Catalog, RepoRow, pages
from indexer.stores.history import numbers
from indexer.stores.records import from_timestamp
from indexer.stores.schema import commit_files, commits, people
from indexer.types import CommitFacts, Person, Touch

_MANY_PATHS = 2_000  # above it, everything between the first and the last is scanned
_MANY_COMMITS = 5_000  # above it, all commits are read

_Change = tuple[str, int, int | None, int | None, str]
_CHANGE = (commit_files.c.today, commit_files.c.commit_id, commit_files.c.added, commit_files.c.deleted, commit_files.c.status)
_FACTS = (
    *(commits.c.id, commits.c.sha, commits.c.author_name, commits.c.author_email, commits.c.authored_at, commits.c.committed_at),
    *(commits.c.files, commits.c.added, commits.c.deleted),
    *(commits.c.helped, commits.c.reviewed, commits.c.brought, commits.c.merger),
)


def touches(catalog: Catalog, row: RepoRow, paths: Collection[str]) -> list[Touch]:
    """Every change of these files, renames followed: one file after the other by name, each newest first."""
    with catalog.reading() as connection:
        changes = _changes(connection, row, paths)
        facts = _facts(connection, row, {change[1] for change in changes})
    found: list[Touch] = []
    for _, of_file in groupby(changes, key=lambda change: change[0]):
        theirs = [
            Touch(path, facts[commit], added, deleted, status == "A") for path, commit, added, deleted, status in of_file
        ]
        theirs.sort(key=lambda touch: touch.commit.committed_at, reverse=True)
        found += theirs
    return found


def facts_of(catalog: Catalog, row: RepoRow, shas: Collection[str]) -> dict[str, CommitFacts]:
    """SHA to facts, of the commits that are stored."""
    with catalog.reading() as connection:
        ids: set[int] = set()
        for page in pages(list(shas)):
            ids.update(connection.scalars(sa.select(commits.c.id).where(commits.c.repo_id == row.id, commits.c.sha.in_(page))))
        return {facts.sha: facts for facts in _facts(connection, row, ids).values()}


def seen(catalog: Catalog, row: RepoRow) -> list[tuple[Person, int, datetime]]:
    """Everybody who takes part in the history: as named there, in how many commits, and when last."""
    with catalog.reading() as connection:
        found = connection.execute(
            sa.select(people.c.name, people.c.email, people.c.times, people.c.last).where(people.c.repo_id == row.id)
        )
        return [(Person(name, email), times, from_timestamp(last)) for name, email, times, last in found]


def _changes(connection: sa.Connection, row: RepoRow, paths: Collection[str]) -> list[_Change]:
    """The changes of these files, by path."""
    query = sa.select(*_CHANGE).where(commit_files.c.repo_id == row.id).order_by(commit_files.c.today)
    if len(paths) <= _MANY_PATHS:
        listed = sorted(set(paths))
        return [tuple(found) for page in pages(listed) for found in connection.execute(query.where(commit_files.c.today.in_(page)))]
    wanted = frozenset(paths)
    within = query.where(commit_files.c.today.between(min(wanted), max(wanted)))
    return [tuple(found) for found in connection.execute(within) if found[0] in wanted]


def _facts(connection: sa.Connection, row: RepoRow, ids: Collection[int]) -> dict[int, CommitFacts]:
    query = sa.select(*_FACTS).where(commits.c.repo_id == row.id)
    if len(ids) > _MANY_COMMITS:
        found = connection.execute(query).all()
    else:
        found = [one for page in pages(sorted(ids)) for one in connection.execute(query.where(commits.c.id.in_(page)))]
    known = _people(connection, row, found)
    facts = {}
    for number, sha, name, mail, authored, committed, files, added, deleted, helped, reviewed, brought, merger in found:
        integrators = numbers(brought)
        if merger is not None and merger not in integrators:
            integrators += (merger,)
        facts[number] = CommitFacts(
            sha=sha,
            author=Person(name, mail),
            authored_at=from_timestamp(authored),
            committed_at=from_timestamp(committed),
            co_authors=tuple([known[one] for one in numbers(helped)]),
            reviewers=tuple([known[one] for one in numbers(reviewed)]),
            integrators=tuple([known[one] for one in integrators]),
            files=files,
            added=added,
            deleted=deleted,
        )
    return facts


def _people(connection: sa.Connection, row: RepoRow, found: Sequence[Any]) -> dict[int, Person]:
    """Everybody named in these rows of commits."""
    query = sa.select(people.c.id, people.c.name, people.c.email).where(people.c.repo_id == row.id)
    lists = {listed for one in found for listed in (one.helped, one.reviewed, one.brought)}
    named = {number for listed in lists for number in numbers(listed)} | {one.merger for one in found if one.merger}
    if len(named) > _MANY_COMMITS:
        return {number: Person(name, email) for number, name, email in connection.execute(query)}
    return {
        number: Person(name, email)
        for page in pages(sorted(named))
        for number, name, email in connection.execute(query.where(people.c.id.in_(page)))
    }
