"""A cross-encoder of sentence-transformers on this machine. torch is imported at the first question."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.config import RerankingSettings
from indexer.embedding_models import hub_folder, is_folder, offline, patient
from indexer.errors import ModelError

_BATCH = 8  # pairs judged between two looks at the clock
_MOST_TOKENS = 256  # of question and text together: as many as the built-in embedding model reads; 512 take twice as long


class CrossEncoderReranker:
    """See indexer.retrieval.reranking.Reranker. A folder or a hub name; no code that comes with a model is run."""

    def __init__(self, settings: RerankingSettings) -> None:
        """ModelError where the folder is missing or is no model."""
        self._settings = settings
        self.name = settings.model
        if is_folder(settings.model):
            cross_encoder_folder(Path(settings.model).expanduser())
        self._loading = threading.Lock()
        self._running = threading.Lock()  # one question at a time
        self._model: Any = None

    def prepare(self) -> None:
        with self._loading:
            if self._model is None:
                self._model = self._load()

    def scores(self, question: str, texts: Sequence[str], *, seconds: float) -> list[float]:
        """See Reranker. The clock is looked at between batches: what runs on a device cannot be stopped."""
        self.prepare()
        end = time.monotonic() + seconds
        if not self._running.acquire(timeout=seconds):
            raise self._too_slow(seconds)
        try:
            found: list[float] = []
            for start in range(0, len(texts), _BATCH):
                if time.monotonic() >= end:
                    raise self._too_slow(seconds)
                found += self._judged([(question, text) for text in texts[start : start + _BATCH]])
            return found
        finally:
            self._running.release()

    def _judged(self, pairs: list[tuple[str, str]]) -> list[float]:
        try:
            numbers = np.asarray(self._model.predict(pairs, batch_size=_BATCH, show_progress_bar=False), dtype=np.float64)
        except RuntimeError as exc:
            raise ModelError(f"The reranking model failed: {_first_line(exc)}.", "Change [reranking] device.") from exc
        if numbers.shape != (len(pairs),) or not np.isfinite(numbers).all():
            message = f"The reranking model {self.name} gives no single score for a question and a text."
            raise ModelError(message, "Name a cross-encoder for ranking in [reranking] model.")
        return numbers.tolist()

    def _load(self) -> Any:
        model = self._settings.model
        if is_folder(model):
            folder = cross_encoder_folder(Path(model).expanduser())
        else:
            folder = hub_folder(model, kind="reranking", owner="cross-encoder", check=cross_encoder_folder)
        with offline(), patient():
            try:
                import torch
                from sentence_transformers import CrossEncoder

                from indexer.embedding_transformers import has_bfloat16

                dtype = torch.bfloat16 if self._settings.device == "cpu" and has_bfloat16() else torch.float32
                device = None if self._settings.device == "auto" else self._settings.device
                loaded = CrossEncoder(str(folder), device=device, local_files_only=True, model_kwargs={"dtype": dtype})
            except Exception as exc:  # anything may come here, as with embedding models
                raise ModelError(
                    f"The reranking model in {folder} cannot be loaded on {self._settings.device}: {_first_line(exc)}.",
                    'Check [reranking] model and device ("cpu", "cuda", "mps").',
                ) from exc
        loaded.max_seq_length = min(loaded.max_seq_length or _MOST_TOKENS, _MOST_TOKENS)
        return loaded

    def _too_slow(self, seconds: float) -> ModelError:
        message = f"The reranking model {self.name} was not done within {seconds:.3g} seconds."
        return ModelError(message, "Raise [reranking] timeout, lower top, or use a smaller model.")


def cross_encoder_folder(folder: Path) -> Path:
    """The folder itself, where it holds a model of transformers; ModelError otherwise."""
    if not (folder / "config.json").is_file():
        missing = "is no cross-encoder: it has no config.json" if folder.is_dir() else "does not exist"
        raise ModelError(
            f"The folder of the reranking model {folder} {missing}.",
            "Correct [reranking] model, or leave it empty to rank without one.",
        )
    return folder


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0].rstrip(".")
