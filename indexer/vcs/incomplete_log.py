"""History of a repository that lacks blobs. `git log --numstat` dies of the first one, so commits that need one do without.

Trees alone say which commits those are: `git log --raw` reads no blob. Without trees there are no changes to tell.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator
from datetime import datetime

from indexer.errors import DocentError
from indexer.types import Commit
from indexer.vcs.git_process import GitProcess
from indexer.vcs.log import LINES, NAMES, START, log_arguments, parse_log, picked_log_arguments, split_tokens, walk_arguments
from indexer.vcs.objects import sizes

_SUBMODULE = "160000"

log = logging.getLogger(__name__)


def read_incomplete_log(
    git: GitProcess, head: str, known: str | None, max_count: int, *, now: datetime, boundary: Collection[str]
) -> Iterator[Commit]:
    """What `parse_log` yields, in the same order; reads the trees of the history twice, and the commits once."""
    walk = walk_arguments(head, known, max_count)
    try:
        named = {blob for _, blobs in _touched(git, walk) for blob in blobs}
    except DocentError as exc:
        log.warning("changes cannot be told, since folders are missing from history: %s", exc)
        yield from parse_log(git.stream(*log_arguments(head, known, max_count, ())), now=now, boundary=boundary)
        return
    missing = named - sizes(git, named).keys()
    told = [(sha, missing.isdisjoint(blobs)) for sha, blobs in _touched(git, walk)]
    readers = {whole: _picked(git, head, told, whole, now, boundary) for whole in (True, False)}
    for _, whole in told:
        yield next(readers[whole])


def _picked(
    git: GitProcess, head: str, told: list[tuple[str, bool]], whole: bool, now: datetime, boundary: Collection[str]
) -> Iterator[Commit]:
    names = "".join(f"{sha}\n" for sha, is_whole in told if is_whole is whole).encode()
    blocks = git.stream(*picked_log_arguments(head, LINES if whole else NAMES), input=names)
    yield from parse_log(blocks, now=now, boundary=boundary)


def _touched(git: GitProcess, walk: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Each commit with the blobs on both sides of its changes, which are all that a diff of it may read."""
    arguments = ("log", "-z", "--raw", "--no-renames", "--no-abbrev", "--root", "--no-show-signature", "--format=%x01%H")
    sha, blobs = "", []
    tokens = split_tokens(git.stream(*arguments, *walk))
    for token in tokens:
        entry = token.removeprefix("\n")
        if entry.startswith(":"):
            blobs += _sides(entry[1:].split(" "))
            next(tokens)  # its path
        elif entry:
            if sha:
                yield sha, blobs
            sha, blobs = entry.removeprefix(START), []
    if sha:
        yield sha, blobs


def _sides(fields: list[str]) -> list[str]:
    old_mode, new_mode, old, new = fields[:4]
    return [blob for mode, blob in ((old_mode, old), (new_mode, new)) if mode != _SUBMODULE and blob.strip("0")]
