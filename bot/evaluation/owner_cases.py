"""Reads labelled cases of ownership: JSON lines {"repo", "path", "owners": […]}."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.json_lines import json_lines
from indexer.errors import QueryError

_EXAMPLE = 'Write {"repo": "NAME_OR_PATH", "path": "src/billing/", "owners": ["@jane", "jo@example.com"]} on each line.'


@dataclass(frozen=True, slots=True)
class OwnerCase:
    """Somewhere in a repository, and who owns it. `line` is where the case stands; `repo` as written, "" where it is left out.

    `paths` are files, folders or patterns; an owner is "@handle", an e-mail address, "Full Name", or "Full Name <address>".
    """

    line: int
    repo: str
    paths: tuple[str, ...]
    owners: tuple[str, ...]


def read_owner_cases(text: str) -> list[OwnerCase]:
    """The cases of a file, in its order. QueryError naming the line that cannot be read; further keys are left alone."""
    cases = [_case(number, value) for number, value in json_lines(text, "the cases", _EXAMPLE)]
    if not cases:
        raise QueryError("There are no cases.", _EXAMPLE)
    return cases


def _case(line: int, value: Mapping[str, Any]) -> OwnerCase:
    repo = value.get("repo")
    if repo is not None and not isinstance(repo, str):
        raise _wrong(line, '"repo" is not a text')
    paths = tuple(_texts(line, value, "path")) + tuple(_texts(line, value, "paths"))
    owners = tuple(_texts(line, value, "owners"))
    if not paths:
        raise _wrong(line, 'there is no "path"')
    if not owners:
        raise _wrong(line, 'there are no "owners"')
    return OwnerCase(line, repo or "", paths, owners)


def _texts(line: int, value: Mapping[str, Any], key: str) -> list[str]:
    """A text, or a list of texts; nothing where the key is missing."""
    found = value.get(key, [])
    texts = [found] if isinstance(found, str) else found
    if not isinstance(texts, list) or not all(isinstance(text, str) and text.strip() for text in texts):
        raise _wrong(line, f'"{key}" is neither a text nor a list of texts')
    return texts


def _wrong(line: int, what: str) -> QueryError:
    return QueryError(f"Line {line} of the cases: {what}.", _EXAMPLE)
