"""OWNERS files as Gerrit and Chromium read them: addresses line by line, each file for its folder and all below.

Format: https://gerrit.googlesource.com/plugins/code-owners/+/HEAD/resources/Documentation/backend-find-owners.md
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from indexer.declared.folders import FolderFiles, folder_pattern
from indexer.declared.holders import holder_of
from indexer.declared.patterns import below_glob, expanded
from indexer.declared.text import MAX_PATTERN, lines_of, too_large
from indexer.declared.types import Declaration, Dialect, Holder, HolderKind, Problem

_NO_PARENT = re.compile(r"set\s+noparent")
_PER_FILE = re.compile(r"per-file\s+(?P<globs>[^=]+?)\s*=\s*(?P<what>.*)")
_INCLUDE = re.compile(r"(?P<how>include\s|file:)\s*(?P<what>.+)")
_COMMA = re.compile(r"\s*,\s*(?![^{}]*\})")
_MAX_INCLUDES = 20  # files behind one another
_Behind = tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _PerFile:
    matchers: tuple[Callable[[str], object], ...]
    declaration: Declaration
    no_parent: bool = False


@dataclass(slots=True)
class _Owners:
    """A file of one folder; `general` are for all its files."""

    file: str
    folder: str
    general: dict[Holder, int] = field(default_factory=dict)
    per_file: list[_PerFile] = field(default_factory=list)
    no_parent: bool = False
    lines_read: int = 0

    def applying(self, path: str) -> tuple[list[Declaration], bool]:
        special = [one for one in self.per_file if any(matches(path) for matches in one.matchers)]
        entries = [one.declaration for one in special if one.declaration.holders]
        if any(one.no_parent for one in special):
            return entries, False
        return entries + self._for_all(), not self.no_parent

    def declarations(self) -> list[Declaration]:
        return self._for_all() + [one.declaration for one in self.per_file if one.declaration.holders]

    def _for_all(self) -> list[Declaration]:
        if not self.general:
            return []
        return [Declaration(self.file, min(self.general.values()), folder_pattern(self.folder), tuple(self.general))]


def read_gerrit(read: Callable[[str], bytes | None], files: list[str]) -> FolderFiles | None:
    """All OWNERS files of this kind in a repository; None where not a line of them can be read."""
    reader = _Reader(read)
    folders: dict[str, _Owners] = {}
    for file in files:
        owners = reader.file(file)
        if owners is not None:
            folders[owners.folder] = owners
    if not any(owners.lines_read for owners in folders.values()) and not reader.problems:
        return None
    return FolderFiles(Dialect.GERRIT, folders, [owners.file for owners in folders.values()], reader.problems)


class _Reader:
    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self._texts: dict[str, list[str] | None] = {}
        self.problems: list[Problem] = []

    def file(self, file: str) -> _Owners | None:
        """A folder's file with what it includes; None where its content cannot be had."""
        if self._lines(file) is None:
            return None
        problems: list[Problem] = []
        owners = _Owners(file, posixpath.dirname(file))
        self._take_in(owners, file, problems, (), everything=True)
        if problems and not owners.lines_read:  # not a list of owners at all: one word on the file says it better
            problems = [Problem(file, 0, "is no list of owners: write one e-mail address a line.")]
        self.problems += problems
        return owners

    def _lines(self, file: str) -> list[str] | None:
        if file not in self._texts:
            data = self._read(file)
            problem = too_large(file, data) if data is not None else None
            if problem:
                self.problems.append(problem)
            self._texts[file] = None if data is None or problem else lines_of(data)
        return self._texts[file]

    def _take_in(
        self, owners: _Owners, file: str, problems: list[Problem], behind: _Behind, *, everything: bool
    ) -> None:
        """Add the lines of a file. `behind` are the files that include it, with their lines: a problem or an owner is shown where
        the folder's own file has it. Without `everything`, only what holds for all files (the `file:` keyword)."""
        for number, line in enumerate(self._lines(file) or (), start=1):
            text = line.partition("#")[0].strip()
            if not text:
                continue
            shown = behind[0][1] if behind else number
            if _NO_PARENT.fullmatch(text):
                owners.no_parent |= everything
                owners.lines_read += 1
            elif found := _PER_FILE.fullmatch(text):
                if everything:
                    self._per_file(owners, file, shown, found, problems, behind)
                owners.lines_read += 1
            elif found := _INCLUDE.fullmatch(text):
                whole = everything and found["how"].strip() == "include"
                self._include(owners, file, number, found["what"], problems, behind, everything=whole)
                owners.lines_read += 1
            elif (holder := _holder(text)) is not None:
                owners.general.setdefault(holder, shown)
                owners.lines_read += 1
            elif not behind:
                problems.append(Problem(file, number, f"“{text[:60]}” is no owner: write one e-mail address a line."))

    def _per_file(
        self, owners: _Owners, file: str, shown: int, found: re.Match[str], problems: list[Problem], behind: _Behind
    ) -> None:
        if len(found["globs"]) > MAX_PATTERN:
            problems.append(Problem(owners.file, shown, "has a pattern longer than any path."))
            return
        patterns = [pattern for pattern in _COMMA.split(found["globs"]) if pattern]
        matchers = tuple(below_glob(owners.folder, one).matcher() for pattern in patterns for one in expanded(pattern))
        what = found["what"].strip()
        no_parent = _NO_PARENT.fullmatch(what) is not None
        holders: dict[Holder, int] = {}
        if included := _INCLUDE.fullmatch(what):
            imported = _Owners(owners.file, owners.folder)
            self._include(imported, file, shown, included["what"], problems, behind, everything=False)
            holders = imported.general
        elif not no_parent:
            for word in filter(None, re.split(r"[\s,]+", what)):
                holder = _holder(word)
                if holder is None:
                    problems.append(Problem(owners.file, shown, f"“{word[:60]}” is no owner: write an e-mail address."))
                else:
                    holders.setdefault(holder, shown)
        shown_pattern = posixpath.join(owners.folder, found["globs"].strip())
        declaration = Declaration(owners.file, shown, shown_pattern, tuple(holders))
        owners.per_file.append(_PerFile(matchers, declaration, no_parent))

    def _include(
        self, owners: _Owners, file: str, number: int, what: str, problems: list[Problem], behind: _Behind, *, everything: bool
    ) -> None:
        line = behind[0][1] if behind else number
        target = _target(file, what.strip())
        seen = {file, *(place for place, _ in behind)}
        if target is None:
            problems.append(Problem(owners.file, line, f"includes “{what[:60]}” from another project, which is not read."))
        elif target in seen:
            return  # including in a circle adds nothing
        elif len(behind) >= _MAX_INCLUDES or self._lines(target) is None:
            problems.append(Problem(owners.file, line, f"includes “{target[:60]}”, which cannot be read: correct the path."))
        else:
            self._take_in(owners, target, problems, (*behind, (file, number)), everything=everything)


def _target(file: str, what: str) -> str | None:
    """The file meant by an include, from the root of the repository; None for one of another project or outside."""
    path = what.removeprefix("file:").strip()
    if path.startswith("//"):
        path = path[1:]
    if ":" in path:
        return None
    folder = "" if path.startswith("/") else posixpath.dirname(file)
    found = posixpath.normpath(posixpath.join(folder, path.lstrip("/")))
    return None if found.startswith("..") else found


def _holder(text: str) -> Holder | None:
    if text == "*":
        return Holder("*", HolderKind.ANYBODY)
    return holder_of(text)
