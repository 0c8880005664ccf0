"""Which of many repositories a question is about."""

from __future__ import annotations

import pytest

from indexer.retrieval.recipe import Recipe
from indexer.retrieval.repositories import unnamed
from tests.indexer.retrieval.test_search import ask, code, commit, corpus

REPOS = ("shop-api", "billing", "express", "requests-46e939b5525d")


@pytest.mark.parametrize(("text", "kept"), [
    ("How does the shop API check a login?", {"shop-api"}),
    ("How does shop-api check a login?", {"shop-api"}),
    ("Where are refunds made in the billing service?", {"billing"}),
    ("Where does `express` read its settings?", {"express"}),
    ("How does the project requests follow redirects?", {"requests-46e939b5525d"}),
    ("What does Express do with a cookie?", {"express"}),
    ("Is the shop-api slower than the billing service?", {"shop-api", "billing"}),
])
def test_a_question_that_names_a_repository_for_certain_is_about_it(text: str, kept: set[str]) -> None:
    assert unnamed(text, REPOS) == dict.fromkeys(set(REPOS) - kept, 0.3)


def test_a_name_that_is_a_word_as_well_counts_little() -> None:
    assert unnamed("How are requests limited?", REPOS) == dict.fromkeys(set(REPOS) - {"requests-46e939b5525d"}, 0.7)


@pytest.mark.parametrize("text", ["How is a login checked?", "Where is the shop opened?", "What is an expression?", "", "?!"])
def test_a_question_that_names_none_leaves_all(text: str) -> None:
    assert unnamed(text, REPOS) == {}


def test_the_repository_named_comes_first() -> None:
    text = "take the payment for an order"
    corpora = [corpus(code("pay.py", text, repo=repo)) for repo in ("billing", "shop")]
    assert ask("where do we take the payment for an order in the shop service", *corpora)[0].chunk.repo == "shop"
    assert ask("where do we take the payment for an order in the billing service", *corpora)[0].chunk.repo == "billing"


def test_commits_tell_the_repository_apart_and_follow_it() -> None:
    same = "take the payment for an order"
    shop = corpus(code("pay.py", same, repo="shop"), commit("b" * 40, "Take the payment of a late order twice", repo="shop"))
    other = corpus(code("pay.py", same, repo="a-blog"), commit("a" * 40, "Colour the titles", repo="a-blog"))
    hits = ask("why do we take the payment for an order twice", other, shop)
    assert [hit.chunk.repo for hit in hits if hit.chunk.path == "pay.py"] == ["shop", "a-blog"]
    plain = ask("why do we take the payment for an order twice", other, shop, recipe=Recipe(repository=0, commit_bridge=0))
    assert [hit.chunk.repo for hit in plain if hit.chunk.path == "pay.py"] == ["a-blog", "shop"]
    assert next(hit for hit in hits if hit.chunk.commit).chunk.repo == "shop"


def test_one_repository_is_not_weighed() -> None:
    shop = corpus(code("pay.py", "take the payment for an order"))
    assert "repository" not in ask("take the payment", shop)[0].signals
