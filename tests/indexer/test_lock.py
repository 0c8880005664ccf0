"""The writer's lock, with real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from indexer.errors import IndexLocked, StoreError
from indexer.lock import Holder, WriterLock, held_by

_HOLD = """
import sys
from pathlib import Path
from indexer.lock import WriterLock
with WriterLock(Path(sys.argv[1]), command="docent serve"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another_process_holds(data_dir: Path) -> Iterator[subprocess.Popen[str]]:
    arguments = [sys.executable, "-c", _HOLD, str(data_dir)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


def test_the_loser_is_told_who_holds_it(tmp_path: Path):
    with another_process_holds(tmp_path) as process:
        with pytest.raises(IndexLocked) as caught:
            WriterLock(tmp_path).acquire()
        holder = held_by(tmp_path)
    assert holder is not None and (holder.command, holder.pid) == ("docent serve", process.pid)
    assert caught.value.message == f"`docent serve` (process {process.pid}, since {holder.since:%H:%M}) is writing to this index."
    assert "Wait" in caught.value.hint


def test_it_is_free_when_its_holder_ends_well(tmp_path: Path):
    with another_process_holds(tmp_path) as process:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        assert held_by(tmp_path) is None
        with WriterLock(tmp_path):
            assert held_by(tmp_path) is not None


def test_the_kernel_releases_it_when_its_holder_is_killed(tmp_path: Path):
    with another_process_holds(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert held_by(tmp_path) is None
        with WriterLock(tmp_path, command="docent index"):
            holder = held_by(tmp_path)
    assert holder is not None and (holder.command, holder.pid) == ("docent index", os.getpid())


def test_threads_of_one_process_exclude_each_other(tmp_path: Path):
    winners: list[WriterLock] = []
    losers: list[IndexLocked] = []
    together = threading.Barrier(8)

    def compete() -> None:
        lock = WriterLock(tmp_path)
        together.wait()
        try:
            winners.append(lock.acquire())
        except IndexLocked as exc:
            losers.append(exc)

    threads = [threading.Thread(target=compete) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(winners) == 1 and len(losers) == 7
    winners[0].release()
    assert held_by(tmp_path) is None


def test_looking_never_turns_a_writer_away(tmp_path: Path):
    WriterLock(tmp_path).acquire().release()
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            held_by(tmp_path)

    looker = threading.Thread(target=look)
    looker.start()
    try:
        for _ in range(200):
            WriterLock(tmp_path).acquire().release()
    finally:
        stop.set()
        looker.join()


def test_taking_and_giving_twice_is_harmless(tmp_path: Path):
    lock = WriterLock(tmp_path / "new" / "folder")
    assert not lock.held
    assert lock.acquire() is lock.acquire() and lock.held
    lock.release()
    lock.release()
    assert not lock.held and held_by(tmp_path / "new" / "folder") is None


def test_a_child_process_does_not_inherit_it(tmp_path: Path):
    with WriterLock(tmp_path):
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert held_by(tmp_path) is None
    finally:
        child.kill()
        child.wait()


def test_nobody_holds_what_was_never_locked(tmp_path: Path):
    assert held_by(tmp_path) is None and held_by(tmp_path / "nowhere") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"command": "x", "pid": 1, "since": "yesterday"}'])
def test_an_unreadable_name_still_locks(tmp_path: Path, content: str):
    with WriterLock(tmp_path):
        (tmp_path / "lock").write_text(content)
        with pytest.raises(IndexLocked, match="Another process is writing"):
            WriterLock(tmp_path).acquire()
        holder = held_by(tmp_path)
        assert holder is not None and holder.pid == 0


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        WriterLock(tmp_path / "file" / "data").acquire()


def test_an_older_holder_is_shown_with_its_day():
    now = datetime.now().astimezone()
    assert str(Holder("docent serve", 7, now)) == f"`docent serve` (process 7, since {now:%H:%M})"
    assert f"{now - timedelta(days=3):%Y-%m-%d}" in str(Holder("docent serve", 7, now - timedelta(days=3)))
