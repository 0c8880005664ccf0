"""Lists of words, written as people write them."""

from __future__ import annotations

import re


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def any_of(text: str, *, first: bool = False) -> re.Pattern[str]:
    """A pattern for any of the words, whatever their case; "_" is a space or a hyphen between two words, the rest is a regular
    expression. With `first` only where they begin a text."""
    start, alternatives = "^" if first else r"\b", "|".join(text.split()).replace("_", "[ -]")
    return re.compile(rf"{start}(?:{alternatives})(?!\w)", re.IGNORECASE)
