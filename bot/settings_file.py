"""Reading `docent.toml`: its syntax, its relative paths, the secrets that must not be in it, and errors in words."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from bot.places import is_local_url, relative_to_file
from indexer.errors import ConfigError

_SECRET_KEY = re.compile(r"(^|_)(token|secret|password|passwd|api_?key|apikey)$", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"\b(xox[a-z]-|xapp-|sk-[A-Za-z0-9_-]{16,}|gh[pousr]_|github_pat_|glpat-)|^[a-z+]+://[^/@:]*:[^/@]+@")
_VARIABLES = {
    "bot_token": "SLACK_BOT_TOKEN",
    "app_token": "SLACK_APP_TOKEN",
    "signing_secret": "SLACK_SIGNING_SECRET",
    "anthropic_api_key": "ANTHROPIC_API_KEY",
    "openai_api_key": "OPENAI_API_KEY",
    "api_key": "OPENAI_API_KEY or ANTHROPIC_API_KEY",
    "url": "DOCENT_GIT_TOKEN, or use a git credential helper",
    "catalog_url": "DOCENT_DATABASE__CATALOG_URL",
    "state_url": "DOCENT_DATABASE__STATE_URL",
    "git_token": "DOCENT_GIT_TOKEN",
}
_ALL_VARIABLES = "SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET, OPENAI_API_KEY, ANTHROPIC_API_KEY or DOCENT_GIT_TOKEN"


def read(path: Path) -> dict[str, Any]:
    """The values in the file at `path`, local paths made absolute. Raises ConfigError: unreadable, wrong syntax, secrets."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except FileNotFoundError as exc:
        raise ConfigError(f"There is no settings file {path}.", "Check --config or DOCENT_CONFIG.") from exc
    except OSError as exc:
        raise ConfigError(f"The settings file {path} cannot be read: {exc.strerror}.") from exc
    except UnicodeDecodeError as exc:
        raise ConfigError(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from exc
    except tomllib.TOMLDecodeError as exc:
        detail = str(exc).replace("at end of document", f"at line {len(text.splitlines())}, the end of the file")
        raise ConfigError(f"{path} is not valid TOML: {detail}.", "Correct that line.") from exc
    _refuse_secrets(path, values)
    return _absolute(values, path)


def explain(error: ValidationError, model: type[BaseModel], path: Path | None, values: Mapping[str, Any]) -> ConfigError:
    """Put the first problem of a validation into one sentence that names where, the key and what is expected."""
    problem = error.errors(include_url=False, include_input=False, include_context=False)[0]
    location = problem["loc"]
    key = _dotted(location)
    where = _origin(location, path, values)
    if problem["type"] == "extra_forbidden":
        table = _model_at(model, location[:-1])
        known = sorted(table.model_fields) if table else []
        near = difflib.get_close_matches(str(location[-1]), known, n=1, cutoff=0.5)
        hint = f'Did you mean "{_dotted((*location[:-1], near[0]))}"?' if near else f"Known here: {', '.join(known)}."
        return ConfigError(f'{where}: unknown key "{key}".', hint)
    if problem["type"] == "missing":
        return ConfigError(f'{where}: "{key}" is missing.')
    expected = problem["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return ConfigError(f'{where}: "{key}" is wrong; expected {expected[:1].lower()}{expected[1:]}.')


def _origin(location: Sequence[int | str], path: Path | None, values: Mapping[str, Any]) -> str:
    """The environment variable that set this key, or else the file."""
    for end in range(len(location), 0, -1):
        variable = "DOCENT_" + "__".join(str(part) for part in location[:end]).upper()
        if any(name.upper() == variable for name in os.environ):
            return variable
    return str(path) if path is not None and values else "The settings"


def _dotted(location: Sequence[int | str]) -> str:
    """("repositories", 0, "name") → "repositories[1].name": people count from one."""
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _model_at(model: type[BaseModel], location: Sequence[int | str]) -> type[BaseModel] | None:
    for part in location:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation if part in model.model_fields else None
        found = next((kind for kind in (annotation, *get_args(annotation)) if _is_model(kind)), None)
        if found is None:
            return None
        model = found
    return model


def _is_model(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _refuse_secrets(path: Path, values: Mapping[str, Any]) -> None:
    for location, value in _leaves(values, ()):
        name = str(next(part for part in reversed(location) if isinstance(part, str)))
        if not isinstance(value, str) or not value or not (_SECRET_KEY.search(name) or _SECRET_VALUE.search(value)):
            continue
        variable = _VARIABLES.get(name, _ALL_VARIABLES)
        raise ConfigError(
            f'{path}: "{_dotted(location)}" holds a secret, and secrets are read from the environment only.',
            f"Remove it from the file and set {variable}; if others could read the file, make a new secret.",
        )


def _leaves(value: Any, location: tuple[int | str, ...]) -> Iterator[tuple[tuple[int | str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, (*location, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _leaves(inner, (*location, number))
    else:
        yield location, value


def _absolute(values: dict[str, Any], path: Path) -> dict[str, Any]:
    changed = dict(values)
    if isinstance(changed.get("data_dir"), str):
        changed["data_dir"] = str(relative_to_file(changed["data_dir"], path))
    embedding = changed.get("embedding")
    if isinstance(embedding, dict) and str(embedding.get("model", "")).startswith((".", "~")):
        changed["embedding"] = {**embedding, "model": str(relative_to_file(embedding["model"], path))}
    if isinstance(changed.get("repositories"), list):
        changed["repositories"] = [_absolute_url(entry, path) for entry in changed["repositories"]]
    return changed


def _absolute_url(entry: Any, path: Path) -> Any:
    url = entry.get("url") if isinstance(entry, dict) else None
    if not isinstance(url, str) or not url or not is_local_url(url):
        return entry
    return {**entry, "url": str(relative_to_file(url, path))}
