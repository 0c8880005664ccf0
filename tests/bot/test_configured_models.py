"""The whole of docent with models configured: what is sent to them, when, and what happens to an answer when they fail."""

from __future__ import annotations

import json

import pytest

from bot.answers.types import Question
from bot.cli import main
from bot.config import load_settings
from bot.service import Docent
from bot.wiring import open_docent
from indexer.errors import ConfigError
from tests.embedders import HashEmbedder
from tests.llm_server import KEY, ScriptedModel, scripted_model
from tests.model_endpoints import Trouble

pytestmark = pytest.mark.usefixtures("home", "embedder")

QUESTION = "How do tea lovers get their pennies?"
REWRITTEN = json.dumps({"terms": ["refund", "money back"], "answer": "A refund gives the customer the money back."})


@pytest.fixture
def server():
    with scripted_model() as server:
        yield server


@pytest.fixture
def opened(tmp_path, shop, server: ScriptedModel, monkeypatch):
    """Opens docent over the shop, with further lines of settings; the model is `server`."""
    import openai  # noqa: F401  # its import must not count as slowness of the model

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    closing: list[Docent] = []

    def open_it(llm: str = "", more: str = "") -> Docent:
        path = tmp_path / "docent.toml"
        path.write_text(
            f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\n{more}\n"
            f"[llm]\nprovider = 'openai'\nmodel = 'wise-1'\nbase_url = '{server.url}/v1'\n{llm}\n"
        )
        docent = open_docent(load_settings(path))
        closing.append(docent)
        docent.ready()
        return docent

    yield open_it
    for docent in closing:
        docent.close()


def paths(docent: Docent, question: str = QUESTION) -> list[str]:
    return [hit.chunk.path for hit in docent.search(question).hits if hit.chunk.path]


def test_a_search_and_an_answer_rest_on_the_rewritten_question(opened, server: ScriptedModel):
    docent = opened()
    server.says(status=500)
    plain = paths(docent)
    server.says(REWRITTEN)
    assert paths(docent).index("shop/refund.py") < plain.index("shop/refund.py")
    server.says("A refund gives the money back [1].")
    docent.ask(Question(QUESTION, ("shop",)))
    sent = [asked.user for asked in server.asked]
    assert sum("<<<question" in text and "evidence" not in text for text in sent) == 2, "what was rewritten once is remembered"
    assert REWRITTEN not in "".join(sent) and "money back\", " not in sent[-1], "what a model made up is no evidence"


def test_without_the_model_nothing_is_sent(opened, server: ScriptedModel):
    docent = opened()
    assert docent.ask(Question(QUESTION, ("shop",)), use_llm=False).question == QUESTION
    assert not server.asked


def test_rewriting_can_be_switched_off(opened, server: ScriptedModel):
    docent = opened("rewrite = false")
    docent.warm_up()
    assert paths(docent) and not server.asked
    assert not (docent.settings.data_dir / "rewritings.sqlite").exists()


def test_a_failing_model_costs_a_search_nothing(opened, server: ScriptedModel):
    docent = opened()
    server.says(status=503)
    assert docent.search(QUESTION).hits and len(server.asked) == 1


def test_a_reranking_endpoint_moves_the_places_and_its_failure_is_a_notice(opened, server: ScriptedModel):
    docent = opened("rewrite = false", f"[reranking]\nbase_url = '{server.url}'\nweight = 0.9\n")
    question = "customers shop tea offer price parcel weight"
    found = docent.search(question, k=2)
    assert len(server.models.ranked) == 1 and found.hits[0].signals["rerank"] == 1.0 and not found.notices
    assert len([hit for hit in found.hits if hit.chunk.path]) == 2
    server.models.troubles = [Trouble(503)] * 9
    failed = docent.search(question)
    assert failed.hits and failed.notices == ("The service of the reranking model has a fault (503). The places are ranked without it.",)
    server.models.troubles = [Trouble(503)] * 9
    answer = docent.ask(Question(QUESTION, ("shop",)), use_llm=False)
    assert answer.notices[0] == failed.notices[0]


def test_a_batch_is_rewritten_and_reranked_as_single_questions_are(opened, server: ScriptedModel):
    docent = opened("", f"[reranking]\nbase_url = '{server.url}'\nweight = 0.9\n")
    server.says(REWRITTEN)
    alone = docent.search(QUESTION)
    (together,) = docent.search_many([QUESTION])
    assert [hit.chunk for hit in together.hits] == [hit.chunk for hit in alone.hits]
    assert together.hits[0].signals["rerank"] == 1.0 and len(server.models.ranked) == 2
    server.models.troubles = [Trouble(503)] * 9
    (failed,) = docent.search_many([QUESTION])
    assert failed.hits and "ranked without it" in failed.notices[0]


def test_doctor_tries_the_reranking_model(server: ScriptedModel, capsys, monkeypatch):
    monkeypatch.setattr("indexer.embedding.open_embedder", lambda settings: HashEmbedder())
    monkeypatch.setenv("DOCENT_RERANKING__BASE_URL", server.url)
    main(["doctor"])
    assert "ok reranking model: the model at 127.0.0.1" in capsys.readouterr().out
    server.models.troubles = [Trouble(401)]
    assert main(["doctor"]) == 1
    assert "Check RERANK_API_KEY." in " ".join(capsys.readouterr().out.split())


def test_files_are_described_where_the_settings_ask_for_it(opened, server: ScriptedModel, capsys, tmp_path):
    for _ in range(3):
        server.says("Decides which parcels of tea go out first.")
    docent = opened("rewrite = false", "[indexing]\ndescribe_files = true\n")
    described = docent.status()[0].described
    assert described is not None and described[0] == described[1] == len(server.asked) > 0
    found = [hit.chunk for hit in docent.search("decides goes out first").hits if hit.chunk.path]
    assert found and not any("parcels of tea" in chunk.text for chunk in found)
    docent.close()
    main(["status", "--config", str(tmp_path / "docent.toml")])
    assert f"{described[0]} of {described[1]} source files described" in capsys.readouterr().out


def test_describing_files_needs_a_language_model(tmp_path):
    (tmp_path / "docent.toml").write_text("[indexing]\ndescribe_files = true\n")
    with pytest.raises(ConfigError, match=r"describe_files\" needs a language model"):
        load_settings(tmp_path / "docent.toml")
