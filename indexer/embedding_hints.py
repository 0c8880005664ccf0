"""Technical words that questions like a given one lead to, told from its words and from the vector that the taught model gives it.

"Do we pester the other side again when it was busy?" speaks of a retry and never says so. Two linear maps (ridge regression: Hoerl and
Kennard, 1970), taught by the technical words of the same questions as the model, say which words are likely. What the vector tells
alone, the dense leg knows already; which technical word goes with which everyday one, it does not.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from indexer.errors import ModelError
from indexer.tokens import query_terms
from indexer.types import Hint

_MOST = 12  # words of one question
_LEAST = 0.05  # likelihood of a word


class HintModel:
    """Read at first use. The file maps a vector (d,) and the words of a question to words: `of_vector` int8 (d, words) and `of_words`
    int8 (asked, words), both in steps of `vector_steps` and `word_steps` (words,), and `usual` (words,). Its metadata holds `words`
    and `asked`, apart by blanks, as the word index knows them."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def hints(self, text: str, vector: np.ndarray) -> tuple[Hint, ...]:
        """The likeliest words for a question and its vector, float32 (d,) of unit length, likeliest first. ModelError.

        Who asks in technical words has said them: the likelihoods shrink with the square of the share of words that everyday questions
        are asked with, which is .98 for those and .6 for an engineer's.
        """
        words, of_vector, asked, of_words, word_steps, usual = self._loaded
        likely = vector @ of_vector + usual
        terms = dict.fromkeys(query_terms(text))
        rows = [asked[term] for term in terms if term in asked]
        if not rows:
            return ()
        likely += of_words[rows].sum(axis=0, dtype=np.int32) * word_steps
        everyday = (len(rows) / len(terms)) ** 2
        best = np.argsort(-likely, kind="stable")[:_MOST]
        return tuple((words[place], min(float(likely[place]), 1.0) * everyday) for place in best.tolist() if likely[place] >= _LEAST)

    @cached_property
    def _loaded(self) -> tuple[list[str], np.ndarray, dict[str, int], np.ndarray, np.ndarray, np.ndarray]:
        try:
            with safe_open(str(self._file), framework="numpy") as opened:
                named = opened.metadata()
                words, asked = named["words"].split(" "), {word: row for row, word in enumerate(named["asked"].split(" "))}
                of_vector = opened.get_tensor("of_vector").astype(np.float32) * opened.get_tensor("vector_steps")
                of_words, steps, usual = (opened.get_tensor(name) for name in ("of_words", "word_steps", "usual"))
                return words, of_vector, asked, of_words, steps, usual
        except (SafetensorError, KeyError, OSError) as exc:
            raise ModelError(f"The words of {self._file.name} cannot be read: {exc}.", "Install docent again.") from exc
