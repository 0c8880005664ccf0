"""Texts to vectors. Few texts go through numpy at once, many through sentence-transformers once that pays for its import."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np

from indexer.config import EmbeddingSettings
from indexer.embedding_hints import HintModel
from indexer.embedding_models import (
    BUILTIN,
    BUILTIN_ID,
    BUILTIN_TOKENS,
    TAUGHT_ID,
    builtin_folder,
    checked_folder,
    folder_id,
    hub_folder,
    is_folder,
    passage_adapter,
    question_adapter,
    question_words,
    verify,
)  # fmt: skip
from indexer.embedding_prefixes import Prefixes, prefixes_for
from indexer.errors import ConfigError, ModelError
from indexer.types import Hint

if TYPE_CHECKING:
    from indexer.embedding_bert import BertEncoder
    from indexer.embedding_transformers import TransformersEncoder

_LIGHT_CHARS = 100_000  # about 150 chunks: numpy needs 10 s for them, torch 4 s after an import of 5 to 9 s (two cores)
_LIGHT_TEXTS = 200  # whoever brings this many at once is likely to bring more
_LIGHT_PAUSE = 60.0  # seconds after which earlier texts no longer count: three chunks an hour never need torch
_CHARS_PER_TEXT = 1_000  # about 256 tokens; what lies beyond is cut off and costs nothing
_PACKED = 32  # questions in one pass of the light way
_Side = Literal["questions", "passages", "plain"]
_BATCHES_PER_CALL = 4  # batches given to sentence-transformers at once: often enough for a progress bar and for others who wait


class Embedder(Protocol):
    """Turns passages and questions into vectors of one space."""

    @property
    def model_id(self) -> str:
        """Names the vector space: changes whenever a passage's vector would."""
        ...

    @property
    def dimensions(self) -> int: ...

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        """Passages as float32 (n, d), unit length, in the order given. `on_done(n)` is told how many more texts are done."""
        ...

    def embed_query(self, text: str) -> np.ndarray:
        """One question as float32 (d,), unit length: near the passages that answer it."""
        ...

    def hints(self, text: str, vector: np.ndarray) -> tuple[Hint, ...]:
        """Technical words that questions like this one lead to, likeliest first; none by a model that was not taught that. `vector` is
        what `embed_query` gives for it."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Questions as float32 (n, d), unit length, each as `embed_query` gives it."""
        ...

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        """A handful of short passages as float32 (n, d), while somebody waits for an answer."""
        ...

    def likeness(self, text: str, sentences: Sequence[str]) -> np.ndarray:
        """The cosine of a text and each sentence, float32 (n,): how alike they are in meaning, and not whether one answers the other."""
        ...


def open_embedder(settings: EmbeddingSettings) -> Embedder:
    """The configured model, loaded at first use. ModelError where its package or folder is missing; ConfigError."""
    if settings.provider == "openai":
        from indexer.embedding_endpoint import EndpointEmbedder

        return EndpointEmbedder(settings)
    if settings.base_url:
        hint = 'Set provider to "openai" to use it, or take base_url out.'
        raise ConfigError('docent.toml: [embedding] base_url stands there, and provider is "local".', hint)
    if settings.model == BUILTIN:
        builtin_folder()
    elif is_folder(settings.model):
        checked_folder(Path(settings.model).expanduser())
    return SentenceEmbedder(settings)


class SentenceEmbedder:
    """A sentence-transformers model, by the light way where the model allows it and the work is small. Threads may share it.

    Both ways give interchangeable vectors: equal in float32, cosine above 0.999 where the weights are bfloat16.
    """

    def __init__(self, settings: EmbeddingSettings) -> None:
        self._settings = settings
        self._loading = threading.RLock()
        self._running = threading.Lock()  # one batch of the full stack at a time
        self._full: TransformersEncoder | None = None
        self._small: dict[_Side, BertEncoder | None] = {}
        self._light_chars = 0
        self._light_at = 0.0

    @cached_property
    def model_id(self) -> str:
        """Changes whenever a passage's vector would: the model's files, the dimensions and the passage prefix, not precision."""
        named = TAUGHT_ID if self._is_taught else BUILTIN_ID
        base = f"{named}/{BUILTIN_TOKENS}" if self._settings.model == BUILTIN else folder_id(self._folder)
        size = f"#{self._settings.dimensions}" if self._settings.dimensions else ""
        return base + size + (f"+{self._prefixes.passage}" if self._prefixes.passage else "")

    @cached_property
    def dimensions(self) -> int:
        """ModelError where the settings ask for more than the model has."""
        light = self._light("plain")
        whole = light.dimensions if light else self._load_full().dimensions
        if self._settings.dimensions > whole:
            hint = "Correct [embedding] dimensions; 0 takes what the model has."
            raise ModelError(f"The embedding model has {whole} dimensions and not {self._settings.dimensions}.", hint)
        return self._settings.dimensions or whole

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        """See Embedder. Longest first, so that a batch holds texts of one length and little is padded."""
        passages = [self._prefixes.passage + text for text in texts]
        vectors = np.empty((len(passages), self.dimensions), dtype=np.float32)
        encode, step = self._choose(passages)
        order = sorted(range(len(passages)), key=lambda number: -len(passages[number]))
        for start in range(0, len(order), step):
            part = order[start : start + step]
            vectors[part] = self._cut(encode([passages[number] for number in part]))
            if on_done:
                on_done(len(part))
        return vectors

    def embed_query(self, text: str) -> np.ndarray:
        """See Embedder. Never waits for passages that are being embedded, where the model allows the light way."""
        question = self._prefixes.query + text
        light = self._light("questions")
        return self._cut(light.encode_many([question]) if light else self._encode_full([question]))[0]

    def hints(self, text: str, vector: np.ndarray) -> tuple[Hint, ...]:
        """See Embedder."""
        return self._hinting.hints(text, vector) if self._is_taught else ()

    @cached_property
    def _hinting(self) -> HintModel:
        return HintModel(question_words())

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder. The light way packs a few dozen at a time: each weight is read once for all of them."""
        questions = [self._prefixes.query + text for text in texts]
        light = self._light("questions")
        return self._cut(_packed(light, questions) if light else self._encode_full(questions))

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        """See Embedder. Like a question, these never wait for a batch of passages."""
        passages = [self._prefixes.passage + text for text in texts]
        light = self._light("passages")
        return self._cut(light.encode_many(passages) if light else self._encode_full(passages))

    def likeness(self, text: str, sentences: Sequence[str]) -> np.ndarray:
        """See Embedder. The built-in model as it was published was taught sentences alike in meaning, and nothing else."""
        if not sentences:
            return np.zeros(0, np.float32)
        plain = self._light("plain") if self._is_taught else None
        if plain is None:
            return self.embed_sentences(sentences) @ self.embed_query(text)
        vectors = plain.encode_many([text, *sentences])
        return vectors[1:] @ vectors[0]

    def _cut(self, matrix: np.ndarray) -> np.ndarray:
        """Vectors (n, d) at the dimensions asked for, at unit length again (Matryoshka: Kusupati et al., 2022)."""
        if self.dimensions == matrix.shape[1]:
            return matrix
        short = matrix[:, : self.dimensions]
        return short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-12)

    def _choose(self, passages: Sequence[str]) -> tuple[Callable[[Sequence[str]], np.ndarray], int]:
        light = self._light("passages")
        if light is None or self._full is not None or self._settings.device != "cpu" or not self._stays_light(passages):
            self._load_full()
            return self._encode_full, self._settings.batch_size * _BATCHES_PER_CALL
        return self._encode_light, 1

    def _stays_light(self, passages: Sequence[str]) -> bool:
        """Whether numpy is the shorter way, with what it did lately: many small calls in a row are one large piece of work."""
        now = time.monotonic()
        with self._loading:
            lately = self._light_chars if now - self._light_at < _LIGHT_PAUSE else 0
            self._light_chars = lately + sum(min(len(text), _CHARS_PER_TEXT) for text in passages)
            return self._light_chars <= _LIGHT_CHARS and len(passages) <= _LIGHT_TEXTS

    def _encode_light(self, texts: Sequence[str]) -> np.ndarray:
        light = self._light("passages")
        assert light is not None
        vectors = np.stack([light.encode_many([text], self._max_tokens)[0] for text in texts])
        self._light_at = time.monotonic()
        return vectors

    def _encode_full(self, texts: Sequence[str]) -> np.ndarray:
        full = self._load_full()
        with self._running:
            return full.encode(texts)

    def _load_full(self) -> TransformersEncoder:
        with self._loading:
            if self._full is None:
                from indexer.embedding_transformers import TransformersEncoder

                adapter = passage_adapter() if self._is_taught else None
                self._full = TransformersEncoder(self._folder, self._settings, self.model_id, self._max_tokens, adapter)
            return self._full

    def _light(self, side: _Side) -> BertEncoder | None:
        """The small encoder of questions, of passages, or as the model was published; None where that needs the full stack."""
        with self._loading:
            if side not in self._small:
                taught = self._is_taught and side != "plain"
                self._small[side] = self._read_light(side) if taught or side == "plain" else self._light("plain")
            return self._small[side]

    def _read_light(self, side: _Side) -> BertEncoder | None:
        from indexer.embedding_bert import load_bert

        adapters = {"questions": question_adapter, "passages": passage_adapter}
        return load_bert(self._folder, adapters[side]() if side in adapters else None)

    @cached_property
    def _is_taught(self) -> bool:
        """Whether the built-in model is used as it was taught: whole, and with nothing in front of a text."""
        settings = self._settings
        return settings.model == BUILTIN and not (self._prefixes.query or self._prefixes.passage or settings.dimensions)

    @property
    def _max_tokens(self) -> int:
        """Where passages are cut; 0: where the model does it itself."""
        return BUILTIN_TOKENS if self._settings.model == BUILTIN else 0

    @cached_property
    def _prefixes(self) -> Prefixes:
        settings = self._settings
        given = settings.query_prefix is not None and settings.passage_prefix is not None
        return prefixes_for(settings, None if given or settings.model == BUILTIN else self._folder)

    @cached_property
    def _folder(self) -> Path:
        model = self._settings.model
        if model == BUILTIN:
            return verify(builtin_folder())
        return checked_folder(Path(model).expanduser()) if is_folder(model) else hub_folder(model)


def _packed(encoder: BertEncoder, texts: Sequence[str]) -> np.ndarray:
    packs = [texts[start : start + _PACKED] for start in range(0, len(texts), _PACKED)]
    return np.concatenate([np.zeros((0, encoder.dimensions), np.float32), *map(encoder.encode_many, packs)])
