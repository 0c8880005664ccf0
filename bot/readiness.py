"""Whether an index can be answered from, in words."""

from __future__ import annotations

from indexer.errors import DocentError, IndexMissing, IndexOutdated
from indexer.types import IndexState, RepoStatus


def unusable(status: RepoStatus) -> DocentError:
    """Why a repository cannot be answered about from its index as it is."""
    if status.state is IndexState.OUTDATED:
        return IndexOutdated(f"The index of {status.repo} was made with another model or version.", "Run `docent index`.")
    return IndexMissing(f"There is no index of {status.repo} yet.", "Run `docent index`.")
