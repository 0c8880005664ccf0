"""One plain-language sentence about each source file, from a language model, so that everyday words find the file.

It is the model's text and not the repository's: it becomes a chunk of its own that is searched and never shown (see
indexer/retrieval/described.py). What was described once, by content, is not sent again; a file that failed stays without.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Protocol

from indexer.chunking.pieces import chunk_id
from indexer.chunking.wording import worded
from indexer.progress import Progress
from indexer.stores import descriptions
from indexer.stores.catalog import Catalog
from indexer.types import DESCRIPTION, Chunk, Kind, ParsedFile, Role

_AT_ONCE = 4
_PAGE = 20  # descriptions made between two saves: what a kill can cost
_FAILURES = 5  # in a row, after which the model is left alone until the next refresh
_SIGNATURES, _LINES, _CHARACTERS = 40, 60, 3_000


class Describer(Protocol):
    """Says in one sentence what a file is for. Threads may share it."""

    name: str  # of the model and the form of asking: another one describes anew what changes

    def describe(self, path: str, outline: str) -> str | None:
        """The sentence; "" where there is nothing usable to say, None where it failed and may succeed later."""
        ...


def described(
    catalog: Catalog, describer: Describer, repo: str, parsed: Sequence[ParsedFile], progress: Progress
) -> list[ParsedFile]:
    """The files, each source file with a chunk more that holds its description. StoreError."""
    keys = {file.source.path: _key(describer.name, file) for file in parsed if is_describable(file.source.kind, file.source.role)}
    with catalog.reading() as connection:
        texts = descriptions.known(connection, keys.values())
    todo = [file for file in parsed if file.source.path in keys and keys[file.source.path] not in texts]
    progress.stage(repo, "describing files", len(todo))
    failures = 0
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="describing") as pool:
        for start in range(0, len(todo), _PAGE):
            if failures >= _FAILURES:
                break
            page = todo[start : start + _PAGE]
            said = list(pool.map(lambda file: describer.describe(file.source.path, outline_of(file)), page))
            made = {keys[file.source.path]: text for file, text in zip(page, said, strict=True) if text is not None}
            with catalog.writing() as connection:
                descriptions.save(connection, made)
            texts.update(made)
            failures = sum(1 for _ in itertools.takewhile(lambda text: text is None, reversed(said)))
            progress.advance(len(page))
    return [_with_description(file, texts.get(keys.get(file.source.path, ""), "")) for file in parsed]


def is_describable(kind: Kind, role: Role) -> bool:
    """Whether a file is the product's own source; prose says in plain words what it is about, and tests are rarely asked for."""
    return kind is Kind.CODE and role is Role.SOURCE


def outline_of(file: ParsedFile) -> str:
    """What a model is told of a file: what it defines, and its first lines."""
    signatures = [symbol.signature or symbol.qualified for symbol in file.symbols[:_SIGNATURES]]
    first = "\n".join(file.source.text.split("\n")[:_LINES])
    defines = "Defines:\n" + "\n".join(signatures) + "\n\n" if signatures else ""
    return f"{defines[: _CHARACTERS // 2]}First lines:\n{first}"[:_CHARACTERS]


def _with_description(file: ParsedFile, text: str) -> ParsedFile:
    if not text:
        return file
    source = file.source
    seen = worded(source.path, None, "", text, source.language, Kind.DOC)
    chunk = Chunk(
        chunk_id(source.repo, source.path, DESCRIPTION, seen), source.repo, source.path, 1, 1, text, source.kind, seen,
        source.language, source.role, symbol_kind=DESCRIPTION, about=file.about,
    )  # fmt: skip
    return replace(file, chunks=(*file.chunks, chunk))


def _key(name: str, file: ParsedFile) -> str:
    return hashlib.sha256(f"{name}\0{file.source.text}".encode(errors="replace")).hexdigest()
