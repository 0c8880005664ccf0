"""What a language model made of a question helps finding, beside the question's own words and never instead of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indexer.questions.query import parse_query
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.recipe import Recipe
from indexer.retrieval.rewritten import blended
from indexer.retrieval.search import search
from indexer.types import Hit
from tests.indexer.retrieval.memory_corpus import MemoryCorpus
from tests.indexer.retrieval.test_search import EMBEDDER, code, corpus, paths

QUESTION = "how does somebody get their money back"


def ask(
    shop: MemoryCorpus, text: str = QUESTION, terms: tuple[str, ...] = (), imagined: str = "", recipe: Recipe | None = None
) -> list[Hit]:
    query = replace(parse_query(text), terms=terms, imagined=imagined)
    vector = EMBEDDER.embed_query(imagined) if imagined else None
    return search(Corpora([shop]), query, EMBEDDER.embed_query(query.text), 10, imagined=vector, recipe=recipe or Recipe())


@pytest.fixture
def shop() -> MemoryCorpus:
    return corpus(
        code("chargeback.py", "chargeback settled ledger entry", symbol="chargeback"),
        code("purse.py", "somebody counts money in a purse"),
        code("web/chargeback.ts", "chargeback button"),
    )


def test_terms_lead_to_a_file_that_shares_no_word_with_the_question(shop: MemoryCorpus) -> None:
    plain = paths(ask(shop))
    helped = ask(shop, terms=("chargeback", "settled receipt"))
    assert plain[0] == "purse.py"
    assert paths(helped).index("chargeback.py") < (plain.index("chargeback.py") if "chargeback.py" in plain else 99)
    assert paths(helped)[0] == "purse.py", "the question's own words count more"


def test_a_weight_of_nothing_switches_terms_off(shop: MemoryCorpus) -> None:
    off = ask(shop, terms=("chargeback",), recipe=Recipe(rewritten=0.0))
    assert [(hit.chunk.path, hit.score) for hit in off if hit.score > 0] == [
        (hit.chunk.path, hit.score) for hit in ask(shop) if hit.score > 0
    ]


def test_filters_hold_for_terms_too(shop: MemoryCorpus) -> None:
    assert paths(ask(shop, f"{QUESTION} path:web", terms=("chargeback",))) == ["web/chargeback.ts"]
    assert paths(ask(shop, f"{QUESTION} path:nowhere", terms=("chargeback",))) == []


def test_an_imagined_answer_moves_the_ranking_and_not_how_sure_it_is(shop: MemoryCorpus) -> None:
    plain, helped = ask(shop), ask(shop, imagined="a chargeback is a settled ledger entry")
    cosines = {hit.chunk.path: hit.signals["cosine"] for hit in plain}
    assert paths(plain).index("chargeback.py") > paths(helped).index("chargeback.py") == 1
    for hit in helped:
        if hit.chunk.path in cosines:
            assert hit.signals["cosine"] == pytest.approx(cosines[hit.chunk.path], abs=1e-6)


def test_blending_keeps_unit_length() -> None:
    x, y = np.eye(2, dtype=np.float32)
    mixed = blended(x, y, 0.5)
    assert mixed.dtype == np.float32 and np.linalg.norm(mixed) == pytest.approx(1.0) and mixed[0] == mixed[1]
    assert blended(x, None, 0.5) is x and blended(x, y, 0.0) is x
    assert np.isfinite(blended(x, -x, 0.5)).all()
