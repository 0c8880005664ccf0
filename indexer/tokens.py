"""Words for the lexical leg: identifiers split into their parts, stemmed, with the whole kept."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain
from threading import Lock

import snowballstemmer

# "python3.7" is the word "python" and the number "3.7": versions stay whole, or "when did we drop 3.7" finds nothing.
_WORD = re.compile(r"[^\W\d]++(?:\d++(?!\.\d)[^\W\d]*+)*+|\d+(?:\.\d+)*")
_PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")
_PART_ANY_SCRIPT = re.compile(r"[^\W\d_]+|\d+")

_CONTRACTION = re.compile(r"(?<=\w)['’](?:s|t|re|ve|ll|d|m)\b", re.IGNORECASE)

_BACKTICKED = re.compile(r"`+([^`\s]+)`+")
_NAME = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|#|->)[A-Za-z_$][\w$]*)*(\(\))?")
_SEPARATOR = re.compile(r"\.|::|#|->")
_CASED = re.compile(r"[a-z0-9][A-Z]|[A-Z]{2}[a-z]|[A-Za-z0-9]_+[A-Za-z0-9]|__\w")
_ABBREVIATION = re.compile(r"[A-Z]{2,}s|(?:[a-z]\.)+[a-z]?|e\.g|i\.e")

# Question words and glue, which say nothing about where the answer stands.
_GLUE = (
    "a about all also am an and any are as at be because been being but by can could did do does doing for from get gets got"
    " had has have he her his how i if in into is it its itself just let me my no nor not of on one or our ours out own"
    " please she should so some such tell than that the their them then there these they this those to too up us was we were"
    " what when where which while who whom whose why will with would you your"
)
STOP_WORDS = frozenset(_GLUE.split())

_stemmer = snowballstemmer.stemmer("english")
_stemmer_lock = Lock()  # a Snowball stemmer keeps the word it works on in itself


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The Snowball (Porter 2) stem of a lower-case English word; words of other scripts come back as they are."""
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return word
    with _stemmer_lock:
        return str(_stemmer.stemWord(word))


@lru_cache(maxsize=200_000)
def _terms_of_word(word: str) -> tuple[str, ...]:
    if word[0].isdecimal():
        return (word,)
    parts = [part.lower() for part in (_PART if word.isascii() else _PART_ANY_SCRIPT).findall(word)]
    terms = [stem(part) for part in parts]
    if len(parts) > 1:
        terms.append("".join(parts))  # without underscores, so that http_adapter and HTTPAdapter are one word
    return tuple(terms)


@lru_cache(maxsize=200_000)
def _joined_terms_of_word(word: str) -> str:
    return " ".join(_terms_of_word(word))


def tokenize(text: str) -> list[str]:
    """Terms of a text in reading order, repeated as often as they occur: stemmed parts of each word, then the word as a whole.

    Terms are lower-case and hold letters, digits and, inside numbers, dots: nothing that a query language could read as syntax.
    """
    return list(chain.from_iterable(map(_terms_of_word, _WORD.findall(text))))


def joined_terms(text: str) -> str:
    """What `tokenize` gives, with blanks between."""
    return " ".join(filter(None, map(_joined_terms_of_word, _WORD.findall(text))))


def query_terms(text: str) -> list[str]:
    """The distinct terms of a question in reading order, without stop words unless nothing else is left."""
    words = _WORD.findall(_CONTRACTION.sub("", text))
    told = [word for word in words if word.lower() not in STOP_WORDS] or words
    return list(dict.fromkeys(term for word in told for term in _terms_of_word(word)))


def identifiers(text: str) -> tuple[str, ...]:
    """Names of code that a question holds, as written, without call brackets, in reading order.

    A name is what stands in backticks, is written in camelCase, snake_case or with `()`, or is joined by dots, `::` or `#`;
    or the question's only word. Names joined together are given whole and by their parts from the last one on.
    """
    found: list[str] = []
    for match in _BACKTICKED.finditer(text):
        found.extend(name.group() for name in _NAME.finditer(match.group(1)))
    for match in _NAME.finditer(text):
        if _looks_like_code(match.group()):
            found.append(match.group())
    words = text.split()
    if not found and len(words) == 1 and _NAME.fullmatch(words[0]):
        found.append(words[0])
    return tuple(dict.fromkeys(name for item in found for name in _with_parts(item.removesuffix("()"))))


def _looks_like_code(name: str) -> bool:
    if _ABBREVIATION.fullmatch(name):
        return False
    return name.endswith("()") or bool(_SEPARATOR.search(name)) or bool(_CASED.search(name))


def _with_parts(name: str) -> list[str]:
    parts = _SEPARATOR.split(name)
    return [name] if len(parts) == 1 else [name, *reversed(parts)]
