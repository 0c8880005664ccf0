"""A large catalog made up in a minute: clustered vectors, words as frequent as in real text, files, definitions and commits."""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from indexer.embedding import Embedder
from indexer.stores import lexical
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.records import chunk_row
from indexer.stores.schema import chunks, commit_files, commits, files, repos, symbols
from indexer.tokens import query_terms
from indexer.types import Chunk, Hint, Kind, Role

DIMENSIONS = 384
_TOPICS = 400  # clusters of vectors, and of words: chunks of one topic share both
_WORDS = 30_000
_CHUNK_WORDS = 90
_CHUNKS_PER_FILE = 10
_TOPIC_WORDS = 40
_SPREAD = 0.9  # length of the noise beside a cluster's centre
_SYLLABLES = [head + vowel + tail for head in "bdfgklmnprst" for vowel in "aeiou" for tail in ("", "n", "r", "l")]
_LANGUAGES = (("python", "py"), ("go", "go"), ("typescript", "ts"))
_PAGE = 5_000


class Topics:
    """The words and vectors of made-up topics; the same for the same seed."""

    def __init__(self, seed: int = 7) -> None:
        self.random = np.random.default_rng(seed)
        self.words = [self._word(number) for number in range(_WORDS)]
        frequency = 1.0 / np.arange(1, _WORDS + 1) ** 1.05  # Zipf's law
        self._frequency = frequency / frequency.sum()
        self.centres = _unit(self.random.standard_normal((_TOPICS, DIMENSIONS)).astype(np.float32))
        self._own = self.random.integers(200, _WORDS, (_TOPICS, _TOPIC_WORDS))

    def vectors(self, topics: np.ndarray) -> np.ndarray:
        noise = _unit(self.random.standard_normal((len(topics), DIMENSIONS)).astype(np.float32)) * np.float32(_SPREAD)
        return _unit(self.centres[topics] + noise)

    def texts(self, topics: np.ndarray, length: int) -> list[str]:
        """Two words in three as frequent as in any text, one of the topic."""
        common = self.random.choice(_WORDS, (len(topics), length), p=self._frequency)
        own = self._own[topics[:, None], self.random.integers(0, _TOPIC_WORDS, (len(topics), length))]
        which = np.where(self.random.random((len(topics), length)) < 0.67, common, own)
        return [" ".join([self.words[number] for number in row]) for row in which.tolist()]

    def questions(self, count: int) -> list[tuple[str, np.ndarray]]:
        """Made-up questions of nine words with their vectors."""
        topics = self.random.integers(0, _TOPICS, count)
        return list(zip(self.texts(topics, 9), self.vectors(topics), strict=True))

    def _word(self, number: int) -> str:
        parts = []
        number += len(_SYLLABLES)
        while number:
            number, part = divmod(number, len(_SYLLABLES))
            parts.append(_SYLLABLES[part])
        return "".join(parts)


class TopicEmbedder:
    """Gives the made-up questions their vectors; `also` is a real model that embeds `spoken`, real questions, in their place, for what
    that costs."""

    model_id = "topics"
    dimensions = DIMENSIONS

    def __init__(self, questions: Sequence[tuple[str, np.ndarray]], also: Embedder | None = None, spoken: Sequence[str] = ()) -> None:
        self._known = dict(questions)
        self._asked = lru_cache(None)(self._question)  # or looking for mended ones would be measured, too
        self._also = also
        self._moved = {text: also.embed_query(text) for text in spoken} if also else {}
        self._others = query_terms(" ".join(list(self._known)[:2]))
        self._spoken = {text: spoken[number % len(spoken)] for number, text in enumerate(self._known)} if spoken else {}

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        return self.embed_sentences(texts)

    def embed_query(self, text: str) -> np.ndarray:
        if self._also is not None:
            self._also.embed_query(self._spoken[self._asked(text)])
        return self._known[self._asked(text)]

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        if self._also is not None:
            self._also.embed_queries([self._spoken[self._asked(text)] for text in texts])
        return self.embed_sentences(texts)

    def hints(self, text: str, vector: np.ndarray) -> tuple[Hint, ...]:
        """As many and as likely words as for what is spoken, and made up ones, since its own stand nowhere."""
        if self._also is None:
            return ()
        spoken = self._spoken[self._asked(text)]
        found = self._also.hints(spoken, self._moved[spoken])
        return tuple((word, likely) for word, (_, likely) in zip(self._others, found, strict=False))

    def embed_sentences(self, texts: Sequence[str]) -> np.ndarray:
        return np.stack([self._known[self._asked(text)] for text in texts])

    def likeness(self, text: str, sentences: Sequence[str]) -> np.ndarray:
        return self.embed_sentences(sentences) @ self.embed_query(text)

    def _question(self, text: str) -> str:
        """The question that a text is, of whose made-up words docent may take some for slips and mend them."""
        if text in self._known:
            return text
        words = set(text.split())
        return max(self._known, key=lambda known: len(words.intersection(known.split())))


def build(folder: Path, topics: Topics, repositories: int, total: int, commits_share: float = 0.05) -> Catalog:
    """Fill a catalog with `total` chunks in so many repositories; a share of them are commits."""
    folder.mkdir(parents=True, exist_ok=True)
    catalog = Catalog.in_folder(folder)
    for number in range(repositories):
        each = total // repositories
        of_commits = int(each * commits_share)
        _fill(catalog, catalog.ensure_repo(f"made-up-{number:02}"), topics, each - of_commits, of_commits)
    return catalog


def _fill(catalog: Catalog, row: RepoRow, topics: Topics, of_files: int, of_commits: int) -> None:
    subject = topics.random.integers(0, _TOPICS, -(-of_files // _CHUNKS_PER_FILE))
    which = np.concatenate([np.repeat(subject, _CHUNKS_PER_FILE)[:of_files], topics.random.integers(0, _TOPICS, of_commits)])
    vectors = topics.vectors(which)
    keys = [f"{row.name}:{number}".encode() for number in range(len(which))]
    for start in range(0, len(keys), _PAGE):
        catalog.save_vectors(keys[start : start + _PAGE], vectors[start : start + _PAGE])
    numbers = catalog.vector_ids(keys)
    made = [*_file_chunks(row, topics, which[:of_files]), *_commit_chunks(row, topics, which[of_files:])]
    with catalog.writing() as connection:
        paths = list(dict.fromkeys(chunk.path for chunk in made if chunk.path))
        first = {chunk.path: chunk for chunk in reversed(made)}
        connection.execute(files.insert(), [
            {"repo_id": row.id, "path": path, "blob": path, "language": first[path].language, "kind": first[path].kind.value,
             "role": first[path].role.value} for path in paths
        ])  # fmt: skip
        ids = {path: number for number, path in connection.execute(files.select().with_only_columns(files.c.id, files.c.path).where(
            files.c.repo_id == row.id))}  # fmt: skip
        rows = [chunk_row(row.id, chunk, ids.get(chunk.path), numbers[key]) for chunk, key in zip(made, keys, strict=True)]
        connection.execute(chunks.insert(), rows)
        columns = chunks.select().with_only_columns(chunks.c.id, chunks.c.chunk_id).where(chunks.c.repo_id == row.id)
        rowids = {chunk_id: number for number, chunk_id in connection.execute(columns)}
        lexical.add(connection, [(rowids[chunk.id], row.name, chunk) for chunk in made])
        connection.execute(symbols.insert(), [
            {"repo_id": row.id, "file_id": ids[chunk.path], "path": chunk.path, "name": chunk.symbol, "qualified": chunk.symbol,
             "kind": "function", "start_line": chunk.start_line, "end_line": chunk.end_line, "signature": "", "doc": ""}
            for chunk in made if chunk.path
        ])  # fmt: skip
        _put_commits(connection, row, [chunk for chunk in made if chunk.commit], paths, topics)
        connection.execute(repos.update().where(repos.c.id == row.id).values(head="0" * 40, fingerprint="f", indexed_at=time.time()))


def _file_chunks(row: RepoRow, topics: Topics, which: np.ndarray) -> Iterator[Chunk]:
    texts = topics.texts(which, _CHUNK_WORDS)
    for number, text in enumerate(texts):
        file, place = divmod(number, _CHUNKS_PER_FILE)
        language, suffix = _LANGUAGES[file % 3]
        words = text.split(" ", 3)
        kind, role, folder = Kind.CODE, Role.SOURCE, "src"
        if file % 5 == 0:
            role, folder = Role.TEST, "tests"
        elif file % 7 == 0:
            kind, role, folder, suffix, language = Kind.DOC, Role.DOCS, "docs", "md", "markdown"
        name = topics.words[200 + zlib.crc32(f"{row.name}{file}".encode()) % (_WORDS - 200)]
        path = f"{folder}/{topics.words[file % 40]}/{'test_' if role is Role.TEST else ''}{name}_{file}.{suffix}"
        yield Chunk(
            f"{row.name}:{path}:{number}", row.name, path, place * 20 + 1, place * 20 + 20, f"{text} `{words[1]}_{words[2]}`", kind, "",
            language, role, symbol=f"{words[0]}_{words[1]}", symbol_kind="function",
        )  # fmt: skip


def _commit_chunks(row: RepoRow, topics: Topics, which: np.ndarray) -> Iterator[Chunk]:
    for text in topics.texts(which, 20):
        sha = f"{zlib.crc32((row.name + text).encode()):08x}" * 5
        yield Chunk(f"{row.name}:{sha}", row.name, None, 1, 1, text, Kind.COMMIT, "", commit=sha)


def _put_commits(connection: object, row: RepoRow, made: Sequence[Chunk], paths: Sequence[str], topics: Topics) -> None:
    someone = {"name": "A", "email": "a@example.com"}
    connection.execute(commits.insert(), [
        {"repo_id": row.id, "sha": chunk.commit, "parents": "", "author_name": someone["name"], "author_email": someone["email"],
         "committer_name": someone["name"], "committer_email": someone["email"], "authored_at": 1e9 + number,
         "committed_at": 1e9 + number, "subject": chunk.text, "body": ""} for number, chunk in enumerate(made)
    ])  # fmt: skip
    columns = commits.select().with_only_columns(commits.c.id).where(commits.c.repo_id == row.id)
    touched = [
        {"commit_id": number, "repo_id": row.id, "path": path, "today": path, "old_path": None, "status": "M", "added": 1, "deleted": 1}
        for (number,) in connection.execute(columns)
        for path in {paths[place] for place in topics.random.integers(0, len(paths), 3).tolist()}
    ]
    connection.execute(commit_files.insert(), touched)


def _unit(matrix: np.ndarray) -> np.ndarray:
    return matrix / np.linalg.norm(matrix, axis=-1, keepdims=True)
