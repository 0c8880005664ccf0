"""Searching small repositories: which file or commit comes first, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from indexer.questions.query import parse_query
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.recipe import Recipe
from indexer.retrieval.search import search
from indexer.types import Chunk, Hit, Kind, Role
from tests.embedders import HashEmbedder
from tests.indexer.retrieval.memory_corpus import MemoryCorpus

EMBEDDER = HashEmbedder(256)
FILLER = ["colour palette theme", "queue worker retry", "invoice number format", "map tile zoom", "holiday calendar", "font size"]


def code(
    path: str, text: str, *, symbol: str | None = None, role: Role = Role.SOURCE, kind: Kind = Kind.CODE, repo: str = "shop"
) -> Chunk:
    language = "go" if path.endswith(".go") else "python"
    return Chunk(f"{path}:{text[:40]}", repo, path, 1, 9, text, kind, f"{path}\n{text}", language, role, symbol)


def commit(sha: str, message: str, repo: str = "shop") -> Chunk:
    return Chunk(f"commit:{sha}", repo, None, 1, 1, message, Kind.COMMIT, message, commit=sha)


def corpus(
    *chunks: Chunk, defined: dict[str, set[str]] | None = None, touched: dict[str, tuple[str, ...]] | None = None
) -> MemoryCorpus:
    repo = chunks[0].repo
    every = [*chunks, *(code(f"filler{n}.py", text, repo=repo) for n, text in enumerate(FILLER))]
    return MemoryCorpus(repo, every, EMBEDDER.embed([chunk.embed_text for chunk in every]), defined, touched)


def ask(text: str, *corpora: MemoryCorpus, k: int = 10, recipe: Recipe | None = None) -> list[Hit]:
    query = parse_query(text)
    return search(Corpora(corpora), query, EMBEDDER.embed_query(query.text), k, recipe=recipe or Recipe())


def paths(hits: Sequence[Hit]) -> list[str]:
    return [hit.chunk.path for hit in hits if hit.chunk.path]


def test_one_hit_per_file_by_its_best_chunk_with_the_further_good_ones() -> None:
    shop = corpus(
        code("refund.py", "import decimal"),
        code("refund.py", "pay the refund to the customer's card"),
        code("refund.py", "cancel the refund to the customer's card"),
        code("other.py", "the card of the shop"),
    )
    hits = ask("how do we pay the refund to the card of a customer", shop, k=2)
    assert paths(hits)[0] == "refund.py" and len(paths(hits)) == len(set(paths(hits))) == 2
    assert hits[0].chunk.text.startswith("pay the refund")
    assert [chunk.text for chunk in hits[0].more] == ["cancel the refund to the customer's card"]
    assert [hit.rank for hit in hits] == [1, 2] and hits[0].score >= hits[1].score
    assert set(hits[0].signals) >= {"legs", "cosine"}


def test_a_test_stands_behind_what_it_tests_unless_it_is_asked_for() -> None:
    shop = corpus(
        code("tests/test_refund.py", "refund the customer then refund again", role=Role.TEST),
        code("refund.py", "refund given back to the customer"),
    )
    assert paths(ask("how does the customer refund happen again", shop))[:2] == ["refund.py", "tests/test_refund.py"]
    assert paths(ask("where are the tests for refund the customer again", shop))[0] == "tests/test_refund.py"


def test_a_named_symbol_leads_to_its_definition_even_in_a_test() -> None:
    chunks = (
        code("tests/helpers.py", "class FakeBank: pass", symbol="FakeBank", role=Role.TEST),
        code("uses.py", "bank = FakeBank(bank)"),
    )
    shop = corpus(*chunks, defined={"FakeBank": {"tests/helpers.py"}})
    assert paths(ask("FakeBank", shop))[0] == "tests/helpers.py"
    assert paths(ask("what does `FakeBank` do with the bank", shop))[0] == "tests/helpers.py"


def test_a_test_that_answers_lends_its_score_to_the_file_it_tests() -> None:
    chunks = (
        code("tests/test_ledger.py", "money given back twice is refused", role=Role.TEST),
        code("ledger.py", "class Entry amount"),
        code("wallet.py", "class Entry amount"),
    )
    shop = corpus(*chunks)
    question = "is money given back twice refused for an entry"
    lent = {hit.chunk.path: hit for hit in ask(question, shop)}
    kept = {hit.chunk.path: hit for hit in ask(question, shop, recipe=Recipe(test_bridge=0))}
    assert lent["ledger.py"].score > kept["ledger.py"].score
    assert lent["ledger.py"].signals["tests"] > 0 and lent["wallet.py"].score == kept["wallet.py"].score


def test_commits_and_documentation_vote_for_the_files_behind_them() -> None:
    shop = corpus(
        code("a.py", "def settle amount"),
        code("b.py", "def settle amount"),
        code("c.py", "def settle amount"),
        code("README.md", "Money goes back to shoppers through `settle_all`.", kind=Kind.DOC, role=Role.DOCS),
        commit("1" * 40, "Give money back to shoppers faster"),
        commit("2" * 40, "Paint the shed"),
        defined={"settle_all": {"c.py"}},
        touched={"1" * 40: ("b.py",), "2" * 40: ("a.py",)},
    )
    by_path = {hit.chunk.path: hit for hit in ask("how does money go back to shoppers, who settle the amount", shop)}
    assert by_path["b.py"].signals["commits"] > 0 and by_path["c.py"].signals["docs"] > 0
    assert min(by_path["b.py"].score, by_path["c.py"].score) > by_path["a.py"].score


def test_filters_hold_for_every_hit() -> None:
    go, py = code("pay/refund.go", "refund money"), code("pay/refund.py", "refund money")
    shop, web = corpus(go, py, commit("1" * 40, "refund money")), corpus(replace(go, repo="web"))
    assert paths(ask("refund lang:go repo:shop", shop, web)) == ["pay/refund.go"]
    assert all(hit.chunk.repo == "web" for hit in ask("refund repo:web", shop, web))
    assert paths(ask("refund path:pay/", shop)) and all(path.startswith("pay/") for path in paths(ask("refund path:pay/", shop)))
    assert ask("refund path:nowhere", shop) == []


def test_the_repository_that_answers_comes_first_whatever_the_others_hold() -> None:
    bank = corpus(code("iban.py", "check the iban of a bank account", repo="bank"))
    shop = corpus(code("cart.py", "a bank holiday closes the shop"), code("account.py", "the account page"))
    hits = ask("how is the iban of a bank account checked", shop, bank)
    assert (hits[0].chunk.repo, hits[0].chunk.path) == ("bank", "iban.py")
    assert ask("how is the iban of a bank account checked", bank, shop)[0].chunk == hits[0].chunk


def test_a_question_about_history_gets_commits_first() -> None:
    shop = corpus(
        code("refund.py", "approve the refund"),
        commit("1" * 40, "Drop the approval of a refund"),
        commit("2" * 40, "Release 2.0 refund approval"),
        commit("3" * 40, "Paint the shed"),
        touched={"1" * 40: ("refund.py",)},
    )
    hits = ask("When did we stop the approval of a refund?", shop, k=2)
    assert [hit.chunk.commit for hit in hits[:2]] == ["1" * 40, "2" * 40] and hits[2].chunk.path == "refund.py"
    assert ask("how does approval of a refund work", shop)[0].chunk.path == "refund.py"


def test_the_code_that_a_commit_touched_speaks_for_it() -> None:
    shop = corpus(
        code("refund.py", "money back to a customer after an objection"),
        commit("1" * 40, "Rework the second step"),
        commit("2" * 40, "Rework the third step"),
        touched={"1" * 40: ("filler0.py",), "2" * 40: ("refund.py",)},
    )
    hits = ask("Why was money back to a customer after an objection reworked?", shop)
    assert hits[0].chunk.commit == "2" * 40 and hits[0].signals["code"] > 0


@pytest.mark.parametrize("text", ["zzz", "日本語", "' OR 1=1 --", '"*refund', "a" * 5000])
def test_odd_questions_are_searched_like_any_other(text: str) -> None:
    shop = corpus(code("refund.py", "refund money"))
    assert len(paths(ask(text, shop, k=3))) == 3


def test_no_repository_is_no_hit() -> None:
    assert ask("refund") == []
