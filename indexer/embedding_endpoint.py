"""Embeddings from an endpoint that speaks OpenAI's protocol: OpenAI itself, vLLM, Text Embeddings Inference, Ollama, llama.cpp."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

import numpy as np

from indexer.config import EmbeddingSettings
from indexer.embedding_models import BUILTIN
from indexer.embedding_prefixes import prefixes_for
from indexer.endpoint import Endpoint, TooLarge
from indexer.errors import ConfigError, ModelError
from indexer.types import Hint

KEY_VARIABLE = "OPENAI_API_KEY"
_URL = "https://api.openai.com/v1"
_LONGEST = 8_000  # characters of one text; OpenAI takes 8,192 tokens, and code has at most one a character
_SHORTEST = 200  # a server that takes less than this is misconfigured
_CUT = 0.7  # what is left of a text that was too long
_AT_ONCE = 4  # requests of passages under way together
_PATIENCE = 300.0  # seconds for one request of passages with all its tries: a limit per minute passes in this time
_QUESTION_PATIENCE = 2.0  # of the timeout, for a question, which somebody waits for


class EndpointEmbedder:
    """See indexer.embedding.Embedder. Texts longer than the endpoint takes are cut at their end. Threads may share it."""

    def __init__(self, settings: EmbeddingSettings) -> None:
        """Opens no connection. ConfigError where the model, the address or the key is missing."""
        if settings.model in ("", BUILTIN):
            hint = "Name the model that the endpoint shall embed with."
            raise ConfigError('docent.toml: [embedding] provider is "openai", and model is missing.', hint)
        key = os.environ.get(KEY_VARIABLE, "").strip()
        if not key and not settings.base_url:
            raise ConfigError('[embedding] provider = "openai" needs a key.', f"Set {KEY_VARIABLE} in the environment.")
        self._settings = settings
        self._prefixes = prefixes_for(settings)
        self._url = (settings.base_url or _URL).rstrip("/")
        self._endpoint = Endpoint(f"the embedding model {settings.model}", self._url, "[embedding]", key, KEY_VARIABLE)
        self._longest = _LONGEST
        self._learning = threading.Lock()
        self._dimensions = settings.dimensions

    @cached_property
    def model_id(self) -> str:
        """Changes whenever a passage's vector would: the model, where it runs, the dimensions asked for and the passage prefix."""
        where = hashlib.sha256(self._url.encode()).hexdigest()[:8]
        size = f"#{self._settings.dimensions}" if self._settings.dimensions else ""
        return f"{self._settings.model}@endpoint-{where}{size}" + (f"+{self._prefixes.passage}" if self._prefixes.passage else "")

    @property
    def dimensions(self) -> int:
        if not self._dimensions:
            self.embed_query("dimensions")
        return self._dimensions

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        """See Embedder. Longest first: what is learned about the endpoint's limit then holds for the rest."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        passages = [self._prefixes.passage + text for text in texts]
        order = sorted(range(len(passages)), key=lambda number: -len(passages[number]))
        parts = [order[start : start + self._settings.batch_size] for start in range(0, len(order), self._settings.batch_size)]
        found: list[np.ndarray | None] = [None] * len(passages)

        def work(part: list[int]) -> np.ndarray:
            return self._encode([passages[number] for number in part], _PATIENCE)

        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="embedding") as pool:
            try:
                for part, matrix in zip(parts, pool.map(work, parts), strict=True):
                    for number, vector in zip(part, matrix, strict=True):
                        found[number] = vector
                    if on_done:
                        on_done(len(part))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return np.stack([vector for vector in found if vector is not None])

    def embed_query(self, text: str) -> np.ndarray:
        """See Embedder."""
        return self._encode([self._prefixes.query + text], _QUESTION_PATIENCE * self._settings.timeout)[0]

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder. No request holds more than `batch_size` of them."""
        questions = [self._prefixes.query + text for text in texts]
        size, patience = self._settings.batch_size, _QUESTION_PATIENCE * self._settings.timeout
        parts = [self._encode(questions[start : start + size], patience) for start in range(0, len(questions), size)]
        return np.concatenate(parts) if parts else np.zeros((0, self.dimensions), np.float32)

    def hints(self, text: str, vector: np.ndarray) -> tuple[Hint, ...]:
        """See Embedder: no such model was taught."""
        return ()

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        return self._encode([self._prefixes.passage + text for text in texts], _QUESTION_PATIENCE * self._settings.timeout)

    def likeness(self, text: str, sentences: Sequence[str]) -> np.ndarray:
        """See Embedder. What the endpoint's model takes for an answer is the nearest to that."""
        return self.embed_sentences(sentences) @ self.embed_query(text)

    def _encode(self, texts: Sequence[str], patience: float) -> np.ndarray:
        """float32 (n, d) of unit length. A request that is too large is sent as two, a single text that is too long is cut."""
        longest = self._longest
        cut = [text[:longest] if text[:longest].strip() else "-" for text in texts]  # no endpoint embeds nothing
        body: dict[str, object] = {"model": self._settings.model, "input": cut}
        if self._settings.dimensions:
            body["dimensions"] = self._settings.dimensions
        try:
            reply = self._endpoint.post("/embeddings", body, timeout=self._settings.timeout, patience=patience)
        except TooLarge:
            if len(texts) > 1:
                middle = len(texts) // 2
                return np.concatenate([self._encode(texts[:middle], patience), self._encode(texts[middle:], patience)])
            shorter = int(len(cut[0]) * _CUT)
            if shorter < _SHORTEST:
                raise
            with self._learning:
                self._longest = min(self._longest, shorter)
            return self._encode(texts, patience)
        return self._unit(reply, len(texts))

    def _unit(self, reply: object, n: int) -> np.ndarray:
        try:
            data = sorted(reply["data"], key=lambda item: item["index"])  # type: ignore[index]
            indices = [item["index"] for item in data]
            matrix = np.array([item["embedding"] for item in data], dtype=np.float32)
        except (KeyError, TypeError, ValueError) as exc:
            raise self._wrong("sent something that is no list of embeddings") from exc
        if indices != list(range(n)) or matrix.ndim != 2 or not matrix.size or not np.isfinite(matrix).all():
            raise self._wrong(f"sent no whole embedding for each of {n} texts")
        with self._learning:
            self._dimensions = self._dimensions or matrix.shape[1]
        if matrix.shape[1] != self._dimensions:
            message = f"sent {matrix.shape[1]} dimensions where {self._dimensions} are expected"
            raise self._wrong(message, "Correct [embedding] dimensions; 0 takes what the model has.")
        return matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)

    def _wrong(self, what: str, hint: str = "Check [embedding] base_url and model.") -> ModelError:
        return ModelError(f"The embedding model {self._settings.model} at {self._endpoint.place} {what}.", hint)
