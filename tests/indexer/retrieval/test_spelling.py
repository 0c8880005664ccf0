"""Misspelled words mended by what the repository and English know."""

from __future__ import annotations

import pytest

from indexer.questions.query import parse_query
from indexer.retrieval.spelling import respelled
from tests.indexer.retrieval.memory_corpus import MemoryCorpus
from tests.indexer.retrieval.test_search import code, commit, corpus


@pytest.fixture(scope="module")
def shop() -> MemoryCorpus:
    return corpus(
        code("retry.py", "retry the webhook of the zorblax gateway"),
        code("zorblax.py", "zorblax settings, and wether the customer pays"),
        commit("1" * 40, "Drop quuxly"),
    )


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("How does a cutsomer get a refnd?", "How does a customer get a refund?"),
        ("Where do we rettry the wbehook", "Where do we retry the webhook"),
        ("what does the zorblacx gateway do", "what does the zorblax gateway do"),
        ("Custmer payments", "Customer payments"),
        ("autehntictaion of visitors", "authentication of visitors"),
    ],
)
def test_slips_are_mended(written: str, meant: str, shop: MemoryCorpus) -> None:
    query = respelled(parse_query(written), [shop])
    assert query.text == meant
    assert len(query.understood) == sum(a != b for a, b in zip(written.split(), query.text.split(), strict=True))


@pytest.mark.parametrize(
    "text",
    [
        "how does zorblax pay", "who dropped quuxly", "wether it pays",  # words of the repository, right or wrong
        "does it run on Kubernetes with Xzibbit", "what is `cutsomer_id`", "why cutsomer_id", "see cutsomer.py", "foo/cutsomr", "ein zwei",
        "the id of teh cat", "async config of the middleware", "ESLINTT rules", "--cutsomer flag",
    ],
)  # fmt: skip
def test_names_and_known_words_are_left_alone(text: str, shop: MemoryCorpus) -> None:
    query = parse_query(text)
    assert respelled(query, [shop]) == query


def test_what_is_no_english_at_all_is_left_alone(shop: MemoryCorpus) -> None:
    query = parse_query("lorm ipsom dolr sitt amett consectetr adipiscng elitt seddo eiusmodd")
    assert respelled(query, [shop]) == query


def test_mending_twice_is_mending_once(shop: MemoryCorpus) -> None:
    once = respelled(parse_query("How is a cutsomer refunded?"), [shop])
    assert respelled(once, [shop]) == once and once.understood == ("Understood “cutsomer” as “customer”.",)
