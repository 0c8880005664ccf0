"""A shop whose providers of payment were added one after the other, indexed once for all tests on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.config import Settings
from bot.service import Docent
from bot.wiring import open_docent
from indexer.config import RepositorySettings
from tests.bot.impact.payments import build_payments
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo


@pytest.fixture(scope="session")
def payments(tmp_path_factory: pytest.TempPathFactory) -> tuple[GitRepo, dict[str, str]]:
    repo = GitRepo(tmp_path_factory.mktemp("payments") / "payments")
    return repo, build_payments(repo)


@pytest.fixture(scope="session")
def docent(payments: tuple[GitRepo, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Docent]:
    with pytest.MonkeyPatch.context() as patch:
        one = HashEmbedder()
        patch.setattr("indexer.workspace.open_embedder", lambda settings: one)
        url = str(payments[0].path)
        repositories = (RepositorySettings(name="payments", url=url, web_url="https://github.com/corner/payments"),)
        docent = open_docent(Settings(data_dir=tmp_path_factory.mktemp("data"), repositories=repositories))
        docent.refresh()
    yield docent
    docent.close()
