"""Files described by a model: each content once, found by everyday words, and never shown with words that are not its own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from indexer.config import IndexerSettings, IndexingSettings
from indexer.stores import schema
from indexer.stores.catalog import RepoRow
from indexer.types import Query
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo

REFUND = '"""Chargebacks."""\n\n\ndef settle(entry):\n    """Settle a ledger entry."""\n    return entry.amount\n'
SHIP = '"""Parcels."""\n\n\ndef choose(parcel):\n    return min(parcel.offers)\n'
SENTENCE = "Gives unhappy shoppers their pennies back."
FILES = {"refund.py": REFUND, "ship.py": SHIP, "README.md": "# Shop\n", "tests/test_refund.py": "def test_settle():\n    pass\n"}


class Describer:
    """Says the same of refunds and nothing usable of the rest; remembers what it was asked, and fails for `failing`."""

    name = "wise-1"

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failing: set[str] = set()
        self._lock = threading.Lock()

    def describe(self, path: str, outline: str) -> str | None:
        with self._lock:
            self.asked.append(path)
        assert "First lines:\n" in outline and len(outline) <= 3_000
        if path in self.failing:
            return None
        return SENTENCE if "refund" in path else f"About {path}."


@pytest.fixture
def describer() -> Describer:
    return Describer()


def settings(git_repo: GitRepo, tmp_path: Path, describe: bool = True) -> IndexerSettings:
    indexing = IndexingSettings(describe_files=describe)
    return IndexerSettings(data_dir=tmp_path / "data", repositories=(git_repo.settings("shop"),), indexing=indexing)


@pytest.fixture
def owner(git_repo: GitRepo, tmp_path: Path, describer: Describer) -> Iterator[Workspace]:
    git_repo.commit(FILES)
    workspace = Workspace.open_owner(settings(git_repo, tmp_path), "docent index", HashEmbedder(), describer=describer)
    workspace.refresh("shop")
    yield workspace
    workspace.close()


def row_of(workspace: Workspace) -> RepoRow:
    row = workspace.catalog.repo("shop")
    assert row is not None
    return row


def best(workspace: Workspace, words: str):
    return next(hit for hit in workspace.index.search(Query(words)) if hit.chunk.path)


def test_the_products_source_is_described_and_nothing_else(owner: Workspace, describer: Describer) -> None:
    assert sorted(describer.asked) == ["refund.py", "ship.py"]
    assert owner.index.status("shop").described == (2, 2)


@pytest.mark.parametrize("words", ["unhappy shoppers pennies", "pennies"])
def test_everyday_words_find_the_file_and_its_own_text_is_shown(owner: Workspace, words: str) -> None:
    hit = best(owner, words)
    assert hit.chunk.path == "refund.py" and not hit.chunk.is_description and hit.chunk.text in REFUND
    shown = [chunk for one in owner.index.search(Query(words)) for chunk in (one.chunk, *one.more)]
    assert not [chunk for chunk in shown if "pennies" in chunk.text]
    number = owner.catalog.chunk_vectors(row_of(owner).id, commits_only=False)[hit.chunk.id]
    near = float(owner.catalog.vectors_by_id({number})[number] @ HashEmbedder().embed_query(words))
    assert hit.signals["cosine"] == pytest.approx(near, abs=1e-3), "how near it is, is told by what is shown"


def test_descriptions_are_no_chunks_of_the_file(owner: Workspace, git_repo: GitRepo, tmp_path: Path) -> None:
    assert not [chunk for chunk in owner.index.chunks_of_file("shop", "refund.py") if chunk.is_description]
    assert not owner.index.mentioning("shop", "pennies", 10)
    with_descriptions = owner.index.status("shop").chunks
    assert owner.catalog.lexical(row_of(owner), "pennies", 10, commits_only=False)
    owner.close()
    plain = Workspace.open_owner(settings(git_repo, tmp_path, describe=False), "docent index", HashEmbedder())
    plain.refresh("shop")
    assert plain.index.status("shop").chunks == with_descriptions and plain.index.status("shop").described is None
    assert not plain.catalog.lexical(row_of(plain), "pennies", 10, commits_only=False), "switched off, they are gone"
    plain.close()


def test_only_new_content_is_described(owner: Workspace, describer: Describer, git_repo: GitRepo) -> None:
    describer.asked.clear()
    owner.refresh("shop", full=True)
    git_repo.commit({"moved/refund.py": REFUND, "ship.py": SHIP + "\nX = 1\n"})
    owner.refresh("shop")
    assert describer.asked == ["ship.py"], "a copy is known by its content"
    git_repo.commit("ship.py", SHIP)
    owner.refresh("shop")
    assert describer.asked == ["ship.py"]
    assert owner.index.status("shop").described == (3, 3)


def test_descriptions_outlive_a_new_format_of_the_catalog(
    owner: Workspace, describer: Describer, git_repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner.close()
    describer.asked.clear()
    monkeypatch.setattr(schema, "FORMAT_VERSION", "next")
    again = Workspace.open_owner(settings(git_repo, tmp_path), "docent index", HashEmbedder(), describer=describer)
    again.refresh("shop")
    assert not describer.asked and again.index.status("shop").described == (2, 2)
    again.close()


def test_a_file_that_failed_is_reported_and_tried_again_with_the_next_commit(
    owner: Workspace, describer: Describer, git_repo: GitRepo
) -> None:
    describer.failing = {"new.py"}
    git_repo.commit("new.py", "def new():\n    return 1\n")
    owner.refresh("shop")
    assert owner.index.status("shop").described == (2, 3)
    describer.failing.clear()
    describer.asked.clear()
    owner.refresh("shop")
    assert not describer.asked, "nothing new, so nothing is read"
    git_repo.commit("README.md", "# The shop\n")
    owner.refresh("shop")
    assert describer.asked == ["new.py"] and owner.index.status("shop").described == (3, 3)


def test_a_model_that_is_down_is_soon_left_alone(owner: Workspace, describer: Describer, git_repo: GitRepo) -> None:
    many = {f"part{number}.py": f"def part{number}():\n    return {number}\n" for number in range(100)}
    describer.failing = set(many)
    describer.asked.clear()
    git_repo.commit(many)
    owner.refresh("shop")
    assert len(describer.asked) == 20
    assert owner.index.status("shop").described == (2, 102)
    assert best(owner, "part7").chunk.path == "part7.py"


def test_switching_it_on_describes_what_is_indexed_already(git_repo: GitRepo, tmp_path: Path, describer: Describer) -> None:
    git_repo.commit(FILES)
    embedder = HashEmbedder()
    for describe in (False, True):
        wanted = settings(git_repo, tmp_path, describe)
        workspace = Workspace.open_owner(wanted, "docent index", embedder, describer=describer if describe else None)
        embedder.seen.clear()
        workspace.refresh("shop")
        workspace.close()
    assert sorted(describer.asked) == ["refund.py", "ship.py"] and len(embedder.seen) == 2


def test_a_file_that_goes_takes_its_description_along(owner: Workspace, git_repo: GitRepo) -> None:
    git_repo.commit({"refund.py": None})
    owner.refresh("shop")
    with owner.catalog.reading() as connection:
        kept = connection.scalars(sa.select(schema.chunks.c.path).where(schema.chunks.c.symbol_kind == "description")).all()
    assert kept == ["ship.py"]
