"""What is asked in a long text: people's sentences and what the error says, without traces, logs, version tables and issue templates.

A model reads 256 tokens and the words' leg 96 terms: a question pasted with its log would be neither. Short questions stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.questions.frames import is_frame, read_lines
from indexer.questions.paste_lines import Line, kind_of, message, message_in_frame

_LONG = 600  # characters of a text in several lines from which on it is read like this even without a trace
_SAID = 1_500  # characters kept of what people wrote
_ERRORS = 500  # of error messages
_REST = 600  # of code and output
_MESSAGE = 240  # of one message

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FENCE = re.compile(r"^\s*(?:```+|~~~+)")


def informative(text: str) -> str:
    """A text in several lines cut to what tells where its answer stands; a short one without a trace, and anything in one line, as it is.

    People's sentences come first, then what errors say, then a little of the code and output. At most some 2,600 characters.
    """
    lines = read_lines(text)
    if len(lines) < 2 or (len(text) < _LONG and not any(map(is_frame, lines))):
        return text
    kept: dict[Line, list[str]] = {kind: [] for kind in Line}
    for kind, line in _told(read_lines(_COMMENT.sub("\n", "\n".join(lines)))):
        kept[kind].append(line)
    told = [*_some(kept[Line.SAID], _SAID), *_some(_distinct(kept[Line.ERROR]), _ERRORS), *_some(kept[Line.REST], _REST)]
    return "\n".join(told) or text[:_SAID]


def _told(lines: Iterable[str]) -> Iterator[tuple[Line, str]]:
    """The lines that are not noise, without their marks."""
    fenced = traced = False
    for line in lines:
        if _FENCE.match(line):
            fenced, traced = not fenced, False
        elif is_frame(line):
            traced = True
            if said := message_in_frame(line):
                yield Line.ERROR, said[:_MESSAGE]
        else:
            kind = kind_of(line, fenced=fenced, traced=traced)
            if kind is not Line.NOISE:
                yield kind, message(line)[:_MESSAGE] if kind is Line.ERROR else " ".join(line.strip("#*> \t|").split())
            traced = traced and kind is Line.NOISE


def _distinct(lines: Iterable[str]) -> list[str]:
    """Each message once, however often it was logged with other numbers."""
    first: dict[str, str] = {}
    for line in lines:
        first.setdefault(re.sub(r"\d+", "0", line), line)
    return list(first.values())


def _some(lines: Iterable[str], most: int) -> list[str]:
    """The first lines, so many characters of them."""
    taken: list[str] = []
    for line in lines:
        if most <= 0:
            break
        taken.append(line[:most])
        most -= len(line) + 1
    return taken
