"""The files of one repository, ready to be found by any part of their names."""

from __future__ import annotations

import difflib
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property, lru_cache
from pathlib import PurePosixPath

from indexer.languages import detect_language
from indexer.roles import role_of
from indexer.types import Kind, Role

_SEPARATORS = re.compile(r"[\s_.-]+")
_WORDS = 4  # more than this is a sentence, and no name
_NEAR = 0.7


class Tree:
    """All paths of a repository, in git's order. Folders are named without a slash at their end."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.paths = tuple(paths)
        self.files = frozenset(self.paths)

    @cached_property
    def folders(self) -> dict[str, int]:
        """Every folder and how many files are below it."""
        direct: dict[str, int] = defaultdict(int)
        for path in self.paths:
            direct[path.rpartition("/")[0]] += 1
        below: dict[str, int] = defaultdict(int)
        for folder, count in direct.items():
            while folder:
                below[folder] += count
                folder = folder.rpartition("/")[0]
        return dict(below)

    def below(self, folder: str) -> tuple[str, ...]:
        """The files in a folder, at any depth."""
        return tuple(path for path in self.paths if path.startswith(f"{folder}/"))

    def spelled(self, path: str) -> str | None:
        """A file or folder as it is written, whatever the case it was asked in; None where there is none."""
        if path in self.files or path in self.folders:
            return path
        return self._by_lower.get(path.lower())

    def ending(self, tail: str) -> tuple[list[str], list[str]]:
        """The files, and the folders, whose paths end in these parts, in any case."""
        tail = tail.lower()
        name, ending = tail.rpartition("/")[2], f"/{tail}"
        named = self._by_name.get(name, ())
        found = [path for path in named if f"/{path.lower()}".endswith(ending)]
        return [path for path in found if path in self.files], [path for path in found if path not in self.files]

    def folders_called(self, words: str) -> list[str]:
        """Folders whose name is these words, in singular or plural, joined in any way; the shallowest and largest first."""
        found = {folder for form in _forms(words) for folder in self._squeezed_folders.get(form, ())}
        return sorted(found, key=lambda folder: (folder.count("/"), -self.folders[folder], folder))

    def files_called(self, words: str) -> list[str]:
        """Files whose name, without its endings, is these words; the shallowest first."""
        found = {path for form in _forms(words) for path in self._squeezed_stems.get(form, ())}
        return sorted(found, key=lambda path: (path.count("/"), path))

    def has_extension(self, name: str) -> bool:
        """Whether some file ends like this one does: "pay.py" may be a file's name here, "pay.open" may not."""
        return name.rpartition(".")[2].lower() in self._extensions

    def nearest(self, path: str, most: int = 3) -> list[str]:
        """Files and folders that a mistyped path may mean, best first."""
        path = path.strip("/").lower()
        name = path.rpartition("/")[2]
        alike = [other for other in self._by_name if abs(len(other) - len(name)) <= 3 and _share_letters(name, other)]
        names = difflib.get_close_matches(name, alike, n=20, cutoff=_NEAR)
        candidates = {found for one in names for found in self._by_name[one]}
        parent = path.rpartition("/")[0]
        if parent and not candidates and (known := self._by_lower.get(parent)):
            return [known]
        ratio = {found: difflib.SequenceMatcher(None, path, found.lower()).ratio() for found in sorted(candidates)}
        return sorted(ratio, key=lambda found: -ratio[found])[:most]

    @cached_property
    def _by_lower(self) -> dict[str, str]:
        return {path.lower(): path for path in (*self.folders, *self.paths)}

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in (*self.paths, *self.folders):
            found[path.rpartition("/")[2].lower()].append(path)
        return dict(found)

    @cached_property
    def _extensions(self) -> frozenset[str]:
        return frozenset(path.rpartition("/")[2].rpartition(".")[2].lower() for path in self.paths)

    @cached_property
    def _squeezed_folders(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for folder in self.folders:
            found[_squeezed(folder.rpartition("/")[2])].append(folder)
        return dict(found)

    @cached_property
    def _squeezed_stems(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            name = path.rpartition("/")[2]
            found[_squeezed(name.lstrip(".").partition(".")[0])].append(path)
        return dict(found)


@lru_cache(maxsize=32)
def tree_of(paths: tuple[str, ...]) -> Tree:
    """The tree of these paths; the same paths give the same tree, so that questions share what it worked out."""
    return Tree(paths)


@lru_cache(maxsize=20_000)
def role(path: str) -> Role:
    """What part a file plays, as its path alone tells; a folder is asked with a slash at its end."""
    if path.endswith("/"):
        return role_of(f"{path}file", Kind.CODE)
    return role_of(path, detect_language(path, "").kind)


def sources_first(paths: Sequence[str]) -> list[str]:
    """Source before tests and documentation, then the shortest; folders have a slash at their end."""
    return sorted(paths, key=lambda path: (_BEHIND.get(role(path), 1), path.count("/"), len(path), path))


_BEHIND = {
    Role.SOURCE: 0, Role.SCRIPT: 1, Role.EXAMPLE: 2, Role.DOCS: 2, Role.TRANSLATION: 2, Role.TEST: 3, Role.VENDORED: 4, Role.GENERATED: 4,
}  # fmt: skip


def file_name(path: str) -> str:
    return PurePosixPath(path).name


def _squeezed(name: str) -> str:
    return _SEPARATORS.sub("", name).lower()


def _forms(words: str) -> list[str]:
    """Every way to write the words as one name, squeezed; each word in singular and plural."""
    parts = [part for part in _SEPARATORS.split(words.lower()) if part]
    if not 1 <= len(parts) <= _WORDS:
        return []
    return ["".join(combined) for combined in itertools.product(*(_numbers(part) for part in parts))]


def _numbers(word: str) -> list[str]:
    """A word as it is, then in the other grammatical number; what is no word is looked up in vain."""
    forms = [word]
    if len(word) > 3:
        if word.endswith("ies"):
            forms.append(f"{word[:-3]}y")
        if word.endswith("es"):
            forms.append(word[:-2])
        if word.endswith("s") and not word.endswith("ss"):
            forms.append(word[:-1])
    if len(word) > 2 and not (word.endswith("s") and not word.endswith("ss")):
        forms += [f"{word[:-1]}ies"] if word.endswith("y") else []
        forms += [f"{word}s", f"{word}es"]
    return forms


def _share_letters(one: str, other: str) -> bool:
    """A cheap test before the costly one: names that are alike have most of their letters in common."""
    return len(set(one) & set(other)) * 3 >= 2 * max(len(set(one)), len(set(other)))
