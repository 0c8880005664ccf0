"""Stack traces as evidence: the repository's own files among the places that a pasted text names.

The innermost own frame of a trace counts most, for there the error was raised or passed on to a library; the frames around it less and
less. Frames of libraries and of the language count nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer.retrieval.candidates import ChunkKey, FileKey
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.corpus import Corpus, chosen
from indexer.retrieval.ranking import name_of_path
from indexer.types import Chunk, Frame, Query

_ALL = 1_000_000  # chunks: all of the files asked about
_FILES = 12  # whose chunks are looked at
_MENTIONED = 0.7  # of a file that is named without a line, beside the innermost frame of a trace
_MOST_ALIKE = 3  # files that fit a frame equally well; more, and it means none of them
# Names that a file of every project has, so that the name alone tells nothing.
_EVERYWHERE = frozenset([
    "__init__", "__main__", "main", "index", "mod", "lib", "app", "utils", "util", "helpers", "helper", "types", "type", "errors", "error",
    "common", "config", "constants", "base", "core", "test", "tests", "setup", "conftest", "server", "client", "models", "views", "urls",
    "settings", "run", "cli", "manage", "program", "startup", "doc", "version", "interface", "interfaces", "exceptions",
])  # fmt: skip
_VENDORED = re.compile(r"(?:^|/)(?:_?vendor(?:ed)?|third[_-]?party|node_modules|bower_components|site-packages)/", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Traced:
    """The own files that a text's traces name, each with how much that says, 0..1, and the chunk that is meant."""

    votes: Mapping[FileKey, float] = field(default_factory=dict)
    places: Mapping[FileKey, ChunkKey] = field(default_factory=dict)
    chunks: Mapping[ChunkKey, Chunk] = field(default_factory=dict)


def trace(corpora: Corpora, query: Query, vector: np.ndarray) -> Traced:
    """What the query's frames say of the files within its filters."""
    votes: dict[FileKey, float] = {}
    frames: dict[FileKey, Frame] = {}
    for corpus in corpora.each if query.frames else ():
        for (path, vote), frame in _own(corpus, query):
            key = (corpus.repo, path)
            if vote > votes.get(key, 0.0):
                votes[key], frames[key] = vote, frame
    best = sorted(votes, key=lambda key: (-votes[key], key))[:_FILES]
    places: dict[FileKey, ChunkKey] = {}
    chunks: dict[ChunkKey, Chunk] = {}
    for corpus in corpora.each if best else ():
        for key in (key for key in best if key[0] == corpus.repo):
            for chunk in _place(corpus, key[1], frames[key], vector):
                places[key] = (corpus.repo, chunk.id)
                chunks[places[key]] = chunk
    return Traced({key: votes[key] for key in best if key in places}, places, chunks)


def own_files(frame: Frame, paths: Collection[str], repo: str) -> list[str]:
    """The files among `paths`, all of the frame's file name, that it can mean; none where it belongs to a library."""
    wanted = frame.path.lower().split("/")
    owner = frame.package.lower().rpartition("/")[2]
    alike = {path: _alike(wanted, path.lower().split("/")) for path in paths}
    best = max(alike.values(), default=0)
    found = sorted(path for path, count in alike.items() if count == best)
    if not best or len(found) > _MOST_ALIKE:
        return []
    if owner:  # an installed file is the repository's where the repository is that package
        if best < len(wanted):
            return []
        in_package = [path for path in found if f"/{path.lower()}".endswith(f"/{owner.replace('-', '_')}/{'/'.join(wanted)}")]
        return in_package or (found if owner in re.split(r"[^a-z0-9_.]+", repo.lower()) or owner == repo.lower() else [])
    if best > 1:
        return found
    if len(found) > 1 or len(paths) > 1:
        return []
    whole = "/" not in found[0] and len(wanted) <= 3  # /app/manage.py
    return found if whole or (len(wanted) == 1 and name_of_path(found[0])[0] not in _EVERYWHERE) else []


def _own(corpus: Corpus, query: Query) -> list[tuple[tuple[str, float], Frame]]:
    """Each own frame's files with their vote."""
    within = corpus.filing.within(query)
    paths = corpus.filing.paths if within is not None else ()
    left = None if within is None else {paths[number] for number in np.flatnonzero(within).tolist()}
    found: list[tuple[tuple[str, float], Frame]] = []
    depth: dict[int, int] = {}
    sizes: dict[int, int] = {}
    for frame in query.frames:
        sizes[frame.trace] = sizes.get(frame.trace, 0) + 1
    for frame in query.frames:
        named = [path for path in corpus.filing.named([name_of_path(frame.path)]) if left is None or path in left]
        named = [path for path in named if not _VENDORED.search(path)]
        files = own_files(frame, named, corpus.repo)
        if files:
            vote = 1.0 / (1.0 + depth.get(frame.trace, 0)) / len(files)
            depth[frame.trace] = depth.get(frame.trace, 0) + 1
            if sizes[frame.trace] == 1 and not frame.line and not frame.name:
                vote *= _MENTIONED
            found.extend(((path, vote), frame) for path in files)
    return found


def _alike(wanted: Sequence[str], parts: Sequence[str]) -> int:
    """How many names two paths have in common at their ends."""
    count = 0
    while count < min(len(wanted), len(parts)) and wanted[-1 - count] == parts[-1 - count]:
        count += 1
    return count


def _place(corpus: Corpus, path: str, frame: Frame, vector: np.ndarray) -> list[Chunk]:
    """The chunk of a file that defines the function of a frame, else the one that holds its line, else the one nearest to the question.

    The line comes second, as the trace is often of another version than the index.
    """
    ids = [chunk_id for chunk_id, _ in corpus.dense(vector, _ALL, within=chosen(corpus, [path]))]
    read = corpus.chunks(ids)
    chunks = [read[chunk_id] for chunk_id in ids if chunk_id in read]
    named = [chunk for chunk in chunks if frame.name and (chunk.symbol or "").rpartition(".")[2] == frame.name]
    at_line = [chunk for chunk in chunks if chunk.start_line <= frame.line <= chunk.end_line]
    both = [chunk for chunk in named if chunk in at_line]
    return (both or named or at_line or chunks)[:1]
