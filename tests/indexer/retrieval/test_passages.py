"""Sections of documentation found for a question: which files count as documentation, and in which order its sections come."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indexer.retrieval.passages import passages
from indexer.types import Chunk, Hit, Kind, Query, Role
from tests.indexer.retrieval.memory_corpus import MemoryCorpus

QUESTION = np.array([1.0, 0.0], np.float32)


def section(path: str, title: str = "", text: str = "words", role: Role = Role.DOCS, language: str = "markdown") -> Chunk:
    kind = Kind.CODE if language == "python" else Kind.DOC
    return Chunk(f"{path}#{title}", "shop", path, 1, 3, text, kind, text, language, role, title or None)


def found(*sections: tuple[Chunk, float], query: Query | None = None, k: int = 5) -> list[Hit]:
    vectors = np.array([[cosine, (1 - cosine**2) ** 0.5] for _, cosine in sections], np.float32)
    corpus = MemoryCorpus("shop", [chunk for chunk, _ in sections], vectors)
    return passages([corpus], query or Query("How do I pay by invoice?"), QUESTION, k)


def test_the_nearest_sections_come_first_and_code_is_none() -> None:
    far, near = section("docs/a.md"), section("docs/b.rst", language="rst")
    hits = found((far, 0.2), (near, 0.4), (section("pay.py", language="python"), 0.9))
    assert [hit.chunk.path for hit in hits] == ["docs/b.rst", "docs/a.md"]
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].signals["cosine"] == pytest.approx(0.4, abs=1e-3)


def test_a_title_that_says_what_is_asked_beats_a_slightly_nearer_section() -> None:
    hits = found((section("docs/a.md", "Paying > Cards"), 0.43), (section("docs/a.md", "Paying > Pay by invoice"), 0.40))
    assert hits[0].chunk.symbol == "Paying > Pay by invoice"


@pytest.mark.parametrize(
    "path",
    ["CHANGELOG.md", "History.markdown", "docs/_posts/2019-01-01-new.md", "doc/announce/release-2.2.0.rst", "docs/release-notes.md",
     "CONTRIBUTING.md", "blog/invoices.md"],
)  # fmt: skip
def test_news_and_papers_about_the_project_are_no_documentation(path: str) -> None:
    language = "rst" if path.endswith("rst") else "markdown"
    hits = found((section(path, language=language), 0.9), (section("docs/paying.md"), 0.3))
    assert [hit.chunk.path for hit in hits] == ["docs/paying.md"]


def test_texts_of_tests_and_examples_are_no_documentation() -> None:
    hits = found((section("tests/data/a.md", role=Role.TEST), 0.9), (section("examples/a.md", role=Role.EXAMPLE), 0.8))
    assert hits == []


def test_filters_hold() -> None:
    sections = (section("docs/a.md"), 0.5), (section("wiki/b.md"), 0.4)
    assert [hit.chunk.path for hit in found(*sections, query=Query("pay", paths=("wiki/",)))] == ["wiki/b.md"]
    assert found(*sections, query=Query("pay", languages=("python",))) == []


def test_no_more_than_asked_for_of_all_repositories() -> None:
    one, other = section("docs/a.md"), replace(section("docs/b.md"), repo="till")
    corpora = [MemoryCorpus("shop", [one], QUESTION[None] * 0.5), MemoryCorpus("till", [other], QUESTION[None] * 0.6)]
    hits = passages(corpora, Query("pay"), QUESTION, 2)
    assert [hit.chunk.repo for hit in hits] == ["till", "shop"]
    assert len(passages(corpora, Query("pay"), QUESTION, 1)) == 1
    assert passages([], Query("pay"), QUESTION, 3) == []
