"""The words of other languages that questions about software are made of, and what each is called in plain English.

`indexer/data/foreign_words.tsv` holds one notion a line: its English words, then a column of words for each language. A word is found
as it is written, without its accents, by its stem, and in German and Dutch as the parts of a compound.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from threading import Lock
from typing import Any

import snowballstemmer

LANGUAGES = {
    "de": "German", "fr": "French", "es": "Spanish", "pt": "Portuguese", "it": "Italian", "nl": "Dutch", "pl": "Polish", "ru": "Russian",
    "ja": "Japanese", "zh": "Chinese",
}  # fmt: skip
UNSPACED = ("ja", "zh")
_COMPOUNDS = ("de", "nl")
_LINKS = ("", "s", "es", "n", "en", "er", "e")  # between the parts of a compound
_PART = 4  # letters of the shortest part
_COMPOUND = 30  # letters of the longest word that is taken apart
LONGEST = 4  # words of a phrase

_APART = str.maketrans("'’-", "   ")

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word or phrase is in English, and whether it is a function word, which tells the language."""

    english: str
    function: bool


class Lexicon:
    """The words of one language. Safe for many threads."""

    def __init__(self, language: str, entries: Sequence[tuple[str, Meaning]]) -> None:
        self.language = language
        self._lock = Lock()  # a Snowball stemmer keeps the word it works on in itself
        self._entries = [(tuple(phrase.lower().translate(_APART).split()), meaning) for phrase, meaning in entries]
        self._written: dict[Words, Meaning] = {}
        for form in (tuple, _all_plain, _all_without_umlauts):  # accents first: "è" is no "e"
            for words, meaning in self._entries:
                self._written.setdefault(form(words), meaning)
        self.longest = max((len(phrase) for phrase, _ in entries), default=0)  # characters

    def of(self, words: Sequence[str]) -> Meaning | None:
        """What these words in a row, in lower case, mean together."""
        written = self._written.get(tuple(words)) or self._written.get(_all_plain(words))
        return written or self._stemmed.get(tuple(map(self._stem, words))) or self._compound(words)

    def written(self, word: str) -> Meaning | None:
        """What a word means that stands here in this very form."""
        return self._written.get((word,)) or self._written.get((plain(word),))

    @cached_property
    def _stemmer(self) -> Any:
        return None if self.language in UNSPACED else snowballstemmer.stemmer(LANGUAGES[self.language].lower())

    @cached_property
    def _stemmed(self) -> dict[Words, Meaning]:
        found: dict[Words, Meaning] = {}
        for words, meaning in self._entries:
            if not (meaning.function and len(words) == 1):
                found.setdefault(tuple(map(self._stem, words)), meaning)
        return found

    def _compound(self, words: Sequence[str]) -> Meaning | None:
        if self.language not in _COMPOUNDS or len(words) != 1 or not 2 * _PART <= len(words[0]) <= _COMPOUND:
            return None
        word = words[0]
        for at in range(len(word) - _PART, _PART - 1, -1):
            first = next((found for link in _LINKS if word[:at].endswith(link) and (found := self._part(word[: at - len(link)]))), None)
            rest = self.of([word[at:]]) if first else None
            if first and rest and not rest.function:
                return Meaning(f"{first.english} {rest.english}", False)
        return None

    def _part(self, word: str) -> Meaning | None:
        found = self._written.get((plain(word),)) if len(word) >= _PART else None
        return found if found and not found.function else None

    def _stem(self, word: str) -> str:
        if self._stemmer is None or len(word) < 4:
            return plain(word)
        with self._lock:
            return plain(self._stemmer.stemWord(word))


@lru_cache(maxsize=1)
def lexicons() -> dict[str, Lexicon]:
    """Every language's lexicon."""
    text = files("indexer.data").joinpath("foreign_words.tsv").read_text("utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    found = {}
    for column, language in enumerate(rows[0][1:], start=1):
        entries = [
            (phrase, Meaning(row[0].lstrip("~"), row[0].startswith("~"))) for row in rows[1:] for phrase in row[column].split("|") if phrase
        ]
        found[language] = Lexicon(language, entries)
    return found


def plain(word: str) -> str:
    """A word in lower case without its accents."""
    if word.isascii():
        return word.lower()
    return "".join(char for char in unicodedata.normalize("NFKD", word.lower().replace("ß", "ss")) if not unicodedata.combining(char))


def _all_plain(words: Sequence[str]) -> Words:
    return tuple(map(plain, words))


def _all_without_umlauts(words: Sequence[str]) -> Words:
    """As German is written where the keyboard has none."""
    return tuple(plain(word.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")) for word in words)
