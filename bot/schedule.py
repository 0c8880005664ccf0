"""The clock of `docent serve` and `docent index --watch`: each repository is refreshed regularly, less often while it fails."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from bot.service import Docent
from indexer.errors import DocentError
from indexer.types import RefreshReport

log = logging.getLogger(__name__)

_LONGEST = 6 * 3600  # seconds: a repository that fails is tried again at least this often
_JITTER = 0.2  # so that many repositories of one host are not asked at the same moment


def next_delay(every: float, failures: int, chance: float) -> float:
    """Seconds until the next refresh after `failures` in a row: exponential back-off; `chance` in 0..1 spreads it by 20 %."""
    delay = min(every * 2**min(failures, 20), max(_LONGEST, every))
    return delay * (1 + _JITTER * (2 * chance - 1)) if failures else delay


class RefreshSchedule:
    """Refreshes the configured repositories one after the other, so that no two refreshes overlap."""

    def __init__(
        self, docent: Docent, names: Sequence[str], every: float, on_report: Callable[[RefreshReport], None] | None = None
    ) -> None:
        """`every` in seconds; the first refreshes begin at once. `on_report` hears of each refresh, in the scheduler's thread."""
        from apscheduler.executors.pool import ThreadPoolExecutor
        from apscheduler.schedulers.background import BackgroundScheduler

        self._docent = docent
        self._names = tuple(names)
        self._every = every
        self._on_report = on_report
        self._failures: dict[str, int] = {}
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True},
            timezone=UTC,
        )
        logging.getLogger("apscheduler").setLevel(logging.ERROR)

    def start(self) -> None:
        for name in self._names:
            self._plan(name, 0.0)
        self._scheduler.start()

    def stop(self) -> None:
        """Plan nothing more; a refresh under way ends when `Docent.close` is called."""
        self._scheduler.shutdown(wait=False)

    def _plan(self, name: str, delay: float) -> None:
        """The interval only keeps the job: each run plans the next. A job without a next time would be removed when it starts,
        and APScheduler's thread dies of that, with a traceback, when it is shut down at the same moment.
        """
        when = datetime.now(UTC) + timedelta(seconds=delay)
        kept = {"id": name, "args": [name], "replace_existing": True}
        self._scheduler.add_job(self._run, "interval", seconds=self._every, next_run_time=when, **kept)

    def _run(self, name: str) -> None:
        failed = True
        try:
            report = self._docent.refresh([name])[0]
            failed = bool(report.error)
            if self._on_report:
                self._on_report(report)
        except DocentError as exc:
            log.warning("refresh %s: %s", name, exc)
        except Exception:  # the clock must go on for the other repositories; the traceback is in the log
            log.exception("refresh %s failed unexpectedly", name)
        self._failures[name] = self._failures.get(name, 0) + 1 if failed else 0
        if self._scheduler.running:
            self._plan(name, next_delay(self._every, self._failures[name], random.random()))
