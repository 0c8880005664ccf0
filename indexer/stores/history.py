"""How new commits get into the catalog: what they changed by today's names, and who took part in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import sqlalchemy as sa

from indexer.stores import lexical
from indexer.stores.catalog import RepoRow, pages
from indexer.stores.inserting import insert, next_id
from indexer.stores.records import change_row, commit_row
from indexer.stores.schema import accounts, chunks, commit_files, commits, people
from indexer.types import Commit, CommitFacts, Person
from indexer.vcs.handles import branches_named
from indexer.vcs.participants import mergers, others
from indexer.vcs.renames import follow_renames

_COMMITS = 2_000  # stored together
_NOWHERE: Mapping[str, str] = MappingProxyType({})


def drop(connection: sa.Connection, row: RepoRow) -> None:
    """Forget a repository's history."""
    rowids = connection.scalars(sa.select(chunks.c.id).where(chunks.c.repo_id == row.id, chunks.c.commit.is_not(None))).all()
    lexical.remove(connection, list(rowids))
    for page in pages(list(rowids)):
        connection.execute(chunks.delete().where(chunks.c.id.in_(page)))
    for table in (commit_files, commits, accounts, people):
        connection.execute(table.delete().where(table.c.repo_id == row.id))


def put(connection: sa.Connection, row: RepoRow, new: Sequence[Commit], facts: Mapping[str, CommitFacts]) -> None:
    """Store commits, newest first, each change under the name its file has at the head. Older rows move along with new renames."""
    if not new:
        return
    today = follow_renames(new)
    _rename_stored(connection, row, today.before)
    ids = _ids(connection, row, {person for commit in new for person in _taking_part(facts[commit.sha])})
    free = next_id(connection, commits)
    for page in pages(new, _COMMITS):
        numbered = list(enumerate(page, start=free))
        free += len(page)
        insert(connection, commits, [{"id": number, **commit_row(row.id, one, facts[one.sha], ids)} for number, one in numbered])
        rows = [
            change_row(row.id, number, change, moved)
            for number, commit in numbered
            for moved in [today.by_commit.get(commit.sha, _NOWHERE)]
            for change in commit.changes
        ]
        insert(connection, commit_files, rows)
    _settle(connection, row, new[0].sha, ids)


def _rename_stored(connection: sa.Connection, row: RepoRow, names: Mapping[str, str]) -> None:
    """Move the rows of each file to its new name; all at once, for files may trade their names."""
    found = {
        old: connection.scalars(sa.select(commit_files.c.id).where(commit_files.c.repo_id == row.id, commit_files.c.today == old)).all()
        for old in names
    }
    for old, numbers in found.items():
        for page in pages(numbers):
            connection.execute(commit_files.update().where(commit_files.c.id.in_(page)).values(today=names[old]))


def _taking_part(facts: CommitFacts) -> tuple[Person, ...]:
    return (facts.author, *facts.co_authors, *facts.reviewers, *facts.integrators)


def _ids(connection: sa.Connection, row: RepoRow, wanted: Iterable[Person]) -> dict[Person, int]:
    """Everybody's number; those who are new get one."""
    query = sa.select(people.c.id, people.c.name, people.c.email).where(people.c.repo_id == row.id)
    ids = {Person(name, email): number for number, name, email in connection.execute(query)}
    new = sorted(set(wanted) - ids.keys(), key=lambda one: (one.name, one.email))
    if new:
        connection.execute(people.insert(), [{"repo_id": row.id, "name": one.name, "email": one.email} for one in new])
        ids |= {Person(name, email): number for number, name, email in connection.execute(query)}
    return ids


class _Stored(NamedTuple):
    """A stored commit, as much of it as tells who merged it and who took part."""

    id: int
    sha: str
    parents: tuple[str, ...]
    author: Person
    subject: str  # of merges of pull requests only
    committed_at: float
    merger: int | None
    helped: tuple[int, ...]
    reviewed: tuple[int, ...]
    brought: tuple[int, ...]


def _settle(connection: sa.Connection, row: RepoRow, head: str, ids: Mapping[Person, int]) -> None:
    """Say who merged what, and how often everybody takes part.

    Over the whole history, since a merge can bring in commits that were stored long before, which is when a branch swallows the
    line it came from; this way it does not matter how often the index was refreshed in between. Half a second for 50,000 commits.
    """
    stored = _stored(connection, row, ids)
    by_id = {number: person for person, number in ids.items()}
    merged_by = mergers(stored, head)
    changed: list[tuple[int | None, int]] = []
    times: Counter[int] = Counter()
    last: dict[int, float] = defaultdict(float)
    for commit in stored:
        merger = _merger(commit, merged_by.get(commit.sha), by_id, ids)
        if merger != commit.merger:
            changed.append((merger, commit.id))
        brought = {*commit.brought, *([merger] if merger is not None else [])}
        for number in (ids[commit.author], *commit.helped, *commit.reviewed, *brought):
            times[number] += 1
            last[number] = max(last[number], commit.committed_at)
    if changed:
        connection.exec_driver_sql("UPDATE commits SET merger = ? WHERE id = ?", changed)
    counted = [{"row": number, "count": times[number], "seen": last[number]} for number in by_id]
    values: dict[str, Any] = {"times": sa.bindparam("count"), "last": sa.bindparam("seen")}
    connection.execute(people.update().where(people.c.id == sa.bindparam("row")).values(**values), counted)
    connection.execute(people.delete().where(people.c.repo_id == row.id, people.c.times == 0))
    connection.execute(accounts.delete().where(accounts.c.repo_id == row.id))
    named = branches_named(stored).items()
    rows = [{"repo_id": row.id, "handle": handle, "person_id": ids[author], "times": count} for (handle, author), count in named]
    if rows:
        connection.execute(accounts.insert(), rows)


def _stored(connection: sa.Connection, row: RepoRow, people_known: Iterable[Person]) -> list[_Stored]:
    known = {(one.name, one.email): one for one in people_known}
    columns = (commits.c.id, commits.c.sha, commits.c.parents, commits.c.author_name, commits.c.author_email)
    subject = sa.case((commits.c.subject.startswith("Merge pull request"), commits.c.subject), else_="")
    more = (subject, commits.c.committed_at, commits.c.merger, commits.c.helped, commits.c.reviewed, commits.c.brought)
    found = connection.execute(sa.select(*columns, *more).where(commits.c.repo_id == row.id)).cursor.fetchall()  # plain tuples
    return [
        _Stored(number, sha, tuple(parents.split()), known[name, mail], subject, date, merger, *map(numbers, parts))
        for number, sha, parents, name, mail, subject, date, merger, *parts in found
    ]


def _merger(commit: _Stored, merged_by: Person | None, by_id: Mapping[int, Person], ids: Mapping[Person, int]) -> int | None:
    if merged_by is None:
        return None
    kept = others([merged_by], (commit.author, *(by_id[number] for number in commit.helped)))
    return ids[kept[0]] if kept else None


def numbers(listed: str) -> tuple[int, ...]:
    """The ids of people in a column of commits."""
    return tuple(map(int, listed.split())) if listed else ()
