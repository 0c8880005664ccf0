"""How a refresh changes the catalog: everything it found, in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from indexer.stores import history, lexical
from indexer.stores.catalog import Catalog, RepoRow, mark_changed, pages
from indexer.stores.inserting import insert, next_id
from indexer.stores.records import chunk_row, import_row, symbol_row
from indexer.stores.schema import chunks, files, imports, repos, skipped, symbols
from indexer.types import Chunk, Commit, CommitFacts, Import, ParsedFile, Role, Skipped, TreeEntry

_FILES = 200  # put in place together
_ROWS = 2_000  # chunks inserted together with their words


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


@dataclass(frozen=True, slots=True)
class Resolving:
    """`find` gives the file that an import means; `paths` are the files whose imports may mean others than before, None for all."""

    find: Callable[[Import], str | None]
    paths: Collection[str] | None = None


def apply(
    catalog: Catalog, row: RepoRow, delta: Delta, vector_ids: Mapping[str, int], resolving: Resolving | None,
    words: Mapping[str, lexical.ChunkWords] = MappingProxyType({}), **repo_values: Any,
) -> None:
    """Bring the catalog to the new head in one transaction. `vector_ids` maps chunk ids to vectors; `resolving` is None when no
    import can mean another file than before; `words` are those of chunks, made before; `repo_values` are the repository's
    new head, branch and so on."""
    made = _Made(vector_ids, words)
    with catalog.writing() as connection:
        _drop_files(connection, row, delta)
        for page in pages(delta.parsed, _FILES):
            _put_files(connection, row, page, made)
        _put_roles(connection, row, delta.roles)
        _put_skipped(connection, row, delta.skipped)
        if delta.rewritten:
            history.drop(connection, row)
        history.put(connection, row, delta.commits, delta.facts)
        _add_chunks(connection, row, [(chunk, None) for chunk in delta.commit_chunks], made)
        if resolving is not None:
            _resolve_imports(connection, row, resolving)
        values = {"indexed_at": time.time(), "failure": "", "failed_at": None, **repo_values}
        connection.execute(repos.update().where(repos.c.id == row.id).values(**values))
        mark_changed(connection, row.id)


@dataclass(frozen=True, slots=True)
class _Made:
    """What was made for chunks before the transaction began, by their ids."""

    vector_ids: Mapping[str, int]
    words: Mapping[str, lexical.ChunkWords]


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


def _put_files(connection: sa.Connection, row: RepoRow, page: Sequence[ParsedFile], made: _Made) -> None:
    """Put files in place of what they were; of one that was there, chunks are compared one by one."""
    paths = [parsed.source.path for parsed in page]
    known = sa.select(files.c.path, files.c.id).where(files.c.repo_id == row.id, files.c.path.in_(paths))
    ids = {item.path: item.id for item in connection.execute(known)}
    free = next_id(connection, files)
    added: list[tuple[Chunk, int | None]] = []
    inserted = []
    for parsed in page:
        path, values = parsed.source.path, _file_values(parsed)
        if path in ids:
            connection.execute(files.update().where(files.c.id == ids[path]).values(**values))
            for table in (symbols, imports):
                connection.execute(table.delete().where(table.c.file_id == ids[path]))
            added += [(chunk, ids[path]) for chunk in _move_chunks(connection, parsed.chunks, ids[path], made)]
        else:
            ids[path], free = free, free + 1
            inserted.append({"id": ids[path], "repo_id": row.id, "path": path, **values})
            added += [(chunk, ids[path]) for chunk in parsed.chunks]
    insert(connection, files, inserted)
    _add_chunks(connection, row, added, made)
    insert(connection, symbols, [symbol_row(row.id, ids[parsed.source.path], item) for parsed in page for item in parsed.symbols])
    insert(connection, imports, [import_row(row.id, ids[parsed.source.path], item) for parsed in page for item in parsed.imports])


def _file_values(parsed: ParsedFile) -> dict[str, Any]:
    source = parsed.source
    return {
        "blob": source.blob,
        "language": source.language,
        "kind": source.kind.value,
        "role": source.role.value,
        "about": parsed.about,
        "lines": parsed.lines,
    }


def _put_roles(connection: sa.Connection, row: RepoRow, roles: Mapping[str, Role]) -> None:
    for role in sorted(set(roles.values())):
        for page in pages([path for path, one in roles.items() if one is role]):
            which = sa.select(files.c.id).where(files.c.repo_id == row.id, files.c.path.in_(page))
            connection.execute(chunks.update().where(chunks.c.file_id.in_(which)).values(role=role.value))
            connection.execute(files.update().where(files.c.id.in_(which)).values(role=role.value))


def _move_chunks(connection: sa.Connection, new: Sequence[Chunk], file_id: int, made: _Made) -> list[Chunk]:
    """Move a file's chunks whose lines changed, drop those that are no more; returns those that are new."""
    wanted = {chunk.id: chunk for chunk in new}
    columns = (chunks.c.id, chunks.c.chunk_id, chunks.c.start_line, chunks.c.end_line, chunks.c.about, chunks.c.vector_id)
    old = {item.chunk_id: item for item in connection.execute(sa.select(*columns).where(chunks.c.file_id == file_id))}
    dropped = [item.id for chunk_id, item in old.items() if chunk_id not in wanted]
    if dropped:
        lexical.remove(connection, dropped)
        for page in pages(dropped):
            connection.execute(chunks.delete().where(chunks.c.id.in_(page)))
    for chunk_id in old.keys() & wanted.keys():
        chunk, item = wanted[chunk_id], old[chunk_id]
        now = {
            "start_line": chunk.start_line,
            "end_line": chunk.end_line,
            "about": chunk.about,
            "vector_id": made.vector_ids.get(chunk_id, item.vector_id),
        }
        if any(getattr(item, name) != value for name, value in now.items()):
            connection.execute(chunks.update().where(chunks.c.id == item.id).values(**now))
    return [chunk for chunk_id, chunk in wanted.items() if chunk_id not in old]


def _add_chunks(connection: sa.Connection, row: RepoRow, new: Sequence[tuple[Chunk, int | None]], made: _Made) -> None:
    """Insert chunks, each with the id of its file, and index their words."""
    free = next_id(connection, chunks)
    for page in pages(list({chunk.id: (chunk, file_id) for chunk, file_id in new}.items()), _ROWS):
        numbered = [(free + place, chunk, file_id) for place, (_, (chunk, file_id)) in enumerate(page)]
        free += len(page)
        rows = [{"id": number, **chunk_row(row.id, chunk, file, made.vector_ids.get(chunk.id))} for number, chunk, file in numbered]
        insert(connection, chunks, rows)
        lexical.add(connection, [(number, row.name, chunk) for number, chunk, _ in numbered], made.words)


def _put_skipped(connection: sa.Connection, row: RepoRow, found: Collection[tuple[Skipped, TreeEntry]]) -> None:
    if found:
        connection.execute(
            skipped.insert(),
            [
                {"repo_id": row.id, "path": item.path, "blob": entry.blob, "reason": item.reason.value, "detail": item.detail}
                for item, entry in found
            ],
        )


def _resolve_imports(connection: sa.Connection, row: RepoRow, resolving: Resolving) -> None:
    query = sa.select(imports.c.id, imports.c.path, imports.c.line, imports.c.module, imports.c.names, imports.c.target)
    query = query.where(imports.c.repo_id == row.id)
    if resolving.paths is None:
        asked = [query]
    else:
        here = (sa.select(files.c.id).where(files.c.repo_id == row.id, files.c.path.in_(page)) for page in pages(list(resolving.paths)))
        asked = [query.where(imports.c.file_id.in_(ids)) for ids in here]
    changed = []
    for one in asked:
        for item in connection.execute(one):
            target = resolving.find(Import(item.path, item.line, item.module, tuple(item.names)))
            if target != item.target:
                changed.append({"row": item.id, "found": target})
    if changed:
        connection.execute(imports.update().where(imports.c.id == sa.bindparam("row")).values(target=sa.bindparam("found")), changed)
