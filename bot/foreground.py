"""Commands that this process carries out itself: one question, a watching index, the service, the demo."""

from __future__ import annotations

import sys

from bot.commands import execute
from bot.config import load_settings
from bot.logs import set_up_logs
from bot.progress import open_progress
from bot.render.tables import reports_text
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from bot.stopping import StopSignal
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
        settings = load_settings(request.config, named=request.named)
        opened.append(open_docent(settings, owner=owner, rebuild=bool(request.options.get("full"))))
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
    settings = load_settings(request.config, named=request.named)
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
