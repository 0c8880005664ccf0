"""Embeddings from an endpoint: a strict server on loopback plays OpenAI's protocol, its limits and its bad days."""

from __future__ import annotations

import socket
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from indexer import embedding_endpoint, endpoint
from indexer.config import EmbeddingSettings, IndexerSettings
from indexer.embedding import open_embedder
from indexer.embedding_endpoint import EndpointEmbedder
from indexer.endpoint import _asked_wait
from indexer.errors import ConfigError, IndexOutdated, ModelError
from indexer.types import IndexState, Query
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import GitRepo
from tests.llm_server import KEY, ScriptedModel, scripted_model
from tests.model_endpoints import Trouble

SECRET = "a secret " + "of ours"
TEXTS = ["open the session", "session, open the", "Geld zurück ✓", ""]


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with scripted_model() as server:
        yield server


@pytest.fixture(autouse=True)
def key_and_short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(endpoint, "_FIRST_WAIT", 0.01)


def opened(server: ScriptedModel, **values: object) -> EndpointEmbedder:
    found = open_embedder(EmbeddingSettings(**{"provider": "openai", "base_url": f"{server.url}/v1", "model": "wise-embed", **values}))
    assert isinstance(found, EndpointEmbedder)
    return found


def test_vectors_arrive_in_order_at_unit_length(server: ScriptedModel) -> None:
    embedder = opened(server, batch_size=2)
    done: list[int] = []
    vectors = embedder.embed(TEXTS, done.append)
    assert vectors.dtype == np.float32 and vectors.shape == (4, 64) and embedder.dimensions == 64
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(vectors[:3], HashEmbedder().embed(TEXTS[:3]), atol=1e-6)
    assert done == [2, 2] and [len(texts) for texts in server.models.inputs] == [2, 2]
    np.testing.assert_allclose(embedder.embed_query(TEXTS[0]), vectors[0], atol=1e-6)
    np.testing.assert_allclose(embedder.embed_sentences(TEXTS), vectors, atol=1e-6)
    assert embedder.embed([]).shape == embedder.embed_sentences([]).shape == (0, 64)


def test_many_questions_are_sent_in_parts_and_come_back_in_order(server: ScriptedModel) -> None:
    embedder = opened(server, model="nomic-embed-text", batch_size=2)
    found = embedder.embed_queries(TEXTS[:3])
    assert [len(texts) for texts in server.models.inputs] == [2, 1]
    np.testing.assert_allclose(found, [embedder.embed_query(text) for text in TEXTS[:3]], atol=1e-6)
    assert embedder.embed_queries([]).shape == (0, 64)


def test_dimensions_are_asked_for_and_checked(server: ScriptedModel) -> None:
    embedder = opened(server, dimensions=16)
    assert embedder.embed_query("x").shape == (16,)
    server.models.troubles = [Trouble(body={"data": [{"index": 0, "embedding": [1.0] * 64}]})]
    with pytest.raises(ModelError, match="sent 64 dimensions where 16 are expected"):
        embedder.embed_query("x")


def test_prefixes_by_the_models_name_and_by_the_settings(server: ScriptedModel) -> None:
    opened(server, model="nomic-embed-text").embed(["a"])
    opened(server, model="nomic-embed-text").embed_query("b")
    opened(server, model="nomic-embed-text", query_prefix="", passage_prefix="p: ").embed(["c"])
    opened(server, model="nomic-embed-text", query_prefix="").embed_query("d")
    assert server.models.inputs == [["search_document: a"], ["search_query: b"], ["p: c"], ["d"]]


@pytest.mark.parametrize("status", [429, 500, 503, 408])
def test_a_passing_fault_is_tried_again(server: ScriptedModel, status: int) -> None:
    server.models.troubles = [Trouble(status), Trouble(status)]
    assert opened(server).embed(["a"]).shape == (1, 64)
    assert len(server.models.inputs) == 3


def test_the_server_says_how_long_to_wait(server: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr("indexer.endpoint.time.sleep", waits.append)
    server.models.troubles = [Trouble(429, headers={"retry-after": "7"}), Trouble(503, headers={"retry-after-ms": "250"})]
    opened(server).embed(["a"])
    assert waits == [7.0, 0.25]
    server.models.troubles = [Trouble(429, headers={"retry-after": "3600"})]
    with pytest.raises(ModelError, match=r"no more requests for now \(429\)"):
        opened(server).embed(["a"])
    assert waits == [7.0, 0.25], "nobody waits an hour"


@pytest.mark.parametrize(
    ("asked", "seconds"), [("", None), ("soon", None), ("-1", None), ("2.5", 2.5), ("Fri, 01 Jan 2010 00:00:00 GMT", 0.0)]
)
def test_retry_after_is_read_as_seconds_or_a_date(asked: str, seconds: float | None) -> None:
    assert _asked_wait({"retry-after": asked}) == seconds


def test_too_many_texts_are_sent_in_parts_and_a_long_one_is_cut(server: ScriptedModel) -> None:
    server.models.max_texts, server.models.max_chars = 2, 1000
    embedder = opened(server)
    vectors = embedder.embed(["word " * 400, *TEXTS, "other " * 300])
    assert vectors.shape == (6, 64)
    np.testing.assert_allclose(vectors[1], HashEmbedder().embed_query(TEXTS[0]), atol=1e-6)
    server.models.inputs.clear()
    embedder.embed(["again " * 900])
    assert [len(texts[0]) <= 1000 for texts in server.models.inputs] == [True], "what was learned about the limit is kept"


def test_no_request_is_longer_than_any_model_takes(server: ScriptedModel) -> None:
    opened(server).embed_query("x" * 1_000_000)
    assert len(server.models.inputs[0][0]) == 8_000


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble(401), r"wise-embed refused the key \(401\). Check OPENAI_API_KEY."),
        (Trouble(404), r"unknown at 127.0.0.1:\d+ \(404\). Check \[embedding\] base_url and model."),
        (Trouble(301), r"unknown at"),
        (Trouble(400), r"did not accept the request \(400\)"),
        (Trouble(413), r"does not take an input of this size"),
        (Trouble(body=b"<html>"), "is no answer"),
        (Trouble(body={"data": []}), "no whole embedding"),
        (Trouble(body={"data": [{"index": 0, "embedding": [1.0, float("nan")]}]}), "no whole embedding"),
        (Trouble(body={"data": [{"index": 0, "embedding": "AAAA"}]}), "no list of embeddings"),
        (Trouble(body=[1]), "no list of embeddings"),
    ],
)
def test_a_failure_is_one_sentence_without_key_and_text(server: ScriptedModel, trouble: Trouble, words: str) -> None:
    server.models.troubles = [trouble] * 20
    with pytest.raises(ModelError, match=words) as caught:
        opened(server).embed([SECRET])
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in shown and SECRET not in shown


def test_a_question_waits_no_longer_than_its_time(server: ScriptedModel) -> None:
    server.models.troubles = [Trouble(silence=5.0)] * 9
    with pytest.raises(ModelError, match=r"did not answer within 0\.\d+ seconds"):
        opened(server, timeout=0.2).embed_query("x")


def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_endpoint, "_PATIENCE", 0.3)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://user:{KEY}@127.0.0.1:{unused.getsockname()[1]}/v1"
    embedder = open_embedder(EmbeddingSettings(provider="openai", base_url=url, model="m"))
    with pytest.raises(ModelError, match=r"embedding model m at 127\.0\.0\.1:\d+ failed") as caught:
        embedder.embed(["x"])
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"provider": "openai"}, "model is missing"),
        ({"provider": "openai", "model": "m"}, "OPENAI_API_KEY in the environment"),
        ({"provider": "openai", "model": "m", "base_url": "localhost:8000"}, "no web address"),
        ({"model": "m", "base_url": "http://localhost:8000"}, 'provider is "local"'),
    ],
)
def test_a_missing_setting_is_named(values: dict[str, str], words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    with pytest.raises(ConfigError, match=words):
        open_embedder(EmbeddingSettings(**values))


def test_an_endpoint_of_ones_own_needs_no_key(server: ScriptedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    assert opened(server).embed_query("x").shape == (64,)


def test_opening_imports_no_client() -> None:
    code = (
        "import sys; from indexer.config import EmbeddingSettings; from indexer.embedding import open_embedder\n"
        "open_embedder(EmbeddingSettings(provider='openai', base_url='http://localhost:1', model='m')).model_id\n"
        "assert not {'openai', 'httpx', 'torch'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_repository_is_indexed_and_found_and_made_anew_only_when_passages_change(
    server: ScriptedModel, git_repo: GitRepo, tmp_path: Path
) -> None:
    git_repo.commit({"refund.py": '"""Refunds: money goes back to the customer."""\n', "ship.py": '"""Parcels and carriers."""\n'})

    def index(**values: object) -> tuple[bool, int]:
        """Whether the index was current, and how many texts were embedded to make it so."""
        base = {"provider": "openai", "base_url": f"{server.url}/v1", "model": "wise-embed"}
        settings = IndexerSettings(
            data_dir=tmp_path / "data", repositories=(git_repo.settings("shop"),), embedding=EmbeddingSettings(**{**base, **values})
        )
        workspace = Workspace.open_owner(settings, "docent index")
        try:
            current = workspace.index.status("shop").state is IndexState.READY
            embedded = workspace.refresh("shop").embedded
            assert workspace.index.search(Query("money back to the customer"))[0].chunk.path == "refund.py"
        finally:
            workspace.close()
        return current, embedded

    first = index()
    assert not first[0] and first[1] > 0
    assert index() == (True, 0)
    assert index(query_prefix="ask: ") == (True, 0), "what stands before questions changes no passage"
    assert index(timeout=60.0, batch_size=7) == (True, 0)
    assert index(passage_prefix="text: ") == (False, first[1])
    assert index(dimensions=32) == (False, first[1])
    assert index(model="wiser-embed") == (False, first[1])
    assert index() == (False, 0), "the vectors of the earlier model were kept"


def test_another_model_under_the_same_name_is_noticed(server: ScriptedModel, git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit({"refund.py": '"""Refunds: money goes back to the customer."""\n'})
    settings = IndexerSettings(
        data_dir=tmp_path / "data",
        repositories=(git_repo.settings("shop"),),
        embedding=EmbeddingSettings(provider="openai", base_url=f"{server.url}/v1", model="wise-embed"),
    )
    with_64 = Workspace.open_owner(settings, "docent index")
    with_64.refresh("shop")
    with_64.close()
    server.models.dimensions = 32
    reader = Workspace.open_reader(settings)
    with pytest.raises(IndexOutdated, match="64 dimensions, and the embedding model now gives 32"):
        reader.index.search(Query("money"))
    reader.close()
