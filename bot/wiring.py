"""Everything is built here, once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.config import Settings
from bot.service import Docent
from indexer.config import IndexerSettings, RepositorySettings
from indexer.progress import Progress
from indexer.types import IndexState
from indexer.workspace import Workspace

if TYPE_CHECKING:
    from bot.llm.base import LanguageModel
    from indexer.describing import Describer


def open_docent(settings: Settings, *, owner: str = "", rebuild: bool = False, patience: float | None = None) -> Docent:
    """Docent over the configured data folder: as a reader, or as its one writer under the name of the command `owner`.

    With `rebuild`, a damaged catalog is set aside and begun anew. IndexLocked, StoreError, ConfigError. A reader becomes the
    writer by itself when something has to be refreshed. `patience`: see Docent.
    """
    if owner:
        workspace = Workspace.open_owner(settings.indexer, owner, describer=open_describer(settings), rebuild=rebuild)
    else:
        workspace = Workspace.open_reader(settings.indexer, describer=open_describer(settings))
    return Docent(settings, workspace, lambda: open_model(settings), patience)


def open_apart(
    settings: Settings, folder: Path, repositories: Sequence[RepositorySettings], progress: Progress | None = None
) -> Workspace:
    """A reader of an index of these repositories in a data folder of its own, brought up to date where it is not.

    It searches exactly, without Chroma, so that the same index gives the same ranking every time. RepoError, ModelError, StoreError,
    IndexLocked.
    """
    apart = IndexerSettings(
        data_dir=folder, repositories=tuple(repositories), embedding=settings.embedding, indexing=settings.indexing, people=settings.people
    )
    reader = Workspace.open_reader(apart)
    try:
        behind = [name for name in reader.names if not _is_ready(reader, name)]
        embedder = reader.embedder
    finally:
        reader.close()
    if not behind:
        return Workspace.open_reader(apart, embedder)
    owner = Workspace.open_owner(apart, "docent eval", embedder)
    try:
        for name in behind:
            owner.refresh(name, progress=progress)
    finally:
        owner.close()
    return Workspace.open_reader(apart, embedder)


def _is_ready(workspace: Workspace, name: str) -> bool:
    """Whether an index is usable and shows the newest commit of its local source."""
    status = workspace.index.status(name)
    return status.state is IndexState.READY and status.commit == workspace.repository(name).fetch().sha


def open_describer(settings: Settings) -> Describer | None:
    """What describes source files, where the settings ask for it."""
    if not settings.indexing.describe_files:
        return None
    from bot.llm.describing import LLMDescriber

    return LLMDescriber(settings.llm.model, lambda: open_model(settings))


def open_model(settings: Settings) -> LanguageModel | None:
    """The configured language model, None for `provider = "none"`. ConfigError where a setting or a key is missing."""
    if settings.llm.provider == "none":
        return None
    from bot.llm.base import connect

    return connect(settings.llm, settings.llm_secrets)
