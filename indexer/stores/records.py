"""Rows of the catalog to values of `indexer.types`, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from indexer.types import Chunk, Commit, CommitFacts, FileChange, Import, Kind, Person, Role, Symbol


def chunk_row(repo_id: int, chunk: Chunk, file_id: int | None, vector_id: int | None) -> dict[str, Any]:
    return {
        "repo_id": repo_id,
        "chunk_id": chunk.id,
        "file_id": file_id,
        "vector_id": vector_id,
        "path": chunk.path,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "text": chunk.text,
        "kind": chunk.kind.value,
        "language": chunk.language,
        "role": chunk.role.value,
        "symbol": chunk.symbol,
        "symbol_kind": chunk.symbol_kind,
        "enclosing": list(chunk.enclosing),
        "doc": chunk.doc,
        "about": chunk.about,
        "commit": chunk.commit,
    }


def to_chunk(repo: str, row: Any) -> Chunk:
    """A stored chunk; `embed_text` is not stored and comes back empty."""
    return Chunk(
        id=row.chunk_id,
        repo=repo,
        path=row.path,
        start_line=row.start_line,
        end_line=row.end_line,
        text=row.text,
        kind=Kind(row.kind),
        embed_text="",
        language=row.language,
        role=Role(row.role),
        symbol=row.symbol,
        symbol_kind=row.symbol_kind,
        enclosing=tuple(row.enclosing),
        doc=row.doc,
        about=row.about,
        commit=row.commit,
    )


def symbol_row(repo_id: int, file_id: int, symbol: Symbol) -> dict[str, Any]:
    return {
        "repo_id": repo_id,
        "file_id": file_id,
        "path": symbol.path,
        "name": symbol.name,
        "qualified": symbol.qualified,
        "kind": symbol.kind,
        "start_line": symbol.start_line,
        "end_line": symbol.end_line,
        "signature": symbol.signature,
        "doc": symbol.doc,
    }


def to_symbol(row: Any) -> Symbol:
    return Symbol(row.path, row.name, row.qualified, row.kind, row.start_line, row.end_line, row.signature, row.doc)


def import_row(repo_id: int, file_id: int, item: Import) -> dict[str, Any]:
    return {
        "repo_id": repo_id,
        "file_id": file_id,
        "path": item.path,
        "line": item.line,
        "module": item.module,
        "names": list(item.names),
        "target": item.target,
    }


def to_import(row: Any) -> Import:
    return Import(row.path, row.line, row.module, tuple(row.names), row.target)


def commit_row(repo_id: int, commit: Commit, facts: CommitFacts, ids: Mapping[Person, int]) -> dict[str, Any]:
    """A commit with who took part in it; whoever merged it is told later, by what came after it."""
    return {
        "repo_id": repo_id,
        "sha": commit.sha,
        "parents": " ".join(commit.parents),
        "author_name": commit.author.name,
        "author_email": commit.author.email,
        "committer_name": commit.committer.name,
        "committer_email": commit.committer.email,
        "authored_at": facts.authored_at.timestamp(),
        "committed_at": facts.committed_at.timestamp(),
        "files": facts.files,
        "added": facts.added,
        "deleted": facts.deleted,
        "helped": _listed(facts.co_authors, ids),
        "reviewed": _listed(facts.reviewers, ids),
        "brought": _listed(facts.integrators, ids),
        "subject": commit.subject,
        "body": commit.body,
    }


def _listed(people: Iterable[Person], ids: Mapping[Person, int]) -> str:
    return " ".join(str(ids[person]) for person in people)


def change_row(repo_id: int, commit_id: int, change: FileChange, today: Mapping[str, str]) -> dict[str, Any]:
    return {
        "commit_id": commit_id,
        "repo_id": repo_id,
        "path": change.path,
        "today": today.get(change.path, change.path),
        "old_path": change.old_path,
        "status": change.status,
        "added": change.added,
        "deleted": change.deleted,
    }


def to_change(row: Any) -> FileChange:
    return FileChange(row.path, row.status, row.old_path, row.added, row.deleted)


def to_commit(row: Any, changes: tuple[FileChange, ...] = ()) -> Commit:
    return Commit(
        sha=row.sha,
        parents=tuple(row.parents.split()),
        author=Person(row.author_name, row.author_email),
        committer=Person(row.committer_name, row.committer_email),
        authored_at=from_timestamp(row.authored_at),
        committed_at=from_timestamp(row.committed_at),
        subject=row.subject,
        body=row.body,
        changes=changes,
    )


def from_timestamp(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
