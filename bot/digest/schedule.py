"""The clock of the digests: APScheduler with a job for each channel, kept in a file, and a watch over both.

Whether a digest is due is never the scheduler's to say: the state database knows (bot/digest/run.py). A job only wakes us. A
plan is its own trigger, because CronTrigger errs where clocks change (issues 606, 1021 and 1059 of agronholm/apscheduler): over
all zones and changes from 2024 to 2026, at eight times of day, it left out the day in 1,100 of 9,688 cases and had it twice in
793. Two schedulers must not share a job store (231), so each process has a file of its own, and not a table of the state database
that several may share; jobs are pickles besides, which nobody else should be able to write.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.digest.plan import next_run
from bot.digest.run import Digests
from bot.digest.types import Ended, Outcome, Plan
from bot.digest.words import next_words
from bot.state.job_store import open_job_engine
from indexer.errors import DocentError

log = logging.getLogger(__name__)

_WATCH = 15.0  # seconds: how soon a choice made elsewhere, a clock set, or a digest left by a dead process is noticed
_AT_ONCE = 2  # digests composed at the same time
_running: dict[str, DigestSchedule] = {}  # by the file of its jobs: a job is pickled, so it can only name its schedule


def wake(name: str, channel: str) -> None:
    """What a job does. A job of a schedule that has ended does nothing; the next one to start looks at every channel."""
    schedule = _running.get(name)
    if schedule is not None:
        schedule.begin(channel)


class PlanTrigger(BaseTrigger):
    """Fires when a plan's digest falls due."""

    __slots__ = ("plan",)

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        return next_run(self.plan, max(now, previous_fire_time or now))

    def __getstate__(self) -> Plan:
        return self.plan

    def __setstate__(self, plan: Plan) -> None:
        self.plan = plan


class _Scheduler(BackgroundScheduler):
    """APScheduler, that says whether its thread lives: a full disk under its file ends it."""

    @property
    def alive(self) -> bool:
        return self.running and self._thread is not None and self._thread.is_alive()


class DigestSchedule:
    """Runs the digests of this process at their times."""

    def __init__(self, digests: Digests, jobs: Path, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """`jobs` is the file that keeps the jobs, of this process alone. StoreError."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._digests = digests
        self._file = str(jobs)
        self._clock = clock
        self._scheduler = _Scheduler(
            jobstores={"default": SQLAlchemyJobStore(engine=open_job_engine(jobs), tablename="digest_jobs")},
            executors={"default": ThreadPoolExecutor(1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
            timezone=UTC,
        )
        self._planning = threading.Lock()
        self._busy: set[str] = set()
        self._slots = threading.BoundedSemaphore(_AT_ONCE)
        self._ended = threading.Condition()
        self._stopping = threading.Event()
        self._trouble = ""
        self._names: dict[str, str] = {}  # as far as known: a health check does not wait for Slack
        self._watched_at = time.monotonic()

    def start(self) -> None:
        """Plan every channel and begin. What is due already begins at once."""
        _running[self._file] = self
        self._scheduler.start(paused=True)
        self._watch()
        self._scheduler.resume()
        self._digests.plans.on_change = lambda channel: self._watch()
        threading.Thread(target=self._keep_watching, name="digest-watch", daemon=True).start()

    def stop(self, seconds: float = 5.0) -> None:
        """Begin nothing more, and give what is being posted a moment to be recorded; what is being composed is left."""
        self._stopping.set()
        self._digests.stop()
        self._scheduler.shutdown(wait=False)
        with self._ended:
            self._ended.wait_for(lambda: not self._busy, seconds)
        _running.pop(self._file, None)

    def ready_lines(self) -> list[str]:
        """For the terminal: each channel's next digest, or how to get one. StoreError."""
        runs = self.next_runs()
        if not runs:
            return ["no digest is planned: set channel under [digest] in docent.toml, or type /digest in a channel in Slack"]
        return [f"next digest: {next_words(self._name(plan.channel), plan, moment)}" for plan, moment in runs]

    def next_runs(self) -> list[tuple[Plan, datetime]]:
        """Each channel's plan and when it is next, soonest first. StoreError."""
        plans = self._digests.plans
        return sorted(((plan, plans.next_of(plan)) for plan in plans.all().values()), key=lambda item: item[1])

    def check(self) -> tuple[bool, str]:
        """For the health endpoint: whether the clock runs, the next digest, and how the last one ended."""
        silent = time.monotonic() - self._watched_at
        if not self._scheduler.alive or silent > 40 * _WATCH:
            return False, "the schedule of the digests has stopped; restart docent"
        try:
            words = [self._next_words(), self._last_words(), self._trouble]
        except DocentError as exc:
            return False, exc.message
        return True, "; ".join(word for word in words if word)

    def begin(self, channel: str) -> None:
        """Run the channel's digest in a thread that does not keep the process from ending. Called by a job."""
        with self._ended:
            if channel in self._busy or self._stopping.is_set():
                return
            self._busy.add(channel)
        threading.Thread(target=self._run, args=[channel], name=f"digest of {channel}", daemon=True).start()

    def _run(self, channel: str) -> None:
        try:
            with self._slots:
                if not self._stopping.is_set():
                    self._tell(self._digests.run(channel))
        except DocentError as exc:
            log.error("digest of %s: %s", channel, exc)
        except Exception:  # the clock must go on for the other channels; the traceback is in the log
            log.exception("digest of %s failed unexpectedly", channel)
        finally:
            with self._ended:
                self._busy.discard(channel)
                self._ended.notify_all()
        self._watch()

    def _tell(self, outcome: Outcome) -> None:
        """One line in the log for each attempt; what needs somebody is a warning."""
        if outcome.ended in (Ended.ELSEWHERE, Ended.NOT_DUE):
            return
        name = self._name(outcome.channel)
        if outcome.ended in (Ended.POSTED, Ended.QUIET):
            log.info("digest for %s of %s: %s", name, outcome.day, outcome.detail or outcome.ended)
            return
        then = f" Next try at {outcome.again:%H:%M} UTC." if outcome.again else ""
        log.warning("digest for %s of %s was not posted: %s%s", name, outcome.day, outcome.detail, then)

    def _name(self, channel: str) -> str:
        self._names[channel] = self._digests.name(channel)
        return self._names[channel]

    def _keep_watching(self) -> None:
        while not self._stopping.wait(_WATCH):
            self._watch()

    def _watch(self) -> None:
        """Bring the jobs in line with plans, clock and state, whatever happened to any of them."""
        try:
            with self._planning:
                self._plan_all()
            self._trouble = ""
        except DocentError as exc:
            if exc.message != self._trouble:
                log.error("the digests cannot be planned: %s", exc)
            self._trouble = exc.message
        except Exception as exc:  # the watch must go on; the traceback is in the log
            log.exception("the digests cannot be planned")
            self._trouble = f"the digests cannot be planned ({type(exc).__name__})"
        self._watched_at = time.monotonic()

    def _plan_all(self) -> None:
        if self._stopping.is_set():
            return
        plans, now = self._digests.plans.all(), self._clock()
        jobs = {job.id: job for job in self._scheduler.get_jobs()}
        for channel, plan in plans.items():
            if channel in self._busy:
                continue
            wanted = self._digests.wake_at(plan, now)
            if not _is_planned(jobs.get(channel), plan, wanted, now):
                kept: dict[str, Any] = {"id": channel, "name": f"digest of {channel}", "replace_existing": True}
                trigger = PlanTrigger(plan)
                self._scheduler.add_job(wake, trigger, args=[self._file, channel], next_run_time=wanted, **kept)
        for channel in jobs.keys() - plans.keys():
            self._scheduler.remove_job(channel)

    def _next_words(self) -> str:
        runs = self.next_runs()
        if not runs:
            return "no channel has a digest"
        plan, moment = runs[0]
        return f"next: {next_words(self._names.get(plan.channel, plan.channel), plan, moment)}"

    def _last_words(self) -> str:
        newest = self._digests.last()
        if newest is None:
            return ""
        return f"last: {self._names.get(newest.channel, newest.channel)} of {newest.day}, {newest.status}"


def _is_planned(job: Any, plan: Plan, wanted: datetime, now: datetime) -> bool:
    """Whether a job wakes us when it should; what is late by now is about to run."""
    if job is None or job.trigger.plan != plan or job.next_run_time is None:
        return False
    return abs((job.next_run_time - wanted).total_seconds()) < 1.0 or (wanted <= now and job.next_run_time <= now)
