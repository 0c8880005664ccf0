"""Slips of the finger in a question, mended by the words of the repository and of English.

Only a word that neither of them knows is touched, and never a name: what is written like code, holds digits, or has a capital inside a
sentence. A rare name that is right stands in the repository, and so is known.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from indexer.retrieval.corpus import Corpus
from indexer.retrieval.english import edits, frequencies
from indexer.tokens import STOP_WORDS, identifiers, stem
from indexer.types import Query

_SHORTEST = 4  # letters of a word that is mended
_LONGEST = 24
_MOST = 6  # words of a question that are mended; more, and it is no English
_LONG = 8  # letters of a word in which two slips are looked for
_FEWEST = 2  # chunks that hold a word of the repository that is meant: one may hold the same slip
_REPOSITORIES = 8  # whose words are looked through

_WORD = re.compile(r"(?<![\w./\\@#$:<-])[A-Za-z]+(?![\w/\\@:>-]|\.\w)")
_DOUBLED = re.compile(r"(.)\1")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS = frozenset(pair for row in _ROWS for left, right in pairwise(row) for pair in (left + right, right + left))


def respelled(query: Query, corpora: Sequence[Corpus]) -> Query:
    """The query with its misspelled words mended, and a sentence about each in `understood`; as it is where there are none."""
    if query.understood:  # of another language, or mended already
        return query
    unknown = _unknown(query.text, corpora)
    if not unknown or len(unknown) > _MOST:
        return query
    vocabularies = [corpus.vocabulary() for corpus in corpora] if len(corpora) <= _REPOSITORIES else []
    text, said = query.text, []
    for match in reversed(unknown):
        word = match.group()
        better = _mended(word.lower(), vocabularies)
        if better:
            better = better.capitalize() if word[0].isupper() else better
            said.append(f"Understood “{word}” as “{better}”.")
            text = text[: match.start()] + better + text[match.end() :]
    return replace(query, text=text, understood=tuple(dict.fromkeys(reversed(said)))) if said else query


def _unknown(text: str, corpora: Sequence[Corpus]) -> list[re.Match[str]]:
    """The words that neither English nor any of the repositories knows."""
    names = {part.lower() for name in identifiers(text) if len(text.split()) > 1 for part in (name, *re.split(r"\W+|_", name))}
    found = []
    for match in _WORD.finditer(text):
        word = match.group()
        if not _SHORTEST <= len(word) <= _LONGEST or word.lower() in names or word.lower() in STOP_WORDS or _is_name(match, text):
            continue
        if word.lower() in frequencies():
            continue
        known = any(corpus.holds(word) for corpus in corpora)
        if not known or (stem(word.lower()) != word.lower() and _same_word(word.lower())):
            found.append(match)
    return found


def _same_word(word: str) -> bool:
    """Whether a word of English that is one slip away has the same stem: "messags", which the repository seems to hold for that."""
    return any(candidate in frequencies() and stem(candidate) == stem(word) for candidate in edits(word))


def _is_name(match: re.Match[str], text: str) -> bool:
    """Whether a word has a capital that does not come from standing first."""
    word = match.group()
    before = text[: match.start()].rstrip(" \t\"'“(*>-")
    return word[1:] != word[1:].lower() or (word[0].isupper() and bool(before) and before[-1] not in ".!?:\n")


def _mended(word: str, vocabularies: Sequence[Mapping[str, int]]) -> str | None:
    """The word that was likely meant."""
    english = frequencies()
    near = {candidate for candidate in edits(word) if candidate in english}
    scored = {candidate: _worth(word, candidate, vocabularies) for candidate in near}
    for term in {stem(candidate) for candidate in edits(stem(word))} if vocabularies else ():
        if len(term) >= _SHORTEST - 1 and term not in english and term.isalpha() and _chunks(term, vocabularies) >= _FEWEST:
            scored.setdefault(term, _worth(word, term, vocabularies))
    if not scored and len(word) >= _LONG:
        scored = {candidate: _worth(word, candidate, vocabularies) for candidate in _two_slips(word)}
    return max(scored, key=lambda candidate: (scored[candidate], candidate)) if scored else None


def _two_slips(word: str) -> list[str]:
    """Common English words with the same first letter, two slips away."""
    near = [
        known for known in frequencies()
        if known[0] == word[0] and abs(len(known) - len(word)) <= 2 and len(set(known) ^ set(word)) <= 4
    ]  # fmt: skip
    once = set(edits(word))
    return [known for known in near if not once.isdisjoint(edits(known))]


def _worth(word: str, candidate: str, vocabularies: Sequence[Mapping[str, int]]) -> float:
    """How likely a word is meant: by how common it is in the repository and in English, and by the kind of slip."""
    common = 1.5 * math.log1p(_chunks(stem(candidate), vocabularies)) + math.log1p(frequencies().get(candidate, 0)) / 2
    return common + _slip(word, candidate)


def _slip(word: str, candidate: str) -> float:
    """How usual a slip is, in the same measure: letters exchanged or doubled, keys side by side; hardly ever the first letter."""
    usual = -2.0 if word[0] != candidate[0] else 0.0
    if sorted(word) == sorted(candidate):
        return usual + 2.0
    if len(word) != len(candidate):
        return usual + (1.0 if _DOUBLED.sub(r"\1", word) == _DOUBLED.sub(r"\1", candidate) else 0.5)
    changed = [left + right for left, right in zip(word, candidate, strict=True) if left != right]
    return usual + (0.5 if all(pair in _NEIGHBOURS for pair in changed) else -0.5)


def _chunks(term: str, vocabularies: Sequence[Mapping[str, int]]) -> int:
    return sum(vocabulary.get(term, 0) for vocabulary in vocabularies)
