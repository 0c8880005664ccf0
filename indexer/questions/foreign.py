"""Questions in other languages, turned into plain English word by word, so that both legs understand them.

This is no translation: the words that carry the meaning are enough to find the place. A question is taken for another language only
where its words say so clearly, and English ones are never touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from indexer.questions.foreign_words import LANGUAGES, LONGEST, UNSPACED, Lexicon, Meaning, lexicons
from indexer.tokens import STOP_WORDS

_LOOKED_AT = 2_000  # characters; what is longer is a paste, and was cut before
_TOKEN = re.compile(r"`[^`\n]*`|[\w./:@#$()]*[\w/)]")
_WORD = re.compile(r"[^\W\d_]+")
_KANA, _HAN, _CYRILLIC = re.compile(r"[\u3040-\u30ff]"), re.compile(r"[\u3400-\u9fff]"), re.compile(r"[\u0400-\u04ff]")
_SHARE = 0.4  # of the words that have to be known
_OF_SCRIPT = 0.3  # of the letters, for a language that is told by its script
_SCRIPT_RUN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]+|[^\u3040-\u30ff\u3400-\u9fff]+")
# English words that are words of other languages too, or are used in them, and tell nothing.
_SHARED = frozenset([
    *STOP_WORDS,
    "die", "man", "come", "per", "plus", "son", "over", "still", "also", "date", "data", "note", "page", "form", "code", "menu", "server",
    "client", "team", "login", "link", "log", "list", "test", "email", "mail", "alarm", "filter", "format", "text", "name", "proxy",
    "cache", "cookie", "browser", "version", "session", "service", "site", "image", "message", "option", "table", "import", "export",
    "index", "file", "token", "job", "status", "start", "stop", "part", "support", "crash", "robot", "signature", "product", "library",
    "print", "report", "bug", "bank", "account", "route", "title", "general", "total", "error", "control", "normal", "no", "real",
    "animal",
])  # fmt: skip

_ASKING = ("since when", "when", "why", "who owns", "who", "what", "which", "how many", "how long", "how often", "how", "where")
_CHANGED = {
    "change": "changed", "add": "added", "remove": "removed", "delete": "deleted", "introduce": "introduced", "replace": "replaced",
    "fix repair": "fixed", "update": "updated", "create make": "created", "write": "written",
    "stop doing": "dropped", "cancel": "reverted",
}  # fmt: skip
# How a word looks that says what was done; what it says is in the word before it in German, Dutch and French ("wurde", "werd", "a été").
_DONE = {
    "es": r"(?:ó|aron|ieron|ad[oa]s?|id[oa]s?)$", "pt": r"(?:ou|eu|iu|aram|eram|iram|ad[oa]s?|id[oa]s?)$",
    "it": r"(?:[ts][oaie]|rono)$", "pl": r"(?:no|to|ł[aoy]?|li|n[ya]|t[ya])$",
    "ru": r"(?:л[аои]?|лся|лась|лось|лись|[её]н[аоы]?)$", "de": r"t$|en$", "nl": r"d$|t$|en$", "fr": r"(?:é|ée|és|ées)$",
}  # fmt: skip
_DONE_UNSPACED = re.compile(r"た|ました|了|过|被")
_WAS = ("was", "has")


@dataclass(frozen=True, slots=True)
class Understood:
    """A question of another language: its name, the question in English words, and the words it was asked in that mean something,
    for code that is written in that language itself."""

    language: str
    english: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A word or phrase as written, and what it means; None for names, numbers and words that are not known."""

    text: str
    meaning: Meaning | None


def understood(text: str) -> Understood | None:
    """The question in English words, or None where it is English, or in a language that is not known."""
    text = text[:_LOOKED_AT]
    if text.isascii() and len(STOP_WORDS & set(text.lower().split())) > 0.3 * len(text.split()):
        return None
    language = _by_script(text) or _by_words(text)
    if language is None:
        return None
    pieces = _pieces(text, lexicons()[language])
    said = [piece for piece in pieces if piece.meaning]
    if not said:
        return None
    english = _in_english(pieces, language, text)
    own = (piece.text for piece in pieces if piece.meaning and not piece.meaning.function and piece.text.lower() not in _SHARED)
    return Understood(LANGUAGES[language], english, tuple(dict.fromkeys(word for word in own if word.lower() not in english)))


def _by_script(text: str) -> str | None:
    letters = sum(char.isalpha() for char in text) or 1
    kana, han, cyrillic = (len(script.findall(text)) for script in (_KANA, _HAN, _CYRILLIC))
    if (kana + han) / letters >= _OF_SCRIPT:
        return "ja" if kana else "zh"
    return "ru" if cyrillic / letters >= _OF_SCRIPT else None


def _by_words(text: str) -> str | None:
    """The language most of whose words stand in the text, where they are enough.

    A text without accents has to hold a small word of it, or nothing but words in the very form that is known: English shares many stems.
    """
    words = [word.lower() for word in _WORD.findall(re.sub(r"`[^`\n]*`", " ", text))]
    if not words or (len(words) == 1 and text.isascii()):
        return None
    telling = [word for word in words if word not in _SHARED]
    best: tuple[float, int, str] = (0.0, 0, "")
    for language, lexicon in lexicons().items():
        found = [] if language in UNSPACED else [lexicon.written(word) for word in telling]
        small = sum(meaning is not None and meaning.function for meaning in found)
        if not found or not (small or not text.isascii() or (len(telling) == len(words) and all(found))):
            continue
        score = sum(lexicon.of([word]) is not None for word in telling)
        english = sum(word in STOP_WORDS and lexicon.written(word) is None for word in words)
        if score >= min(2, len(words)) and score > 2 * english and score + english >= _SHARE * len(words):
            best = max(best, (score + 0.1 * small, small, language))
    return best[2] or None


def _pieces(text: str, lexicon: Lexicon) -> list[_Piece]:
    return _pieces_unspaced(text, lexicon) if lexicon.language in UNSPACED else _pieces_spaced(text, lexicon)


def _pieces_spaced(text: str, lexicon: Lexicon) -> list[_Piece]:
    tokens = [token.rstrip(".:") for token in _TOKEN.findall(text) if any(char.isalnum() for char in token)]
    pieces: list[_Piece] = []
    at = 0
    while at < len(tokens):
        for width in range(min(LONGEST, len(tokens) - at), 0, -1):
            words = [token.lower() for token in tokens[at : at + width]]
            meaning = lexicon.of(words) if all(map(_WORD.fullmatch, words)) else None
            if meaning or width == 1:
                pieces.append(_Piece(" ".join(tokens[at : at + width]), meaning))
                at += width
                break
    return pieces


def _pieces_unspaced(text: str, lexicon: Lexicon) -> list[_Piece]:
    """The longest known words first; what is not known between them is left out, but for names in Latin letters."""
    pieces: list[_Piece] = []
    for run in _SCRIPT_RUN.findall(text):
        if not (_KANA.match(run) or _HAN.match(run)):
            pieces.extend(_Piece(token, None) for token in _TOKEN.findall(run) if token.isascii() and any(map(str.isalnum, token)))
            continue
        at = 0
        while at < len(run):
            for width in range(min(lexicon.longest, len(run) - at), 0, -1):
                if meaning := lexicon.of([run[at : at + width]]):
                    pieces.append(_Piece(run[at : at + width], meaning))
                    at += width
                    break
            else:
                at += 1
    return pieces


def _in_english(pieces: Sequence[_Piece], language: str, text: str) -> str:
    """The words in English, the asking one in front, as "why was … changed" where something was done."""
    meanings = [piece.meaning.english if piece.meaning else piece.text for piece in pieces]
    asking = next((word for word in meanings if word in _ASKING), None)
    rest = [word for place, word in enumerate(meanings) if asking is None or place != meanings.index(asking)]
    if asking == "who" and "responsible" in rest:
        return " ".join(["who is responsible for", *(word for word in rest if word not in ("responsible", "is", "for", "behind", "by"))])
    of_a_change = asking in ("since when", "when", "why", "who") or (asking == "what" and meanings[0] == "what")
    done = _done(pieces, meanings, language, text) if of_a_change else None
    if not asking or not done:
        return " ".join([*([asking] if asking else []), *rest])
    rest = [word for word in rest if word not in (done, *_WAS, "is", "do")]
    verb = _CHANGED[done]
    return " ".join([asking, verb, *rest]) if asking in ("who", "what") else " ".join([asking, "was", *rest, verb])


def _done(pieces: Sequence[_Piece], meanings: Sequence[str], language: str, text: str) -> str | None:
    """The notion that something was done to, as far as a word's form, or the word before it, says that it is past."""
    for piece, meaning in zip(pieces, meanings, strict=True):
        if meaning in _CHANGED and language in UNSPACED and _DONE_UNSPACED.search(text):
            return meaning
        words = piece.text.lower().split()
        if meaning in _CHANGED and language not in UNSPACED and any(re.search(_DONE[language], word) for word in words):
            if language in ("de", "nl", "fr") and not set(_WAS) & set(meanings):
                continue
            return meaning
    return None
