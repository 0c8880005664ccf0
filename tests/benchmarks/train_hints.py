"""Teaches which technical words a question in everyday words leads to, and measures it on repositories it has not seen.

python -m tests.benchmarks.train_hints --adapter FILE (--save FILE | --without NAME ...)

What is learned are two linear maps, from a question's vector by the taught model and from its words, to the technical words that
whoever wrote the question gave for it (`terms` of lay_questions). Ridge regression (Hoerl and Kennard, 1970): closed, and within a minute
on one core. Rare words of questions weigh more, by the fourth root of how often they stand. `--without` leaves repositories out and
tells how many of the likeliest words are among those given for their questions.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from indexer.embedding_bert import load_bert
from indexer.embedding_models import builtin_folder
from indexer.tokens import query_terms

_CASES = Path(__file__).parent / "lay_questions"
_FEWEST, _REPOSITORIES = 6, 3  # questions and repositories that a technical word has to be given for
_ASKED = 3  # questions that a word has to stand in
_ROOT = 0.25
_VECTOR = 2.0  # what the vector weighs beside the words
_RIDGE = 3.0
_TOGETHER = 32


@dataclass(frozen=True, slots=True)
class Question:
    """A question's repository and words, and the technical words given for it, all as the word index knows them."""

    repo: str
    text: str
    asked: tuple[str, ...]
    given: frozenset[str]


@dataclass(frozen=True, slots=True)
class Maps:
    """From vectors (d,) and asked words to words: `of_vector` (d, words), `of_words` (asked, words), `usual` (words,)."""

    words: list[str]
    asked: list[str]
    of_vector: np.ndarray
    of_words: np.ndarray
    usual: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--adapter", type=Path, required=True, help="what the taught model adds to the built-in one")
    parser.add_argument("--save", type=Path, help="write what was learned here")
    parser.add_argument("--without", nargs="*", default=(), help="repositories to leave out, and to measure on")
    options = parser.parse_args()
    questions = [question for file in sorted(_CASES.glob("*.jsonl")) for question in read(file)]
    vectors = embedded([question.text for question in questions], options.adapter)
    held = np.array([question.repo in options.without for question in questions])
    learned = teach([question for question, out in zip(questions, held, strict=True) if not out], vectors[~held])
    print(f"{np.count_nonzero(~held)} questions, {len(learned.asked)} words asked with, {len(learned.words)} words told")
    if held.any():
        measure(learned, [question for question, out in zip(questions, held, strict=True) if out], vectors[held])
    if options.save:
        save(learned, options.save)


def read(file: Path) -> list[Question]:
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    return [
        Question(row["repo"], row["question"], words_of(row["question"]), frozenset(words_of(" ".join(row["terms"])))) for row in rows
    ]


def words_of(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(query_terms(text)))


def embedded(texts: Sequence[str], adapter: Path) -> np.ndarray:
    """(n, d) of unit length, by the taught model."""
    encoder = load_bert(builtin_folder(), adapter)
    assert encoder is not None
    return np.concatenate([encoder.encode_many(texts[start : start + _TOGETHER]) for start in range(0, len(texts), _TOGETHER)])


def teach(questions: Sequence[Question], vectors: np.ndarray) -> Maps:
    given = Counter(word for question in questions for word in question.given)
    spread = Counter(word for word, _ in {(word, question.repo) for question in questions for word in question.given})
    words = sorted(word for word, count in given.items() if count >= _FEWEST and spread[word] >= _REPOSITORIES)
    counted = Counter(word for question in questions for word in question.asked)
    asked = sorted(word for word, count in counted.items() if count >= _ASKED)
    weights = np.array([counted[word] ** -_ROOT for word in asked], np.float32)
    features = np.hstack([vectors * _VECTOR, _marked([question.asked for question in questions], asked) * weights])
    wanted = _marked([question.given for question in questions], words)
    usual = wanted.mean(axis=0)
    square = features.T @ features
    square[np.diag_indices(len(square))] += _RIDGE
    learned = np.linalg.solve(square, features.T @ (wanted - usual)).astype(np.float32)
    dimensions = vectors.shape[1]
    return Maps(words, asked, learned[:dimensions] * _VECTOR, learned[dimensions:] * weights[:, None], usual)


def measure(learned: Maps, questions: Sequence[Question], vectors: np.ndarray) -> None:
    likely = vectors @ learned.of_vector + learned.usual
    likely += _marked([question.asked for question in questions], learned.asked) @ learned.of_words
    wanted = _marked([question.given for question in questions], learned.words)
    for count in (3, 6, 12):
        best = np.argsort(-likely, axis=1)[:, :count]
        print(f"of the {count} likeliest words {np.take_along_axis(wanted, best, 1).mean():.3f} are given")


def save(learned: Maps, target: Path) -> None:
    """In 8 bits, with a step for each word; see `indexer.embedding_hints.HintModel`."""
    of_vector, vector_steps = _stepped(learned.of_vector)
    of_words, word_steps = _stepped(learned.of_words)
    tensors = {"of_vector": of_vector, "vector_steps": vector_steps, "of_words": of_words, "word_steps": word_steps, "usual": learned.usual}
    save_file(tensors, str(target), metadata={"words": " ".join(learned.words), "asked": " ".join(learned.asked)})


def _marked(rows: Sequence[Sequence[str] | frozenset[str]], words: Sequence[str]) -> np.ndarray:
    """Which of the words each row holds: float32 (rows, words)."""
    places = {word: place for place, word in enumerate(words)}
    marked = np.zeros((len(rows), len(words)), np.float32)
    for number, row in enumerate(rows):
        marked[number, [places[word] for word in row if word in places]] = 1.0
    return marked


def _stepped(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    steps = (np.maximum(np.abs(matrix).max(axis=0), 1e-9) / 127).astype(np.float32)
    return np.rint(matrix / steps).astype(np.int8), steps


if __name__ == "__main__":
    main()
