"""What a search holds in memory says what the catalog says, and leaving candidates out changes no answer."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from indexer.corpora import RepoCorpora
from indexer.corpus import RepoCorpus
from indexer.kept import Latest
from indexer.retrieval.search import search
from indexer.stores import lexical
from indexer.stores.catalog import Catalog, mark_changed
from indexer.stores.defined import names_in
from indexer.stores.schema import chunks
from indexer.stores.shelf import Scores, Shelf, best
from indexer.stores.vectors import ExactVectors
from indexer.stores.worded import Worded
from indexer.tokens import query_terms
from indexer.types import Chunk, Hit, Kind, Query
from tests.benchmarks.synthetic import Topics, build


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Catalog]:
    made = build(tmp_path_factory.mktemp("catalog"), Topics(), 3, 2400)
    yield made
    made.close()


@pytest.fixture(scope="module")
def questions() -> list[tuple[str, np.ndarray]]:
    return Topics(11).questions(40)


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=40), st.integers(0, 50))
def test_the_best_are_those_of_a_stable_sort(scores: list[float], k: int) -> None:
    wanted = sorted(range(len(scores)), key=lambda place: -scores[place])[:k]
    assert best(np.array(scores), k).tolist() == wanted


def test_words_are_ranked_as_fts5_ranks_them(catalog: Catalog, questions: list[tuple[str, np.ndarray]]) -> None:
    row = catalog.repo_rows()[1]
    for commits_only in (False, True):
        shelf = Shelf(catalog, row, commits_only)
        for text, _ in [*questions, *questions[:5]]:  # in the middle of which all words are read at once
            with catalog.reading() as connection:
                wanted = lexical.search(connection, row.name, text, 50, commits_only)
            places, scores = shelf.worded(text, 50)
            assert dict(zip(shelf.rowids[places].tolist(), scores.tolist(), strict=True)) == pytest.approx(dict(wanted), rel=1e-6)
            assert scores.tolist() == sorted(scores.tolist(), reverse=True)
        before = [shelf.worded(text, 50) for text, _ in questions]
        shelf.worded_by = Worded(catalog, row.name, commits_only, shelf.rowids)
        for (text, _), (places, scores) in zip(questions[:10], before, strict=False):
            again, same = shelf.worded(text, 50)
            assert again.tolist() == places.tolist() and same.tolist() == scores.tolist()


def test_further_words_count_what_they_are_said_to(catalog: Catalog, questions: list[tuple[str, np.ndarray]]) -> None:
    text, (other, *_) = questions[0][0], query_terms(questions[1][0])
    cold, warm = (Shelf(catalog, catalog.repo_rows()[0], False) for _ in range(2))
    warm.warm()
    for shelf in (cold, warm):
        wanted = shelf.worded_by.scores(text) + 0.5 * shelf.worded_by.scores(other)
        places, scores = shelf.worded(text, 10_000, None, [(other, 0.5)])
        assert np.allclose(scores, wanted[places], rtol=1e-5, atol=1e-6) and len(places) == np.count_nonzero(wanted)
        twice = shelf.worded_by.scores(text, [(query_terms(text)[0], 1.0)])
        assert np.allclose(twice, shelf.worded_by.scores(text) + shelf.worded_by.scores(text.split()[0]), rtol=1e-5, atol=1e-6)


def test_a_rough_look_first_changes_no_hit(catalog: Catalog, questions: list[tuple[str, np.ndarray]]) -> None:
    shelf = Shelf(catalog, catalog.repo_rows()[0], False)
    assert not multiplied(shelf, questions[0][1]).rough
    shelf.warm()
    some = np.arange(len(shelf.filing.paths)) % 3 > 0
    for _, vector in questions:
        known = multiplied(shelf, vector)
        exact = shelf.scores(vector)
        assert known.rough and 0 < np.abs(known.values - exact).max() < 0.005
        for within in (None, some):
            for k in (1, 50, 10_000):
                wanted, scores = shelf.nearest(vector, k, within)
                found, again = shelf.nearest(vector, k, within, known)
                assert found.tolist() == wanted.tolist() and np.allclose(scores, again, atol=1e-6)


def test_filters_leave_the_same_chunks_whether_few_or_many_pass(catalog: Catalog, questions: list[tuple[str, np.ndarray]]) -> None:
    shelf = Shelf(catalog, catalog.repo_rows()[0], False)
    for count in (3, 60):
        paths = set(shelf.filing.paths[:count])
        vector = questions[0][1]
        places, scores = shelf.nearest(vector, 20, np.arange(len(shelf.filing.paths)) < count)
        everything, all_scores = shelf.nearest(vector, len(shelf.rowids))
        inside = [place for place, chunk in shelf.at(everything.tolist()).items() if chunk.path in paths][:20]
        assert places.tolist() == inside
        assert np.allclose(scores, all_scores[np.isin(everything, inside)], atol=1e-6)


def test_a_listed_chunk_is_the_stored_one(catalog: Catalog) -> None:
    row = catalog.repo_rows()[0]
    for commits_only in (False, True):
        shelf = Shelf(catalog, row, commits_only)
        listed = shelf.at(range(40))
        stored = shelf.read([chunk.id for chunk in listed.values()])
        assert len(stored) == 40
        for chunk in listed.values():
            same = stored[chunk.id]
            for name in ("repo", "path", "kind", "role", "language", "symbol", "commit", "text", "start_line", "enclosing"):
                assert getattr(chunk, name) == getattr(same, name)
            assert not commits_only or chunk.subject == same.subject


def test_commits_that_touched_a_file_are_known_whether_embedded_or_not(tmp_path: Path) -> None:
    catalog = build(tmp_path, Topics(), 1, 800)
    with catalog.writing() as connection:
        of_commits = sa.select(chunks.c.id).where(chunks.c.commit.is_not(None)).order_by(chunks.c.id)
        some = connection.scalars(of_commits).all()[::3]
        connection.execute(chunks.update().where(chunks.c.id.in_(some)).values(vector_id=None))
    shelf = Shelf(catalog, catalog.repo_rows()[0], True)
    places = np.arange(0, len(shelf.rowids), 2)
    shas = {chunk.commit: place for place, chunk in shelf.at(places.tolist()).items()}
    paths = sorted({path for files in shelf.touched.by(shas).values() for path in files})[:5]
    near = {path: 0.1 * number for number, path in enumerate(paths, start=1)}
    wanted = sorted(place for sha, place in shas.items() if set(shelf.touched.by([sha]).get(sha, ())) & set(paths))
    assert wanted and places[shelf.likeness(places, near) > 0].tolist() == wanted
    shelf.warm()
    assert places[shelf.likeness(places, near) > 0].tolist() == wanted
    assert Shelf(catalog, catalog.repo_rows()[0], True).likeness(places, near).tolist() == shelf.likeness(places, near).tolist()
    catalog.close()


def test_what_documentation_names_is_the_same_asked_for_or_held(catalog: Catalog) -> None:
    row = catalog.repo_rows()[0]
    shelf = Shelf(catalog, row, False)
    listed = shelf.at(range(len(shelf.rowids)))
    ids = [chunk.id for chunk in listed.values() if chunk.kind is Kind.DOC]
    before = shelf.defined.documented(ids)
    names = {name for chunk_id in ids for name in names_in(shelf.read([chunk_id])[chunk_id].text)}
    defining = shelf.defined.defining(names)
    assert before and {path for files in before.values() for path in files} == {path for files in defining.values() for path in files}
    shelf.warm()
    assert shelf.defined.documented(ids) == before and shelf.defined.defining(names) == defining


def test_many_questions_at_once_find_what_each_finds_alone(catalog: Catalog, questions: list[tuple[str, np.ndarray]]) -> None:
    alone, together = opened(catalog), opened(catalog)
    vectors = np.stack([vector for _, vector in questions])
    with ThreadPoolExecutor(1) as threads:
        together.prepare(vectors, vectors, threads)
    for text, vector in questions:
        one, other = search(alone, Query(text), vector, 10), search(together, Query(text), vector, 10)
        assert [hit.chunk.id for hit in one] == [hit.chunk.id for hit in other]
        assert np.allclose([hit.score for hit in one], [hit.score for hit in other], atol=1e-5)


def test_a_change_of_the_index_is_seen_at_the_next_question(tmp_path: Path) -> None:
    catalog = build(tmp_path, Topics(), 1, 200)
    exact = ExactVectors(catalog)
    row = catalog.repo_rows()[0]
    before = exact.shelves.of(row, commits_only=False)
    assert exact.shelves.of(catalog.repo_rows()[0], commits_only=False) is before
    with catalog.writing() as connection:
        connection.execute(chunks.delete().where(chunks.c.id == int(before.rowids[0])))
        mark_changed(connection, row.id)
    after = exact.shelves.of(catalog.repo_rows()[0], commits_only=False)
    assert len(after.rowids) == len(before.rowids) - 1
    catalog.close()


def opened(catalog: Catalog) -> RepoCorpora:
    exact = ExactVectors(catalog)
    return RepoCorpora([RepoCorpus(catalog, row, exact, exact) for row in catalog.repo_rows()], Latest(2))


def multiplied(shelf: Shelf, vector: np.ndarray) -> Scores:
    found = np.empty((1, len(shelf.matrix)), np.float32)
    rough = shelf.multiply(vector[None], found)
    return Scores(found[0], rough)


def told(hits: list[Hit]) -> list[tuple[str, float, list[str], str]]:
    def ids(chunks: tuple[Chunk, ...]) -> list[str]:
        return [chunk.id for chunk in chunks]

    return [(hit.chunk.id, round(hit.score, 9), ids(hit.more), hit.chunk.text) for hit in hits]
