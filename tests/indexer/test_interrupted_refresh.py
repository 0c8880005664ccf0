"""Reading, embedding and storing go on at once; whichever of them fails or is stopped, the index stays true and nothing is lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indexer import vectorizing
from indexer.config import IndexerSettings
from indexer.errors import ModelError, RepoUnreachable, StoreError
from indexer.stores.catalog import Catalog
from indexer.stores.vectors import ChromaVectors
from indexer.types import Query
from indexer.vcs.repository import Repository
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo

_PAGE = 2  # texts between two saves


class Failing(HashEmbedder):
    """Does `fault` in place of embedding page number `after`, and from then on works again."""

    def __init__(self, after: int = 0, fault: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._left, self._fault = after, fault

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        self._left -= 1
        if self._left == 0:
            self._fault()
        return super().embed(texts, on_done)


@pytest.fixture
def shop(git_repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[IndexerSettings]:
    """A repository that is indexed, and changed since: eight chunks to embed, four pages of files and one of commits."""
    monkeypatch.setattr(vectorizing, "_BATCH", _PAGE)
    git_repo.commit("old.py", "def old():\n    '''The old way to ride a bike.'''\n    return 1\n")
    settings = IndexerSettings(data_dir=tmp_path / "data", repositories=(git_repo.settings("shop"),))
    first = open_owner(settings, HashEmbedder())
    first.refresh("shop")
    first.close()
    new = {f"part{number}.py": f"def part{number}():\n    '''Part {number} of a tram.'''\n    return {number}\n" for number in range(7)}
    git_repo.commit({"old.py": None, **new}, message="Take the tram")
    yield settings
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith(("storing", "reading"))]


def open_owner(settings: IndexerSettings, embedder: HashEmbedder) -> Workspace:
    return Workspace.open_owner(settings, "docent index", embedder)


def stops(error: BaseException) -> Callable[[], None]:
    def stop() -> None:
        raise error

    return stop


def found(workspace: Workspace, words: str) -> list[str | None]:
    return [hit.chunk.path for hit in workspace.index.search(Query(words)) if hit.chunk.commit is None]


def assert_as_before(workspace: Workspace) -> None:
    assert found(workspace, "ride a bike") == ["old.py"] == found(workspace, "tram")


def assert_mended(settings: IndexerSettings, most: int) -> None:
    """The next refresh makes everything right, embedding at most so many texts."""
    embedder = HashEmbedder()
    workspace = open_owner(settings, embedder)
    workspace.refresh("shop")
    assert len(embedder.seen) <= most
    assert set(found(workspace, "tram")) == {f"part{number}.py" for number in range(7)}
    row = workspace.catalog.repo("shop")
    assert row is not None and not row.vectors_dirty and workspace._chroma is not None
    for commits_only in (False, True):
        wanted = workspace.catalog.chunk_vectors(row.id, commits_only=commits_only)
        assert workspace._chroma.ids(row, commits_only=commits_only) == wanted.keys() != set()
    assert not workspace.refresh("shop").changed
    workspace.close()


@pytest.mark.parametrize("page", [1, 3, 5])
@pytest.mark.parametrize("error", [ModelError("The embedding model failed: out of memory."), KeyboardInterrupt()])
def test_a_model_that_fails_or_is_stopped_midway_costs_its_own_page_alone(shop: IndexerSettings, error: BaseException, page: int) -> None:
    workspace = open_owner(shop, Failing(page, stops(error)))
    with pytest.raises(type(error)):
        workspace.refresh("shop")
    assert_as_before(workspace)
    workspace.close()
    assert_mended(shop, 8 - min(7, _PAGE * (page - 1)))


@pytest.mark.parametrize(("owner", "name"), [(Catalog, "save_vectors"), (ChromaVectors, "upsert")])
@pytest.mark.parametrize("page", [1, 3])
def test_what_cannot_be_stored_is_told_and_the_next_refresh_stores_it(
    shop: IndexerSettings, monkeypatch: pytest.MonkeyPatch, owner: type, name: str, page: int
) -> None:
    real, calls = getattr(owner, name), []

    def full(*args: Any, **options: Any) -> None:
        calls.append(args)
        if len(calls) == page:
            raise StoreError("The disk is full.")
        real(*args, **options)

    workspace = open_owner(shop, HashEmbedder())
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, full)
        with pytest.raises(StoreError, match="disk is full"):
            workspace.refresh("shop")
    assert_as_before(workspace)
    workspace.close()
    assert_mended(shop, _PAGE)


def test_history_that_cannot_be_read_is_told_and_no_file_is_embedded_twice(shop: IndexerSettings, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **options: Any) -> Iterator[Any]:
        raise RepoUnreachable("shop", "git log: object file is empty.")
        yield

    workspace = open_owner(shop, HashEmbedder())
    with monkeypatch.context() as patch:
        patch.setattr(Repository, "log", broken)
        with pytest.raises(RepoUnreachable):
            workspace.refresh("shop")
    assert workspace.index.status("shop").failure
    assert_as_before(workspace)
    workspace.close()
    assert_mended(shop, 1)


def test_history_is_read_no_further_once_files_failed(shop: IndexerSettings, git_repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        git_repo.commit("old.py", f"x = {number}\n", message=f"Step {number}")
    failed, read = threading.Event(), []
    real = Repository.log

    def slow(self: Repository, *args: Any, **options: Any) -> Iterator[Any]:
        for commit in real(self, *args, **options):
            read.append(commit)
            failed.wait(20)
            yield commit

    def fail() -> None:
        threading.Timer(0.05, failed.set).start()
        raise ModelError("The embedding model failed.")

    monkeypatch.setattr(Repository, "log", slow)
    workspace = open_owner(shop, Failing(1, fail))
    with pytest.raises(ModelError):
        workspace.refresh("shop")
    assert len(read) == 1
    workspace.close()


STOPPED = """
import os, signal, sys, time
sys.path.insert(0, {root!r})
from indexer import vectorizing
from indexer.config import IndexerSettings
from indexer.stores.vectors import ChromaVectors
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.indexer.test_interrupted_refresh import Failing

signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background is started with it ignored
vectorizing._BATCH = {page}
upsert = ChromaVectors.upsert
def slowly(*args, **options):
    time.sleep(0.2)
    upsert(*args, **options)
ChromaVectors.upsert = slowly  # so that pages wait to be stored
embedder = Failing(3, lambda: os.kill(os.getpid(), {signal}))
Workspace.open_owner(IndexerSettings.model_validate_json({settings!r}), "docent index", embedder).refresh("shop")
"""


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGKILL])
def test_a_process_that_is_stopped_while_pages_wait_to_be_stored_leaves_nothing_half_done(shop: IndexerSettings, sent: int) -> None:
    root = str(Path(__file__).parents[2])
    script = STOPPED.format(root=root, page=_PAGE, signal=int(sent), settings=shop.model_dump_json())
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60, env=os.environ)
    assert ended.returncode == -sent or "KeyboardInterrupt" in ended.stderr, ended.stderr
    reader = Workspace.open_reader(shop, HashEmbedder())
    assert_as_before(reader)
    reader.close()
    assert_mended(shop, 8)
