"""Where a pasted stack trace or log leads: the innermost place of the repository in it that was found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from bot.answers.gathering import Piece
from indexer.types import Chunk, Frame


def traced_place(pieces: Sequence[Piece], frames: Sequence[Frame]) -> Piece | None:
    """The piece that the innermost of the frames names, by its function or its line; None where none of them does."""
    named = (piece for frame in frames if frame.line or frame.name for piece in pieces if _is_place(frame, piece.chunk))
    return next(named, None)


def traced_lead(place: Piece) -> str:
    """What is said of it first."""
    chunk = place.chunk
    name = PurePosixPath(chunk.path or "").name
    where = f"the {chunk.symbol_kind or 'definition'} `{chunk.symbol}` in `{name}`" if chunk.symbol else f"`{name}`"
    return f"What was pasted leads to {where}: of its places this one is the innermost in the repository."


def _is_place(frame: Frame, chunk: Chunk) -> bool:
    if chunk.path is None or PurePosixPath(frame.path).name.lower() != PurePosixPath(chunk.path).name.lower():
        return False
    if frame.name:  # the trace is often of another version, whose lines are others
        return (chunk.symbol or "").rpartition(".")[2] == frame.name
    return chunk.start_line <= frame.line <= chunk.end_line
