"""Everything is built here, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config import Settings
from bot.service import Docent
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
