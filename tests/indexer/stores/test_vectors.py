"""Chroma's collections: made for as many vectors as a first index brings, and found again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer.config import ChromaSettings
from indexer.stores.catalog import Catalog
from indexer.stores.vectors import ChromaVectors


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    opened = Catalog.in_folder(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def chroma(tmp_path: Path, catalog: Catalog) -> Iterator[ChromaVectors]:
    vectors = ChromaVectors.open(ChromaSettings(), tmp_path, catalog, pytest.fail)
    yield vectors
    vectors.close()


def test_what_is_searched_exactly_gets_a_graph_that_is_made_quickly(catalog: Catalog, chroma: ChromaVectors) -> None:
    row = catalog.ensure_repo("shop")
    chroma.prepare(row, 10, commits_only=False)
    chroma.prepare(row, 1_000_000, commits_only=True)
    chroma.prepare(row, 1_000_000, commits_only=False)  # it is there, and stays as it is
    widths = {one.name.rpartition("-")[2]: one.configuration["hnsw"]["ef_construction"] for one in chroma._client.list_collections()}
    assert widths == {"files": 40, "commits": 100}


def test_a_graph_made_quickly_finds_what_is_nearest(catalog: Catalog, chroma: ChromaVectors) -> None:
    row = catalog.ensure_repo("shop")
    matrix = np.random.default_rng(7).standard_normal((600, 32)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    chroma.prepare(row, len(matrix), commits_only=False)
    chroma.upsert(row, [str(number) for number in range(len(matrix))], matrix, commits_only=False)
    for wanted in (3, 99, 512):
        found = [int(chunk_id) for chunk_id, _ in chroma.nearest(row, matrix[wanted], 20, commits_only=False)]
        assert len(set(found) & set(np.argsort(-matrix @ matrix[wanted])[:20].tolist())) >= 19 and found[0] == wanted
