"""Everything is built here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config import Settings
from bot.service import Docent
from indexer.workspace import Workspace

if TYPE_CHECKING:
    from bot.llm.base import LanguageModel


def open_docent(settings: Settings, *, owner: str = "", rebuild: bool = False, patience: float | None = None) -> Docent:
    """Docent over the configured data folder: as a reader, or as its one writer under the name of the command `owner`.

    With `rebuild`, a damaged catalog is set aside and begun anew. IndexLocked, StoreError, ConfigError. A reader becomes the
    writer by itself when something has to be refreshed. `patience`: see Docent.
    """
    if owner:
        workspace = Workspace.open_owner(settings.indexer, owner, rebuild=rebuild)
    else:
        workspace = Workspace.open_reader(settings.indexer)
    return Docent(settings, workspace, lambda: open_model(settings), patience)


def open_model(settings: Settings) -> LanguageModel | None:
    """The configured language model, None for `provider = "none"`. ConfigError where a setting or a key is missing."""
    if settings.llm.provider == "none":
        return None
    from bot.llm.base import connect

    return connect(settings.llm, settings.llm_secrets)
