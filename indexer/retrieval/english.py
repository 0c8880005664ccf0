"""Which words are English, and how common each is: a word list of everyday English, and words of software that it lacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.resources import files

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SOFTWARE = 1_000  # the frequency that a word of software counts as having: between "invoice" and "password" in the list


@lru_cache(maxsize=1)
def frequencies() -> Mapping[str, int]:
    """Every known word in lower case, and how often it stands in the texts behind the list. Read at the first need: 0.2 s, 20 MB."""
    from spellchecker import SpellChecker

    known = dict(SpellChecker(language="en").word_frequency.dictionary)
    software = files("indexer.data").joinpath("software_words.txt").read_text("utf-8").splitlines()
    known.update((word, _SOFTWARE) for word in software if not word.startswith("#"))
    return known


def edits(word: str) -> Iterator[str]:
    """The words that are one slip of the finger away: a letter missing, doubled or too many, two exchanged, or another one.

    As Norvig, "How to Write a Spelling Corrector" (2007). Some 54 for each letter, with repetitions.
    """
    splits = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    for left, right in splits:
        if len(right) > 1 and right[0] != right[1]:
            yield left + right[1] + right[0] + right[2:]
        if right:
            yield left + right[1:]
        for letter in _LETTERS:
            if right and letter != right[0]:
                yield left + letter + right[1:]
            yield left + letter + right
