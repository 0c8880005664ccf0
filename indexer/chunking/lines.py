"""Text without a grammar, cut where its own layout breaks: after a blank line or before a line that is not indented."""

from __future__ import annotations

from indexer.chunking.pieces import MAX_LINES, Piece, blank_lines, split_long, starts_anew, trimmed
from indexer.symbols.comments import about_line, plain_comment
from indexer.types import Kind, SourceFile

_LEAST = 12  # lines before a break counts
_MOST = 45  # lines after which any break counts


def cut_lines(source: SourceFile, first: int = 1, last: int | None = None) -> list[Piece]:
    """Pieces of at most MAX_LINES lines between two lines of a file."""
    lines = source.text.split("\n")
    blank = blank_lines(source.text)
    last = len(lines) if last is None else last
    pieces: list[Piece] = []
    start = first
    for number in range(first, last + 1):
        size = number - start
        if size >= MAX_LINES or (size >= _LEAST and _breaks(lines, blank, number)
                                 and (size >= _MOST or starts_anew(lines[number - 1]))):
            pieces.append(Piece(start, number - 1))
            start = number
    if pieces and last - start + 1 < _LEAST // 2 and last - pieces[-1].start < MAX_LINES:
        pieces[-1] = Piece(pieces[-1].start, last)
    else:
        pieces.append(Piece(start, last))
    return [part for piece in pieces if (kept := trimmed(piece, blank)) for part in split_long(kept)]


def _breaks(lines: list[str], blank: list[bool], number: int) -> bool:
    """Whether line `number` begins something new: it follows a blank line and is not indented."""
    line = lines[number - 1]
    return bool(line) and not line[0].isspace() and line[0] not in ")]}" and blank[number - 2]


def about_lines(source: SourceFile) -> str:
    """What the comment at the top of a file says it is for; for plain text its first line."""
    head = source.text.split("\n", 40)[:40]
    if source.kind is Kind.DOC:
        return next((line.strip()[:200] for line in head if line.strip(" \t-=*#~")), "")
    while head and (not head[0].strip() or head[0].startswith("#!")):
        head.pop(0)
    block: list[str] = []
    for line in head:
        if not line.lstrip().startswith(("#", "//", "--", "/*", "*", ";", "%", "<!--", "'", "rem ", "REM ", "\"")):
            break
        block.append(line)
    return about_line(plain_comment("\n".join(block)))
