"""One writer per data folder: an exclusive `flock` on data_dir/lock, which the kernel releases however its process ends."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from indexer.errors import IndexLocked, StoreError

_FILE = "lock"
_TRIES, _PAUSE = 5, 0.01  # held_by() holds the lock for an instant to look; that must not turn a writer away


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock: the command as a person would type it, the process, and since when (aware)."""

    command: str
    pid: int
    since: datetime

    def __str__(self) -> str:
        since = self.since.astimezone()
        today = since.date() == datetime.now().astimezone().date()
        return f"`{self.command}` (process {self.pid}, since {since.strftime('%H:%M' if today else '%Y-%m-%d %H:%M')})"


class WriterLock:
    """The right to write to a data folder, as a context manager or by acquire() and release().

    Two objects exclude each other also within one process, because a `flock` belongs to the opened file and not to the process.
    Readers need no lock: the catalog is in WAL mode and Chroma's files are opened by the writer alone.
    """

    def __init__(self, data_dir: Path, command: str = "") -> None:
        self._data_dir = data_dir
        self._command = command or f"docent {' '.join(sys.argv[1:2])}".strip()
        self._file: int | None = None

    @property
    def held(self) -> bool:
        return self._file is not None

    def acquire(self) -> Self:
        """Take the lock or raise IndexLocked, naming the holder; never waits. StoreError where the folder cannot be written."""
        if self._file is not None:
            return self
        file = _open(self._data_dir)
        try:
            if not _try_lock(file):
                raise IndexLocked(
                    f"{_read(file) or 'Another process'} is writing to this index.",
                    "Wait until it has finished, or stop it; searching and asking go on meanwhile.",
                )
            _write(file, Holder(self._command, os.getpid(), datetime.now().astimezone()))
        except OSError as exc:
            os.close(file)
            hint = "Check the disk's free space; data_dir must be on a file system with locks."
            raise StoreError(f"The data folder {self._data_dir} cannot be locked: {exc.strerror}.", hint) from exc
        except BaseException:
            os.close(file)
            raise
        self._file = file
        return self

    def release(self) -> None:
        """Give the lock back; doing so twice is harmless."""
        if self._file is not None:
            file, self._file = self._file, None
            os.ftruncate(file, 0)  # before the lock goes, or it would empty the next holder's name
            os.close(file)

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None) -> None:
        self.release()


def held_by(data_dir: Path) -> Holder | None:
    """Who is writing to this data folder now, or None. Looks without waiting and creates nothing.

    A holder that wrote no name yet (it took the lock this very moment) is reported with an empty command and process 0.
    """
    try:
        file = os.open(data_dir / _FILE, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read(file) or Holder("", 0, datetime.now().astimezone())
    else:
        return None
    finally:
        os.close(file)


def _try_lock(file: int) -> bool:
    for _ in range(_TRIES):
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_PAUSE)
        else:
            return True
    return False


def _open(data_dir: Path) -> int:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return os.open(data_dir / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as exc:
        hint = "Check data_dir and its permissions."
        raise StoreError(f"The data folder {data_dir} cannot be written: {exc.strerror}.", hint) from exc


def _write(file: int, holder: Holder) -> None:
    data = json.dumps(asdict(holder) | {"since": holder.since.isoformat()}).encode()
    os.ftruncate(file, 0)
    os.pwrite(file, data, 0)


def _read(file: int) -> Holder | None:
    """What the file says; None while the holder has not written it yet."""
    try:
        data = json.loads(os.pread(file, 4096, 0))
        return Holder(str(data["command"]), int(data["pid"]), datetime.fromisoformat(data["since"]))
    except (ValueError, KeyError, TypeError):
        return None
