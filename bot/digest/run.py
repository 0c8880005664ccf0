"""One digest, exactly once: taken, composed, posted, recorded, and taken up where another attempt died.

A message is recorded as about to be posted before Slack is called. Who takes such a digest over looks for it in Slack first, and
posts only where it is certain that it is not there. A quiet day without a message tells nothing, so what it would have counted is
counted by the next digest; days that were missed are told by the next one for the same reason.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from bot.changes.types import ChangesReport
from bot.digest.compose import Composer
from bot.digest.plan import due, key_of, next_run
from bot.digest.plans import Plans
from bot.digest.types import DigestRefused, DigestUnsure, Ended, Outcome, Plan, Poster
from bot.render.screen import counted
from bot.state.digests import LEASE_SECONDS, Claim, Details, DigestStore, Last, Status, Told
from indexer.errors import DocentError, StoreError

log = logging.getLogger(__name__)

RETRIES = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))
_CLOCKS = 7 * 86_400.0  # seconds: how far this machine's clock may be ahead of Slack's when a message is looked for
_STOPPED = "docent was stopped"

Heads = Mapping[str, tuple[str, str]]


def _now() -> datetime:
    return datetime.now(UTC)


class Digests:
    """Posts the digests of one workspace. Safe for threads, and beside other processes on the same state database."""

    def __init__(
        self, plans: Plans, store: DigestStore, poster: Poster, composer: Composer, *, clock: Callable[[], datetime] = _now
    ) -> None:
        self.plans = plans
        self._store = store
        self._poster = poster
        self._composer = composer
        self._clock = clock
        self._stopping = threading.Event()

    @property
    def team(self) -> str:
        return self.plans.team

    def run(self, channel: str, now: datetime | None = None) -> Outcome:
        """Post the channel's digest where one is due at `now`, and finish what was left. Raises StoreError, nothing else."""
        now = now or self._clock()
        plan = self.plans.plan(channel)
        if plan is None:
            return Outcome(Ended.NOT_DUE, channel, detail="no digest is planned there")
        today = now.astimezone(plan.tzinfo).date()
        while (left := self._store.take_left(self.team, channel, today, now)) is not None:
            with self._kept(left):
                self._settle(left)
        day = due(plan, now, self._store.last_day(self.team, channel, today))
        if day is None:
            return Outcome(Ended.NOT_DUE, channel)
        claim = self._store.claim(self.team, channel, day, now)
        if claim is None:
            return Outcome(Ended.ELSEWHERE, channel, day, again=self._store.opens_at(self.team, channel, now).get(day))
        with self._kept(claim):
            return _Attempt(self, plan, claim).run()

    def wake_at(self, plan: Plan, now: datetime) -> datetime:
        """When `run` next has something to do for the channel: now or later."""
        today = now.astimezone(plan.tzinfo).date()
        last = self._store.last_day(self.team, plan.channel, today)
        open_at = self._store.opens_at(self.team, plan.channel, now)
        moments = [next_run(plan, now, last), *open_at.values()]
        if due(plan, now, last) not in (None, *open_at):
            moments.append(now)
        return min(moments).astimezone(plan.tzinfo)

    def preview(self, plan: Plan, composer: Composer | None = None) -> ChangesReport:
        """What the plan's digest would say now; nothing is taken, posted or recorded. Any DocentError."""
        now = self._clock()
        told = told_of(self._store, self.team, plan)
        return (composer or self._composer).compose(plan, now.astimezone(plan.tzinfo).date(), told, now)

    def name(self, channel: str) -> str:
        """How people call the channel."""
        return self._poster.name(channel)

    def last(self) -> Last | None:
        """How the newest digest of the workspace ended. StoreError."""
        return self._store.last(self.team)

    def stop(self) -> None:
        """Post nothing more: what is being composed is left to the next process."""
        self._stopping.set()

    def _settle(self, left: Claim) -> None:
        """Finish what an attempt left behind: the details of a digest, or a digest of another day, which is only looked for."""
        if left.status is Status.POSTED:
            self._details(left, left.ts, None)
        elif left.status is Status.CLAIMED:
            self._store.end(left, Status.FAILED, "It was not posted on its day; the next digest tells what it would have told.")
        else:
            self._look_for(left)

    def _settle_unknown(self, channel: str) -> None:
        """Slack may say now what it could not say on the day itself."""
        unknown = self._store.take_unknown(self.team, channel, self._clock())
        if unknown is not None:
            with self._kept(unknown):
                self._look_for(unknown)

    def _look_for(self, claim: Claim) -> None:
        try:
            ts = self._find(claim)
        except DocentError as exc:
            words = f"Whether it was posted cannot be known ({exc.message}), so the next digest tells the same changes."
            self._store.end(claim, Status.UNKNOWN, words)
            log.warning("digest for %s of %s: %s %s", self.name(claim.channel), claim.day, words, exc.hint)
            return
        if ts is None:
            self._store.end(claim, Status.FAILED, "It was not posted on its day; the next digest tells what it would have told.")
        elif self._store.posted(claim, ts, claim.heads, self._clock(), details=True, words="found in Slack"):
            self._details(claim, ts, None)

    def _find(self, claim: Claim) -> str | None:
        return self._poster.find(claim.channel, key_of(claim.channel, claim.day), claim.begun_at - _CLOCKS)

    def _details(self, claim: Claim, ts: str, report: ChangesReport | None) -> None:
        """Put the details into the thread; without a report, those of the digest as it was posted, if they are not there yet."""
        key = key_of(claim.channel, claim.day)
        try:
            if report is None:
                if self._poster.find_details(claim.channel, key, ts):
                    self._store.end_details(claim, Details.POSTED)
                    return
                report = self._composer.again(claim.heads)
            if report.quiet:
                self._store.end_details(claim, Details.NONE)
                return
            self._poster.post_details(claim.channel, key, ts, report)
            self._store.end_details(claim, Details.POSTED)
        except StoreError:
            raise
        except DocentError as exc:
            self._details_failed(claim, exc)
        except Exception as exc:  # the scheduler goes on; the traceback is in the log
            log.exception("digest for %s: its details failed", claim.channel)
            self._details_failed(claim, DocentError(f"docent itself failed ({type(exc).__name__})."))

    def _details_failed(self, claim: Claim, exc: DocentError) -> None:
        name, attempts = self.name(claim.channel), claim.attempts if claim.status is Status.POSTED else 1
        if attempts > len(RETRIES):
            self._store.end_details(claim, Details.FAILED, str(exc))
            log.warning("digest for %s of %s has no details in its thread: %s", name, claim.day, exc)
            return
        again = self._clock() + RETRIES[attempts - 1]
        self._store.wait(claim, again, str(exc))
        log.warning("digest for %s: its details could not be posted, next try at %s: %s", name, _clock_of(again), exc)

    @contextmanager
    def _kept(self, claim: Claim) -> Iterator[None]:
        """Say that the attempt lives, for as long as it does: composing may take minutes."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(LEASE_SECONDS / 3):
                try:
                    if not self._store.renew(claim, self._clock()):
                        return
                except StoreError as exc:
                    log.error("the digest for %s could not be kept: %s", claim.channel, exc)

        thread = threading.Thread(target=renew, name=f"digest-{claim.channel}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()


class _Attempt:
    """One attempt at one digest."""

    def __init__(self, digests: Digests, plan: Plan, claim: Claim) -> None:
        self._digests = digests
        self._plan = plan
        self._claim = claim
        self._may_be_there = claim.status is Status.POSTING

    def run(self) -> Outcome:
        try:
            return self._run()
        except DigestRefused as exc:
            return self._later(Ended.REFUSED, exc)
        except DocentError as exc:
            return self._later(Ended.FAILED, exc)
        except Exception as exc:  # the scheduler goes on; the traceback is in the log
            log.exception("digest for %s failed unexpectedly", self._plan.channel)
            return self._later(Ended.FAILED, DocentError(f"docent itself failed ({type(exc).__name__}).", "Its log says where."))

    def _run(self) -> Outcome:
        digests, claim, plan = self._digests, self._claim, self._plan
        store, channel = digests._store, plan.channel
        if claim.attempts > len(RETRIES) + 1:
            raise DocentError("It was begun too often without an end.", "The log of docent says why it ended.")
        if self._may_be_there:
            ts = digests._find(claim)
            if ts is not None:
                return self._record(ts, claim.heads, None)
            self._may_be_there = False
        digests._settle_unknown(channel)
        now, told = digests._clock(), told_of(store, digests.team, plan)
        report = digests._composer.compose(plan, claim.day, told, now)
        heads = {span.repository: (span.base, span.head) for span in report.spans}
        if report.quiet and plan.quiet == "skip":
            begun = {name: base for name, (base, _) in heads.items() if base and name not in told}
            store.quiet(claim, begun, digests._clock(), words="nothing stood out")
            return self._outcome(Ended.QUIET, f"nothing stood out, {counted(report.others, 'small change')}")
        if digests._stopping.is_set():
            store.wait(claim, now, _STOPPED, posted=False, counted=False)
            return self._outcome(Ended.FAILED, f"{_STOPPED}.", again=now)
        if digests.plans.plan(channel) is None:
            store.end(claim, Status.FAILED, "switched off")
            return self._outcome(Ended.NOT_DUE, "switched off")
        if not store.posting(claim, heads, digests._clock()):
            return self._outcome(Ended.ELSEWHERE)
        return self._record(self._post(report), heads, report)

    def _post(self, report: ChangesReport) -> str:
        self._may_be_there = True
        try:
            return self._digests._poster.post(self._plan.channel, key_of(self._plan.channel, self._claim.day), report, self._plan)
        except DigestUnsure:
            raise
        except DocentError:
            self._may_be_there = False
            raise

    def _record(self, ts: str, heads: Heads, report: ChangesReport | None) -> Outcome:
        """Note that it stands there; without a report, it was found there."""
        digests, details = self._digests, report is None or not report.quiet
        wanted = self._plan.repositories
        if digests._store.posted(self._claim, ts, heads, digests._clock(), details=details, wanted=wanted) and details:
            try:
                digests._details(self._claim, ts, report)
            except StoreError as exc:  # the details are still due; whoever takes them up looks first whether they are there
                log.error("digest for %s: %s", self._plan.channel, exc)
        told = "found in Slack" if report is None else _counted(report)
        return self._outcome(Ended.POSTED, told, ts=ts)

    def _later(self, ended: Ended, exc: DocentError) -> Outcome:
        """Try again on the same day, a few times; then the next digest tells what this one would have told."""
        digests, claim = self._digests, self._claim
        unsure = self._may_be_there
        try:
            if claim.attempts > len(RETRIES):
                digests._store.end(claim, Status.UNKNOWN if unsure else Status.FAILED, str(exc))
                return self._outcome(Ended.UNKNOWN if unsure else ended, f"{exc} The next digest tells the same changes.")
            again = digests._clock() + RETRIES[claim.attempts - 1]
            digests._store.wait(claim, again, str(exc), posted=unsure)
            return self._outcome(ended, str(exc), again=again)
        except StoreError as failed:  # the lease ends by itself; what the row says is still true
            return self._outcome(Ended.FAILED, f"{exc} {failed}", again=digests._clock() + timedelta(seconds=LEASE_SECONDS))

    def _outcome(self, ended: Ended, detail: str = "", *, again: datetime | None = None, ts: str = "") -> Outcome:
        return Outcome(ended, self._plan.channel, self._claim.day, detail, again, ts)


def told_of(store: DigestStore, team: str, plan: Plan) -> dict[str, Told]:
    """What a channel was told of last. Where its digest was off since, what happened meanwhile is not told."""
    told = store.told(team, plan.channel)
    return {name: one for name, one in told.items() if plan.since is None or one.at >= plan.since}


def _counted(report: ChangesReport) -> str:
    told = f"{counted(len(report.changes), 'change')} told"
    return f"{told}, {counted(report.others, 'other')}" if report.others else told


def _clock_of(moment: datetime) -> str:
    return moment.strftime("%H:%M UTC")
