"""How the pieces of an answer connect: who calls whom, where a name leaves no doubt."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.answers.gathering import Gathered, Piece
from indexer.index import Index
from indexer.types import Chunk, Kind, Role

_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_NO_CALL = ("def ", "async def ", "func ", "fn ", "pub fn ", "function ", "#", "//", "*", "/*", "--")
_COMMON_NAME = 2  # a name defined more often than this says little about which definition is called


@dataclass(frozen=True, slots=True)
class Call:
    """`caller` (a symbol's name) calls the symbol of a piece, at a line of a chunk."""

    caller: str
    callee: Piece
    chunk: Chunk
    line: int


def with_callers(index: Index, gathered: Gathered) -> Gathered:
    """Also the places that call the best piece's symbol, found by its name: they tell how it is reached."""
    lead = next((piece for piece in gathered.pieces if piece.chunk.symbol_kind in ("function", "method")), None)
    if lead is None or lead.chunk.role is Role.TEST:
        return gathered
    name = (lead.chunk.symbol or "").rsplit(".", 1)[-1]
    known = {piece.chunk.id for piece in gathered.pieces}
    callers = [
        Piece(chunk, 0.0, ())
        for chunk in index.mentioning(lead.chunk.repo, name, limit=20)
        if chunk.id not in known and chunk.kind is Kind.CODE and chunk.role is Role.SOURCE
    ]
    return replace(gathered, pieces=(*gathered.pieces, *callers))


def calls_between(index: Index, pieces: Sequence[Piece]) -> list[Call]:
    """Which pieces' code calls another piece's symbol, where the name leaves no doubt about which one is meant."""
    callees = [piece for piece in pieces if piece.chunk.symbol_kind in ("function", "method") and piece.chunk.symbol]
    names = {(piece.chunk.symbol or "").rsplit(".", 1)[-1] for piece in callees}
    found: list[Call] = []
    for repo in dict.fromkeys(piece.chunk.repo for piece in callees):
        defined = Counter(symbol.name for symbol in index.definitions(repo, names))
        for callee in callees:
            name = (callee.chunk.symbol or "").rsplit(".", 1)[-1]
            if callee.chunk.repo != repo or name.startswith("__") or not 1 <= defined[name] <= _COMMON_NAME:
                continue
            for piece in pieces:
                if piece.chunk.repo == repo:
                    found += _call(index, piece.chunk, callee, name)
    return found


def _call(index: Index, chunk: Chunk, callee: Piece, name: str) -> Iterator[Call]:
    """The first call of `name` in a chunk, by the innermost definition around it."""
    if chunk.kind is not Kind.CODE or chunk.role is not Role.SOURCE or chunk.path is None or name not in chunk.text:
        return
    for offset, line in enumerate(chunk.text.splitlines()):
        number, bare = chunk.start_line + offset, line.strip()
        if name not in _CALL.findall(line) or bare.startswith(_NO_CALL):
            continue
        around = [item for item in index.symbols_of(chunk.repo, chunk.path) if item.start_line < number <= item.end_line]
        if around and around[-1].qualified != callee.chunk.symbol:
            yield Call(around[-1].qualified, callee, chunk, number)
            return
