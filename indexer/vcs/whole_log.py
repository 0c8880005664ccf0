"""Reads long histories with several gits at once: comparing files takes nearly all of the time, and one git uses one core."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime

from indexer.types import Commit
from indexer.vcs.git_process import GitProcess
from indexer.vcs.log import LINES, log_arguments, parse_log, picked_log_arguments, walk_arguments

_BATCH = 8_000  # commits that one git reads, some three seconds' work; each begins with cold caches, worth 400 commits
_LONG = 900.0  # seconds; a million commits take some ten
_MOST = 4  # gits at once: each maps the whole repository, and parsing keeps up with no more


def read_log(
    git: GitProcess, head: str, known: str | None, max_count: int, *, now: datetime, boundary: Collection[str]
) -> Iterator[Commit]:
    """The commits reachable from `head` and not from `known`, newest first; the output of a few batches is held in memory."""
    if 0 < max_count <= _BATCH:
        yield from parse_log(git.stream(*log_arguments(head, known, max_count)), now=now, boundary=boundary)
        return
    _, listed = git.run("rev-list", *walk_arguments(head, known, max_count), timeout=_LONG)
    shas = listed.decode().split()
    workers = min(_MOST, os.cpu_count() or 1)
    pool = ThreadPoolExecutor(workers, thread_name_prefix="git-log")
    running: deque[Future[list[bytes]]] = deque()
    try:
        for start in range(0, len(shas), _BATCH):
            running.append(pool.submit(_told, git, head, shas[start : start + _BATCH]))
            if len(running) > workers:
                yield from parse_log(running.popleft().result(), now=now, boundary=boundary)
        while running:
            yield from parse_log(running.popleft().result(), now=now, boundary=boundary)
    finally:
        pool.shutdown(cancel_futures=True)


def _told(git: GitProcess, head: str, shas: Sequence[str]) -> list[bytes]:
    """What git tells of these commits, in their order."""
    return list(git.stream(*picked_log_arguments(head, LINES), input="".join(f"{sha}\n" for sha in shas).encode()))
