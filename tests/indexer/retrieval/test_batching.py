"""Questions searched for together find what each finds alone, by an embedder that tells likely words and with imagined answers."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from indexer.config import IndexerSettings
from indexer.errors import IndexMissing
from indexer.questions.query import parse_query
from indexer.stores.shelf import Shelf
from indexer.types import Hint
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo
from tests.golden import rental

NAMES = ("rental", "never")


class Taught(HashEmbedder):
    """Looks for the answers to a question somewhere else than where the question lies."""

    def embed_query(self, text: str) -> np.ndarray:
        return self._vector(f"{text} lock bicycle")

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self.embed_query(text) for text in texts])

    def hints(self, text: str, vector: np.ndarray) -> tuple[Hint, ...]:
        return (("refund", 0.3),)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> IndexerSettings:
    folder = tmp_path_factory.mktemp("rental")
    repo = GitRepo(folder / "work")
    rental.build(repo)
    settings = IndexerSettings(data_dir=folder / "data", repositories=tuple(repo.settings(name) for name in NAMES))
    with closing(Workspace.open_owner(settings, "test", HashEmbedder())) as owner:
        owner.refresh("rental")
    return settings


@pytest.mark.parametrize("embedder", [HashEmbedder(), Taught()])
def test_a_batch_finds_what_each_question_finds_alone(
    settings: IndexerSettings, embedder: HashEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = [question for _, question, _ in rental.QUESTIONS] + ["path:lock how is it opened", "lang:python Table"]
    queries = [replace(parse_query(text), repos=("rental",)) for text in texts]
    queries += [replace(query, terms=("lock", "open"), imagined="A bicycle is unlocked by its key.") for query in queries]
    with closing(Workspace.open_reader(settings, embedder)) as reader:
        alone = [reader.index.best(query) for query in queries]
        multiplied = _multiplications(monkeypatch)
        together = reader.index.best_of_each(queries)
    assert len(queries) > 64 and not any(multiplied), "every product with all vectors was known beforehand"
    for (hits, notices), found in zip(alone, together, strict=True):
        assert not isinstance(found, Exception)
        assert [(hit.chunk, hit.more) for hit in found[0]] == [(hit.chunk, hit.more) for hit in hits]
        assert [hit.score for hit in found[0]] == pytest.approx([hit.score for hit in hits], abs=1e-5)
        assert [hit.signals.get("cosine") for hit in found[0]] == pytest.approx([hit.signals.get("cosine") for hit in hits], abs=1e-5)
        assert found[1] == notices


def test_what_cannot_be_searched_is_told_in_its_place(settings: IndexerSettings) -> None:
    queries = [replace(parse_query("How is a lock opened?"), repos=repos) for repos in (("never",), ("rental",), NAMES)]
    with closing(Workspace.open_reader(settings, HashEmbedder())) as reader:
        missing, *found = reader.index.best_of_each(queries)
        assert isinstance(missing, IndexMissing)
        assert found == [reader.index.best(query) for query in queries[1:]]
        assert reader.index.best_of_each([]) == []


def _multiplications(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Filled with whether each look for the nearest of all chunks or files had to multiply."""
    looked: list[bool] = []
    nearest, means_scores = Shelf.nearest, Shelf.means_scores

    def of_chunks(shelf, vector, k, within=None, scores=None):
        if within is None:
            looked.append(scores is None)
        return nearest(shelf, vector, k, within, scores)

    def of_files(shelf, vector):
        looked.append(True)
        return means_scores(shelf, vector)

    monkeypatch.setattr(Shelf, "nearest", of_chunks)
    monkeypatch.setattr(Shelf, "means_scores", of_files)
    return looked
