"""Commits of the time that a question names, and what they did to the code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from indexer.questions.query import parse_query
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.footprints import asks_for_removal, footprint, spread
from indexer.retrieval.recipe import RECIPE, Recipe
from indexer.retrieval.search import search
from indexer.retrieval.when import fits
from indexer.types import Chunk, When
from tests.indexer.retrieval.memory_corpus import MemoryCorpus
from tests.indexer.retrieval.test_search import EMBEDDER, FILLER, commit

MONTHS = {
    "a1": "Retry the payment when the card is declined", "b2": "Retry the payment three times", "c3": "Round prices up",
    "d4": "Retry the payment of refunds", "e5": "Send parcels by bike",
}  # fmt: skip


def at(month: int, day: int = 15) -> datetime:
    return datetime(2020, month, day, tzinfo=UTC)


def history(sizes: Mapping[str, tuple[int, int]] | None = None) -> MemoryCorpus:
    """One commit in the middle of each month from January 2020 on."""
    chunks: list[Chunk] = [commit(sha, message) for sha, message in MONTHS.items()]
    chunks += [commit(f"f{n}", text) for n, text in enumerate(FILLER)]
    dates = {sha: (at(month).timestamp(), at(month).timestamp()) for month, sha in enumerate(MONTHS, start=1)}
    return MemoryCorpus("shop", chunks, EMBEDDER.embed([one.embed_text for one in chunks]), dates=dates, sizes=sizes)


def found(when: When | None, text: str = "Why was the payment retried?", recipe: Recipe = RECIPE) -> list[str | None]:
    query = replace(parse_query(text), when=when)
    return [hit.chunk.commit for hit in search(Corpora([history()]), query, EMBEDDER.embed_query(query.text), 5, recipe=recipe)]


@pytest.mark.parametrize(
    ("when", "first"),
    [
        (When("in April 2020", "", at(4, 1), at(5, 1)), "d4"),
        (When("before February 2020", "", until=at(2, 1)), "a1"),
        (When("since April 2020", "", since=at(4, 1)), "d4"),
        (When("in 1.1", "", releases=(("shop", "a1", "b2"),)), "b2"),
        (When("in March 2020", "", at(3, 1), at(4, 1)), "c3"),
    ],
)
def test_commits_of_the_time_come_first_and_the_others_stay(when: When, first: str) -> None:
    hits = found(when)
    assert hits[0] == first and len(hits) == 5
    assert {"a1", "b2", "d4"} <= set(hits)


def test_a_time_of_no_commit_and_releases_of_another_repository_change_nothing() -> None:
    usual = found(None)
    assert found(When("in 1999", "", datetime(1999, 1, 1, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC))) == usual
    assert found(When("in 1.1", "", releases=(("other", "a1", "b2"),))) == usual
    assert found(When("in April 2020", "", at(4, 1), at(5, 1)), recipe=replace(RECIPE, outside=1.0)) == usual


def test_what_fits_falls_off_beyond_loose_ends_and_hardly_reaches_beyond_strict_ones() -> None:
    corpus = history()
    april = When("", "", at(4, 1), at(5, 1))
    assert fits(corpus, april, RECIPE) == {"d4": 1.0}
    loose = fits(corpus, replace(april, loose=True, since=at(4, 10), until=at(5, 10)), RECIPE)
    assert loose["d4"] == 1.0 and 0.0 < loose["e5"] < 1.0 and "a1" not in loose
    assert set(fits(corpus, When("", "", at(3, 17), at(5, 1), strict=True), RECIPE)) == {"d4"}
    assert fits(corpus, When("", "", at(2, 1), soon=at(3, 1)), RECIPE) == {"b2": 1.0, **dict.fromkeys(("c3", "d4", "e5"), RECIPE.later)}
    assert fits(corpus, When("", ""), RECIPE) == {}


def test_large_changes_of_source_with_tests_count_more_and_deletions_where_a_removal_is_asked_for() -> None:
    def worth(paths: tuple[str, ...], added: int, deleted: int, *, removal: bool = False) -> float:
        return float(footprint("Change it", paths, added, deleted).worth(RECIPE, removal=removal))

    assert worth(("README.md",), 0, 0) == 0.0
    assert worth(("shop/pay.py",), 90, 0) > worth(("README.md",), 90, 0) > worth(("README.md",), 2, 0) > 0.0
    assert worth(("shop/pay.py", "tests/test_pay.py"), 90, 0) > worth(("shop/pay.py", "shop/tax.py"), 90, 0)
    assert worth((), 400, 0) == worth((), 400_000, 0) == pytest.approx(RECIPE.size)
    assert worth((), 1, 99, removal=True) > worth((), 1, 99) > worth((), 99, 1, removal=True)
    assert spread(0) == spread(20) == 1.0 > spread(80) == 0.5


def test_the_larger_of_two_commits_that_say_the_same_comes_first() -> None:
    corpus = MemoryCorpus(
        "shop", [commit("s", "Retry payments"), commit("z", "Retry payments")], EMBEDDER.embed(["Retry payments"] * 2),
        sizes={"s": (1, 0), "z": (80, 9)},
    )  # fmt: skip
    query = parse_query("Why were payments retried?")
    vector = EMBEDDER.embed_query(query.text)
    assert [hit.chunk.commit for hit in search(Corpora([corpus]), query, vector)] == ["z", "s"]
    assert [hit.chunk.commit for hit in search(Corpora([corpus]), query, vector, recipe=replace(RECIPE, size=0.0))] == ["s", "z"]


@pytest.mark.parametrize("text", ["When did we get rid of the tool?", "Why was it thrown out?", "When was the command taken out of it?"])
def test_removals_are_noticed_in_everyday_words(text: str) -> None:
    assert asks_for_removal(text) and not asks_for_removal("Who made the command faster?")
