"""What there is to say of one repository's index: how much is in it, how old it is, and what was left out."""

from __future__ import annotations

from collections import Counter

from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.records import from_timestamp
from indexer.types import IndexState, RepoStatus


def status_of(catalog: Catalog, row: RepoRow, state: IndexState, *, describes: bool) -> RepoStatus:
    """Where a repository's index stands; `describes` says whether files get descriptions, which are then counted."""
    files, chunks, commits = catalog.counts(row.id)
    lacking, source_files = catalog.undescribed(row.id) if describes else (set(), 0)
    skipped = Counter(item.reason.value for item in catalog.skipped_files(row))
    return RepoStatus(
        repo=row.name,
        state=state,
        commit=row.head,
        branch=row.branch,
        web_url=row.web_url,
        indexed_at=from_timestamp(row.indexed_at) if row.indexed_at else None,
        files=files,
        chunks=chunks,
        commits=commits,
        skipped=dict(skipped.most_common()),
        described=(source_files - len(lacking), source_files) if describes else None,
        failure=row.failure,
        failed_at=from_timestamp(row.failed_at) if row.failed_at else None,
        shallow=row.shallow,
    )
