"""Which questions were received and answered: one process answers each, also when Slack repeats itself or a process dies."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.state.database import open_engine, store_errors
from bot.state.digest_choices import ChoiceStore
from bot.state.digests import DigestStore
from bot.state.schema import events, posted_answers

LEASE_SECONDS = 30.0  # a process says every few seconds that it lives; after this long without it another takes over
KEEP_EVENTS_SECONDS = 86_400.0
KEEP_ANSWERS_SECONDS = 400 * 86_400.0


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery of one question; `payload` is Slack's envelope as JSON."""

    app: str
    team: str
    event_id: str
    channel: str
    ts: str
    payload: str = ""


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A question whose process died before it answered; `attempts` counts this one, `age` is in seconds."""

    payload: str
    attempts: int
    age: float
    sign_ts: str | None


class State:
    """The state database. Safe to use from threads, and from several processes at once."""

    def __init__(self, engine: Engine, now: Callable[[], float] = time.time) -> None:
        self._engine = engine
        self._now = now
        self._shown = engine.url.render_as_string(hide_password=True)
        self._pruned_at = 0.0
        self.owner = uuid.uuid4().hex
        self.digests = DigestStore(engine)
        self.choices = ChoiceStore(engine)

    @classmethod
    def open(cls, url: str, now: Callable[[], float] = time.time) -> State:
        """Open the database at a SQLAlchemy URL and bring it up to date. Raises ConfigError, StoreError."""
        return cls(open_engine(url), now)

    def first_time(self, event: Received) -> bool:
        """Note a question; True for exactly one caller over all processes. That one owns it and has to `finish` it."""
        now = self._now()
        row = {
            "app": event.app,
            "team": event.team,
            "event_id": event.event_id or f"{event.channel}/{event.ts}",
            "channel": event.channel,
            "ts": event.ts,
            "payload": event.payload,
            "received_at": now,
            "owner": self.owner,
            "owned_until": now + LEASE_SECONDS,
            "attempts": 1,
        }
        with store_errors(self._shown):
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(events).values(row))
            except IntegrityError:
                return False
        self._prune_sometimes(now)
        return True

    def renew(self) -> None:
        """Say that this process lives: extend the ownership of everything it has not finished."""
        mine = (events.c.owner == self.owner) & events.c.finished_at.is_(None)
        with store_errors(self._shown), self._engine.begin() as connection:
            connection.execute(update(events).where(mine).values(owned_until=self._now() + LEASE_SECONDS))

    def release(self, team: str, channel: str, ts: str) -> None:
        """Give a question up, so that the next process takes it over at once."""
        with store_errors(self._shown), self._engine.begin() as connection:
            connection.execute(update(events).where(_message(team, channel, ts)).values(owned_until=0.0, owner=""))

    def take_over(self, limit: int = 20) -> list[Unfinished]:
        """Unfinished questions whose owner died or released them, oldest first; they are this process's from now on."""
        now = self._now()
        orphaned = events.c.finished_at.is_(None) & (events.c.owned_until < now) & (events.c.owner != self.owner)
        taken: list[Unfinished] = []
        with store_errors(self._shown), self._engine.begin() as connection:
            rows = connection.execute(select(events).where(orphaned).order_by(events.c.received_at).limit(limit)).all()
            for row in rows:
                claim = update(events).where((events.c.id == row.id) & orphaned)
                values = {"owner": self.owner, "owned_until": now + LEASE_SECONDS, "attempts": row.attempts + 1}
                if connection.execute(claim.values(values)).rowcount == 1:
                    taken.append(Unfinished(row.payload or "", row.attempts + 1, now - row.received_at, row.sign_ts))
        return taken

    def still_mine(self, team: str, channel: str, ts: str) -> bool:
        """Right before posting: False when another process took the question over or it is finished. Extends ownership.

        A question that could not be noted when it came is nobody else's.
        """
        noted = _message(team, channel, ts)
        mine = noted & (events.c.owner == self.owner) & events.c.finished_at.is_(None)
        with store_errors(self._shown), self._engine.begin() as connection:
            extended = update(events).where(mine).values(owned_until=self._now() + 4 * LEASE_SECONDS)
            if connection.execute(extended).rowcount == 1:
                return True
            return connection.execute(select(events.c.id).where(noted)).first() is None

    def keep_sign(self, team: str, channel: str, ts: str, sign_ts: str) -> None:
        """Remember the message that says "working on it", so that whoever answers can replace it."""
        with store_errors(self._shown), self._engine.begin() as connection:
            connection.execute(update(events).where(_message(team, channel, ts)).values(sign_ts=sign_ts))

    def finish(self, team: str, channel: str, ts: str, outcome: str) -> None:
        """The question was answered, in whatever words; what was asked is forgotten here."""
        values = {"finished_at": self._now(), "outcome": outcome[:32], "payload": None}
        with store_errors(self._shown), self._engine.begin() as connection:
            connection.execute(update(events).where(_message(team, channel, ts)).values(values))

    def record_answer(
        self, question: str, *, team: str, channel: str, thread_ts: str, ts: str, repos: Sequence[str]
    ) -> None:
        """Note that `question` was answered by message `ts`."""
        row = {
            "question": question,
            "team": team,
            "channel": channel,
            "thread_ts": thread_ts,
            "ts": ts,
            "repos": "\n".join(repos),
            "posted_at": self._now(),
        }
        with store_errors(self._shown), self._engine.begin() as connection:
            same = (posted_answers.c.team == team) & (posted_answers.c.channel == channel) & (posted_answers.c.ts == ts)
            connection.execute(delete(posted_answers).where(same))
            connection.execute(insert(posted_answers).values(row))

    def answers(self, question: str) -> list[str]:
        """The ts of the messages that answered `question`."""
        wanted = select(posted_answers.c.ts).where(posted_answers.c.question == question).order_by(posted_answers.c.id)
        with store_errors(self._shown), self._engine.begin() as connection:
            return list(connection.execute(wanted).scalars())

    def close(self) -> None:
        self._engine.dispose()

    def _prune_sometimes(self, now: float) -> None:
        if now - self._pruned_at < 3_600:
            return
        self._pruned_at = now
        with store_errors(self._shown), self._engine.begin() as connection:
            connection.execute(delete(events).where(events.c.received_at < now - KEEP_EVENTS_SECONDS))
            connection.execute(delete(posted_answers).where(posted_answers.c.posted_at < now - KEEP_ANSWERS_SECONDS))


def _message(team: str, channel: str, ts: str):
    return (events.c.team == team) & (events.c.channel == channel) & (events.c.ts == ts)
