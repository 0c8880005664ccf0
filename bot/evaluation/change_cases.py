"""Reads labelled cases of changes: JSON lines {"repo", "release", "since", "until", "major": […]}, one for each release."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.json_lines import json_lines
from indexer.errors import QueryError

_EXAMPLE = (
    'Write {"repo": "NAME_OR_PATH", "release": "2.0", "since": "v1.9", "until": "v2.0", "major": [1234, "3f2a91c0d4"]} on each line.'
)
_NUMBER = re.compile(r"[#!]?([1-9]\d{0,8})")
_SHA = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Reference:
    """What an entry of release notes names: the number of a pull request or issue, or else the (short) SHA of a commit."""

    number: int | None = None
    sha: str = ""

    def __str__(self) -> str:
        return f"#{self.number}" if self.number is not None else self.sha[:10]


@dataclass(frozen=True, slots=True)
class ChangeCase:
    """A release and what its notes name as major. `line` is where the case stands; `repo` as written, "" where it is left out.

    `since` and `until` are revisions. Each of `major` is one entry of the notes; any of its references leads to it.
    """

    line: int
    repo: str
    release: str
    since: str
    until: str
    major: tuple[tuple[Reference, ...], ...]


def read_change_cases(text: str) -> list[ChangeCase]:
    """The cases of a file, in its order. QueryError naming the line that cannot be read; further keys are left alone."""
    cases = [_case(number, value) for number, value in json_lines(text, "the cases", _EXAMPLE)]
    if not cases:
        raise QueryError("There are no cases.", _EXAMPLE)
    return cases


def read_reference(value: object) -> Reference | None:
    """A number (1234, "1234", "#1234", "!1234"), or else the SHA of a commit, of 7 digits or more; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Reference(number=value)
    if not isinstance(value, str):
        return None
    text = value.strip().lower()
    if _SHA.fullmatch(text):
        return Reference(sha=text)
    match = _NUMBER.fullmatch(text)
    return Reference(number=int(match[1])) if match else None


def _case(line: int, value: Mapping[str, Any]) -> ChangeCase:
    since, until = _text(line, value, "since", needed=True), _text(line, value, "until", needed=True)
    release = _text(line, value, "release") or f"{since}..{until}"
    entries = value.get("major", [])
    if not isinstance(entries, list) or not entries:
        raise _wrong(line, 'there is no list of "major" changes')
    return ChangeCase(line, _text(line, value, "repo"), release, since, until, tuple(_entry(line, one) for one in entries))


def _entry(line: int, value: object) -> tuple[Reference, ...]:
    """One reference, or a list of them that all mean the same entry."""
    given = value if isinstance(value, list) and value else [value]
    references = [read_reference(one) for one in given]
    wrong = next((one for one, reference in zip(given, references, strict=True) if reference is None), None)
    if None in references:
        raise _wrong(line, f'"major" holds {str(wrong)[:40]!r}, which is neither the number of a pull request nor a SHA')
    return tuple(dict.fromkeys(reference for reference in references if reference))


def _text(line: int, value: Mapping[str, Any], key: str, *, needed: bool = False) -> str:
    found = value.get(key, "")
    if not isinstance(found, str):
        raise _wrong(line, f'"{key}" is not a text')
    if needed and not found.strip():
        raise _wrong(line, f'there is no "{key}"')
    return found.strip()


def _wrong(line: int, what: str) -> QueryError:
    return QueryError(f"Line {line} of the cases: {what}.", _EXAMPLE)
