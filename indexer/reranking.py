"""Which model reads the best places once more: none, a cross-encoder on this machine, or an endpoint."""

from __future__ import annotations

from indexer.config import RerankingSettings
from indexer.reranking_endpoint import EndpointReranker
from indexer.reranking_transformers import CrossEncoderReranker


def open_reranker(settings: RerankingSettings) -> EndpointReranker | CrossEncoderReranker | None:
    """The configured model, loaded at first use; None where there is none. ConfigError, ModelError where its folder is missing."""
    if settings.base_url:
        return EndpointReranker(settings)
    return CrossEncoderReranker(settings) if settings.model else None
