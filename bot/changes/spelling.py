"""Mends the spelling of the words that name times, for reading only: what was written stays as it is. Pure functions."""

from __future__ import annotations

import re
from difflib import get_close_matches

_LIKELY = (
    "yesterday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "september",
    "october", "november", "december",
)  # fmt: skip
# Short words are too like others to be guessed at.
_MISSPELLED = {
    "lats": "last", "lsat": "last", "lst": "last", "las": "last", "tody": "today", "todya": "today", "wek": "week",
    "weeek": "week", "wekk": "week", "weks": "weeks", "monht": "month",
    "mnoth": "month", "montsh": "months", "dyas": "days", "sinse": "since",
    "sicne": "since", "sinc": "since", "betwen": "between", "bewteen": "between", "beetween": "between", "latley": "lately",
    "recenlty": "recently", "recentyl": "recently", "recntly": "recently", "reccently": "recently", "firday": "friday",
    "firady": "friday", "yday": "yesterday", "tmrw": "tomorrow",
}  # fmt: skip
_WORD = re.compile(r"(?<![\w./-])[A-Za-z]{3,}(?![\w/-])")
_ALIKE = 0.85  # "sundry" reaches 0.83 of "sunday", "octobre" 0.86 of "october"


def spelled(text: str) -> tuple[str, list[int]]:
    """The text on one line with such words mended and each blank a single one, and where each of its characters, and its end,
    stood before."""
    written: list[str] = []
    places: list[int] = []

    def add(piece: str, start: int, width: int) -> None:
        written.append(piece)
        places.extend(start + min(at, width - 1) for at in range(len(piece)))

    for part in re.finditer(r"\s+|[^\s]+", text):
        if part.group().isspace():
            add(" ", part.start(), 1)
            continue
        at = 0
        for word in _WORD.finditer(part.group()):
            add(part.group()[at : word.start()], part.start() + at, word.start() - at)
            add(_mended(word.group()), part.start() + word.start(), len(word.group()))
            at = word.end()
        add(part.group()[at:], part.start() + at, len(part.group()) - at)
    return "".join(written), [*places, len(text)]


def _mended(word: str) -> str:
    lower = word.lower()
    if lower in _LIKELY or lower.removesuffix("s") in _LIKELY:
        return word
    if lower in _MISSPELLED:
        return _MISSPELLED[lower]
    near = get_close_matches(lower, _LIKELY, n=1, cutoff=_ALIKE) if len(lower) > 4 else []
    return near[0] if near and near[0][0] == lower[0] else word
