"""The shop with its history, indexed once for all tests on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.config import Settings
from bot.service import Docent
from bot.wiring import open_docent
from indexer.config import RepositorySettings
from tests.bot.changes.shop import build_shop
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[GitRepo, dict[str, str]]:
    repo = GitRepo(tmp_path_factory.mktemp("shop") / "shop")
    return repo, build_shop(repo)


@pytest.fixture(scope="session")
def docent(made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docent]:
    with pytest.MonkeyPatch.context() as patch:
        one = HashEmbedder()
        patch.setattr("indexer.workspace.open_embedder", lambda settings: one)
        repositories = (RepositorySettings(name="shop", url=str(made[0].path), web_url="https://github.com/corner/shop"),)
        docent = open_docent(Settings(data_dir=tmp_path_factory.mktemp("data"), repositories=repositories))
        docent.refresh()
    yield docent
    docent.close()
