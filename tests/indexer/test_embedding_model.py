"""The real built-in model: the numpy way and the sentence-transformers way give the same vectors. Loads torch once."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

from indexer.config import EmbeddingSettings
from indexer.embedding import SentenceEmbedder
from indexer.embedding_bert import BertEncoder, load_bert
from indexer.embedding_models import BUILTIN_ID, BUILTIN_TOKENS, builtin_folder, offline, passage_adapter, question_adapter, verify
from indexer.embedding_transformers import TransformersEncoder
from indexer.errors import ModelError

TEXTS = [
    "",
    "how does auth work when a token has expired?",
    "naïve Zürich ÅÄÖ 日本語のテキスト emoji \U0001f389",
    "def charge(order: Order) -> Receipt:\n\treturn gateway.pay(order.total)  # retries twice\n" * 40,
    "x" * 5000,
    "src/auth/session.py\nSessionStore.open",
    "\x00 \ufffd \u200b",
]


@pytest.fixture(scope="module")
def light() -> BertEncoder:
    encoder = load_bert(builtin_folder())
    assert encoder is not None
    return encoder


@pytest.fixture(scope="module")
def full() -> TransformersEncoder:
    return TransformersEncoder(builtin_folder(), EmbeddingSettings(precision="float32"), "test")


def test_numpy_vectors_equal_those_of_sentence_transformers(light, full):
    expected = full.encode(TEXTS)
    actual = np.stack([light.encode(text) for text in TEXTS])
    assert actual.dtype == np.float32 and actual.shape == (len(TEXTS), light.dimensions) == (len(TEXTS), full.dimensions)
    assert ((actual * expected).sum(axis=1) > 0.99999).all()
    np.testing.assert_allclose(actual, expected, atol=2e-6)


def test_bfloat16_vectors_may_stand_beside_float32_ones(light):
    half = TransformersEncoder(builtin_folder(), EmbeddingSettings(precision="bfloat16"), "test").encode(TEXTS)
    assert half.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(half, axis=1), 1, atol=1e-5)
    assert ((np.stack([light.encode(text) for text in TEXTS]) * half).sum(axis=1) > 0.999).all()


def test_a_folder_saved_by_todays_sentence_transformers_is_read_by_numpy_too(full, light, tmp_path: Path):
    full._model.save(str(tmp_path / "saved"))
    saved = load_bert(tmp_path / "saved")
    assert saved is not None and saved.max_tokens == light.max_tokens
    np.testing.assert_allclose(saved.encode(TEXTS[1]), light.encode(TEXTS[1]), atol=1e-6)


def test_a_model_with_another_pooling_takes_the_full_stack(full, tmp_path: Path):
    from sentence_transformers import SentenceTransformer, models

    with offline():
        SentenceTransformer(modules=[full._model[0], models.Pooling(384, pooling_mode="cls")]).save(str(tmp_path / "cls"))
    assert load_bert(tmp_path / "cls") is None
    embedder = SentenceEmbedder(EmbeddingSettings(model=str(tmp_path / "cls"), precision="float32"))
    vectors = embedder.embed(TEXTS)
    assert embedder.dimensions == 384 and np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[1] == pytest.approx(embedder.embed_query(TEXTS[1]), abs=1e-5)


def test_many_passages_keep_their_order_and_report_progress(full):
    embedder = SentenceEmbedder(EmbeddingSettings(precision="float32", batch_size=2))
    embedder._full = full
    done: list[int] = []
    vectors = embedder.embed(TEXTS * 2, done.append)
    assert sum(done) == len(TEXTS) * 2 and len(done) == 2
    np.testing.assert_allclose(vectors, full.encode(TEXTS * 2), atol=1e-5)


def test_an_unknown_device_is_named():
    with pytest.raises(ModelError, match="on nonsense") as caught:
        SentenceEmbedder(EmbeddingSettings(device="nonsense")).embed(["x"])
    assert "device" in caught.value.hint


def test_threads_share_one_embedder():
    embedder = SentenceEmbedder(EmbeddingSettings())
    vectors: dict[int, np.ndarray] = {}

    def work(number: int) -> None:
        vectors[number] = embedder.embed_query(TEXTS[number])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(TEXTS))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    alone = load_bert(builtin_folder(), question_adapter())
    for number, text in enumerate(TEXTS):
        np.testing.assert_allclose(vectors[number], alone.encode(text), atol=1e-6)


def test_sentences_encoded_together_get_the_vectors_they_get_alone(light):
    texts = ["Money back", "", "A much longer sentence about how refunds are given to customers who paid by card", "Ünïcode ✓"]
    together = light.encode_many(texts)
    for text, vector in zip(texts, together, strict=True):
        assert np.dot(vector, light.encode(text)) > 0.99999


@pytest.mark.parametrize("adapter", [question_adapter, passage_adapter])
def test_a_taught_side_is_the_built_in_model_with_what_its_adapter_adds(full, adapter):
    import torch
    from safetensors.torch import load_file

    by_hand = TransformersEncoder(builtin_folder(), EmbeddingSettings(precision="float32"), "test")
    weights = dict(by_hand._model[0].auto_model.named_parameters())
    added = load_file(adapter())
    with torch.no_grad():
        for name in {key.removesuffix(".steps").removesuffix(".scale") for key in added}:
            change = added[name].float() if name in added else added[f"{name}.steps"] * added[f"{name}.scale"]
            weights[name] += change
    expected, texts = by_hand.encode(TEXTS[1:4]), TEXTS[1:4]
    embedder = SentenceEmbedder(EmbeddingSettings(precision="float32"))
    light = embedder.embed_queries(texts) if adapter is question_adapter else embedder.embed_sentences(texts)
    np.testing.assert_allclose(light, expected, atol=1e-5)
    adapted = TransformersEncoder(builtin_folder(), EmbeddingSettings(precision="float32"), "test", adapter=adapter())
    np.testing.assert_allclose(adapted.encode(texts), expected, atol=1e-5)
    half = TransformersEncoder(builtin_folder(), EmbeddingSettings(precision="bfloat16"), "test", adapter=adapter()).encode(texts)
    assert ((half * expected).sum(axis=1) > 0.999).all()
    assert ((full.encode(texts) * expected).sum(axis=1) < 0.99).all()


def test_many_passages_and_few_lie_in_one_space(full):
    embedder = SentenceEmbedder(EmbeddingSettings(precision="float32"))
    few = embedder.embed(TEXTS[1:4])
    embedder._load_full()
    np.testing.assert_allclose(embedder.embed(TEXTS[1:4]), few, atol=1e-5)


def test_questions_in_everyday_words_lie_near_their_answers(light):
    embedder = SentenceEmbedder(EmbeddingSettings())
    passages = [
        "src retry policy py\nbackoff\nWaits longer before each attempt. delay jitter exponential",
        "src invoice pdf py\nrender invoice\nfont margin page",
    ]
    question = "Do we pester the other side again at once when it was busy, or give it a breather?"
    published = light.encode_many(passages) @ light.encode(question)
    taught = embedder.embed_sentences(passages) @ embedder.embed_query(question)
    assert taught[0] - taught[1] > published[0] - published[1] + 0.1
    np.testing.assert_allclose(embedder.likeness(question, passages), published, atol=1e-5)


def test_an_embedder_with_other_dimensions_or_a_prefix_is_the_model_as_published(light):
    cut = SentenceEmbedder(EmbeddingSettings(dimensions=64))
    expected = light.encode(TEXTS[1])[:64]
    np.testing.assert_allclose(cut.embed_query(TEXTS[1]), expected / np.linalg.norm(expected), atol=1e-5)
    assert cut.hints(TEXTS[1], cut.embed_query(TEXTS[1])) == ()
    led = SentenceEmbedder(EmbeddingSettings(query_prefix="query: "))
    np.testing.assert_allclose(led.embed_query(TEXTS[1]), light.encode(f"query: {TEXTS[1]}"), atol=1e-5)
    assert {cut.model_id.partition("/")[0], led.model_id.partition("/")[0]} == {BUILTIN_ID}


def test_an_adapter_that_is_not_the_known_one_is_refused(tmp_path: Path):
    copy = tmp_path / question_adapter().name
    copy.write_bytes(question_adapter().read_bytes()[:-1] + b"\xff")
    with pytest.raises(ModelError, match="has another SHA-256"):
        verify(tmp_path, {copy.name: "0" * 64})


def test_both_ways_cut_a_passage_at_the_same_token(light):
    cut = TransformersEncoder(builtin_folder(), EmbeddingSettings(precision="float32"), "test", BUILTIN_TOKENS)
    np.testing.assert_allclose(light.encode_many([TEXTS[3]], BUILTIN_TOKENS)[0], cut.encode([TEXTS[3]])[0], atol=2e-6)
    assert light.encode_many([TEXTS[3]], BUILTIN_TOKENS)[0] @ light.encode(TEXTS[3]) < 0.9999
