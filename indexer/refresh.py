"""The write side: bring one repository's index up to its newest commit, embedding only what is new.

The order is what makes a crash harmless. Vectors are kept by content as soon as they are made and go to Chroma first; then the
catalog changes in one transaction; stale vectors go last. Search trusts only ids that the catalog knows, so a refresh killed at
any moment leaves at worst vectors that nobody asks for, and the next refresh sweeps them.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from indexer.chunking import CHUNKING_VERSION, parse_file
from indexer.chunking.commits import commit_chunk
from indexer.config import IndexingSettings
from indexer.embedding import Embedder
from indexer.errors import MissingObject
from indexer.languages import detect_language
from indexer.sources import load_source, skip_entry
from indexer.stores import writing
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.schema import FORMAT_VERSION
from indexer.stores.vectors import ChromaVectors
from indexer.stores.writing import Delta
from indexer.symbols.imports import MANIFESTS, ImportResolver
from indexer.types import Chunk, Import, RefreshReport, Skipped, SkipReason, SourceFile, TreeEntry
from indexer.vcs.repository import Head, Repository

_BATCH = 512  # texts embedded between two saves: what a kill can cost


class Progress(Protocol):
    """Shown while a refresh runs."""

    def stage(self, repo: str, name: str, total: int | None) -> None:
        """A new stage begins; `total` units of work, None where unknown."""
        ...

    def advance(self, done: int) -> None:
        """`done` more units of the stage are finished."""
        ...


class Silent:
    """Progress for nobody."""

    def stage(self, repo: str, name: str, total: int | None) -> None: ...

    def advance(self, done: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Stores:
    """Where a refresh writes."""

    catalog: Catalog
    vectors: ChromaVectors


@dataclass(slots=True)
class _Work:
    """One refresh under way: its counters and the texts' keys."""

    embedded: int = 0
    seconds_model: float = 0.0
    keys: dict[str, bytes] = field(default_factory=dict)  # chunk id -> content key


def fingerprint(model_id: str, exclude: Iterable[str], limits: IndexingSettings) -> str:
    """What an index depends on beside the repository's content; another fingerprint means a rebuild."""
    parts = [FORMAT_VERSION, CHUNKING_VERSION, model_id, *sorted(exclude), f"{limits.max_file_bytes}"]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def content_key(model_id: str, text: str) -> bytes:
    """The address of a vector: the model and the text it was made from."""
    return hashlib.sha256(f"{model_id}\0{text}".encode(errors="replace")).digest()


def refresh_repository(
    repository: Repository,
    stores: Stores,
    embedder: Embedder,
    limits: IndexingSettings,
    *,
    full: bool = False,
    progress: Progress | None = None,
) -> RefreshReport:
    """Bring one repository's index up to its newest commit.

    The caller holds the writer's lock. RepoError when git fails, ModelError, StoreError; the index then stays as it was.
    """
    started = time.monotonic()
    progress = progress or Silent()
    progress.stage(repository.name, "fetching", None)
    head = repository.fetch()
    row = stores.catalog.ensure_repo(repository.name)
    current = fingerprint(embedder.model_id, repository.settings.exclude, limits)
    stale = full or row.fingerprint != current
    _mend(stores, row)
    missing = {item.path for item in stores.catalog.skipped_files(row) if item.reason is SkipReason.MISSING}
    mended = bool(missing) and not repository.lacks_objects()
    if not stale and not mended and row.head == head.sha:
        return _unchanged(stores, repository, row, head, started)
    target = replace(row, fingerprint=current)
    known = {} if stale else stores.catalog.blobs(row.id) | dict.fromkeys(missing, "")  # "": may be there by now
    entries = {entry.path: entry for entry in repository.tree(head.sha)}
    delta = _read_files(repository, entries, known, stale, stores, row, limits, progress)
    _read_history(repository, entries, head, row, delta, stale, limits, progress)
    stores.catalog.update_repo(row.id, vectors_dirty=True)
    work = _Work()
    vector_ids = _embed(stores, target, embedder, delta, work, limits, progress)
    progress.stage(repository.name, "saving", None)
    before = {part: stores.catalog.chunk_vectors(row.id, commits_only=part).keys() for part in (False, True)}
    resolve = _resolver(repository, entries, known, delta)
    if stale:
        delta.gone |= set(stores.catalog.blobs(row.id)) - entries.keys()
    writing.apply(
        stores.catalog, target, delta, vector_ids, resolve,
        head=head.sha, branch=head.branch, web_url=repository.web_url(), fingerprint=current,
        mailmap=_mailmap(entries), shallow=repository.is_shallow(),
    )
    _drop_stale_vectors(stores, row, target, before)
    stores.catalog.prune_vectors(time.time() - limits.keep_vectors_days * 86_400)
    return _report(stores, repository, target, head, work, started)


def _mend(stores: Stores, row: RepoRow) -> None:
    """Put right what a killed refresh left behind, or what is missing from Chroma."""
    if not row.head:
        return
    for commits_only in (False, True):
        wanted = stores.catalog.chunk_vectors(row.id, commits_only=commits_only)
        if row.vectors_dirty or stores.vectors.count(row, commits_only=commits_only) != len(wanted):
            stores.vectors.sweep(row, wanted, commits_only=commits_only)
    if row.vectors_dirty:
        stores.catalog.update_repo(row.id, vectors_dirty=False)


def _read_files(
    repository: Repository, entries: dict[str, TreeEntry], known: dict[str, str], stale: bool, stores: Stores, row: RepoRow,
    limits: IndexingSettings, progress: Progress,
) -> Delta:
    """Read and parse what is new or changed since the stored tree."""
    changed = [entry for path, entry in sorted(entries.items()) if known.get(path) != entry.blob]
    delta = Delta(gone=set(known) - entries.keys())
    progress.stage(repository.name, "reading files", len(changed))
    for entry in changed:
        skip = skip_entry(repository.name, entry, exclude=repository.settings.exclude, max_bytes=limits.max_file_bytes)
        found = skip or _load(repository, entry)
        if isinstance(found, Skipped):
            delta.skipped.append((found, entry))
        else:
            delta.parsed.append(parse_file(found))
        progress.advance(1)
    return delta


def _load(repository: Repository, entry: TreeEntry) -> SourceFile | Skipped:
    data = _content(repository, entry)
    if data is None:
        return Skipped(repository.name, entry.path, SkipReason.MISSING)
    return load_source(repository.name, entry, data)


def _content(repository: Repository, entry: TreeEntry) -> bytes | None:
    """A file's content; None where a partial or damaged clone lacks it."""
    try:
        return repository.read(entry.blob)
    except MissingObject:
        return None


def _read_history(
    repository: Repository, entries: dict[str, TreeEntry], head: Head, row: RepoRow, delta: Delta, stale: bool,
    limits: IndexingSettings, progress: Progress,
) -> None:
    """Read the commits since the stored head; all of them when history was rewritten or names were mapped anew."""
    progress.stage(repository.name, "reading history", None)
    known = row.head if row.head and not stale and row.mailmap == _mailmap(entries) else None
    if known and not repository.is_ancestor(known, head.sha):
        known = None
    delta.rewritten = known is None
    for commit in repository.log(head.sha, known=known, max_count=limits.max_commits):
        delta.commits.append(commit)
        progress.advance(1)
    delta.commit_chunks = [commit_chunk(repository.name, commit) for commit in delta.commits if len(commit.parents) < 2]


def _embed(
    stores: Stores, target: RepoRow, embedder: Embedder, delta: Delta, work: _Work, limits: IndexingSettings, progress: Progress
) -> dict[str, int]:
    """Give every new chunk a vector, in the catalog and in Chroma. Returns chunk id -> vector id."""
    file_chunks = [chunk for parsed in delta.parsed for chunk in parsed.chunks]
    commit_chunks = delta.commit_chunks[: limits.embed_commits]
    texts: dict[bytes, str] = {}
    for chunk in (*file_chunks, *commit_chunks):
        key = content_key(embedder.model_id, chunk.embed_text)
        work.keys[chunk.id] = key
        texts[key] = chunk.embed_text
    present = stores.catalog.vector_ids(texts)
    missing = sorted((key for key in texts if key not in present), key=lambda key: -len(texts[key]))
    progress.stage(target.name, "embedding", len(missing))
    for start in range(0, len(missing), _BATCH):
        page = missing[start : start + _BATCH]
        began = time.monotonic()
        matrix = embedder.embed([texts[key] for key in page], progress.advance)
        work.seconds_model += time.monotonic() - began
        stores.catalog.save_vectors(page, matrix)
    work.embedded = len(missing)
    ids = stores.catalog.vector_ids(texts)
    for part, commits_only in ((file_chunks, False), (commit_chunks, True)):
        _upsert(stores, target, part, work.keys, ids, commits_only)
    return {chunk_id: ids[key] for chunk_id, key in work.keys.items()}


def _upsert(
    stores: Stores, target: RepoRow, part: Sequence[Chunk], keys: dict[str, bytes], ids: dict[bytes, int], commits_only: bool
) -> None:
    for start in range(0, len(part), _BATCH):
        page = part[start : start + _BATCH]
        vectors = stores.catalog.vectors_by_id({ids[keys[chunk.id]] for chunk in page})
        matrix = np.stack([vectors[ids[keys[chunk.id]]] for chunk in page])
        stores.vectors.upsert(target, [chunk.id for chunk in page], matrix, commits_only=commits_only)


def _resolver(
    repository: Repository, entries: dict[str, TreeEntry], known: dict[str, str], delta: Delta
) -> Callable[[Import], str | None] | None:
    """Finds imports' files anew when a file came or went, a manifest changed, or new imports were read."""
    came_or_went = entries.keys() != known.keys()
    manifests = {path: entry for path, entry in entries.items() if path.rsplit("/", 1)[-1] in MANIFESTS}
    if not (came_or_went or any(parsed.imports or parsed.source.path in manifests for parsed in delta.parsed)):
        return None
    loaded = ((path, _content(repository, entry)) for path, entry in manifests.items())
    texts = {path: data.decode(errors="replace") for path, data in loaded if data is not None}
    return ImportResolver({path: detect_language(path).name for path in entries}, texts).resolve


def _drop_stale_vectors(stores: Stores, row: RepoRow, target: RepoRow, before: Mapping[bool, Collection[str]]) -> None:
    """Take out of Chroma what the catalog no longer knows, and the collections of an earlier model or format."""
    for commits_only in (False, True):
        now = stores.catalog.chunk_vectors(row.id, commits_only=commits_only)
        if row.fingerprint == target.fingerprint:
            stores.vectors.delete(target, sorted(before[commits_only] - now.keys()), commits_only=commits_only)
        elif stores.vectors.count(target, commits_only=commits_only) != len(now):
            stores.vectors.sweep(target, now, commits_only=commits_only)
    if row.fingerprint and row.fingerprint != target.fingerprint:
        stores.vectors.drop(row)
    stores.catalog.update_repo(target.id, vectors_dirty=False)


def _mailmap(entries: dict[str, TreeEntry]) -> str:
    return entries[".mailmap"].blob if ".mailmap" in entries else ""


def _unchanged(stores: Stores, repository: Repository, row: RepoRow, head: Head, started: float) -> RefreshReport:
    stores.catalog.update_repo(
        row.id, indexed_at=time.time(), branch=head.branch, web_url=repository.web_url(), failure="", failed_at=None
    )
    return replace(_report(stores, repository, row, head, _Work(), started), changed=False)


def _report(stores: Stores, repository: Repository, row: RepoRow, head: Head, work: _Work, started: float) -> RefreshReport:
    files, chunks, commits = stores.catalog.counts(row.id)
    return RefreshReport(
        repo=repository.name,
        head=head.sha,
        branch=head.branch,
        files=files,
        skipped=tuple(stores.catalog.skipped_files(row)),
        chunks=chunks,
        embedded=work.embedded,
        reused=len(work.keys) - work.embedded,
        commits=commits,
        seconds=time.monotonic() - started,
        seconds_model=work.seconds_model,
    )
