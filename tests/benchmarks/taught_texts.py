"""What the built-in model is taught with: the passages of a repository and what leads to them, read once and kept.

Passages are what an index embeds: chunks of source files, of other files (tests, documentation), and messages of commits. What leads to
them are the questions of lay_questions with their technical terms, the first sentences of docstrings, whose passage is then read without
its docstring, the messages of commits, which lead to the source files they changed, and the questions of lay_commits.
"""

from __future__ import annotations

import json
import pickle
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path
from typing import Any

from indexer.chunking import parse_file
from indexer.chunking.commits import clean_body, commit_chunk
from indexer.chunking.wording import worded
from indexer.config import RepositorySettings
from indexer.errors import MissingObject
from indexer.sources import load_source, skip_entry
from indexer.types import Chunk, Commit, Kind, Role, Skipped
from indexer.vcs.repository import Repository

CASES = Path(__file__).parent / "lay_questions"
_COMMIT_CASES = Path(__file__).parent / "lay_commits.jsonl"
_FILES, _OTHER_FILES = 240, 50  # of a repository: all that a question names, others by chance
_COMMITS, _COMMITS_ASIDE = 900, 200  # messages of a repository with questions about history, and of another one
_DOCSTRINGS, _CHANGES = 120, 180  # of a repository
_MOST_CHANGED, _MOST_TOUCHED = 3, 8  # source files, and files, of a commit that says what they are about
_LARGEST = 200_000  # bytes of a file
_NUMBER = re.compile(r"\s*\(?#\d+\)?")


class Of(IntEnum):
    """What a passage is of. BARE is a source passage once more, without its docstring."""

    SOURCE = 0
    BARE = 1
    OTHER = 2
    COMMIT = 3


class By(IntEnum):
    """What leads to a passage; HISTORY to commits, all others to files."""

    QUESTION = 0
    TERMS = 1
    DOCSTRING = 2
    CHANGE = 3
    HISTORY = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """`place` numbers the file among those of its repository, or the commit among its commits."""

    text: str
    of: Of
    place: int


@dataclass(frozen=True, slots=True)
class Sought:
    """A text that leads to places; `passage` is the number of the one that it was written about, -1 where that is not known."""

    text: str
    by: By
    places: frozenset[int]
    passage: int = -1


@dataclass(frozen=True, slots=True)
class Texts:
    passages: list[Passage]
    sought: list[Sought]


def read(cases: Path, mirrors: Path, cache: Path) -> Texts:
    """Everything about the repository of a file of lay_questions, at the commit that they were asked at; `mirrors` holds the clones."""
    kept = cache / f"{cases.stem}.texts.pickle"
    if not kept.exists():
        rows = [json.loads(line) for line in cases.read_text("utf-8").splitlines()]
        url = mirrors.resolve() / rows[0]["github"].replace("/", "+") / "repo"
        repository = Repository(RepositorySettings(name=rows[0]["repo"], url=str(url)), cache.resolve() / "mirrors")
        repository.fetch()
        kept.write_bytes(pickle.dumps(_read(repository, rows)))
    return pickle.loads(kept.read_bytes())


def _read(repository: Repository, rows: Sequence[dict[str, Any]]) -> Texts:
    chance = random.Random(repository.name)
    asked = [json.loads(line) for line in _COMMIT_CASES.read_text("utf-8").splitlines()]
    about_history = [row for row in asked if row["repo"] == repository.name]
    sources, others = _chunks(repository, rows[0]["commit"], {path for row in rows for path in row["gold_files"]}, chance)
    paths = [*dict.fromkeys(chunk.path or "" for chunk in sources), *dict.fromkeys(chunk.path or "" for chunk in others)]
    numbers = {path: number for number, path in enumerate(paths)}
    passages = [Passage(chunk.embed_text, Of.SOURCE, numbers[chunk.path or ""]) for chunk in sources]
    sought = list(_questions(rows, sources, numbers))
    for place, chunk in _with_docstrings(sources, chance):
        sought.append(Sought(_first_sentence(chunk), By.DOCSTRING, frozenset({passages[place].place}), len(passages)))
        passages.append(Passage(_bare(chunk), Of.BARE, passages[place].place))
    passages += [Passage(chunk.embed_text, Of.OTHER, numbers[chunk.path or ""]) for chunk in others]
    history = [commit for commit in repository.log(rows[0]["commit"]) if len(commit.parents) < 2]
    kept = _commits(history, {sha for row in about_history for sha in row["gold_commits"]}, bool(about_history), chance)
    places = {commit.sha: place for place, commit in enumerate(kept)}
    passages += [Passage(commit_chunk(repository.name, commit).embed_text, Of.COMMIT, place) for place, commit in enumerate(kept)]
    sought += _changes(history, {chunk.path or "": numbers[chunk.path or ""] for chunk in sources}, chance)
    for row in about_history:
        if found := frozenset(places[sha] for sha in row["gold_commits"] if sha in places):
            sought.append(Sought(row["question"], By.HISTORY, found))
    return Texts(passages, sought)


def _questions(rows: Sequence[dict[str, Any]], sources: Sequence[Chunk], numbers: dict[str, int]) -> Iterator[Sought]:
    defined = {(chunk.path, _tail(chunk.symbol)): place for place, chunk in reversed(list(enumerate(sources))) if chunk.symbol}
    for row in rows:
        places = frozenset(numbers[path] for path in row["gold_files"] if path in numbers)
        known = [defined[path, _tail(row["symbol"])] for path in row["gold_files"] if (path, _tail(row["symbol"])) in defined]
        asked = Sought(row["question"], By.QUESTION, places, known[0] if row["symbol"] and known else -1)
        if places:
            yield asked
            if row["terms"]:
                yield replace(asked, text=" ".join(row["terms"]), by=By.TERMS)


def _chunks(repository: Repository, commit: str, gold: set[str], chance: random.Random) -> tuple[list[Chunk], list[Chunk]]:
    """The chunks of the files in `gold` and of other source files until there are _FILES; and of _OTHER_FILES files of other kinds."""
    named, sources, others = [], [], []
    for entry in repository.tree(commit):
        if skip_entry(repository.name, entry, exclude=(), max_bytes=_LARGEST):
            continue
        try:
            source = load_source(repository.name, entry, repository.read(entry.blob))
        except MissingObject:
            continue  # a partial clone
        if not isinstance(source, Skipped):
            is_code = source.role is Role.SOURCE and source.kind is Kind.CODE
            (named if entry.path in gold else sources if is_code else others).append(source)
    chance.shuffle(sources)
    chance.shuffle(others)
    chosen = [*named, *sources[: max(0, _FILES - len(named))]], others[:_OTHER_FILES]
    first, second = ([chunk for source in part for chunk in parse_file(source).chunks] for part in chosen)
    return first, second


def _with_docstrings(sources: Sequence[Chunk], chance: random.Random) -> list[tuple[int, Chunk]]:
    found = [(place, chunk) for place, chunk in enumerate(sources) if _first_sentence(chunk)]
    return chance.sample(found, min(_DOCSTRINGS, len(found)))


def _first_sentence(chunk: Chunk) -> str:
    said = " ".join(chunk.doc.split())
    return re.split(r"(?<=[.!?])\s", said)[0][:200] if len(said) > 25 else ""


def _bare(chunk: Chunk) -> str:
    """What the model reads of a chunk without its docstring."""
    said = {_undressed(line) for line in chunk.doc.split("\n")} - {""}
    text = "\n".join(line for line in chunk.text.split("\n") if _undressed(line) not in said)
    return worded(chunk.path or "", chunk.symbol, "", text, chunk.language, chunk.kind)


def _undressed(line: str) -> str:
    return line.strip(" /*#\"'")


def _commits(history: Sequence[Commit], gold: set[str], asked_about: bool, chance: random.Random) -> list[Commit]:
    others = [commit for commit in history if commit.sha not in gold]
    chance.shuffle(others)
    return [*(commit for commit in history if commit.sha in gold), *others[: _COMMITS if asked_about else _COMMITS_ASIDE]]


def _changes(history: Sequence[Commit], numbers: dict[str, int], chance: random.Random) -> list[Sought]:
    """Messages of small commits, most of them with their body, each with the source files they changed."""
    found = []
    for commit in history:
        places = frozenset(numbers[change.path] for change in commit.changes if change.path in numbers)
        if 1 <= len(places) <= _MOST_CHANGED and len(commit.changes) <= _MOST_TOUCHED and len(commit.subject.split()) >= 3:
            body = " ".join(clean_body(commit.body).split())[:400]
            text = f"{commit.subject}. {body}" if body and chance.random() < 0.7 else commit.subject
            found.append(Sought(_NUMBER.sub("", text), By.CHANGE, places))
    return chance.sample(found, min(_CHANGES, len(found)))


def _tail(symbol: str | None) -> str:
    return re.split(r"[.:#]+", symbol or "")[-1]
