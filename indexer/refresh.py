"""The write side: bring one repository's index up to its newest commit, embedding only what is new.

The order is what makes a crash harmless. Vectors are kept by content as soon as they are made and go to Chroma first; then the
catalog changes in one transaction; stale vectors go last. Search trusts only ids that the catalog knows, so a refresh killed at
any moment leaves at worst vectors that nobody asks for, and the next refresh sweeps them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from indexer.chunking import CHUNKING_VERSION
from indexer.config import IndexingSettings
from indexer.describing import Describer, described
from indexer.embedding import Embedder
from indexer.progress import Progress, Silent
from indexer.reading import Reader, beside
from indexer.stores import touches, writing
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.schema import FORMAT_VERSION
from indexer.stores.vectors import ChromaVectors
from indexer.stores.writing import Delta
from indexer.types import Chunk, Kind, RefreshReport, Role, SkipReason
from indexer.vcs.repository import Head, Repository
from indexer.vectorizing import Vectorized, vectorize


@dataclass(frozen=True, slots=True)
class Stores:
    """Where a refresh writes."""

    catalog: Catalog
    vectors: ChromaVectors


def fingerprint(model_id: str, exclude: Iterable[str], limits: IndexingSettings) -> str:
    """What an index depends on beside the repository's content; another fingerprint means a rebuild."""
    parts = [FORMAT_VERSION, CHUNKING_VERSION, model_id, *sorted(exclude), f"{limits.max_file_bytes}"]
    parts += ["described"] if limits.describe_files else []
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def refresh_repository(
    repository: Repository,
    stores: Stores,
    embedder: Embedder,
    limits: IndexingSettings,
    *,
    describer: Describer | None = None,
    full: bool = False,
    progress: Progress | None = None,
) -> RefreshReport:
    """Bring one repository's index up to its newest commit; with a `describer`, source files are described as well.

    The caller holds the writer's lock. RepoError when git fails, ModelError, StoreError; the index then stays as it was.
    """
    started = time.monotonic()
    progress = progress or Silent()
    progress.stage(repository.name, "fetching", None)
    row = stores.catalog.ensure_repo(repository.name)
    with _counting(stores, row) as counted:
        head = repository.fetch()
        target = replace(row, fingerprint=fingerprint(embedder.model_id, repository.settings.exclude, limits))
        anew = full or row.fingerprint != target.fingerprint
        missing = _missing_before(stores, row)
        if not anew and row.head == head.sha and not (missing and not repository.lacks_objects()):
            _mend(stores, row, counted.result())
            return _unchanged(stores, repository, row, head, started)

        stored = stores.catalog.blobs(row.id)
        lacking = stores.catalog.undescribed(row.id)[0] if describer else set()
        known = {} if anew else stored | dict.fromkeys(missing | lacking, "")  # "": may be there by now
        entries = {entry.path: entry for entry in repository.tree(head.sha)}
        indexed = touches.facts_of(stores.catalog, row, [row.head]).get(row.head)
        date = indexed.committed_at if indexed else None
        reader = Reader(repository, row, head.sha, entries, known, limits, progress, date, describer is not None)
        delta = Delta()
        with beside(reader.history, delta, anew=anew) as history:
            around = reader.surroundings()
            reader.files(delta, around)
            delta.gone |= stored.keys() - entries.keys()
            rows = stores.catalog.file_rows(row.id)
            delta.roles = reader.roles(((one.path, Kind(one.kind), Role(one.role)) for one in rows), around)
            if describer is not None:
                delta.parsed = described(stores.catalog, describer, row.name, delta.parsed, progress)
            _mend(stores, row, counted.result())
            stores.catalog.update_repo(row.id, vectors_dirty=True)
            chunks = [chunk for parsed in delta.parsed for chunk in parsed.chunks]

            def commits() -> Sequence[Chunk]:
                history.result()
                return delta.commit_chunks[: limits.embed_commits]

            made = vectorize(stores.catalog, stores.vectors, target, embedder, chunks, commits, progress)
    progress.stage(repository.name, "saving", None)
    before = _replaced(stores, row, delta)
    writing.apply(
        stores.catalog, target, delta, made.ids, reader.resolver(delta), made.words,
        head=head.sha, branch=head.branch, web_url=repository.web_url(), fingerprint=target.fingerprint,
        mailmap=reader.mailmap, shallow=repository.is_shallow(), newest_only=delta.newest_only,
    )  # fmt: skip
    _drop_stale_vectors(stores, row, target, before)
    stores.catalog.prune_vectors(time.time() - limits.keep_vectors_days * 86_400)
    return _report(stores, repository, target, head, made, started)


@contextmanager
def _counting(stores: Stores, row: RepoRow) -> Iterator[Future[dict[bool, int]]]:
    """How many vectors Chroma has of the files (False) and of the commits (True) of an indexed repository.

    Counted in a thread while git is at work: Chroma reads a collection when it is first asked for anything (half a second for 25,000
    vectors), and leaves Python to others meanwhile.
    """

    def count() -> dict[bool, int]:
        return {part: stores.vectors.count(row, commits_only=part) for part in (False, True)} if row.head else {}

    with ThreadPoolExecutor(1, thread_name_prefix="counting") as thread:
        yield thread.submit(count)


def _mend(stores: Stores, row: RepoRow, counted: Mapping[bool, int]) -> None:
    """Put right what a killed refresh left behind, or what is missing from Chroma, which has `counted` vectors."""
    for commits_only, count in counted.items():
        if row.vectors_dirty or count != stores.catalog.with_vectors(row.id, commits_only=commits_only):
            wanted = stores.catalog.chunk_vectors(row.id, commits_only=commits_only)
            stores.vectors.sweep(row, wanted, commits_only=commits_only)
    if row.head and row.vectors_dirty:
        stores.catalog.update_repo(row.id, vectors_dirty=False)


def _missing_before(stores: Stores, row: RepoRow) -> set[str]:
    """The files that a partial clone lacked at the last refresh."""
    return {item.path for item in stores.catalog.skipped_files(row) if item.reason is SkipReason.MISSING}


def _replaced(stores: Stores, row: RepoRow, delta: Delta) -> dict[bool, set[str]]:
    """The ids of the chunks of files (False) and commits (True) that a delta may take away: all others stay."""
    paths = delta.gone | {item.path for item, _ in delta.skipped} | {parsed.source.path for parsed in delta.parsed}
    commits = set(stores.catalog.chunk_vectors(row.id, commits_only=True)) if delta.rewritten else set()
    return {False: stores.catalog.chunk_ids(row.id, paths), True: commits}


def _drop_stale_vectors(stores: Stores, row: RepoRow, target: RepoRow, before: Mapping[bool, Collection[str]]) -> None:
    """Take out of Chroma what the catalog no longer knows, and the collections of an earlier model or format.

    `before` are the chunks that were there and may have gone.
    """
    for commits_only, ids in before.items():
        if row.fingerprint == target.fingerprint:
            stale = set(ids) - stores.catalog.known(row.id, ids)
            stores.vectors.delete(target, sorted(stale), commits_only=commits_only)
            continue
        now = stores.catalog.chunk_vectors(row.id, commits_only=commits_only)
        if stores.vectors.count(target, commits_only=commits_only) != len(now):
            stores.vectors.sweep(target, now, commits_only=commits_only)
    if row.fingerprint and row.fingerprint != target.fingerprint:
        stores.vectors.drop(row)
    stores.catalog.update_repo(target.id, vectors_dirty=False)


def _unchanged(stores: Stores, repository: Repository, row: RepoRow, head: Head, started: float) -> RefreshReport:
    stores.catalog.update_repo(
        row.id, indexed_at=time.time(), branch=head.branch, web_url=repository.web_url(), failure="", failed_at=None
    )
    return replace(_report(stores, repository, row, head, Vectorized({}, 0, 0, 0.0, {}), started), changed=False)


def _report(stores: Stores, repository: Repository, row: RepoRow, head: Head, made: Vectorized, started: float) -> RefreshReport:
    files, chunks, commits = stores.catalog.counts(row.id)
    return RefreshReport(
        repo=repository.name,
        head=head.sha,
        branch=head.branch,
        files=files,
        skipped=tuple(stores.catalog.skipped_files(row)),
        chunks=chunks,
        embedded=made.embedded,
        reused=made.reused,
        commits=commits,
        seconds=time.monotonic() - started,
        seconds_model=made.seconds,
    )
