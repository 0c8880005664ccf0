"""What plain words mean: the files that search finds for them, as one area, and other areas that come close."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from bot.owners.shelf import Shelf
from bot.owners.types import Place, Resolved
from indexer.index import Index
from indexer.tokens import query_terms, tokenize
from indexer.types import Hit, Query

_HITS = 12
_FILES = 6
_NEAR_BEST = 0.7  # of the best hit's score: further down, hits are of another matter
_ALSO = 0.4  # of the best hit's score: further down, hits are not worth offering either
_SHARED = 0.6  # the part of the files that must lie in a folder for it to stand for them
_FILLED = 0.6  # the part of a folder's files that must be found for all of the folder to be meant
_LIKE = 0.55  # cosine from which a place is about the words although it holds none of them
_ALTERNATIVES = 3


def area(index: Index, shelves: Sequence[Shelf], query: Query, words: str) -> Resolved | None:
    """The area that words are about, as a guess; None where nothing is about them."""
    if not any(char.isalnum() for char in words):
        return None
    by_name = {shelf.name: shelf for shelf in shelves}
    hits = index.search(replace(query, text=words, repos=tuple(by_name)), _HITS)
    hits = [hit for hit in hits if hit.chunk.path in by_name[hit.chunk.repo].tree.files and _speaks_of(hit, words)]
    if not hits:
        return None
    first = hits[0].chunk
    near = [hit.chunk for hit in hits if hit.score >= _NEAR_BEST * hits[0].score]
    files = [chunk.path or "" for chunk in near if (chunk.repo, chunk.role) == (first.repo, first.role)]
    place = _area(by_name[first.repo], files[:_FILES])
    others = [hit for hit in hits if hit.score >= _ALSO * hits[0].score]
    return Resolved("", (place,), guessed=True, alternatives=_others(by_name, others, place))


def _speaks_of(hit: Hit, words: str) -> bool:
    """Whether a hit is about the words at all: search always finds something."""
    if hit.signals.get("cosine", 0.0) >= _LIKE:
        return True
    asked = set(query_terms(words))
    told = {term for chunk in (hit.chunk, *hit.more) for term in tokenize(f"{chunk.path} {chunk.text} {chunk.about}")}
    return 2 * len(asked & told) >= len(asked)


def _area(shelf: Shelf, files: Sequence[str]) -> Place:
    folder = _shared_folder(files)
    below = shelf.tree.below(folder) if folder else ()
    inside = sum(path in below for path in files)
    if len(files) > 1 and below and inside >= _FILLED * len(below):
        return shelf.area(below, folder)
    return shelf.area(files, folder)


def _shared_folder(files: Sequence[str]) -> str:
    """The innermost folder that most of the files lie in; "" where there is none."""
    counts: Counter[str] = Counter()
    for path in files:
        while path := path.rpartition("/")[0]:
            counts[path] += 1
    shared = [folder for folder, count in counts.items() if count >= _SHARED * len(files)]
    return max(shared, key=lambda folder: (folder.count("/"), counts[folder]), default="")


def _others(shelves: dict[str, Shelf], hits: Sequence[Hit], taken: Place) -> tuple[Place, ...]:
    """The folders of the other hits, each with the files that were found in it, best first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for hit in hits:
        path = hit.chunk.path or ""
        if hit.chunk.repo != taken.repository or path not in taken.files:
            found[(hit.chunk.repo, path.rpartition("/")[0])].append(path)
    return tuple(_area(shelves[repo], files) for (repo, _), files in list(found.items())[:_ALTERNATIVES])
