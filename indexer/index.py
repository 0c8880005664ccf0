"""The read side: everything docent can say about the indexed repositories, from the catalog, the vectors and git."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np

from indexer.embedding import Embedder
from indexer.errors import IndexMissing, StoreError, UnknownRepo
from indexer.retrieval import search as retrieval
from indexer.stores import facts
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.records import from_timestamp
from indexer.stores.vectors import ExactVectors, VectorSearch
from indexer.types import Chunk, Commit, Hit, Import, IndexState, Query, RepoStatus, Skipped, Symbol
from indexer.vcs.repository import Repository

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Touch:
    """One change of one file by one commit; `path` as it is called today, `files_in_commit` to weigh mass changes down."""

    path: str
    commit: Commit
    files_in_commit: int


class RepoCorpus:
    """One repository's searchable index, as retrieval sees it. Made for one question: it keeps one row of the catalog."""

    def __init__(self, catalog: Catalog, row: RepoRow, vectors: VectorSearch, exact: ExactVectors) -> None:
        self.repo = row.name
        self._catalog = catalog
        self._row = row
        self._vectors = vectors
        self._exact = exact
        self._languages: dict[str, str] | None = None

    def dense(
        self, vector: np.ndarray, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        if paths is None:
            try:
                return self._vectors.nearest(self._row, vector, k, commits_only=commits)
            except StoreError as exc:
                log.warning("%s Searching the catalog's vectors instead.", exc)
        return self._exact.nearest(self._row, vector, k, commits_only=commits, paths=paths)

    def lexical(
        self, text: str, k: int, *, commits: bool = False, paths: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        return self._catalog.lexical(self._row, text, k, commits_only=commits, paths=paths)

    def chunks(self, ids: Collection[str]) -> dict[str, Chunk]:
        return self._catalog.chunks(self._row, ids)

    def defining(self, names: Collection[str]) -> dict[str, set[str]]:
        return facts.defining(self._catalog, self._row, names)

    def paths(self) -> list[str]:
        return list(self.languages())

    def languages(self) -> dict[str, str]:
        if self._languages is None:
            self._languages = {row.path: row.language for row in self._catalog.file_rows(self._row.id)}
        return self._languages

    def file_means(self, vector: np.ndarray) -> dict[str, float]:
        paths, means = self._exact.file_means(self._row)
        return dict(zip(paths, (means @ vector).tolist(), strict=True)) if paths else {}

    def commits_touching(self, path: str, limit: int) -> list[str]:
        return facts.commits_touching(self._catalog, self._row, path, limit)

    def files_of_commits(self, shas: Collection[str]) -> dict[str, tuple[str, ...]]:
        return facts.files_of_commits(self._catalog, self._row, shas)


class Index:
    """Everything that can be asked of the indexed repositories. Holds no state of one question; safe for many threads."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: VectorSearch,
        embedder: Embedder,
        repositories: Iterable[Repository],
        expected: Callable[[Repository], str],
    ) -> None:
        """`expected` gives the fingerprint that a repository's index must have to be current."""
        self._catalog = catalog
        self._vectors = vectors
        self._exact = vectors if isinstance(vectors, ExactVectors) else ExactVectors(catalog)
        self._embedder = embedder
        self._repositories = {repository.name: repository for repository in repositories}
        self._expected = expected
        self._question = lru_cache(maxsize=256)(embedder.embed_query)  # one question is searched, compared, and often asked again

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._repositories)

    def add(self, repository: Repository) -> None:
        """Make one more repository answerable."""
        self._repositories[repository.name] = repository

    def search(self, query: Query, k: int = 10) -> list[Hit]:
        """The best places for a query, best first. UnknownRepo, IndexMissing when none of the repositories is indexed yet."""
        rows = [self._row(name) for name in query.repos or self.names]
        indexed = [row for row in rows if row is not None and row.head]
        if not indexed:
            asked = ", ".join(query.repos or self.names) or "any repository"
            raise IndexMissing(f"There is no index of {asked} yet.", "Run `docent index` first.")
        corpora = [RepoCorpus(self._catalog, row, self._vectors, self._exact) for row in indexed]
        return retrieval.search(corpora, query, self._question(query.text), k)

    def similarity(self, question: str, sentences: Sequence[str]) -> list[float]:
        """How alike a question and each sentence are in meaning: cosines, in the order given."""
        if not sentences:
            return []
        return (self._embedder.embed_sentences(sentences) @ self._question(question)).tolist()

    def statuses(self, names: Collection[str] = ()) -> tuple[RepoStatus, ...]:
        return tuple(self.status(name) for name in names or self.names)

    def status(self, name: str) -> RepoStatus:
        """Where one repository's index stands. UnknownRepo."""
        row = self._row(name)
        if row is None:
            return RepoStatus(name, IndexState.MISSING)
        files, chunks, commits = self._catalog.counts(row.id)
        skipped: dict[str, int] = {}
        for item in self._catalog.skipped_files(row):
            skipped[item.reason.value] = skipped.get(item.reason.value, 0) + 1
        return RepoStatus(
            repo=name,
            state=self._state(row),
            commit=row.head,
            branch=row.branch,
            web_url=row.web_url,
            indexed_at=from_timestamp(row.indexed_at) if row.indexed_at else None,
            files=files,
            chunks=chunks,
            commits=commits,
            skipped=dict(sorted(skipped.items(), key=lambda item: -item[1])),
            failure=row.failure,
            failed_at=from_timestamp(row.failed_at) if row.failed_at else None,
            shallow=row.shallow,
        )

    def version(self, name: str) -> tuple[str, datetime | None, bool]:
        """Which commit a repository's index shows ("" for none), when it was brought up to date, and whether history is cut off."""
        row = self._row(name)
        if row is None:
            return "", None, False
        return row.head, from_timestamp(row.indexed_at) if row.indexed_at else None, row.shallow

    def skipped(self, name: str) -> list[Skipped]:
        row = self._row(name)
        return self._catalog.skipped_files(row) if row else []

    # places

    def head(self, name: str) -> str:
        """The commit that a repository's index shows. IndexMissing."""
        return self._indexed(name).head

    def read_lines(self, name: str, commit: str, path: str, start: int, end: int) -> str | None:
        """Lines `start` to `end` of a file at a commit, straight from git; None where there is no such place."""
        data = self._repository(name).read_at(commit, path)
        if data is None:
            return None
        from indexer.sources import decode

        text = decode(data)
        if not isinstance(text, str):
            return None
        lines = text.splitlines()
        return "\n".join(lines[start - 1 : end]) if 1 <= start <= end <= len(lines) else None

    def commit_from_git(self, name: str, sha: str) -> Commit | None:
        """One commit as git has it now; None where it is gone."""
        return next(iter(self._repository(name).log(sha, max_count=1)), None)

    def file_url(self, name: str, commit: str, path: str, start: int = 0, end: int = 0) -> str | None:
        return self._repository(name).file_url(commit, path, start, end)

    def commit_url(self, name: str, sha: str) -> str | None:
        return self._repository(name).commit_url(sha)

    # facts

    def files(self, name: str) -> list[tuple[str, str, str, str, int]]:
        """Every indexed file: path, language, role, what it is about, number of lines."""
        rows = self._catalog.file_rows(self._indexed(name).id)
        return [(row.path, row.language, row.role, row.about, row.lines) for row in rows]

    def chunks_of_file(self, name: str, path: str) -> list[Chunk]:
        return self._catalog.chunks_of_file(self._indexed(name), path)

    def definitions(self, name: str, names: Collection[str]) -> list[Symbol]:
        return facts.definitions(self._catalog, self._indexed(name), names)

    def mentioning(self, name: str, word: str, limit: int) -> list[Chunk]:
        """The chunks of files that hold a word, those that are about it first."""
        row = self._indexed(name)
        ids = [chunk_id for chunk_id, _ in self._catalog.lexical(row, word, limit, commits_only=False)]
        found = self._catalog.chunks(row, ids)
        return [found[chunk_id] for chunk_id in ids if chunk_id in found]

    def commits_mentioning(self, name: str, word: str, limit: int) -> list[Commit]:
        """The commits whose messages hold a word, those that are about it first."""
        row = self._indexed(name)
        chunks = self._catalog.chunks(row, [chunk_id for chunk_id, _ in self._catalog.lexical(row, word, limit, commits_only=True)])
        found = self.commits(name, [chunk.commit for chunk in chunks.values() if chunk.commit])
        return [found[chunk.commit] for chunk in chunks.values() if chunk.commit in found and word in _message(found[chunk.commit])]

    def symbols_of(self, name: str, path: str) -> list[Symbol]:
        return facts.symbols_of(self._catalog, self._indexed(name), path)

    def imports_of(self, name: str, path: str) -> list[Import]:
        return facts.imports_of(self._catalog, self._indexed(name), path)

    def importers_of(self, name: str, path: str) -> list[Import]:
        return facts.importers_of(self._catalog, self._indexed(name), path)

    def commits(self, name: str, shas: Collection[str]) -> dict[str, Commit]:
        return facts.commits_by_sha(self._catalog, self._indexed(name), shas)

    def recent_commits(self, name: str, *, since: float = 0.0, limit: int = 1000) -> list[Commit]:
        return facts.recent_commits(self._catalog, self._indexed(name), since=since, limit=limit)

    def commits_touching(self, name: str, path: str, limit: int = 20) -> list[str]:
        return facts.commits_touching(self._catalog, self._indexed(name), path, limit)

    def touches(self, name: str, paths: Collection[str]) -> list[Touch]:
        """Every change of these files, renames followed."""
        return [Touch(*found) for found in facts.touches(self._catalog, self._indexed(name), paths)]

    def _state(self, row: RepoRow) -> IndexState:
        if not row.head:
            return IndexState.FAILED if row.failure else IndexState.MISSING
        current = self._expected(self._repositories[row.name])
        return IndexState.READY if row.fingerprint == current else IndexState.OUTDATED

    def _repository(self, name: str) -> Repository:
        if name not in self._repositories:
            raise unknown_repo(name, self.names)
        return self._repositories[name]

    def _row(self, name: str) -> RepoRow | None:
        self._repository(name)
        return self._catalog.repo(name)

    def _indexed(self, name: str) -> RepoRow:
        row = self._row(name)
        if row is None or not row.head:
            raise IndexMissing(f"There is no index of {name} yet.", "Run `docent index` first.")
        return row


def _message(commit: Commit) -> str:
    return f"{commit.subject}\n{commit.body}"


def unknown_repo(name: str, known: Collection[str]) -> UnknownRepo:
    """The error for a repository nobody configured, naming the nearest known one."""
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known repositories: {', '.join(sorted(known)) or 'none'}."
    return UnknownRepo(name, f"No repository is called {name!r}.", hint)
