"""Which of many repositories a question is about."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.questions.naming import named_in
from indexer.questions.query import parse_query
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.recipe import Recipe
from indexer.retrieval.repositories import unnamed
from indexer.retrieval.search import search
from tests.indexer.retrieval.test_search import EMBEDDER, ask, code, commit, corpus

REPOS = ("shop-api", "billing", "express", "requests-46e939b5525d")


@pytest.mark.parametrize(("text", "named", "rest"), [
    ("How does the shop API check a login?", {"shop-api"}, "How does the shop API check a login?"),
    ("In shop-api, how is a login checked?", {"shop-api"}, "how is a login checked?"),
    ("Where are refunds made in the billing service?", {"billing"}, "Where are refunds made ?"),
    ("How are cookies set? (in Express)", {"express"}, "How are cookies set?"),
    ("billing: who makes a refund?", {"billing"}, "who makes a refund?"),
    ("Where does `express` read its settings?", {"express"}, "Where does `express` read its settings?"),
    ("How does the project requests follow redirects?", {"requests-46e939b5525d"}, "How does the project requests follow redirects?"),
    ("What does Express do with a cookie?", {"express"}, "What does Express do with a cookie?"),
    ("Is the shop-api slower than the billing service?", {"shop-api", "billing"}, "Is the shop-api slower than the billing service?"),
    ("How are cookies set in express?", {"express"}, "How are cookies set ?"),
    ("What fails in the billing service's code base first?", {"billing"}, "What fails first?"),
    ("in the billing service", {"billing"}, "in the billing service"),
    ("How are requests limited?", set(), "How are requests limited?"),
    ("How is a login checked?", set(), "How is a login checked?"),
    ("Where is the shop opened?", set(), "Where is the shop opened?"),
    ("Which expression is it?", set(), "Which expression is it?"),
])
def test_what_a_question_names_and_what_it_says_besides(text: str, named: set[str], rest: str) -> None:
    query = parse_query(text, REPOS)
    assert (set(query.named), query.text) == (named, rest)


def test_what_is_left_of_the_repositories_that_a_question_does_not_name() -> None:
    named = unnamed(parse_query("How are refunds made in the billing service?", REPOS), REPOS)
    assert named == dict.fromkeys(set(REPOS) - {"billing"}, 0.3)
    called = unnamed(parse_query("How are requests limited?", REPOS), REPOS)
    assert called == dict.fromkeys(set(REPOS) - {"requests-46e939b5525d"}, 0.7)
    assert unnamed(parse_query("How is a login checked?", REPOS), REPOS) == {}


@given(st.text(max_size=80), st.lists(st.text(max_size=12), max_size=4))
def test_any_question_and_any_names(text: str, repos: list[str]) -> None:
    named, rest = named_in(text, repos)
    assert set(named) <= set(repos)
    assert rest.strip() or not text.strip()


def test_the_repository_named_comes_first() -> None:
    text = "take the payment for an order"
    corpora = [corpus(code("pay.py", text, repo=repo)) for repo in ("billing", "shop")]
    for repo in ("billing", "shop"):
        query = parse_query(f"where do we take the payment for an order in the {repo} service", ("billing", "shop"))
        assert search(Corpora(corpora), query, EMBEDDER.embed_query(query.text), 10)[0].chunk.repo == repo


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
