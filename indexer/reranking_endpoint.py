"""A reranking endpoint: in the form of Cohere and Jina (also vLLM, llama.cpp, Infinity), or in that of Text Embeddings Inference."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence

from indexer.config import RerankingSettings
from indexer.endpoint import Endpoint
from indexer.errors import ModelError

KEY_VARIABLE = "RERANK_API_KEY"


class EndpointReranker:
    """See indexer.retrieval.reranking.Reranker. With a `model` it speaks Cohere's form, without one TEI's, which serves just one."""

    def __init__(self, settings: RerankingSettings) -> None:
        """Opens no connection. ConfigError where the address is none."""
        key = os.environ.get(KEY_VARIABLE, "").strip()
        what = f"the reranking model {settings.model}" if settings.model else "the reranking model"
        self._endpoint = Endpoint(what, settings.base_url, "[reranking]", key, KEY_VARIABLE)
        self._model = settings.model
        self.name = f"{settings.model or 'the model'} at {self._endpoint.place}"

    def prepare(self) -> None:
        self._endpoint.prepare()

    def scores(self, question: str, texts: Sequence[str], *, seconds: float) -> list[float]:
        """See Reranker. ModelError also where the reply has no score for a text."""
        if self._model:
            body: dict[str, object] = {"model": self._model, "query": question, "documents": list(texts), "top_n": len(texts)}
        else:
            body = {"query": question, "texts": list(texts), "truncate": True}
        reply = self._endpoint.post("/rerank", body, timeout=seconds, patience=seconds)
        found: dict[int, float] = {}
        try:
            for item in reply["results"] if isinstance(reply, dict) else reply:
                found[int(item["index"])] = float(item["relevance_score"] if "relevance_score" in item else item["score"])
        except (KeyError, TypeError, ValueError) as exc:
            raise self._wrong() from exc
        if found.keys() != set(range(len(texts))) or not all(map(math.isfinite, found.values())):
            raise self._wrong()
        return [found[number] for number in range(len(texts))]

    def _wrong(self) -> ModelError:
        hint = "Check [reranking] base_url, and model, which decides the protocol."
        return ModelError(f"The reranking model at {self._endpoint.place} sent no score for each text.", hint)
