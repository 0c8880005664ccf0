"""What a model wants to read before a question and before a passage: as its authors documented it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from indexer.config import EmbeddingSettings

_PASSAGE_PROMPTS = ("document", "passage", "corpus")  # the names sentence-transformers' encode_document looks for, in its order
_SEARCH = "Represent this sentence for searching relevant passages: "
_WEB = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: "
_CODE = "Represent this query for searching relevant code: "


@dataclass(frozen=True, slots=True)
class Prefixes:
    """The text put in front of a question, and of a passage."""

    query: str = ""
    passage: str = ""


# Model cards of each family, read in 2026; the first pattern found in the model's name counts.
_FAMILIES: tuple[tuple[str, Prefixes], ...] = (
    (r"\be5\b.*instruct|e5-mistral", Prefixes(_WEB)),
    (r"(?:multilingual-)?\be5-(?:small|base|large)", Prefixes("query: ", "passage: ")),
    (r"\bbge-(?:small|base|large)-en", Prefixes(_SEARCH)),
    (r"\bbge-(?:small|base|large)-zh", Prefixes("为这个句子生成表示以用于检索相关文章：")),
    (r"nomic-embed-code|coderankembed", Prefixes(_CODE)),
    (r"nomic-embed-text|modernbert-embed", Prefixes("search_query: ", "search_document: ")),
    (r"arctic-embed.*v2", Prefixes("query: ")),
    (r"arctic-embed", Prefixes(_SEARCH)),
    (r"mxbai-embed|uae-large", Prefixes(_SEARCH)),
    (r"jina-embeddings-v3", Prefixes("Represent the query for retrieving evidence documents: ", "Represent the document for retrieval: ")),
    (r"jina-embeddings-v[45]", Prefixes("Query: ", "Document: ")),
    (r"gte-qwen", Prefixes(_WEB)),
    (r"qwen3-embedding", Prefixes(_WEB.rstrip())),
    (r"embedding-?gemma", Prefixes("task: search result | query: ", "title: none | text: ")),
)


def prefixes_for(settings: EmbeddingSettings, folder: Path | None = None) -> Prefixes:
    """The settings' own, else the model's `prompts` where its `folder` has some, else its family's by name, else none."""
    known = (_own_prompts(folder) if folder else None) or _of_family(settings.model)
    return Prefixes(
        known.query if settings.query_prefix is None else settings.query_prefix,
        known.passage if settings.passage_prefix is None else settings.passage_prefix,
    )


def _of_family(model: str) -> Prefixes:
    name = model.rstrip("/").rpartition("/")[2].lower().replace("_", "-")
    return next((prefixes for pattern, prefixes in _FAMILIES if re.search(pattern, name)), Prefixes())


def _own_prompts(folder: Path) -> Prefixes | None:
    """The prompts saved with a model; None where it has none but the empty ones that sentence-transformers writes by itself."""
    file = folder / "config_sentence_transformers.json"
    try:
        config = json.loads(file.read_text("utf-8")) if file.is_file() else {}
    except ValueError:
        return None  # whoever loads the model says that its files are damaged
    prompts = config.get("prompts") if isinstance(config, dict) else None
    if not isinstance(prompts, dict) or not any(prompts.values()):
        return None
    usual = str(prompts.get(config.get("default_prompt_name") or "", ""))
    passage = next((str(prompts[name]) for name in _PASSAGE_PROMPTS if name in prompts), usual)
    return Prefixes(str(prompts.get("query", usual)), passage)
