"""One data folder, opened either by its owner, who may write and uses Chroma, or by a reader beside it."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from indexer.config import IndexerSettings, RerankingSettings
from indexer.describing import Describer
from indexer.embedding import Embedder, open_embedder
from indexer.errors import DocentError, IndexLocked, StoreError, unknown_repo
from indexer.index import Index
from indexer.interpreter import making_much
from indexer.lock import WriterLock
from indexer.refresh import Progress, Stores, fingerprint, refresh_repository
from indexer.reranking import open_reranker
from indexer.retrieval.reranking import Reranking
from indexer.stores.catalog import Catalog
from indexer.stores.vectors import ChromaVectors, ExactVectors
from indexer.types import RefreshReport
from indexer.vcs.repository import Repository

log = logging.getLogger(__name__)


class Workspace:
    """The index of all configured repositories, and for its owner the means to refresh it."""

    def __init__(
        self,
        settings: IndexerSettings,
        embedder: Embedder,
        catalog: Catalog,
        chroma: ChromaVectors | None,
        lock: WriterLock | None,
        describer: Describer | None = None,
    ) -> None:
        self.settings = settings
        self.embedder = embedder
        self.catalog = catalog
        self.describer = describer
        self._chroma = chroma
        self._lock = lock
        self._repositories = {item.name: Repository(item, settings.mirrors) for item in settings.repositories}
        searcher = chroma or ExactVectors(catalog)
        self.reranking = _reranking(settings.reranking)
        self.index = Index(
            catalog, searcher, embedder, self._repositories.values(), self.expected_fingerprint, settings.people, self.reranking,
            describes=settings.indexing.describe_files,
        )  # fmt: skip

    @classmethod
    def open_reader(
        cls, settings: IndexerSettings, embedder: Embedder | None = None, describer: Describer | None = None
    ) -> Workspace:
        """Open for questions only; any number of processes may, also while an owner writes. StoreError.

        `describer` is kept for the owner that a reader may become.
        """
        _make_folder(settings.data_dir)
        catalog = Catalog.in_folder(settings.data_dir, settings.database.catalog_url)
        chroma = None
        if settings.chroma.mode != "embedded":
            try:
                chroma = ChromaVectors.open(settings.chroma, settings.data_dir, catalog, log.warning)
            except StoreError as exc:
                log.warning("%s Searching the catalog's vectors instead.", exc)
        return cls(settings, embedder or open_embedder(settings.embedding), catalog, chroma, None, describer)

    @classmethod
    def open_owner(
        cls,
        settings: IndexerSettings,
        command: str,
        embedder: Embedder | None = None,
        *,
        describer: Describer | None = None,
        rebuild: bool = False,
    ) -> Workspace:
        """Open for writing as `command`. With `rebuild`, a damaged catalog is set aside and a new one begun.

        IndexLocked names the process that owns the folder already; StoreError, ConfigError.
        """
        _make_folder(settings.data_dir)
        lock = WriterLock(settings.data_dir, command)
        lock.acquire()
        try:
            catalog = _open_catalog(settings, rebuild)
            chroma = ChromaVectors.open(settings.chroma, settings.data_dir, catalog, log.warning, rebuild=rebuild)
            return cls(settings, embedder or open_embedder(settings.embedding), catalog, chroma, lock, describer)
        except BaseException:
            lock.release()
            raise

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._repositories)

    @property
    def is_owner(self) -> bool:
        return self._lock is not None

    def repository(self, name: str) -> Repository:
        """UnknownRepo."""
        if name not in self._repositories:
            raise unknown_repo(name, self.names)
        return self._repositories[name]

    def add(self, repository: Repository) -> None:
        """Make one more repository answerable, as `--repo PATH` does."""
        self._repositories[repository.name] = repository
        self.index.add(repository)

    def refresh(self, name: str, *, full: bool = False, progress: Progress | None = None) -> RefreshReport:
        """Bring one repository up to its newest commit. What goes wrong is kept for `docent status`, and raised."""
        if self._chroma is None or self._lock is None:
            raise IndexLocked("This process may only read the index.", "Run `docent index`.")
        repository = self.repository(name)
        try:
            with making_much():
                return refresh_repository(
                    repository, Stores(self.catalog, self._chroma), self.embedder, self.settings.indexing,
                    describer=self.describer, full=full, progress=progress,
                )  # fmt: skip
        except DocentError as exc:
            if not isinstance(exc, StoreError):
                self.catalog.update_repo(self.catalog.ensure_repo(name).id, failure=str(exc), failed_at=time.time())
            raise

    def expected_fingerprint(self, repository: Repository) -> str:
        return fingerprint(self.embedder.model_id, repository.settings.exclude, self.settings.indexing)

    def warm_up(self) -> None:
        """Load the models that a first question would wait for."""
        self.embedder.hints("warm up", self.embedder.embed_query("warm up"))
        self.embedder.likeness("warm up", ["warm up"])
        if self.reranking is not None:
            self.reranking.reranker.prepare()

    def close(self) -> None:
        for repository in self._repositories.values():
            repository.close()
        if self._chroma is not None:
            self._chroma.close()
        self.catalog.close()
        if self._lock is not None:
            self._lock.release()


def _reranking(settings: RerankingSettings) -> Reranking | None:
    reranker = open_reranker(settings)
    return Reranking(reranker, settings.top, settings.weight, settings.timeout) if reranker else None


def _make_folder(data_dir: Path) -> None:
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise StoreError(f"The data folder {data_dir} cannot be made: {exc.strerror}.", "Set data_dir to a folder you may write.") from exc


def _open_catalog(settings: IndexerSettings, rebuild: bool) -> Catalog:
    try:
        return Catalog.in_folder(settings.data_dir, settings.database.catalog_url)
    except StoreError:
        damaged = settings.data_dir / "catalog.sqlite"
        if not rebuild or settings.database.catalog_url or not damaged.exists():
            raise
        stamp = time.strftime("%Y%m%d-%H%M%S")
        for suffix in ("", "-wal", "-shm"):
            part = damaged.with_name(damaged.name + suffix)
            if part.exists():
                part.rename(damaged.with_name(f"catalog.damaged-{stamp}.sqlite{suffix}"))
        log.warning("The catalog was damaged; it was set aside as catalog.damaged-%s.sqlite.", stamp)
        return Catalog.in_folder(settings.data_dir)
