"""The part of the scripted server that plays embedding and reranking services: OpenAI's, Cohere's and Jina's, and TEI's protocols.

Texts get the vectors of `HashEmbedder`, of any length but 1; a document's relevance is how many words it shares with the query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.embedders import HashEmbedder

PATHS = {"/v1/embeddings": "embeddings", "/rerank": "rerank", "/v1/rerank": "rerank"}


@dataclass
class Trouble:
    """What the next request gets instead of its reply: a status with a message, a body of its own, or silence first (seconds)."""

    status: int = 200
    message: str = "trouble"
    body: Any = None
    silence: float = 0.0
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class ModelEndpoints:
    """Its state; `inputs` are the texts of each request for embeddings, `ranked` each request to rerank, as they arrived."""

    dimensions: int = 64
    max_chars: int = 100_000
    max_texts: int = 2048
    keys: tuple[str, ...] = ()
    inputs: list[list[str]] = field(default_factory=list)
    ranked: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)

    def reply(self, api: str, headers: Mapping[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        """Status and JSON for a request; 400 with a message that begins with "fault" where a real service would not take it."""
        fault = self._fault(headers, body, api)
        if fault:
            return 400, f"fault: {fault}"
        return self._embeddings(body) if api == "embeddings" else self._rerank(body)

    def _fault(self, headers: Mapping[str, str], body: dict[str, Any], api: str) -> str:
        if headers["content-type"] != "application/json":
            return "content-type is wrong"
        if headers["authorization"] not in (None, *(f"Bearer {key}" for key in self.keys)):
            return "authorization is wrong"
        if api == "embeddings":
            texts, needed, allowed = body.get("input"), {"model", "input"}, {"dimensions"}
        elif "texts" in body:
            texts, needed, allowed = body["texts"], {"query", "texts"}, {"truncate"}
        else:
            texts, needed, allowed = body.get("documents"), {"model", "query", "documents"}, {"top_n"}
        if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text for text in texts):
            return "texts must be a list of non-empty strings"
        if not needed <= set(body) or set(body) - needed - allowed:
            return f"keys are {sorted(body)}"
        return ""

    def _embeddings(self, body: dict[str, Any]) -> tuple[int, Any]:
        self.inputs.append(body["input"])
        if len(body["input"]) > self.max_texts:
            return 422, f"batch size {len(body['input'])} > maximum allowed batch size {self.max_texts}"
        if any(len(text) > self.max_chars for text in body["input"]):
            return 400, "This model's maximum context length is exceeded"
        vectors = HashEmbedder(body.get("dimensions") or self.dimensions).embed(body["input"])
        data = [
            {"object": "embedding", "index": number, "embedding": (vector * (number + 2)).tolist()}
            for number, vector in enumerate(vectors)
        ]
        return 200, {"object": "list", "model": body["model"], "data": data[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}}

    def _rerank(self, body: dict[str, Any]) -> tuple[int, Any]:
        self.ranked.append(body)
        texts = body.get("texts") or body["documents"]
        name = "score" if "texts" in body else "relevance_score"
        results = [{"index": number, name: _shared(body["query"], text)} for number, text in enumerate(texts)]
        results.sort(key=lambda item: -item[name])
        return 200, results if "texts" in body else {"id": "r1", "results": results[: body.get("top_n")]}


def _shared(query: str, text: str) -> float:
    words, said = (set(re.findall(r"[a-z]+", one.lower())) for one in (query, text))
    return len(words & said) / (len(words) or 1)
