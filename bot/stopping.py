"""Waiting for the signal to stop, without losing one that arrives at any moment."""

from __future__ import annotations

import os
import signal
from typing import Self


class StopSignal:
    """Waits in the main thread for SIGTERM or Ctrl-C; they are noticed from the moment it is entered.

    The waiting is on the pipe of `signal.set_wakeup_fd`. A lock or an event is not enough: a signal that is delivered just before
    the main thread goes to sleep, or to another thread, does not wake it.
    """

    def __enter__(self) -> Self:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)
        self._wakeup = signal.set_wakeup_fd(self._write)
        self._before = {number: signal.signal(number, self._noticed) for number in (signal.SIGTERM, signal.SIGINT)}
        return self

    def wait(self) -> None:
        os.read(self._read, 1)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self._read)
        os.close(self._write)

    def _noticed(self, number: int, _frame: object) -> None:
        signal.signal(number, self._before[signal.Signals(number)])  # a second one ends the process as usual
