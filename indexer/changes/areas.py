"""The parts of a repository that a product manager would name, by its folders."""

from __future__ import annotations

from collections.abc import Collection


class Areas:
    """Which part of the repository a file belongs to."""

    def __init__(self, paths: Collection[str]) -> None:
        self.paths = frozenset(paths)

    def of(self, path: str) -> str:
        """The area of a file: a folder without a trailing "/", "" for files at the top."""
        return "/".join(path.split("/")[:-1][:2])
