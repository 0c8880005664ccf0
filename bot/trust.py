"""A settings file that came with somebody's repository must not decide on its own where secrets and source code are sent.

`docent.toml` is found by walking up from the current folder, so it may be one that a stranger committed. One that git tracks
there is used, unless it holds a key with such power: then a person has to name it. git's own `safe.directory` (git-config(1)) is
the model.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bot.places import is_local_url, repository_around
from indexer.errors import ConfigError

_PATIENCE = 10.0  # seconds for git to look into one index


def refuse_power(path: Path, values: Mapping[str, Any]) -> None:
    """Raise ConfigError where the settings file at `path`, found and not named, is tracked by a repository and holds such a key."""
    root = repository_around(path.parent)
    found = next(_powerful(values, root), None) if root is not None else None
    if found is None or not _is_tracked(path):
        return
    key, power = found
    raise ConfigError(
        f'{path} comes with the repository it lies in and sets "{key}", which decides {power}.',
        f"If you trust it, name it: --config {path.name}, or DOCENT_CONFIG={path}.",
    )


def _powerful(values: Mapping[str, Any], root: Path | None) -> Iterator[tuple[str, str]]:
    """The keys, and what each decides."""
    llm, chroma, embedding, reranking = (_table(values, name) for name in ("llm", "chroma", "embedding", "reranking"))
    if llm.get("base_url"):
        yield "llm.base_url", "where questions, code and your API key are sent"
    if embedding.get("base_url") or embedding.get("provider", "local") != "local":
        yield "embedding.base_url" if embedding.get("base_url") else "embedding.provider", "where questions, code and your API key are sent"
    if chroma.get("mode", "embedded") != "embedded":
        yield "chroma.mode", "where the index of your code is sent"
    if embedding.get("model", "builtin") != "builtin":
        yield "embedding.model", "whose model files are loaded"
    if reranking.get("base_url"):
        yield "reranking.base_url", "where questions, code and your API key are sent"
    elif reranking.get("model"):
        yield "reranking.model", "whose model files are loaded"
    if _table(values, "indexing").get("describe_files"):
        yield "indexing.describe_files", "that an outline of every source file is sent to your language model"
    if root is not None and Path(str(values.get("data_dir", "/"))).is_relative_to(root):
        yield "data_dir", "which files of the repository are taken for docent's own"
    if os.environ.get("DOCENT_GIT_TOKEN"):
        for number, entry in enumerate(values.get("repositories") or (), 1):
            if isinstance(entry, Mapping) and not is_local_url(str(entry.get("url", ""))):
                yield f"repositories[{number}].url", "where DOCENT_GIT_TOKEN is sent"


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = values.get(name)
    return value if isinstance(value, Mapping) else {}


def _is_tracked(path: Path) -> bool:
    """Whether git knows the file. Where git cannot tell, such as in a folder of another user, it counts as a stranger's."""
    harmless = ("-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null")
    command = ["git", *harmless, "ls-files", "--error-unmatch", "--", path.name]
    try:
        ran = subprocess.run(command, cwd=path.parent, capture_output=True, check=False, timeout=_PATIENCE)
    except (OSError, subprocess.TimeoutExpired):
        return True
    return ran.returncode != 1  # 1: not tracked; 128: git refuses to look
