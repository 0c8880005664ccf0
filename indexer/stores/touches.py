"""Who changed which file, read fast: no messages, one CommitFacts for all the files of a commit, one index for the changes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.history import numbers
from indexer.stores.records import from_timestamp
from indexer.stores.schema import accounts, commit_files, commits, people
from indexer.types import CommitFacts, Person, Touch

_CHANGE = (commit_files.c.today, commit_files.c.commit_id, commit_files.c.added, commit_files.c.deleted, commit_files.c.status)
_FACTS = (
    *(commits.c.id, commits.c.sha, commits.c.author_name, commits.c.author_email, commits.c.authored_at, commits.c.committed_at),
    *(commits.c.files, commits.c.added, commits.c.deleted),
    *(commits.c.helped, commits.c.reviewed, commits.c.brought, commits.c.merger),
)


def touches(catalog: Catalog, row: RepoRow, paths: Collection[str]) -> list[Touch]:
    """Every change of these files, renames followed: one file after the other by name, each newest first."""
    query = sa.select(*_CHANGE).where(commit_files.c.repo_id == row.id, _among(commit_files.c.today, set(paths)))
    with catalog.reading() as connection:
        changes = connection.execute(query.order_by(commit_files.c.today)).all()
        facts = _facts(connection, {change.commit_id for change in changes})
    found: list[Touch] = []
    for _, of_file in groupby(changes, key=lambda change: change[0]):
        theirs = [Touch(path, facts[commit], added, deleted, status == "A") for path, commit, added, deleted, status in of_file]
        theirs.sort(key=lambda touch: touch.commit.committed_at, reverse=True)
        found += theirs
    return found


def facts_of(catalog: Catalog, row: RepoRow, shas: Collection[str]) -> dict[str, CommitFacts]:
    """SHA to facts, of the commits that are stored."""
    with catalog.reading() as connection:
        ids = connection.scalars(sa.select(commits.c.id).where(commits.c.repo_id == row.id, _among(commits.c.sha, shas))).all()
        return {facts.sha: facts for facts in _facts(connection, ids).values()}


def seen(catalog: Catalog, row: RepoRow) -> list[tuple[Person, int, datetime]]:
    """Everybody who takes part in the history: as named there, in how many parts, and when last."""
    query = sa.select(people.c.name, people.c.email, people.c.times, people.c.last).where(people.c.repo_id == row.id)
    with catalog.reading() as connection:
        found = connection.execute(query).all()
    return [(Person(name, email), times, from_timestamp(last)) for name, email, times, last in found]


def branches(catalog: Catalog, row: RepoRow) -> Counter[tuple[str, Person]]:
    """What `handles.branches_named` tells of the repository's merges."""
    query = sa.select(accounts.c.handle, people.c.name, people.c.email, accounts.c.times)
    query = query.join(people, people.c.id == accounts.c.person_id).where(accounts.c.repo_id == row.id)
    with catalog.reading() as connection:
        found = connection.execute(query).all()
    return Counter({(handle, Person(name, email)): times for handle, name, email, times in found})


def work_of(
    catalog: Catalog, row: RepoRow, who: Collection[Person], before: datetime, besides: Collection[str]
) -> tuple[frozenset[str], int]:
    """What these identities wrote, alone or with others, in commits before a moment and not among `besides` (SHAs): the files, as
    they were called then and are today, and the number of commits."""
    named = [sa.and_(people.c.name == one.name, people.c.email == one.email) for one in who]
    with catalog.reading() as connection:
        ids = connection.scalars(sa.select(people.c.id).where(people.c.repo_id == row.id, sa.or_(False, *named))).all()
        wrote = [sa.and_(commits.c.author_name == one.name, commits.c.author_email == one.email) for one in who]
        helped = [(" " + commits.c.helped + " ").contains(f" {number} ") for number in ids]
        query = sa.select(commits.c.id, commits.c.sha).where(
            commits.c.repo_id == row.id, commits.c.committed_at < before.timestamp(), sa.or_(False, *wrote, *helped)
        )
        found = [number for number, sha in connection.execute(query) if sha not in besides]
        touched = sa.select(commit_files.c.path, commit_files.c.today).where(_among(commit_files.c.commit_id, found)).distinct()
        paths = {path for pair in connection.execute(touched) for path in pair}
    return frozenset(paths), len(found)


def _facts(connection: sa.Connection, ids: Collection[int]) -> dict[int, CommitFacts]:
    found = connection.execute(sa.select(*_FACTS).where(_among(commits.c.id, ids))).all()
    known = _people(connection, found)

    def named(listed: str) -> tuple[Person, ...]:
        return tuple([known[number] for number in numbers(listed)]) if listed else ()

    facts = {}
    for number, sha, name, mail, authored, committed, files, added, deleted, helped, reviewed, brought, merger in found:
        integrators = named(brought)
        if merger is not None and known[merger] not in integrators:
            integrators += (known[merger],)
        facts[number] = CommitFacts(
            sha, Person(name, mail), from_timestamp(authored), from_timestamp(committed), named(helped), named(reviewed), integrators,
            files, added, deleted,
        )  # fmt: skip
    return facts


def _people(connection: sa.Connection, found: Iterable[Any]) -> dict[int, Person]:
    """Everybody whose number stands in these rows of commits."""
    lists = {listed for *_, helped, reviewed, brought, _ in found for listed in (helped, reviewed, brought)}
    wanted = {number for listed in lists for number in numbers(listed)} | {one[-1] for one in found if one[-1] is not None}
    query = sa.select(people.c.id, people.c.name, people.c.email).where(_among(people.c.id, wanted))
    return {number: Person(name, email) for number, name, email in connection.execute(query).all()}


def _among(column: sa.Column[Any], values: Iterable[int | str]) -> sa.ColumnElement[bool]:
    """Whether the column has one of these values, however many: as one JSON list they are one variable of the statement.

    A further condition on `repo_id` beside ids would make SQLite read the whole repository.
    """
    listed = sa.func.json_each(json.dumps(list(values))).table_valued("value")
    return column.in_(sa.select(listed.c.value))
