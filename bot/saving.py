"""The picture that a command draws: it travels with what is printed, and the process that was asked saves it, whoever has drawn it."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Sequence
from pathlib import Path

from bot.render.json import dumps
from bot.request import Outcome
from indexer.errors import ConfigError, QueryError

ENDINGS = {"map": (".png", ".svg", ".mmd"), "hotspots": (".png", ".svg")}
"""What a command can draw."""


def check_out(file: str | None, endings: Sequence[str]) -> None:
    """QueryError for a file that no picture can be saved as."""
    if file is not None and ending_of(file) not in endings:
        listed = f"{', '.join(endings[:-1])} or {endings[-1]}"
        raise QueryError(f"{file} is no kind of picture that docent draws here.", f"Give --out a name that ends in {listed}.")


def ending_of(file: str) -> str:
    return Path(file).suffix.lower()


def with_picture(text: str, picture: bytes) -> str:
    """Both as one text, for `saved`."""
    return dumps({"text": text, "picture": base64.b64encode(picture).decode()})


def saved(outcome: Outcome, file: str | None) -> Outcome:
    """The outcome as it is shown, its picture saved; only one with status 0 has one. ConfigError where it cannot be written."""
    if file is None or outcome.status:
        return outcome
    both = json.loads(outcome.stdout)
    _write(Path(file).expanduser(), base64.b64decode(both["picture"]))
    return Outcome(outcome.status, both["text"], f"{outcome.stderr}docent: the picture is in {file}.\n")


def _write(file: Path, data: bytes) -> None:
    """Written beside it first, so that no half picture is left."""
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        partial.write_bytes(data)
        partial.replace(file)
    except OSError as exc:
        partial.unlink(missing_ok=True)
        raise ConfigError(f"The picture cannot be written to {file}: {exc.strerror}.", "Give --out another place.") from exc
