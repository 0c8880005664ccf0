"""What stands before questions and passages: the settings first, then the model's own prompts, then its family."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from indexer.config import EmbeddingSettings
from indexer.embedding import SentenceEmbedder
from indexer.embedding_bert import load_bert
from indexer.embedding_models import builtin_folder
from indexer.embedding_prefixes import Prefixes, prefixes_for
from indexer.errors import ModelError

SEARCH = "Represent this sentence for searching relevant passages: "


@pytest.mark.parametrize(
    ("model", "query", "passage"),
    [
        ("builtin", "", ""),
        ("intfloat/e5-base-v2", "query: ", "passage: "),
        ("intfloat/multilingual-e5-small", "query: ", "passage: "),
        ("/models/multilingual_e5_small/", "query: ", "passage: "),
        ("BAAI/bge-small-en-v1.5", SEARCH, ""),
        ("BAAI/bge-m3", "", ""),
        ("nomic-ai/nomic-embed-text-v1.5", "search_query: ", "search_document: "),
        ("nomic-embed-text:latest", "search_query: ", "search_document: "),
        ("Snowflake/snowflake-arctic-embed-m-v1.5", SEARCH, ""),
        ("Snowflake/snowflake-arctic-embed-l-v2.0", "query: ", ""),
        ("mixedbread-ai/mxbai-embed-large-v1", SEARCH, ""),
        ("thenlper/gte-base", "", ""),
        ("jinaai/jina-embeddings-v2-base-code", "", ""),
        ("text-embedding-3-small", "", ""),
        ("sentence-transformers/all-mpnet-base-v2", "", ""),
    ],
)
def test_a_familys_documented_prefixes(model: str, query: str, passage: str) -> None:
    assert prefixes_for(EmbeddingSettings(model=model)) == Prefixes(query, passage)


def test_settings_override_also_with_nothing() -> None:
    assert prefixes_for(EmbeddingSettings(model="intfloat/e5-base-v2", query_prefix="")) == Prefixes("", "passage: ")


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"prompts": {"query": "Q: ", "document": "D: "}}, Prefixes("Q: ", "D: ")),
        ({"prompts": {"query": "Q: ", "passage": "P: "}}, Prefixes("Q: ", "P: ")),
        ({"prompts": {"query": "Q: "}}, Prefixes("Q: ", "")),
        ({"prompts": {"query": "Q: "}, "default_prompt_name": "query"}, Prefixes("Q: ", "Q: ")),
        ({"prompts": {"query": "", "document": ""}}, Prefixes("query: ", "passage: ")),
        ({}, Prefixes("query: ", "passage: ")),
        ([], Prefixes("query: ", "passage: ")),
    ],
)
def test_a_models_own_prompts_win_over_its_name(config: object, expected: Prefixes, tmp_path: Path) -> None:
    (tmp_path / "config_sentence_transformers.json").write_text(json.dumps(config))
    assert prefixes_for(EmbeddingSettings(model="e5-base"), tmp_path) == expected


@pytest.fixture(scope="module")
def prompted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(shutil.copytree(builtin_folder(), tmp_path_factory.mktemp("model") / "prompted"))
    file = folder / "config_sentence_transformers.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "prompts": {"query": "Q: ", "document": "D: "}}))
    return folder


def test_prompts_go_in_front_and_only_the_passages_name_the_vector_space(prompted: Path) -> None:
    own = SentenceEmbedder(EmbeddingSettings(model=str(prompted)))
    plain = SentenceEmbedder(EmbeddingSettings(model=str(prompted), query_prefix="", passage_prefix=""))
    np.testing.assert_array_equal(own.embed_query("x"), plain.embed_query("Q: x"))
    np.testing.assert_array_equal(own.embed(["x"]), plain.embed(["D: x"]))
    assert own.model_id != plain.model_id
    assert own.model_id == SentenceEmbedder(EmbeddingSettings(model=str(prompted), query_prefix="other: ")).model_id


def test_fewer_dimensions_are_the_first_ones_at_unit_length() -> None:
    whole, short = load_bert(builtin_folder()), SentenceEmbedder(EmbeddingSettings(dimensions=128))
    assert short.dimensions == 128 and short.model_id != SentenceEmbedder(EmbeddingSettings()).model_id
    first = whole.encode("money back")[:128]
    np.testing.assert_allclose(short.embed(["money back"])[0], first / np.linalg.norm(first), atol=1e-6)
    np.testing.assert_allclose(short.embed_query("money back"), first / np.linalg.norm(first), atol=1e-6)
    with pytest.raises(ModelError, match="has 384 dimensions and not 1000"):
        SentenceEmbedder(EmbeddingSettings(dimensions=1000)).embed_query("x")
