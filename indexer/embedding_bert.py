"""A BERT sentence encoder in numpy, for the one vector of a question and the few chunks of one commit.

Importing sentence-transformers takes many seconds, a question needs twelve tokens. Formulas: Devlin et al., "BERT" (2018), in the
post-norm form of transformers' `BertModel`; mean pooling as in Reimers and Gurevych, "Sentence-BERT" (2019).
`tests/indexer/test_embedding_model.py` proves that both paths give the same vectors.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from threadpoolctl import ThreadpoolController
from tokenizers import Tokenizer

from indexer.embedding_adapter import Adapter
from indexer.errors import ModelError

_WEIGHTS = "model.safetensors"
_SUPPORTED = {"model_type": "bert", "hidden_act": "gelu"}
_MODULES = (["Transformer", "Pooling"], ["Transformer", "Pooling", "Normalize"])
_DEFAULT_LENGTH = 512


@dataclass(frozen=True, slots=True)
class _Linear:
    """y = x W + b, with W of shape (in, out): laid out so, a dozen tokens are multiplied in two thirds of the time."""

    weight: np.ndarray
    bias: np.ndarray

    def __call__(self, x: np.ndarray) -> np.ndarray:
        y = x @ self.weight
        y += self.bias
        return y


@dataclass(frozen=True, slots=True)
class _LayerNorm:
    weight: np.ndarray
    bias: np.ndarray
    epsilon: float

    def __call__(self, x: np.ndarray) -> np.ndarray:
        share = np.float32(1 / x.shape[-1])
        centred = x - np.add.reduce(x, axis=-1, keepdims=True) * share
        variance = np.einsum("ij,ij->i", centred, centred)[:, None] * share
        centred /= np.sqrt(variance + np.float32(self.epsilon))
        centred *= self.weight
        centred += self.bias
        return centred


@dataclass(frozen=True, slots=True)
class _Layer:
    """One transformer block: `attend` holds query, key and value stacked, so that they are one multiplication."""

    heads: int
    attend: _Linear
    attended: _Linear
    attended_norm: _LayerNorm
    widen: _Linear
    narrow: _Linear
    norm: _LayerNorm

    def __call__(self, x: np.ndarray, ends: Sequence[int]) -> np.ndarray:
        projected = self.attend(x)
        attention = [self._attention(part) for part in np.split(projected, ends[:-1])]
        x = self.attended_norm(self.attended(np.concatenate(attention)) + x)
        return self.norm(self.narrow(_gelu(self.widen(x))) + x)

    def _attention(self, projected: np.ndarray) -> np.ndarray:
        """Softmax attention among the tokens of one text; `projected` is (tokens, query + key + value)."""
        tokens, width = projected.shape[0], projected.shape[1] // 3
        query, key, value = projected.reshape(tokens, 3, self.heads, width // self.heads).transpose(1, 2, 0, 3)
        scores = query @ key.transpose(0, 2, 1) * np.float32((width // self.heads) ** -0.5)
        scores -= scores.max(axis=-1, keepdims=True)  # softmax without overflow
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        return (scores @ value).transpose(1, 0, 2).reshape(tokens, width)


class BertEncoder:
    """A local sentence-transformers folder of BERT architecture with mean pooling. Threads may share it."""

    def __init__(
        self, folder: Path, config: Mapping[str, Any], max_tokens: int, lowercase: bool, adapter: Path | None = None
    ) -> None:
        _calm_blas()
        self.dimensions = int(config["hidden_size"])
        self.max_tokens = max_tokens
        self._lowercase = lowercase
        self._tokenizer = _tokenizer(folder / "tokenizer.json", max_tokens)
        self._weights = _Weights(folder / _WEIGHTS, adapter)
        epsilon = float(config.get("layer_norm_eps", 1e-12))
        self._positions = self._weights["embeddings.position_embeddings.weight"]
        self._type = self._weights["embeddings.token_type_embeddings.weight"][0]
        self._norm = self._weights.norm("embeddings.LayerNorm", epsilon)
        heads = int(config["num_attention_heads"])
        self._layers = [self._weights.layer(number, heads, epsilon) for number in range(int(config["num_hidden_layers"]))]

    def encode(self, text: str) -> np.ndarray:
        """One text as a float32 vector (d,) of unit length; what lies beyond `max_tokens` is not seen."""
        return self.encode_many([text])[0]

    def encode_many(self, texts: Sequence[str], max_tokens: int = 0) -> np.ndarray:
        """Texts as float32 (n, d) of unit length. Their tokens lie end to end, so that each weight is read once and nothing padded.

        `max_tokens` is where a text is cut, the marks at its ends counted, where that is less than what the model takes.
        """
        tokens = [self._tokenizer.encode(text.lower() if self._lowercase else text).ids for text in texts]
        if max_tokens:
            tokens = [ids if len(ids) <= max_tokens else [*ids[: max_tokens - 1], ids[-1]] for ids in tokens]
        ends = np.cumsum([len(ids) for ids in tokens]).tolist()
        places = np.concatenate([self._positions[: len(ids)] for ids in tokens])
        x = self._norm(self._weights.words([token for ids in tokens for token in ids]) + places + self._type)
        for layer in self._layers:
            x = layer(x, ends)
        means = np.stack([part.mean(axis=0) for part in np.split(x, ends[:-1])])
        return means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)


class _Weights:
    """The tensors of one safetensors file as float32; the table of words stays on disk, and only the rows asked for are read."""

    def __init__(self, file: Path, adapter: Path | None = None) -> None:
        self._file = safe_open(str(file), framework="numpy")
        self._adapter = Adapter(adapter) if adapter else None
        names = set(self._file.keys())
        self._prefix = "bert." if "bert.embeddings.word_embeddings.weight" in names else ""
        self._words = self._file.get_slice(self._prefix + "embeddings.word_embeddings.weight")

    def __getitem__(self, name: str) -> np.ndarray:
        tensor = self._file.get_tensor(self._prefix + name).astype(np.float32, copy=False)
        change = self._adapter.get(name) if self._adapter else None
        return tensor if change is None else tensor + change

    def words(self, ids: Sequence[int]) -> np.ndarray:
        rows = {token: self._words[token : token + 1][0] for token in set(ids)}
        return np.stack([rows[token] for token in ids]).astype(np.float32, copy=False)

    def linear(self, *names: str) -> _Linear:
        weight = np.concatenate([self[f"{name}.weight"] for name in names])
        return _Linear(np.ascontiguousarray(weight.T), np.concatenate([self[f"{name}.bias"] for name in names]))

    def norm(self, name: str, epsilon: float) -> _LayerNorm:
        return _LayerNorm(self[f"{name}.weight"], self[f"{name}.bias"], epsilon)

    def layer(self, number: int, heads: int, epsilon: float) -> _Layer:
        at = f"encoder.layer.{number}."
        return _Layer(
            heads=heads,
            attend=self.linear(*(f"{at}attention.self.{part}" for part in ("query", "key", "value"))),
            attended=self.linear(at + "attention.output.dense"),
            attended_norm=self.norm(at + "attention.output.LayerNorm", epsilon),
            widen=self.linear(at + "intermediate.dense"),
            narrow=self.linear(at + "output.dense"),
            norm=self.norm(at + "output.LayerNorm", epsilon),
        )


def load_bert(folder: Path, adapter: Path | None = None) -> BertEncoder | None:
    """The encoder of a sentence-transformers folder, or None where its architecture needs the full stack.

    `adapter` is a safetensors file that changes its weights. Raises ModelError where the folder looks right and its weights or its
    tokenizer cannot be read.
    """
    if not all((folder / name).is_file() for name in (_WEIGHTS, "tokenizer.json")):
        return None
    try:
        config = _json(folder / "config.json")
        return _open(folder, config, adapter) if _supported(folder, config) else None
    except (SafetensorError, KeyError, ValueError, OSError) as exc:
        hint = "Download or install the model again."
        raise ModelError(f"The embedding model in {folder} cannot be read: {exc}.", hint) from exc


def _open(folder: Path, config: Mapping[str, Any], adapter: Path | None) -> BertEncoder:
    transformer = _json(folder / "sentence_bert_config.json")
    asked = transformer.get("max_seq_length") or _json(folder / "tokenizer_config.json").get("model_max_length")
    room = int(config.get("max_position_embeddings", _DEFAULT_LENGTH))
    return BertEncoder(folder, config, min(int(asked or room), room), bool(transformer.get("do_lower_case", False)), adapter)


def _tokenizer(file: Path, max_tokens: int) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as exc:  # the library raises nothing narrower
        raise ValueError(f"{file.name}: {exc}") from exc
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_length=max_tokens)
    return tokenizer


def _supported(folder: Path, config: Mapping[str, Any]) -> bool:
    modules = json.loads((folder / "modules.json").read_text("utf-8"))
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    if kinds not in _MODULES or modules[0]["path"]:
        return False
    return (
        all(config.get(key) == value for key, value in _SUPPORTED.items())
        and config.get("position_embedding_type", "absolute") == "absolute"
        and _pools_by_mean(_json(folder / modules[1]["path"] / "config.json"))
        and not _json(folder / "config_sentence_transformers.json").get("default_prompt_name")
        and _plain_floats(folder / _WEIGHTS)
    )


def _pools_by_mean(config: Mapping[str, Any]) -> bool:
    """Both spellings: one `pooling_mode_…` flag per mode, and since sentence-transformers 5 a single `pooling_mode`."""
    if "pooling_mode" in config:
        return config["pooling_mode"] in ("mean", ["mean"])
    return [key for key, on in config.items() if key.startswith("pooling_mode_") and on] == ["pooling_mode_mean_tokens"]


def _plain_floats(file: Path) -> bool:
    """Whether numpy knows the number format; the header is 8 bytes of length and JSON (safetensors' format, version 0)."""
    with file.open("rb") as stream:
        header = json.loads(stream.read(int.from_bytes(stream.read(8), "little")))
    kinds = {tensor["dtype"] for name, tensor in header.items() if name.endswith(".weight")}
    return kinds <= {"F32", "F16"}


def _json(file: Path) -> dict[str, Any]:
    return json.loads(file.read_text("utf-8")) if file.is_file() else {}


def _calm_blas() -> None:
    """One thread for numpy's OpenBLAS in this process. Small matrices gain little from a second one, and its threads wait by
    spinning: beside other work on two cores a question took 244 ms of CPU time instead of 15 ms. torch has its own library.
    """
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)


def _gelu(x: np.ndarray) -> np.ndarray:
    """x Φ(x), the exact form with erf, by Abramowitz and Stegun 7.1.26 (error below 1.5e-7, as fine as float32). Takes x for its own."""
    z = np.abs(x)
    z *= np.float32(0.5**0.5)
    t = z * np.float32(0.3275911)
    t += 1
    np.reciprocal(t, out=t)
    tail = np.full_like(x, 1.061405429)
    for factor in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        tail *= t
        tail += np.float32(factor)
    tail *= t
    z *= z
    np.negative(z, out=z)
    tail *= np.exp(z, out=z)  # 1 - erf(z)
    np.subtract(1, tail, out=tail)
    np.copysign(tail, x, out=tail)
    tail += 1
    x *= np.float32(0.5)
    tail *= x
    return tail
