"""Reads files that hold one JSON object a line, as people and programs hand them in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from indexer.errors import QueryError


def json_lines(text: str, what: str, hint: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects with their line numbers; empty lines are passed over. QueryError, saying that a line of `what` is none."""
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines(): JSON may hold U+2028 as it is
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise QueryError(f"Line {number} of {what} is not a JSON object.", hint)
        yield number, value
