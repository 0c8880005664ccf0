"""Reading blobs: from many threads, after the reading process died, and of things that are no files."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from indexer.errors import RepoUnreachable
from tests.git_repo import GitRepo


def test_reads_from_many_threads_never_mix(git_repo: GitRepo) -> None:
    files = {f"f{number}.txt": os.urandom(1 + number * 700) for number in range(40)}
    sha = git_repo.commit(files)
    repo = git_repo.opened()
    repo.fetch()
    blobs = {entry.path: entry.blob for entry in repo.tree(sha)}
    with ThreadPoolExecutor(8) as pool:
        read = dict(zip(files, pool.map(lambda path: repo.read(blobs[path]), files), strict=True))
    assert read == files
    repo.close()
    assert repo.read(blobs["f1.txt"]) == files["f1.txt"]


def test_a_reader_that_was_killed_starts_again(git_repo: GitRepo) -> None:
    sha = git_repo.commit("a.txt", "hello\n")
    repo = git_repo.opened()
    repo.fetch()
    assert repo.read_at(sha, "a.txt") == b"hello\n"
    os.kill(repo._objects._running.proc.pid, signal.SIGKILL)
    repo._objects._running.proc.wait()
    assert repo.read_at(sha, "a.txt") == b"hello\n"


def test_new_objects_are_seen_by_a_running_reader(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.txt", "one\n")
    repo = git_repo.opened()
    repo.fetch()
    assert repo.read_at(first, "a.txt") == b"one\n"
    second = git_repo.commit("a.txt", "two\n")
    assert repo.read_at(second, "a.txt") is None
    repo.fetch()
    assert repo.read_at(second, "a.txt") == b"two\n"


def test_what_is_no_file(git_repo: GitRepo) -> None:
    sha = git_repo.commit({"dir/a.txt": "x", "empty": "", "a b missing": "spaced", "line\nbreak": "odd"})
    repo = git_repo.opened()
    repo.fetch()
    assert repo.read_at(sha, "dir") is None
    assert repo.read_at(sha, "nothing here missing") is None
    assert repo.read_at("f" * 40, "a.txt") is None
    assert repo.read_at(sha, "no\nline") is None
    assert repo.read_at(sha, "empty") == b""
    assert repo.read_at(sha, "a b missing") == b"spaced"
    assert repo.read_at(sha, "line\nbreak") == b"odd"
    with pytest.raises(RepoUnreachable, match="no object"):
        repo.read("f" * 40)
