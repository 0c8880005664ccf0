"""The places of one repository that somebody can mean: made from its paths and definitions, named as people call them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from bot.owners.tree import Tree, file_name, tree_of
from bot.owners.types import Place, PlaceKind
from indexer.errors import IndexMissing, QueryError
from indexer.index import Index
from indexer.pathmatch import files_matching
from indexer.retrieval.filters import path_matches
from indexer.types import Query, Symbol

_GLOB = re.compile(r"[*?\[\]]")
_JOKERS = re.compile(r"[*?]*(?:\*\?|\?\*)[*?]*")
_STARS = 4  # in one name: what matching costs grows with their number as a power


class Shelf:
    """One indexed repository at its head, as far as a question's filters leave it."""

    def __init__(self, index: Index, name: str, query: Query) -> None:
        """IndexMissing, UnknownRepo."""
        self.index, self.name, self.head = index, name, index.head(name)
        paths = index.tree_paths(name)
        if query.languages:
            spoken = {path for path, language, *_ in index.files(name) if language in query.languages}
            paths = [path for path in paths if path in spoken]
        if query.paths:
            paths = [path for path in paths if any(path_matches(path, pattern) for pattern in query.paths)]
        self.filtered = bool(query.languages or query.paths)
        self.tree: Tree = tree_of(tuple(paths))

    def everything(self) -> Place:
        return Place(self.name, "", PlaceKind.REPOSITORY, self.name, self.tree.paths)

    def at(self, path: str) -> Place:
        """A file or a folder that exists."""
        return self.file(path) if path in self.tree.files else self.folder(path)

    def file(self, path: str) -> Place:
        return Place(self.name, path, PlaceKind.FILE, path, (path,), url=self._url(path))

    def folder(self, path: str) -> Place:
        return Place(self.name, path, PlaceKind.FOLDER, f"{path}/", self.tree.below(path), url=self._url(path))

    def lines(self, path: str, start: int, end: int) -> Place:
        """Some lines of a file; the whole file where it is too short for them."""
        length = self._length(path)
        start, end = min(start, end), min(max(start, end), length)
        if not 1 <= start <= length:
            return self.file(path)
        label = f"{file_name(path)} line {start}" if start == end else f"{file_name(path)} lines {start} to {end}"
        return Place(self.name, path, PlaceKind.SYMBOL, label, (path,), start, end, self._url(path, start, end))

    def symbol(self, found: Symbol) -> Place:
        label = f"{found.qualified} in {file_name(found.path)}"
        url = self._url(found.path, found.start_line, found.end_line)
        return Place(self.name, found.path, PlaceKind.SYMBOL, label, (found.path,), found.start_line, found.end_line, url)

    def pattern(self, written: str) -> Place | None:
        """The files that a glob means; None where it is no glob, or means none. QueryError where it has too many stars."""
        if not _GLOB.search(written):
            return None
        bounded = _JOKERS.sub(_bounded, written)
        if any(part.count("*") > _STARS for part in bounded.split("/")):
            raise QueryError(f'"{written}" has too many stars.', "Use at most four in a name, or ** for any folders.")
        files = files_matching(bounded, self.tree.paths)
        return Place(self.name, written, PlaceKind.GLOB, written, files) if files else None

    def filtered_place(self, label: str) -> Place | None:
        """What the filters alone leave."""
        if not self.tree.paths:
            return None
        named = self.tree.spelled(label.strip("/"))
        return self.at(named) if named else Place(self.name, label, PlaceKind.GLOB, label, self.tree.paths)

    def area(self, files: Sequence[str], folder: str) -> Place:
        """Files found by words; a folder's own where they are most of it, else some of those in `folder` ("": anywhere)."""
        below = self.tree.below(folder) if folder else ()
        if len(files) == 1:
            return self.file(files[0])
        if folder and set(below) == set(files):
            return Place(self.name, folder, PlaceKind.AREA, f"{folder}/", tuple(below), url=self._url(folder))
        label = f"part of {folder}/" if folder else " and ".join(PurePosixPath(path).name for path in files[:2])
        if not folder and len(files) > 2:
            label = f"{PurePosixPath(files[0]).name} and {len(files) - 1} more"
        return Place(self.name, folder, PlaceKind.AREA, label, tuple(files), url=self._url(folder) if folder else None)

    def _length(self, path: str) -> int:
        """How many lines a file has; 0 for one that is not indexed. The index counts what follows the last line end as one more."""
        counted = next((lines for known, *_, lines in self.index.files(self.name) if known == path), 0)
        last = self.index.read_lines(self.name, self.head, path, counted, counted) if counted else None
        return counted if last is not None else max(0, counted - 1)

    def _url(self, path: str, start: int = 0, end: int = 0) -> str | None:
        return self.index.file_url(self.name, self.head, path, start, end)


def _bounded(jokers: re.Match[str]) -> str:
    """"*?*?" as "??*", which means the same and is matched without trying every split."""
    return "?" * jokers[0].count("?") + "*"


def open_shelves(index: Index, names: Sequence[str], query: Query) -> tuple[Shelf, ...]:
    """The repositories that have an index. IndexMissing where none has; UnknownRepo."""
    shelves, missing = [], None
    for name in names:
        try:
            shelves.append(Shelf(index, name, query))
        except IndexMissing as exc:
            missing = exc
    if not shelves and missing:
        raise missing
    return tuple(shelves)
