"""Nearest vectors: Chroma for the process that owns the index, exact search over the catalog for readers beside it.

Chroma's embedded files must be open in one process only: two writers corrupt them silently, and even a query can write. So the
holder of the writer's lock opens Chroma; every other process searches the catalog's own copies of the vectors, exactly.
"""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from indexer.config import ChromaSettings
from indexer.errors import ConfigError, StoreError
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.shelf import Shelves

log = logging.getLogger(__name__)

_PAGE = 1000  # Chroma refuses batches above 5,461, and ids above what one SQL statement takes
_FEW = 100_000  # vectors; three times as many are searched exactly, and never in Chroma
_QUICKLY = 40  # instead of Chroma's 100: 17,000 vectors take 3.5 CPU s instead of 5.4, and 98.4 % of the 200 best are found, not 99.5 %
_SEARCH_WIDTH = 400  # HNSW's ef at query time: recall of the 100 to 200 best that fusion reads


class VectorSearch(Protocol):
    """Finds the chunks whose vectors are nearest."""

    def nearest(self, row: RepoRow, vector: np.ndarray, k: int, *, commits_only: bool) -> list[tuple[str, float]]:
        """(chunk id, cosine similarity), best first, at most k."""
        ...


class ExactVectors:
    """Cosine similarity with every vector of a repository, held in memory until its index changes."""

    def __init__(self, catalog: Catalog) -> None:
        self.shelves = Shelves(catalog)

    def nearest(self, row: RepoRow, vector: np.ndarray, k: int, *, commits_only: bool) -> list[tuple[str, float]]:
        shelf = self.shelves.of(row, commits_only=commits_only)
        places, scores = shelf.nearest(vector, k)
        return shelf.ids_at(places, scores)


class ChromaVectors:
    """Two Chroma collections per repository, one for its files and one for its commits, so that no `where` is needed."""

    def __init__(self, client: Any, catalog: Catalog) -> None:
        self._client = client
        self._catalog = catalog
        self._instance = catalog.instance()

    @classmethod
    def open(
        cls, settings: ChromaSettings, data_dir: Path, catalog: Catalog, notice: Callable[[str], None], *, rebuild: bool = False
    ) -> ChromaVectors:
        """Connect to Chroma. Embedded files that are damaged, or all of them with `rebuild`, are set aside and made again from the
        catalog. StoreError, ConfigError."""
        if settings.mode != "embedded":
            with _chroma_errors():
                return cls(_remote_client(settings), catalog)
        folder = data_dir / "chroma"
        if not rebuild:
            try:
                return cls(_embedded_client(folder), catalog)
            except Exception as exc:  # chromadb raises whatever its Rust core and SQLite raise; all mean the same here
                log.debug("Chroma did not open", exc_info=exc)
        aside = folder.with_name(f"chroma.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        with _chroma_errors():
            if folder.exists():
                shutil.move(folder, aside)
            vectors = cls(_embedded_client(folder), catalog)
        if rebuild:
            shutil.rmtree(aside, ignore_errors=True)
        else:
            notice(f"Chroma's files were damaged; they were set aside as {aside.name} and made again from the catalog.")
        for row in catalog.repo_rows():
            for commits_only in (False, True):
                vectors.sweep(row, catalog.chunk_vectors(row.id, commits_only=commits_only), commits_only=commits_only)
        return vectors

    def close(self) -> None:
        """Let go of the files; the client cannot be used afterwards."""
        with _chroma_errors():
            self._client.close()

    def nearest(self, row: RepoRow, vector: np.ndarray, k: int, *, commits_only: bool) -> list[tuple[str, float]]:
        with _chroma_errors():
            collection = self._collection(row, commits_only)
            total = collection.count()
            if not total:
                return []
            found = collection.query(
                query_embeddings=[vector.astype(np.float32)], n_results=min(k, total, _SEARCH_WIDTH), include=["distances"]
            )
        return [(chunk_id, 1.0 - distance) for chunk_id, distance in zip(found["ids"][0], found["distances"][0], strict=True)]

    def prepare(self, row: RepoRow, count: int, *, commits_only: bool) -> None:
        """Make the collection, where there is none, for about `count` vectors."""
        with _chroma_errors():
            self._collection(row, commits_only, _QUICKLY if count <= _FEW else None)

    def upsert(self, row: RepoRow, ids: Sequence[str], matrix: np.ndarray, *, commits_only: bool) -> None:
        with _chroma_errors():
            collection = self._collection(row, commits_only)
            for start in range(0, len(ids), _PAGE):
                collection.upsert(ids=list(ids[start : start + _PAGE]), embeddings=matrix[start : start + _PAGE].astype(np.float32))

    def delete(self, row: RepoRow, ids: Sequence[str], *, commits_only: bool) -> None:
        with _chroma_errors():
            collection = self._collection(row, commits_only)
            for start in range(0, len(ids), _PAGE):
                collection.delete(ids=list(ids[start : start + _PAGE]))

    def count(self, row: RepoRow, *, commits_only: bool) -> int:
        with _chroma_errors():
            return self._collection(row, commits_only).count()

    def ids(self, row: RepoRow, *, commits_only: bool) -> set[str]:
        found: set[str] = set()
        with _chroma_errors():
            collection = self._collection(row, commits_only)
            while page := collection.get(include=[], limit=_PAGE, offset=len(found))["ids"]:
                found.update(page)
        return found

    def drop(self, row: RepoRow) -> None:
        with _chroma_errors():
            present = {collection.name for collection in self._client.list_collections()}
            for name in {self._name(row, False), self._name(row, True)} & present:
                self._client.delete_collection(name)

    def sweep(self, row: RepoRow, wanted: Mapping[str, int], *, commits_only: bool) -> None:
        """Make the collection hold exactly `wanted` (chunk id -> vector id of the catalog): what a killed refresh left is mended."""
        present = self.ids(row, commits_only=commits_only)
        self.delete(row, sorted(present - wanted.keys()), commits_only=commits_only)
        missing = sorted(wanted.keys() - present)
        for start in range(0, len(missing), _PAGE):
            page = missing[start : start + _PAGE]
            by_id = self._catalog.vectors_by_id({wanted[chunk_id] for chunk_id in page})
            matrix = np.stack([by_id[wanted[chunk_id]] for chunk_id in page])
            self.upsert(row, page, matrix, commits_only=commits_only)

    def _collection(self, row: RepoRow, commits_only: bool, width: int | None = None) -> Any:
        """The collection; one that has to be made gets a graph built with this `width` (HNSW's ef_construction)."""
        graph: dict[str, Any] = {"space": "cosine", "ef_search": _SEARCH_WIDTH}
        if width is not None:
            graph["ef_construction"] = width
        return self._client.get_or_create_collection(self._name(row, commits_only), embedding_function=None, configuration={"hnsw": graph})

    def _name(self, row: RepoRow, commits_only: bool) -> str:
        model = row.fingerprint[:12] or "new"
        return f"docent-{self._instance}-{row.id}-{model}-{'commits' if commits_only else 'files'}"


def _embedded_client(folder: Path) -> Any:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient
    from chromadb.config import Settings

    SharedSystemClient.clear_system_cache()  # it keeps what it opened for a path, also when that failed or is long closed
    try:
        client = chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False))
        client.list_collections()
    except BaseException:
        from chromadb.api.shared_system_client import SharedSystemClient

        SharedSystemClient.clear_system_cache()  # it keeps a half-opened system, and would hand it out at the next try
        raise
    return client


def _remote_client(settings: ChromaSettings) -> Any:
    import os

    import chromadb
    from chromadb.config import Settings

    quiet = Settings(anonymized_telemetry=False)
    if settings.mode == "server":
        return chromadb.HttpClient(host=settings.host, port=settings.port, ssl=settings.ssl, settings=quiet)
    key = os.environ.get("CHROMA_API_KEY")
    if not key:
        raise ConfigError("chroma.mode is \"cloud\", but CHROMA_API_KEY is not set.", "Set it in the environment.")
    return chromadb.CloudClient(tenant=settings.tenant, database=settings.database, api_key=key)


@contextmanager
def _chroma_errors() -> Iterator[None]:
    try:
        yield
    except (ConfigError, StoreError):
        raise
    except Exception as exc:  # chromadb has no common base class for what its Rust core raises
        text = str(exc).splitlines()[0][:200] if str(exc) else type(exc).__name__
        if "No space left" in text or "disk is full" in text:
            raise StoreError("The disk is full: vectors could not be written.", "Free some space; nothing was lost.") from exc
        if "connect" in text.lower():
            raise StoreError("The Chroma server does not answer.", "Start it, or check [chroma] host and port.") from exc
        raise StoreError(f"Chroma failed: {text}", "Run `docent index --full` to make the vectors again.") from exc
