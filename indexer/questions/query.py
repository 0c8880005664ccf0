"""Reading a question: filters apart from words, and what kind of place it asks for."""

from __future__ import annotations

import re
from collections.abc import Collection
from difflib import get_close_matches

from indexer.errors import QueryError
from indexer.questions.foreign import understood
from indexer.questions.frames import frames_of
from indexer.questions.naming import named_in
from indexer.questions.pasted import informative
from indexer.types import Query

_FILTER = re.compile(r'(?<!\S)(?P<name>repo|path|lang):(?:"(?P<quoted>[^"]*)"|(?P<open>")|(?P<plain>[^\s"]+))', re.IGNORECASE)

_LANGUAGE_NAMES = {
    "js": "javascript", "jsx": "javascript", "ts": "typescript", "py": "python", "golang": "go", "rs": "rust", "rb": "ruby",
    "kt": "kotlin", "cs": "csharp", "c#": "csharp", "c++": "cpp", "md": "markdown", "yml": "yaml", "sh": "shell", "bash": "shell",
}  # fmt: skip

# "Which tests cover refunds" asks for tests; "how does the test runner start" asks for the product of a testing library.
_ASKS_FOR_TESTS = re.compile(
    r"\b(?:unit|integration|regression|end.to.end|e2e|automated|our|existing|which|what|any|the) tests\b"
    r"|\btest (?:cases?|suites?|coverage|files?|data)\b|\btests? (?:for|of|that|covering|cover|check|checking)\b"
    r"|\b(?:is|are|was|were|be|been|being|it|that) (?:\w+ )?tested\b|\btested\b.{0,20}\b(?:how|where|by)\b"
    r"|\b(?:how|where)\b.{0,60}\btested\b|\buntested\b",
    re.IGNORECASE,
)

_DID = (
    r"(?:changed|wrote|added|introduced|removed|fixed|broke|made|touched|worked|committed|did|decided|deleted|dropped|reverted"
    r"|merged|built|created|edited|modified|replaced|swapped|exchanged|rewrote|repaired|mended|sped|improved|switched|renamed|moved"
    r"|raised|lowered|limited|stopped|started|took out|threw out|got rid)"
)
_DONE = r"(?:changed|added|introduced|removed|fixed|dropped|replaced|swapped|exchanged|renamed|thrown|taken|switched|rewritten|raised|cut)"
_MADE_IN = r"(?:commit|release|version|pull request|change|year|month)"
_ASKS_FOR_HISTORY = re.compile(
    r"^\W*(?:since )?when (?:did|was|were|have|has|had|could)\b"
    r"|[;:,.!?] (?:and |but |so )?(?:since )?when (?:did|was|were|has|have|had)\b"
    r"|^\W*why (?:did|was|were|had|have|has|could)\b"
    r"|^\W*why\b.{0,120}\b(?:no longer|any ?more|any longer|now|nowadays|these days)\b"
    rf"|\bwho (?:has |have |had |last |first )*{_DID}\b(?! (?:what|which|when|where|how)\b)"
    r"|\bsince when\b|\bwhat(?:'s| has| have|) (?:been )?changed\b|\bhistory of (?:this|that|our|the) (?:code|file|change|feature|project)"
    r"|(?<!be )(?<!is )(?<!are )(?<!was )(?<!were )(?<!been )\bused to\b|\bchangelog\b"
    rf"|\bwhich (?:commit|pull request|change)\b|\b(?:in|since|with|by|of) (?:which|what) {_MADE_IN}\b"
    rf"|\bwhich (?:release|version) (?:\w+ )?(?:{_DONE}|{_DID}|brought|did|was|first|came)\b"
    rf"|\bwhich \w+ (?:was|were|got|has been) {_DONE}\b"
    r"|\bcommits?\b.{0,40}\b(?:that|which|where|about|touch|for|by)\b"
    r"|\blast (?:change|commit|edit)\b(?!ed)|\brecent(?:ly)? (?:chang|commit|add|remov|fix)|\bwhat was (?:done|the cause)\b"
    r"|\bwhat (?:did|have|has) (?:we|they|you|the team|somebody|anybody) (?:do|done|changed?)\b"
    r"|\bwhat (?:fixed|cured|solved|repaired|mended|broke|stopped) (?:that|this|it|them|these|the)\b",
    re.IGNORECASE,
)


def parse_query(text: str, repos: Collection[str] = (), languages: Collection[str] = ()) -> Query:
    """Read a question with its filters `repo:NAME`, `path:GLOB_OR_PART` and `lang:NAME`, each repeatable, values quotable.

    `repos` and `languages` are the values that exist; empty means any. Filters are read in the first line only, so that
    a pasted log cannot hold one by accident. Raises QueryError for an empty question and for values that do not exist.
    """
    first, newline, rest = text.strip().partition("\n")
    values: dict[str, list[str]] = {"repo": [], "path": [], "lang": []}
    for match in _FILTER.finditer(first):
        name = match["name"].lower()
        values[name].append(_value(name, match))
    words = " ".join(_FILTER.sub(" ", first).split()) + newline + rest
    if not any(char.isalnum() for char in words):
        hint = "Add words to the filters." if any(values.values()) else 'Ask in plain words, e.g. "How does a refund work?"'
        raise QueryError("The question is empty.", hint)
    frames, words = frames_of(words), informative(words)
    foreign = understood(words)
    words = foreign.english if foreign else words
    named, rest = named_in(words, tuple(repos))
    return Query(
        text=rest,
        repos=tuple(_known("repo", "repository", value, repos) for value in values["repo"]),
        paths=tuple(values["path"]),
        languages=tuple(
            _known("lang", "language", _LANGUAGE_NAMES.get(value.lower(), value), languages).lower() for value in values["lang"]
        ),
        named=named,
        wants_tests=bool(_ASKS_FOR_TESTS.search(words)),
        wants_history=bool(_ASKS_FOR_HISTORY.search(words)),
        frames=frames,
        understood=(f"Understood the {foreign.language} question as “{foreign.english}”.",) if foreign else (),
        terms=foreign.words if foreign else (),
    )


def well_formed(text: str) -> str:
    """Lone surrogates, which a terminal's bytes or JSON can hold and neither the model nor a database takes, become "?"."""
    return text.encode(errors="replace").decode()


def _value(name: str, match: re.Match[str]) -> str:
    if match["open"]:
        raise QueryError(f"The filter {name}: has an opening quote without a closing one.", f'Write {name}:"two words".')
    value = match["quoted"] if match["quoted"] is not None else match["plain"]
    if not value.strip():
        raise QueryError(f"The filter {name}: has no value.", f"Write {name}:VALUE or leave it out.")
    return value.strip()


def _known(name: str, noun: str, value: str, known: Collection[str]) -> str:
    if not known:
        return value
    by_lower = {item.lower(): item for item in known}
    if value.lower() in by_lower:
        return by_lower[value.lower()]
    near = get_close_matches(value.lower(), by_lower, n=1, cutoff=0.5)
    choice = f"Did you mean {name}:{by_lower[near[0]]}?" if near else f"Known: {', '.join(sorted(known)[:8])}."
    raise QueryError(f'There is no {noun} "{value}".', choice)
