"""sentence-transformers and torch behind one class, for embedding many passages. Imported only when there are many."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from indexer.config import EmbeddingSettings
from indexer.embedding_adapter import Adapter
from indexer.embedding_models import offline, patient
from indexer.errors import ModelError

_BF16_FLAGS = {"amx_bf16", "avx512_bf16"}
_TOKENS_PER_TEXT = 64  # that a text of a batch is taken to have: 32 of them are 2,048 tokens
_OPENVINO_XML = Path("openvino") / "openvino_model.xml"


class TransformersEncoder:
    """A sentence-transformers model on one device. Loads at construction (seconds); not thread-safe, the caller holds a lock."""

    def __init__(
        self, folder: Path, settings: EmbeddingSettings, model_id: str, max_tokens: int = 0, adapter: Path | None = None
    ) -> None:
        """`adapter` is a safetensors file that changes the weights: see `indexer.embedding_adapter`."""
        self._batch_size = settings.batch_size
        self._by_tokens = settings.device == "cpu" and settings.backend == "torch"
        with offline(), patient():
            self._model = _load(folder, settings, model_id, adapter).eval()  # its own modules come ready to be trained, dropout on
        if max_tokens:
            self._model.max_seq_length = max_tokens
        self.dimensions = int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, d) of unit length; ModelError where the device fails (out of memory)."""
        try:
            tokens = _tokens(self._model, texts) if self._by_tokens else None
            vectors = self._encode_whole(texts) if tokens is None else self._encode_by_tokens(tokens)
        except RuntimeError as exc:
            hint = "Lower [embedding] batch_size or change device."
            raise ModelError(f"The embedding model failed: {_first_line(exc)}.", hint) from exc
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)  # bfloat16 rounds lengths

    def _encode_whole(self, texts: Sequence[str]) -> np.ndarray:
        vectors = self._model.encode(
            list(texts),
            prompt="",  # the prefixes are in front already; without this a model's default prompt would come twice
            batch_size=self._batch_size,
            normalize_embeddings=True,
            convert_to_tensor=True,
            show_progress_bar=False,
        )
        return vectors.float().cpu().numpy()

    def _encode_by_tokens(self, tokens: Sequence[Sequence[int]]) -> np.ndarray:
        """Batches of texts of like length that hold equally many tokens, few enough to stay in the processor's caches: 7 % more
        texts a second than batches of 32 texts in a fresh process, up to a third more once every shape of a batch was seen."""
        import torch

        vectors = np.empty((len(tokens), self.dimensions), np.float32)
        order = sorted(range(len(tokens)), key=lambda number: -len(tokens[number]))
        with torch.inference_mode():
            start = 0
            while start < len(order):
                fitting = self._batch_size * _TOKENS_PER_TEXT // max(1, len(tokens[order[start]]))
                part = order[start : start + max(1, fitting)]
                start += len(part)
                padded = self._model.tokenizer.pad({"input_ids": [tokens[number] for number in part]}, return_tensors="pt")
                vectors[part] = self._model(dict(padded))["sentence_embedding"].float().numpy()
        return vectors


def _tokens(model: Any, texts: Sequence[str]) -> list[list[int]] | None:
    """The tokens of each text, cut where the model cuts it; None for a model that is not simply a transformer of tokens."""
    tokenizer: Any = getattr(model, "tokenizer", None)
    if type(model[0]).__name__ != "Transformer" or not getattr(tokenizer, "is_fast", False):
        return None
    if tokenizer.pad_token is None or getattr(model[0], "do_lower_case", False):
        return None
    tokenizer.deprecation_warnings["Asking-to-pad-a-fast-tokenizer"] = True  # padding later is what this is for
    return tokenizer(list(texts), truncation=True, max_length=model.max_seq_length, padding=False)["input_ids"]


def uses_bfloat16(settings: EmbeddingSettings) -> bool:
    """Whether the weights are loaded as bfloat16: asked for, or "auto" on a CPU that multiplies them in hardware."""
    if settings.precision == "auto":
        return settings.device == "cpu" and has_bfloat16()
    return settings.precision == "bfloat16"


def has_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 in hardware; without that it is slower than float32."""
    return bool(_BF16_FLAGS & _cpu_flags())


def _load(folder: Path, settings: EmbeddingSettings, model_id: str, adapter: Path | None) -> Any:
    if settings.backend == "openvino":
        return _load_openvino(folder, settings, model_id, adapter)
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except (ImportError, OSError) as exc:
        raise ModelError(f"sentence-transformers cannot be imported: {_first_line(exc)}.", "Install docent again.") from exc
    dtype = torch.bfloat16 if uses_bfloat16(settings) else torch.float32
    device = None if settings.device == "auto" else settings.device
    try:
        read_as = torch.float32 if adapter else dtype  # what is added to a rounded weight would be rounded once more
        model = SentenceTransformer(str(folder), device=device, local_files_only=True, model_kwargs={"dtype": read_as})
        return _adapted(model, adapter).to(dtype) if adapter else model
    except Exception as exc:  # anything may come here: AssertionError (no CUDA), KeyError (unknown architecture), …
        raise ModelError(
            f"The embedding model in {folder} cannot be loaded on {settings.device}: {_first_line(exc)}.",
            'Check [embedding] model and device ("cpu", "cuda", "mps").',
        ) from exc


def _adapted(model: Any, adapter: Path) -> Any:
    """The model with what the adapter adds to its weights."""
    import torch

    changes = Adapter(adapter)
    with torch.no_grad():
        for name, weight in model[0].auto_model.named_parameters():
            change = changes.get(name)
            if change is not None:
                weight += torch.from_numpy(change).to(weight.device)
    return model


def _load_openvino(folder: Path, settings: EmbeddingSettings, model_id: str, adapter: Path | None) -> Any:
    try:
        import optimum.intel  # noqa: F401  # what the extra brings
        from sentence_transformers import SentenceTransformer
    except (ImportError, OSError) as exc:
        missing = isinstance(exc, ModuleNotFoundError) and (exc.name or "").partition(".")[0] in ("optimum", "openvino")
        fault = "OpenVINO is not installed" if missing else f"it cannot be imported: {_first_line(_root(exc))}"
        raise ModelError(
            f"[embedding] backend is openvino, and {fault}.",
            'Install it with `pip install "repodocent[openvino]"`, or set backend to "torch".',
        ) from exc
    options = {"ov_config": {"INFERENCE_PRECISION_HINT": "bf16" if uses_bfloat16(settings) else "f32"}}
    try:
        exported = _exported(folder, model_id, adapter)
        return SentenceTransformer(str(exported), backend="openvino", local_files_only=True, model_kwargs=options)
    except Exception as exc:  # as in _load
        hint = 'Set [embedding] backend to "torch".'
        raise ModelError(f"OpenVINO cannot load the embedding model: {_first_line(exc)}.", hint) from exc


def _exported(folder: Path, model_id: str, adapter: Path | None) -> Path:
    """The model converted for OpenVINO, in the user's cache: the folder of an installed package is not the place to write."""
    from sentence_transformers import SentenceTransformer

    if (folder / _OPENVINO_XML).is_file():
        return folder
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "docent" / "openvino"
    target = cache / re.sub(r"[^\w.-]", "-", model_id)  # optimum reads "@" as the mark of a revision
    if not (target / _OPENVINO_XML).is_file():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            source = folder
            if adapter:
                source = Path(scratch) / "adapted"
                _adapted(SentenceTransformer(str(folder), device="cpu", local_files_only=True), adapter).save_pretrained(str(source))
            model = SentenceTransformer(str(source), backend="openvino", model_kwargs={"export": True})
            model.save_pretrained(f"{scratch}/model")
            shutil.rmtree(target, ignore_errors=True)  # an export that was cut short
            os.replace(f"{scratch}/model", target)
    return target


def _root(exc: BaseException) -> BaseException:
    while exc.__cause__ is not None:
        exc = exc.__cause__
    return exc


def _cpu_flags() -> set[str]:
    """The CPU's features as Linux lists them; empty elsewhere."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return set()
    return next((set(line.split()) for line in lines if line.startswith("flags")), set())


def _first_line(exc: BaseException) -> str:
    return (str(exc).strip().splitlines() or [type(exc).__name__])[0].rstrip(".")
