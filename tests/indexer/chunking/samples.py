"""One source file from text, for the tests of chunks and symbols."""

from __future__ import annotations

from indexer.languages import detect_language
from indexer.roles import role_of
from indexer.types import SourceFile


def source(path: str, text: str, language: str = "") -> SourceFile:
    found = detect_language(path, text)
    return SourceFile("shop", path, "b10b", text, language or found.name, found.kind, role_of(path, found.kind))
