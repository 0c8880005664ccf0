"""Files and commits cut into the pieces that are embedded and found."""

from __future__ import annotations

import logging

from indexer.chunking.code import cut_code
from indexer.chunking.commits import commit_chunk
from indexer.chunking.lines import about_lines, cut_lines
from indexer.chunking.notebook import cut_notebook
from indexer.chunking.pieces import make_chunks
from indexer.chunking.prose import cut_prose
from indexer.languages import LANGUAGES
from indexer.symbols.extract import read_outline
from indexer.symbols.syntax import ParseTimeout
from indexer.types import ParsedFile, SourceFile

__all__ = ["CHUNKING_VERSION", "commit_chunk", "parse_file"]

CHUNKING_VERSION = "6"  # part of the index's fingerprint: raise it when the same file would give other chunks

log = logging.getLogger(__name__)


def parse_file(source: SourceFile) -> ParsedFile:
    """Everything one file contributes to the index, from one parse. Any text gives chunks: broken code as far as it can be read,
    code that takes too long to read by lines."""
    cut = LANGUAGES[source.language].cut if source.language in LANGUAGES else "lines"
    if cut == "tree":
        try:
            return _parse_code(source)
        except ParseTimeout:
            log.warning("%s: %s takes too long to parse and is cut by lines", source.repo, source.path)
    if cut in ("markdown", "rst", "asciidoc"):
        pieces, about = cut_prose(source, cut)
    elif cut == "notebook":
        pieces, about = cut_notebook(source)
    else:
        pieces, about = cut_lines(source), about_lines(source)
    return ParsedFile(source, make_chunks(source, pieces, about), about=about, lines=_lines(source))


def _parse_code(source: SourceFile) -> ParsedFile:
    outline = read_outline(source)
    chunks = make_chunks(source, cut_code(source, outline), outline.about)
    return ParsedFile(source, chunks, outline.symbols(source.path), outline.imports, outline.about, _lines(source))


def _lines(source: SourceFile) -> int:
    return source.text.count("\n") + 1
