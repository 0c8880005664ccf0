"""The queue of answers to give: a few at a time, one at a time in each thread, and full at some point."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Executor, Future
from typing import Any

log = logging.getLogger(__name__)


class Work:
    """Runs jobs in daemon threads of its own, so that a slow answer delays neither Slack's acks nor the end of the process."""

    def __init__(self, workers: int = 4, waiting: int = 50) -> None:
        self._condition = threading.Condition()
        self._waiting: deque[tuple[Hashable, Callable[[], None]]] = deque()
        self._most_waiting = waiting
        self._busy: set[Hashable] = set()
        self._closed = False
        for number in range(workers):
            threading.Thread(target=self._serve, name=f"answer-{number}", daemon=True).start()

    def submit(self, key: Hashable, job: Callable[[], None]) -> bool:
        """Queue a job; jobs of one key run one after the other. False when the queue is full or closed."""
        with self._condition:
            if self._closed or len(self._waiting) >= self._most_waiting:
                return False
            self._waiting.append((key, job))
            self._condition.notify()
            return True

    def close(self, seconds: float) -> None:
        """Start nothing more, and wait at most `seconds` for what runs."""
        end = time.monotonic() + seconds
        with self._condition:
            self._closed = True
            self._waiting.clear()
            self._condition.notify_all()
            while self._busy and (left := end - time.monotonic()) > 0:
                self._condition.wait(left)

    def _serve(self) -> None:
        while (taken := self._take()) is not None:
            key, job = taken
            try:
                job()
            except Exception:  # a worker outlives any job; the job itself has told the asker
                log.exception("a job failed")
            finally:
                with self._condition:
                    self._busy.discard(key)
                    self._condition.notify_all()

    def _take(self) -> tuple[Hashable, Callable[[], None]] | None:
        with self._condition:
            while not self._closed:
                for place, (key, job) in enumerate(self._waiting):
                    if key not in self._busy:
                        del self._waiting[place]
                        self._busy.add(key)
                        return key, job
                self._condition.wait()
            return None


class DaemonExecutor(Executor):
    """For Bolt's listeners. The standard pool's threads are joined when the process ends, however long Slack makes them wait."""

    def __init__(self, workers: int) -> None:
        self._work = Work(workers, waiting=10_000)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future:
        """Raises RuntimeError when it is shut down or full: the event is then not acknowledged, and Slack sends it again."""
        future: Future = Future()

        def run() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as exc:
                future.set_exception(exc)
                raise

        if not self._work.submit(object(), run):
            raise RuntimeError("no more work is taken")
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._work.close(3.0 if wait else 0.0)
