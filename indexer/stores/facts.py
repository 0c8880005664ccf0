"""What the catalog knows about structure and history: definitions, imports, and who changed what when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import sqlalchemy as sa

from indexer.stores.catalog import Catalog, RepoRow, file_id, pages
from indexer.stores.records import to_change, to_commit, to_import, to_symbol
from indexer.stores.schema import commit_files, commits, imports, symbols
from indexer.types import Commit, FileChange, Import, Symbol


def defining(catalog: Catalog, row: RepoRow, names: Collection[str]) -> dict[str, set[str]]:
    """Symbol name to the files that define it; names without a definition are left out."""
    found: dict[str, set[str]] = defaultdict(set)
    with catalog.reading() as connection:
        for page in pages(list(names)):
            query = sa.select(symbols.c.name, symbols.c.path).where(symbols.c.repo_id == row.id, symbols.c.name.in_(page))
            for item in connection.execute(query):
                found[item.name].add(item.path)
    return dict(found)


def definitions(catalog: Catalog, row: RepoRow, names: Collection[str]) -> list[Symbol]:
    """Every definition of these names, wherever it stands."""
    with catalog.reading() as connection:
        return [
            to_symbol(item)
            for page in pages(list(names))
            for item in connection.execute(sa.select(symbols).where(symbols.c.repo_id == row.id, symbols.c.name.in_(page)))
        ]


def symbols_of(catalog: Catalog, row: RepoRow, path: str) -> list[Symbol]:
    """What a file defines, in its order."""
    with catalog.reading() as connection:
        query = sa.select(symbols).where(symbols.c.file_id == file_id(row, path)).order_by(symbols.c.start_line)
        return [to_symbol(item) for item in connection.execute(query)]


def imports_of(catalog: Catalog, row: RepoRow, path: str) -> list[Import]:
    """The imports that stand in a file."""
    with catalog.reading() as connection:
        query = sa.select(imports).where(imports.c.file_id == file_id(row, path)).order_by(imports.c.line)
        return [to_import(item) for item in connection.execute(query)]


def importers_of(catalog: Catalog, row: RepoRow, path: str) -> list[Import]:
    """The imports, anywhere in the repository, that mean this file."""
    with catalog.reading() as connection:
        query = sa.select(imports).where(imports.c.repo_id == row.id, imports.c.target == path)
        return [to_import(item) for item in connection.execute(query.order_by(imports.c.path, imports.c.line))]


def all_imports(catalog: Catalog, row: RepoRow) -> tuple[Import, ...]:
    """Every import of the repository, file by file."""
    with catalog.reading() as connection:
        query = sa.select(imports).where(imports.c.repo_id == row.id).order_by(imports.c.path, imports.c.line)
        return tuple(to_import(item) for item in connection.execute(query))


def all_symbols(catalog: Catalog, row: RepoRow) -> tuple[Symbol, ...]:
    """Every definition of the repository, file by file."""
    with catalog.reading() as connection:
        query = sa.select(symbols).where(symbols.c.repo_id == row.id).order_by(symbols.c.path, symbols.c.start_line)
        return tuple(to_symbol(item) for item in connection.execute(query))


def messages(catalog: Catalog, row: RepoRow) -> dict[str, tuple[str, str]]:
    """SHA to subject and body of every commit."""
    with catalog.reading() as connection:
        query = sa.select(commits.c.sha, commits.c.subject, commits.c.body).where(commits.c.repo_id == row.id)
        return {sha: (subject, body) for sha, subject, body in connection.execute(query)}


def commits_by_sha(catalog: Catalog, row: RepoRow, shas: Collection[str]) -> dict[str, Commit]:
    """The commits with what they changed."""
    found: dict[str, Commit] = {}
    with catalog.reading() as connection:
        for page in pages(list(shas)):
            rows = connection.execute(sa.select(commits).where(commits.c.repo_id == row.id, commits.c.sha.in_(page))).all()
            changed = _changes(connection, [item.id for item in rows])
            found.update((item.sha, to_commit(item, tuple(changed.get(item.id, ())))) for item in rows)
    return found


def recent_commits(catalog: Catalog, row: RepoRow, *, since: float = 0.0, limit: int = 1000) -> list[Commit]:
    """Commits since a time (seconds since 1970), newest first, with what they changed."""
    with catalog.reading() as connection:
        query = sa.select(commits).where(commits.c.repo_id == row.id, commits.c.committed_at >= since)
        rows = connection.execute(query.order_by(commits.c.committed_at.desc(), commits.c.id).limit(limit)).all()
        changed: dict[int, list[FileChange]] = {}
        for page in pages([item.id for item in rows]):
            changed.update(_changes(connection, list(page)))
    return [to_commit(item, tuple(changed.get(item.id, ()))) for item in rows]


def dated(catalog: Catalog, row: RepoRow, since: float, until: float) -> dict[str, tuple[float, float]]:
    """SHA to when it was written and when it was brought in, of the commits of which either is within a time (seconds since 1970)."""
    with catalog.reading() as connection:
        written, brought = commits.c.authored_at, commits.c.committed_at
        query = sa.select(commits.c.sha, written, brought).where(commits.c.repo_id == row.id)
        within = sa.or_(written.between(since, until), brought.between(since, until))
        return {sha: (first, second) for sha, first, second in connection.execute(query.where(within))}


def reached(catalog: Catalog, row: RepoRow, base: str, tip: str) -> frozenset[str]:
    """The SHAs of the commits that are in `tip` and not in `base` ("" for none), as far as the catalog knows them."""
    with catalog.reading() as connection:
        query = sa.select(commits.c.sha, commits.c.parents).where(commits.c.repo_id == row.id)
        parents = {sha: listed.split() for sha, listed in connection.execute(query)}

    def ancestors(start: str, known: frozenset[str]) -> frozenset[str]:
        found: set[str] = set()
        ahead = [start]
        while ahead:
            sha = ahead.pop()
            if sha in parents and sha not in found and sha not in known:
                found.add(sha)
                ahead += parents[sha]
        return frozenset(found)

    return ancestors(tip, ancestors(base, frozenset()))


def commits_naming(catalog: Catalog, row: RepoRow, number: int) -> list[Commit]:
    """Commits whose message may name a pull request's number, newest first, without what they changed."""
    written = [f"#{number}", f"!{number}", f"/{number}", f"PR {number}"]
    with catalog.reading() as connection:
        texts = (commits.c.subject, commits.c.body)
        found = sa.or_(*(text.contains(form) for form in written for text in texts))
        query = sa.select(commits).where(commits.c.repo_id == row.id, found)
        return [to_commit(item, ()) for item in connection.execute(query.order_by(commits.c.committed_at.desc(), commits.c.id))]


def commits_touching(catalog: Catalog, row: RepoRow, path: str, limit: int) -> list[str]:
    """SHAs of the commits that changed the file of today's name, renames followed, newest first."""
    with catalog.reading() as connection:
        query = sa.select(commits.c.sha).join(commit_files, commit_files.c.commit_id == commits.c.id)
        query = query.where(commit_files.c.repo_id == row.id, commit_files.c.today == path)
        return list(connection.scalars(query.order_by(commits.c.committed_at.desc()).limit(limit)))


def files_of_commits(catalog: Catalog, row: RepoRow, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
    """SHA to the files it changed, by the names they have today."""
    found: dict[str, list[str]] = defaultdict(list)
    with catalog.reading() as connection:
        for page in pages(list(shas)):
            query = sa.select(commits.c.sha, commit_files.c.today).join(commit_files, commit_files.c.commit_id == commits.c.id)
            for item in connection.execute(query.where(commits.c.repo_id == row.id, commits.c.sha.in_(page))):
                found[item.sha].append(item.today)
    return {sha: tuple(dict.fromkeys(paths)) for sha, paths in found.items()}


def _changes(connection: sa.Connection, commit_ids: list[int]) -> dict[int, list[FileChange]]:
    found: dict[int, list[FileChange]] = defaultdict(list)
    query = sa.select(commit_files).where(commit_files.c.commit_id.in_(commit_ids)).order_by(commit_files.c.id)
    for item in connection.execute(query):
        found[item.commit_id].append(to_change(item))
    return found
