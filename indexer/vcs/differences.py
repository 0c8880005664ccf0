"""What changed between two commits, whatever happened on the way: git-diff-tree(1)."""

from __future__ import annotations

from indexer.types import FileChange
from indexer.vcs.git_process import GitProcess
from indexer.vcs.log import LINES, NAMES, parse_changes, split_tokens
from indexer.vcs.objects import sizes

_SUBMODULE = "160000"
_LONG = 600.0  # seconds; two releases of a large project, years apart, take some twenty


def read_difference(git: GitProcess, before: str, after: str, *, lacks_objects: bool = False) -> tuple[FileChange, ...]:
    """The net changes from one commit to another (full SHAs; "" as `before`: from nothing), renames followed.

    Where objects may be missing and one is that this needs, lines are not known and only renames of unchanged files are found.
    """
    start = before or _empty_tree(git)
    if lacks_objects and not _whole(git, start, after):
        return _changes(git, start, after, NAMES)
    return _changes(git, start, after, LINES)


def _changes(git: GitProcess, before: str, after: str, told: tuple[str, ...]) -> tuple[FileChange, ...]:
    options = ("-r", "-z", *told, "--no-textconv", "--no-ext-diff", "--no-color")
    _, listed = git.run("diff-tree", *options, "--end-of-options", before, after, "--", timeout=_LONG)
    return parse_changes(split_tokens([listed]))


def _whole(git: GitProcess, before: str, after: str) -> bool:
    """Whether every blob on both sides of the difference is there."""
    _, listed = git.run("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--end-of-options", before, after, "--")
    entries = (entry[1:].split(" ") for entry in listed.decode(errors="replace").split("\0") if entry.startswith(":"))
    sides = ((mode, blob) for old_mode, new_mode, old, new, _ in entries for mode, blob in ((old_mode, old), (new_mode, new)))
    named = {blob for mode, blob in sides if mode != _SUBMODULE and blob.strip("0")}
    return named == sizes(git, named).keys()


def _empty_tree(git: GitProcess) -> str:
    """The name of the tree without files, which git knows without having it; it depends on the repository's hash."""
    return git.text("hash-object", "-t", "tree", "--stdin", input=b"")
