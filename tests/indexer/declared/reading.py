"""Short ways of asking a file who owns what."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.declared.find import find_owners
from indexer.declared.types import OwnersFile


def found(files: Mapping[str, str | bytes], host: str = "", paths: tuple[str, ...] = ()) -> OwnersFile | None:
    """What a repository of these files declares; `paths` are further files of the tree."""
    data = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
    return find_owners(data.get, {*data, *paths}, host)


def declared(files: Mapping[str, str | bytes], host: str = "", paths: tuple[str, ...] = ()) -> OwnersFile:
    """The same, where something must be declared."""
    owners = found(files, host, paths)
    assert owners is not None
    return owners


def names(owners: OwnersFile, path: str) -> list[list[str]]:
    """The owners as written of each entry that applies to a path."""
    return [[holder.text for holder in entry.holders] for entry in owners.owners_of(path)]


def problem_lines(owners: OwnersFile) -> list[int]:
    """The lines with problems."""
    return [problem.line for problem in owners.problems]
