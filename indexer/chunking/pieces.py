"""From ranges of lines to chunks: splitting what is too long, the text the model sees, and ids that follow content."""

from __future__ import annotations

import hashlib
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from indexer.chunking.wording import worded
from indexer.types import Chunk, SourceFile

MAX_LINES = 60
OVERLAP = 10
MERGE_LINES = 15


@dataclass(frozen=True, slots=True)
class Piece:
    """Lines `start` to `end` (both included, from 1) that become a chunk, and what they define. `seen` is what the model reads
    instead of the lines where these are not written for people (a notebook's JSON)."""

    start: int
    end: int
    symbol: str | None = None
    symbol_kind: str | None = None
    enclosing: tuple[str, ...] = ()
    doc: str = ""
    seen: str = ""

    @property
    def lines(self) -> int:
        return self.end - self.start + 1


def make_chunks(source: SourceFile, pieces: Iterable[Piece], about: str) -> tuple[Chunk, ...]:
    """Chunks of a file in the order of its lines. The id holds repository, path and content; equal ones are counted."""
    lines = source.text.split("\n")
    seen: Counter[tuple[str, str]] = Counter()
    chunks = []
    for piece in pieces:
        text = "\n".join(lines[piece.start - 1:piece.end])
        seen_as = worded(source.path, piece.symbol, piece.doc, piece.seen or text, source.language, source.kind)
        ordinal = seen[seen_as, text]
        seen[seen_as, text] += 1
        chunks.append(Chunk(
            chunk_id(source.repo, source.path, seen_as, text, str(ordinal)), source.repo, source.path, piece.start, piece.end,
            text, source.kind, seen_as, source.language, source.role, piece.symbol, piece.symbol_kind, piece.enclosing,
            piece.doc, about))
    return tuple(chunks)


def chunk_id(*parts: str) -> str:
    return hashlib.blake2b("\x00".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def split_long(piece: Piece) -> list[Piece]:
    """A piece longer than MAX_LINES in equal windows that overlap, so that none of them is a stub."""
    if piece.lines <= MAX_LINES:
        return [piece]
    count = math.ceil((piece.lines - OVERLAP) / (MAX_LINES - OVERLAP))
    size = math.ceil((piece.lines + (count - 1) * OVERLAP) / count)
    windows = []
    for number in range(count):
        start = piece.start + number * (size - OVERLAP)
        end = min(start + size - 1, piece.end)
        windows.append(replace(piece, start=start, end=end))
    return windows


def starts_anew(words: str) -> bool:
    """Whether a piece beginning with these words may not join the one before it. One in four may not, chosen by content alone:
    so the cuts after an edit fall in place again at the next such words, and what follows keeps its ids."""
    return zlib.crc32(words.encode("utf-8", "surrogatepass")) % 4 == 0


def trimmed(piece: Piece, blank: Sequence[bool]) -> Piece | None:
    """A piece without the blank lines at its ends; None when nothing else is in it. `blank[n]` is line n + 1."""
    start, end = piece.start, piece.end
    while start <= end and blank[start - 1]:
        start += 1
    while end >= start and blank[end - 1]:
        end -= 1
    return replace(piece, start=start, end=end) if start <= end else None


def blank_lines(text: str) -> list[bool]:
    return [not line.strip() for line in text.split("\n")]
