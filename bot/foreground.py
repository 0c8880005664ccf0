"""Commands that this process carries out itself: one question, a watching index, the service, the demo."""

from __future__ import annotations

import os
import signal
import sys
from typing import Self

from bot.commands import execute, scope
from bot.config import load_settings
from bot.logs import set_up_logs
from bot.progress import open_progress
from bot.render.tables import reports_text
from bot.request import Outcome, Request
from bot.service import Docent
from bot.wiring import open_docent


def run(command: str, request: Request) -> int:
    """Run a command that stays: `index --watch`, `serve` or `demo`."""
    if command == "serve":
        from bot.serve import serve

        return serve(request)
    if command == "demo":
        from bot.demo import demo

        return demo(request)
    return watch(request)


def run_here(request: Request) -> Outcome:
    """One command, with everything built for it and closed after it."""
    set_up_logs()
    opened: list[Docent] = []
    progress = open_progress()

    def docent() -> Docent:
        owner = "docent index" if request.command == "index" else ""
        opened.append(open_docent(load_settings(request.config), owner=owner, rebuild=bool(request.options.get("full"))))
        return opened[0]

    try:
        return execute(docent, request, progress)
    finally:
        progress.close()
        for each in opened:
            each.close()


def watch(request: Request) -> int:
    """Refresh by the schedule until somebody ends it."""
    from bot.schedule import RefreshSchedule

    set_up_logs(verbose=True)
    settings = load_settings(request.config)
    docent = open_docent(settings, owner="docent index --watch")
    try:
        names = scope(docent, request)
        every = settings.schedule.refresh
        print(f"Watching {', '.join(names)}: a refresh every {every}. Ctrl-C ends it.", file=sys.stderr, flush=True)

        def show(report: object) -> None:
            sys.stdout.write(reports_text([report], request.screen))  # type: ignore[list-item]
            sys.stdout.flush()

        with StopSignal() as stop:
            schedule = RefreshSchedule(docent, names, settings.schedule.refresh_seconds, show)
            schedule.start()
            stop.wait()
            schedule.stop()
    finally:
        docent.close()
    return 0


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
