"""Many repositories searched as one give what each gives by itself."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.corpora import RepoCorpora
from indexer.corpus import RepoCorpus
from indexer.kept import Latest
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.search import search
from indexer.stores import joined
from indexer.stores.catalog import Catalog
from indexer.stores.parts import SAMPLED, Parts
from indexer.stores.products import Rough
from indexer.stores.shelf import best
from indexer.stores.vectors import ExactVectors
from indexer.types import Query
from tests.benchmarks.synthetic import Topics, build


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    made = build(tmp_path_factory.mktemp("catalog"), Topics(), 6, 4_800)
    yield made
    made.close()


@pytest.fixture(scope="module")
def questions() -> list[tuple[str, np.ndarray]]:
    return Topics(11).questions(30)


@given(
    st.lists(st.lists(st.sampled_from([-1.0, 0.0, 0.25, 0.25 + 1e-12, 0.5, 1.0]), max_size=12), min_size=1, max_size=6),
    st.integers(1, 14), st.booleans(),
)  # fmt: skip
def test_the_best_of_each_part_are_those_of_the_part_alone(parts: list[list[float]], k: int, positive: bool) -> None:
    assert_alone([np.array(part, float) for part in parts], k, positive)


@pytest.mark.parametrize("seed", range(12))
def test_a_sample_says_which_parts_to_look_at(seed: int) -> None:
    random = np.random.default_rng(seed)
    k = 3 + seed
    sizes = random.integers(0, 4 * SAMPLED * k, 5)
    parts = [np.sort(random.standard_normal(size).round(1 + seed % 3)) if seed % 2 else random.standard_normal(size) for size in sizes]
    assert_alone(parts, k, seed % 3 == 0)


def assert_alone(parts: list[np.ndarray], k: int, positive: bool) -> None:
    starts = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    wanted = [start + best(part, k) for start, part in zip(starts, parts, strict=False)]
    every = np.concatenate(parts)
    found = Parts([len(part) for part in parts]).best(every, k, positive=positive)
    assert found.tolist() == [place for places in wanted for place in places.tolist() if not positive or every[place] > 0]


def test_rough_products_of_many_vectors_are_those_of_each(questions: list[tuple[str, np.ndarray]]) -> None:
    vectors = np.stack([vector for _, vector in questions])
    rough = Rough.of(Topics(5).vectors(np.arange(1_500) % 400).astype(np.float16))
    found = np.empty((len(vectors), 1_500), np.float32)
    rough.multiply(vectors, found)
    assert all(np.array_equal(rough.product(vector), row) for vector, row in zip(vectors, found, strict=True))


@pytest.mark.parametrize("small", [0, 1_000])  # chunks up to which the words are joined, too
def test_repositories_searched_as_one_give_what_each_gives(
    catalog: Catalog, questions: list[tuple[str, np.ndarray]], small: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joined, "_SMALL", small)
    corpora = warmed(catalog, questions)
    each = Corpora(corpora.repositories)
    for text, vector in questions:
        for commits in (False, True):
            for k in (5, 60, 1_000):
                hints = [(text.split()[0], 2.5), ("nothing", 1.0)]
                legs = (one.found(vector, text, k, commits=commits, hints=hints) for one in (corpora, each))
                for found, wanted in zip(*legs, strict=True):
                    assert len(found.places) and found.places.tolist() == wanted.places.tolist()
                    assert found.scores.tolist() == wanted.scores.tolist() and found.files.tolist() == wanted.files.tolist()


def test_a_batch_finds_what_each_question_finds_in_repositories_looked_at_one_by_one(
    catalog: Catalog, questions: list[tuple[str, np.ndarray]]
) -> None:
    corpora = warmed(catalog, questions)
    each = Corpora(corpora.repositories)
    exact = ExactVectors(catalog)
    cold = Corpora([RepoCorpus(catalog, row, exact, exact) for row in catalog.repo_rows()])
    for number, (text, vector) in enumerate(questions):
        filters = {"languages": ("python",) if number % 5 == 0 else (), "paths": ("src/b",) if number % 7 == 0 else ()}
        repos = tuple(one.repo for one in each.each[:2]) if number % 6 == 0 else ()
        query = Query(text.replace(" ", "_", number % 2), repos, wants_history=number % 3 == 0, wants_tests=number % 4 == 0, **filters)
        found = [search(one, query, vector, (1, 10, 60)[number % 3]) for one in (corpora, each, cold)]
        places = [[(hit.chunk.id, *(chunk.id for chunk in hit.more)) for hit in hits] for hits in found]
        assert places[0] and places[0] == places[1] == places[2]
        for other in found[1:]:
            assert [hit.score for hit in found[0]] == pytest.approx([hit.score for hit in other], abs=1e-5)


def warmed(catalog: Catalog, questions: list[tuple[str, np.ndarray]]) -> RepoCorpora:
    exact = ExactVectors(catalog)
    corpora = RepoCorpora([RepoCorpus(catalog, row, exact, exact) for row in catalog.repo_rows()], Latest(2))
    for corpus in corpora.repositories:
        corpus.warm_up()
    vectors = np.stack([vector for _, vector in questions])
    with ThreadPoolExecutor(1) as threads:
        corpora.prepare(vectors, vectors, threads)
    return corpora
