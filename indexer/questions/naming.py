"""Which repositories a question names, and the question without the phrase that does it.

A name left in the question finds the files called like it, of which most are no answer: `billing.py`, `billing/__init__.py`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_PINNED = re.compile(r"-[0-9a-f]{12}$")  # an evaluation adds the commit to a name
_THING = r"(?:repo|repository|service|project|app|application|package|library|module|code ?base|component|web ?site|tool)s?"
_FEWEST = 3  # words that a question needs beside the phrase


def named_in(text: str, repos: Sequence[str]) -> tuple[tuple[str, ...], str]:
    """The repositories that a question names so that it can mean nothing else, and what it says besides."""
    named = tuple(repo for repo in repos if _is_named(text, repo))
    rest = text
    for repo in named:
        name = _pattern(repo)
        called = rf"(?:the |our )?(?:{_THING}[ :,]+)?`?{name}`?(?:'s)?(?: {_THING}(?:'s)?){{0,2}}"
        for phrase in (rf"\(\s*(?:in )?{called}\s*\)", rf"\b(?:in|of|from|for|inside|within|at) {called}(?!\w)[:,]?", rf"^{called}[:,]"):
            rest = re.sub(phrase, " ", rest, flags=re.IGNORECASE)
    rest = "\n".join(" ".join(line.split()) for line in rest.split("\n")) if rest != text else text
    return named, rest if len(rest.split()) >= _FEWEST else text


def is_called(text: str, repo: str) -> bool:
    """Whether a question holds a repository's name, which may be a word like any other."""
    return bool(_pattern(repo)) and bool(re.search(rf"(?<!\w){_pattern(repo)}(?!\w)", text, re.IGNORECASE))


def _is_named(text: str, repo: str) -> bool:
    name, parts = _pattern(repo), _parts(repo)
    if not name or not is_called(text, repo):
        return False
    if len(parts) > 1:
        return True
    thing = rf"(?<!\w)(?:{name}(?:'s)? {_THING}|{_THING} {name})(?!\w)|`{name}`|\({name}\)|^{name}:"
    if re.search(rf"{thing}|\b(?:in|inside|within) {name}(?=\s*[?:,.!)]|$)", text, re.IGNORECASE):
        return True
    return bool(re.search(rf"(?<=[\w,] ){name[:1].upper()}{name[1:]}(?!\w)", text))  # a name in the middle of a sentence


def _pattern(repo: str) -> str:
    return r"[\s._/-]?".join(map(re.escape, _parts(repo)))


def _parts(repo: str) -> list[str]:
    return [part for part in re.split(r"[\s._/-]+", _PINNED.sub("", repo).lower()) if part]
