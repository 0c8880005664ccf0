"""OWNERS files that hold for their folder and all below it, the nearest one first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from indexer.declared.types import Declaration, Dialect, Problem


class FolderOwners(Protocol):
    """What one folder's file says."""

    def applying(self, path: str) -> tuple[list[Declaration], bool]:
        """The entries for a path of the repository, closest first, and whether those of the folders above apply too."""
        ...

    def declarations(self) -> Sequence[Declaration]: ...


class FolderFiles:
    """All OWNERS files of one dialect; `folders` by their paths, "" for the root."""

    def __init__(
        self, dialect: Dialect, folders: Mapping[str, FolderOwners], files: Iterable[str], problems: Iterable[Problem]
    ) -> None:
        self.dialect = dialect
        self.files = tuple(files)
        self.problems = tuple(problems)
        self._folders = dict(folders)

    def owners_of(self, path: str) -> tuple[Declaration, ...]:
        """What the nearest file says first, then the folders above it, up to one that wants no more."""
        found: list[Declaration] = []
        for folder in folders_of(path):
            owners = self._folders.get(folder)
            if owners is not None:
                entries, go_on = owners.applying(path)
                found += entries
                if not go_on:
                    break
        return tuple(found)

    def deciding(self, path: str) -> tuple[Declaration, ...]:
        """What the nearest file says that says anything."""
        found = self.owners_of(path)
        return tuple(entry for entry in found if entry.file == found[0].file)

    def declarations(self) -> Iterator[Declaration]:
        """Every entry, folder by folder."""
        for folder in sorted(self._folders):
            yield from self._folders[folder].declarations()


def folders_of(path: str) -> Iterator[str]:
    """The folders of a file, nearest first; "" is the root."""
    while path:
        path = path.rpartition("/")[0]
        yield path


def folder_pattern(folder: str) -> str:
    """How everything below a folder is written."""
    return f"{folder}/" if folder else "*"
