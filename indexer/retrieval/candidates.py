"""The candidates of a question: the best chunks of both legs from every repository, within the question's filters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np

from indexer.retrieval.corpus import Corpus
from indexer.retrieval.fusion import scaled
from indexer.types import Chunk, Query

FileKey = tuple[str, str]  # repository, path
ChunkKey = tuple[str, str]  # repository, chunk id


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of one question: chunks with their score in each leg. Dense is cosine similarity, lexical BM25."""

    chunks: Mapping[ChunkKey, Chunk]
    dense: Mapping[ChunkKey, float]
    lexical: Mapping[ChunkKey, float]

    def by_file(self, scores: Mapping[ChunkKey, float]) -> dict[FileKey, float]:
        """Each file's best chunk in one leg, scaled to 0..1 over the files of all repositories."""
        best: dict[FileKey, float] = {}
        for key, score in scores.items():
            file = file_of(self.chunks[key])
            best[file] = max(best.get(file, score), score)
        return scaled(best)


def gather(
    corpora: Sequence[Corpus], text: str, vector: np.ndarray, k: int, *, filters: Query | None = None, commits: bool = False
) -> Pool:
    """The best `k` chunks of both legs from every repository: of files within the filters, or of commits."""
    dense: dict[ChunkKey, float] = {}
    lexical: dict[ChunkKey, float] = {}
    chunks: dict[ChunkKey, Chunk] = {}
    for corpus in corpora:
        within = allowed_paths(corpus, filters) if filters else None
        if within is not None and not within:
            continue
        near = dict(corpus.dense(vector, k, commits=commits, paths=within))
        worded = dict(corpus.lexical(text, k, commits=commits, paths=within))
        for chunk_id, chunk in corpus.chunks(near.keys() | worded.keys()).items():
            key = (corpus.repo, chunk_id)
            chunks[key] = chunk
            if chunk_id in near:
                dense[key] = near[chunk_id]
            if chunk_id in worded:
                lexical[key] = worded[chunk_id]
    return Pool(chunks, dense, lexical)


def allowed_paths(corpus: Corpus, query: Query) -> frozenset[str] | None:
    """The files that `path:` and `lang:` leave, or None where the question has neither."""
    if not query.paths and not query.languages:
        return None
    paths: Iterable[str] = corpus.paths()
    if query.languages:
        languages = corpus.languages()
        paths = [path for path in paths if languages.get(path) in query.languages]
    if query.paths:
        paths = [path for path in paths if any(path_matches(path, pattern) for pattern in query.paths)]
    return frozenset(paths)


def path_matches(path: str, pattern: str) -> bool:
    """Whether a path is meant by a filter: a part of it in any case, or a glob over the whole of it."""
    path, pattern = path.lower(), pattern.lower().removeprefix("./")
    if any(char in pattern for char in "*?["):
        return fnmatchcase(path, pattern) or fnmatchcase(path, f"*/{pattern}")
    return pattern in path


def file_of(chunk: Chunk) -> FileKey:
    return (chunk.repo, chunk.path or "")
