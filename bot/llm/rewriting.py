"""What a language model made of a question: reading its reply, whatever is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

_REPLY = 8_000  # characters
_TERMS, _TERM = 10, 60
_IMAGINED = 800
_TRIES = 20  # opening braces tried as the beginning of the object

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)
_TERMS_BEGIN = re.compile(r'"terms"\s*:\s*\[')
_NEXT_TERM = re.compile(r'\s*,?\s*"((?:[^"\\]|\\.)*)"')
_ANSWER_BEGIN = re.compile(r'"answer"\s*:\s*"((?:[^"\\]|\\.)*)')


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What a model made of a question; either part may be empty, and both may be wrong."""

    terms: tuple[str, ...] = ()
    imagined: str = ""


def parse(text: str) -> Rewriting | None:
    """What can be read of a reply: an object anywhere in it, or the beginning of one that was cut off; None for anything else."""
    text = _THOUGHT.sub("", text[:_REPLY])
    value = next(_objects(text), None) or _beginning(text)
    terms, imagined = value.get("terms"), value.get("answer")
    found = Rewriting(_clean_terms(terms), _one_line(imagined)[:_IMAGINED].strip() if isinstance(imagined, str) else "")
    return found if found.terms or found.imagined else None


def _objects(text: str) -> Iterator[dict[str, object]]:
    """The whole JSON objects in a text that have one of our keys."""
    decoder = json.JSONDecoder()
    for brace in list(re.finditer(r"\{", text))[:_TRIES]:
        try:
            value, _ = decoder.raw_decode(text, brace.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and value.keys() & {"terms", "answer"}:
            yield value


def _beginning(text: str) -> dict[str, object]:
    """The terms that are whole, and the answer as far as it goes."""
    terms: list[str] = []
    begin = _TERMS_BEGIN.search(text)
    if begin:
        at = begin.end()
        while match := _NEXT_TERM.match(text, at):
            terms.append(_unescaped(match[1]))
            at = match.end()
    answer = _ANSWER_BEGIN.search(text)
    return {"terms": terms, "answer": _unescaped(answer[1]) if answer else ""}


def _unescaped(text: str) -> str:
    try:
        return str(json.loads(f'"{text}"', strict=False))
    except ValueError:
        return ""


def _clean_terms(terms: object) -> tuple[str, ...]:
    listed = re.split(r"[,;\n]", terms) if isinstance(terms, str) else terms if isinstance(terms, list) else []
    said = (_one_line(term) for term in listed if isinstance(term, str))
    return tuple({term.casefold(): term for term in said if len(term) <= _TERM and any(map(str.isalnum, term))}.values())[:_TERMS]


def _one_line(text: str) -> str:
    """Without line breaks, control characters and lone surrogates, which no embedder and no database takes."""
    return " ".join("".join(char if char.isprintable() else " " for char in text.encode(errors="replace").decode()).split())
