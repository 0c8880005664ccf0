"""The models that rerank: a real cross-encoder, tiny and made here, and endpoints of both protocols on loopback."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer import reranking_transformers
from indexer.config import RerankingSettings
from indexer.embedding_models import offline
from indexer.errors import ConfigError, ModelError
from indexer.reranking import open_reranker
from indexer.reranking_transformers import CrossEncoderReranker
from tests.llm_server import KEY, ScriptedModel, scripted_model
from tests.model_endpoints import Trouble

QUESTION = "where is the refund paid"
TEXTS = ["the parcel goes out", "the refund is paid to the card", "refund"]


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with scripted_model() as server:
        yield server


class TestEndpoint:
    @pytest.mark.parametrize(
        ("model", "path", "keys"),
        [("rerank-1", "/v1", {"model", "query", "documents", "top_n"}), ("", "", {"query", "texts", "truncate"})],
    )
    def test_each_text_gets_its_score_in_the_order_given(self, server, monkeypatch, model, path, keys) -> None:
        monkeypatch.setenv("RERANK_API_KEY", KEY)
        reranker = open_reranker(RerankingSettings(base_url=server.url + path, model=model))
        assert reranker is not None
        first, second, third = reranker.scores(QUESTION, TEXTS, seconds=5.0)
        assert second > first == third
        assert set(server.models.ranked[0]) == keys

    @pytest.mark.parametrize(
        ("trouble", "words"),
        [
            (Trouble(401), r"refused the key \(401\). Check RERANK_API_KEY"),
            (Trouble(404), r"unknown at .* Check \[reranking\] base_url and model"),
            (Trouble(body=b"no"), "is no answer of the reranking model"),
            (Trouble(body={"results": []}), "no score for each text"),
            (Trouble(body={"results": [{"index": 0, "relevance_score": "high"}]}), "no score for each text"),
            (Trouble(body=[{"index": n, "score": float("nan")} for n in range(3)]), "no score for each text"),
            (Trouble(body=[{"index": n, "score": 1} for n in (0, 1, 1)]), "no score for each text"),
            (Trouble(body=[7]), "no score for each text"),
        ],
    )
    def test_a_failure_is_one_sentence(self, server, trouble, words) -> None:
        server.models.troubles = [trouble] * 9
        with pytest.raises(ModelError, match=words) as caught:
            open_reranker(RerankingSettings(base_url=server.url)).scores(QUESTION, TEXTS, seconds=1.0)
        assert KEY not in str(caught.value)

    def test_silence_ends_at_the_limit(self, server) -> None:
        server.models.troubles = [Trouble(silence=5.0)]
        with pytest.raises(ModelError, match=r"did not answer within 0\.2 seconds"):
            open_reranker(RerankingSettings(base_url=server.url)).scores(QUESTION, TEXTS, seconds=0.2)

    def test_an_address_that_is_none(self) -> None:
        with pytest.raises(ConfigError, match=r"\[reranking\] base_url is no web address"):
            open_reranker(RerankingSettings(base_url="localhost:8080"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of random weights over a few words, saved as real ones are."""
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    path = tmp_path_factory.mktemp("cross")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted({word for text in (QUESTION, *TEXTS) for word in text.split()})]
    (path / "vocab.txt").write_text("\n".join(words))
    config = BertConfig(
        vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(path)
    BertTokenizerFast(str(path / "vocab.txt"), model_max_length=64).save_pretrained(path)
    return path


class TestCrossEncoder:
    def test_its_scores_are_those_of_sentence_transformers(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from sentence_transformers import CrossEncoder

        monkeypatch.setattr("indexer.embedding_transformers.has_bfloat16", lambda: False)
        texts = [*TEXTS, "refund card " * 500, ""] * 3
        reranker = open_reranker(RerankingSettings(model=str(folder)))
        assert isinstance(reranker, CrossEncoderReranker)
        with offline():
            expected = CrossEncoder(str(folder), device="cpu", local_files_only=True).predict([(QUESTION, text) for text in texts])
        assert reranker.scores(QUESTION, texts, seconds=60.0) == pytest.approx(expected.tolist(), abs=1e-5)

    def test_the_clock_is_looked_at_between_batches(self, folder: Path) -> None:
        reranker = CrossEncoderReranker(RerankingSettings(model=str(folder)))
        reranker.prepare()
        with pytest.raises(ModelError, match="was not done within 1e-09 seconds"):
            reranker.scores(QUESTION, TEXTS * 20, seconds=1e-9)
        assert len(reranker.scores(QUESTION, TEXTS, seconds=60.0)) == 3, "the next question is judged again"

    def test_a_model_of_several_classes_is_no_judge(self, folder: Path, tmp_path: Path) -> None:
        from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

        config = BertConfig.from_pretrained(folder, num_labels=3)
        BertForSequenceClassification(config).save_pretrained(tmp_path)
        AutoTokenizer.from_pretrained(folder).save_pretrained(tmp_path)
        with pytest.raises(ModelError, match="no single score"):
            CrossEncoderReranker(RerankingSettings(model=str(tmp_path))).scores(QUESTION, TEXTS, seconds=60.0)

    def test_what_is_missing_or_damaged_is_named(self, folder: Path, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match="does not exist"):
            open_reranker(RerankingSettings(model=str(tmp_path / "nowhere")))
        with pytest.raises(ModelError, match=r"has no config\.json"):
            open_reranker(RerankingSettings(model=str(tmp_path)))
        (tmp_path / "config.json").write_text("{")
        with pytest.raises(ModelError, match="cannot be loaded on cpu"):
            open_reranker(RerankingSettings(model=str(tmp_path))).prepare()
        with pytest.raises(ModelError, match="on nonsense"):
            CrossEncoderReranker(RerankingSettings(model=str(folder), device="nonsense")).prepare()

    def test_an_unreachable_hub(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unreachable(name: str, **options: object) -> Path:
            assert (name, options["kind"], options["owner"]) == ("ms-marco-MiniLM-L6-v2", "reranking", "cross-encoder")
            raise ModelError("The reranking model could not be downloaded.")

        monkeypatch.setattr(reranking_transformers, "hub_folder", unreachable)
        with pytest.raises(ModelError, match="could not be downloaded"):
            CrossEncoderReranker(RerankingSettings(model="ms-marco-MiniLM-L6-v2")).scores(QUESTION, TEXTS, seconds=1.0)


def test_none_is_configured_unless_named_and_opening_imports_nothing_heavy(folder: Path) -> None:
    assert open_reranker(RerankingSettings()) is None
    code = (
        "import sys; from indexer.config import RerankingSettings as S; from indexer.reranking import open_reranker\n"
        f"open_reranker(S(model={str(folder)!r})); open_reranker(S(base_url='http://localhost:1'))\n"
        "assert not {'torch', 'httpx', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
