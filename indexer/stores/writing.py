"""How a refresh changes the catalog: everything it found, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from indexer.stores import history, lexical
from indexer.stores.catalog import Catalog, RepoRow, mark_changed, pages
from indexer.stores.records import chunk_row, import_row, symbol_row
from indexer.stores.schema import chunks, files, imports, repos, skipped, symbols
from indexer.types import Chunk, Commit, CommitFacts, Import, ParsedFile, Role, Skipped, TreeEntry


@dataclass(slots=True)
class Delta:
    """What a refresh found: files to put in place of their old versions, files that are gone, new commits.

    `roles` are the parts that files play now where the tree around them changed that. `rewritten` says that history is replaced:
    all commits are in `commits`, and the stored ones go. `newest_only` is how many commits the settings let in where they left
    older ones out, else 0.
    """

    parsed: list[ParsedFile] = field(default_factory=list)
    skipped: list[tuple[Skipped, TreeEntry]] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    roles: Mapping[str, Role] = field(default_factory=dict)
    commits: list[Commit] = field(default_factory=list)  # newest first
    facts: Mapping[str, CommitFacts] = field(default_factory=dict)  # of these commits, but for who merged them
    commit_chunks: list[Chunk] = field(default_factory=list)
    rewritten: bool = False
    newest_only: int = 0


def apply(
    catalog: Catalog, row: RepoRow, delta: Delta, vector_ids: Mapping[str, int], resolve: Callable[[Import], str | None] | None,
    **repo_values: Any,
) -> None:
    """Bring the catalog to the new head in one transaction. `vector_ids` maps chunk ids to vectors; `resolve` (or None when no
    file came or went) finds the file an import means; `repo_values` are the repository's new head, branch and so on."""
    with catalog.writing() as connection:
        _drop_files(connection, row, delta)
        for parsed in delta.parsed:
            _put_file(connection, row, parsed, vector_ids)
        _put_roles(connection, row, delta.roles)
        _put_skipped(connection, row, delta.skipped)
        if delta.rewritten:
            history.drop(connection, row)
        history.put(connection, row, delta.commits, delta.facts)
        _put_chunks(connection, row, delta.commit_chunks, None, vector_ids)
        if resolve is not None:
            _resolve_imports(connection, row, resolve)
        values = {"indexed_at": time.time(), "failure": "", "failed_at": None, **repo_values}
        connection.execute(repos.update().where(repos.c.id == row.id).values(**values))
        mark_changed(connection, row.id)


def _drop_files(connection: sa.Connection, row: RepoRow, delta: Delta) -> None:
    """Remove what is gone or now skipped; changed files stay, their chunks are compared one by one."""
    gone = delta.gone | {item.path for item, _ in delta.skipped}
    stale = gone | {parsed.source.path for parsed in delta.parsed}
    for page in pages(sorted(gone)):
        file_ids = connection.scalars(sa.select(files.c.id).where(files.c.repo_id == row.id, files.c.path.in_(page))).all()
        for ids in pages(list(file_ids)):
            rowids = connection.scalars(sa.select(chunks.c.id).where(chunks.c.file_id.in_(ids))).all()
            lexical.remove(connection, list(rowids))
            for table in (chunks, symbols, imports):
                connection.execute(table.delete().where(table.c.file_id.in_(ids)))
            connection.execute(files.delete().where(files.c.id.in_(ids)))
    for page in pages(sorted(stale)):
        connection.execute(skipped.delete().where(skipped.c.repo_id == row.id, skipped.c.path.in_(page)))


def _put_file(connection: sa.Connection, row: RepoRow, parsed: ParsedFile, vector_ids: Mapping[str, int]) -> None:
    source = parsed.source
    values = {
        "blob": source.blob,
        "language": source.language,
        "kind": source.kind.value,
        "role": source.role.value,
        "about": parsed.about,
        "lines": source.text.count("\n") + 1,
    }
    key = (files.c.repo_id == row.id, files.c.path == source.path)
    file_id = connection.scalar(sa.select(files.c.id).where(*key))
    if file_id is None:
        inserted = connection.execute(files.insert().values(repo_id=row.id, path=source.path, **values))
        assert inserted.inserted_primary_key is not None
        file_id = inserted.inserted_primary_key[0]
    else:
        connection.execute(files.update().where(files.c.id == file_id).values(**values))
        for table in (symbols, imports):
            connection.execute(table.delete().where(table.c.file_id == file_id))
    _put_chunks(connection, row, parsed.chunks, file_id, vector_ids)
    if parsed.symbols:
        connection.execute(symbols.insert(), [symbol_row(row.id, file_id, item) for item in parsed.symbols])
    if parsed.imports:
        connection.execute(imports.insert(), [import_row(row.id, file_id, item) for item in parsed.imports])


def _put_roles(connection: sa.Connection, row: RepoRow, roles: Mapping[str, Role]) -> None:
    for role in sorted(set(roles.values())):
        for page in pages([path for path, one in roles.items() if one is role]):
            which = sa.select(files.c.id).where(files.c.repo_id == row.id, files.c.path.in_(page))
            connection.execute(chunks.update().where(chunks.c.file_id.in_(which)).values(role=role.value))
            connection.execute(files.update().where(files.c.id.in_(which)).values(role=role.value))


def _put_chunks(
    connection: sa.Connection, row: RepoRow, new: Iterable[Chunk], file_id: int | None, vector_ids: Mapping[str, int]
) -> None:
    """Insert chunks that are new, move those whose lines changed, drop the file's chunks that are no more."""
    wanted = {chunk.id: chunk for chunk in new}
    old: dict[str, Any] = {}
    if file_id is not None:
        query = sa.select(chunks.c.id, chunks.c.chunk_id, chunks.c.start_line, chunks.c.end_line, chunks.c.about, chunks.c.vector_id)
        old = {item.chunk_id: item for item in connection.execute(query.where(chunks.c.file_id == file_id))}
    dropped = [item.id for chunk_id, item in old.items() if chunk_id not in wanted]
    if dropped:
        lexical.remove(connection, dropped)
        for page in pages(dropped):
            connection.execute(chunks.delete().where(chunks.c.id.in_(page)))
    added = [chunk for chunk_id, chunk in wanted.items() if chunk_id not in old]
    if added:
        connection.execute(chunks.insert(), [chunk_row(row.id, chunk, file_id, vector_ids.get(chunk.id)) for chunk in added])
        lexical.add(connection, _with_rowids(connection, row, added))
    for chunk_id, item in old.items():
        chunk = wanted.get(chunk_id)
        if chunk is None:
            continue
        now = {
            "start_line": chunk.start_line,
            "end_line": chunk.end_line,
            "about": chunk.about,
            "vector_id": vector_ids.get(chunk_id, item.vector_id),
        }
        if any(getattr(item, name) != value for name, value in now.items()):
            connection.execute(chunks.update().where(chunks.c.id == item.id).values(**now))


def _with_rowids(connection: sa.Connection, row: RepoRow, added: list[Chunk]) -> list[tuple[int, str, Chunk]]:
    rowids: dict[str, int] = {}
    for page in pages([chunk.id for chunk in added]):
        query = sa.select(chunks.c.chunk_id, chunks.c.id).where(chunks.c.repo_id == row.id, chunks.c.chunk_id.in_(page))
        rowids.update((item.chunk_id, item.id) for item in connection.execute(query))
    return [(rowids[chunk.id], row.name, chunk) for chunk in added]


def _put_skipped(connection: sa.Connection, row: RepoRow, found: Collection[tuple[Skipped, TreeEntry]]) -> None:
    if found:
        connection.execute(
            skipped.insert(),
            [
                {"repo_id": row.id, "path": item.path, "blob": entry.blob, "reason": item.reason.value, "detail": item.detail}
                for item, entry in found
            ],
        )


def _resolve_imports(connection: sa.Connection, row: RepoRow, resolve: Callable[[Import], str | None]) -> None:
    query = sa.select(imports.c.id, imports.c.path, imports.c.line, imports.c.module, imports.c.names, imports.c.target)
    changed = []
    for item in connection.execute(query.where(imports.c.repo_id == row.id)):
        target = resolve(Import(item.path, item.line, item.module, tuple(item.names)))
        if target != item.target:
            changed.append({"row": item.id, "found": target})
    if changed:
        connection.execute(imports.update().where(imports.c.id == sa.bindparam("row")).values(target=sa.bindparam("found")), changed)
