"""Which digests were posted and what they told: one for each channel and day, whoever comes first and whenever it dies.

An attempt takes a row under a token of its own and says every few seconds that it lives. Whoever finds the lease ended takes the
row over; the status says what may have happened until then. `POSTING` is written before Slack is called, and the heads that the
message tells with it, so that who finds the message there can record it.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bot.state.database import store_errors
from bot.state.schema import digest_heads, digests

LEASE_SECONDS = 60.0
# Seconds: a lease, or a pause before the next try, that ends later than this was written by a clock that was set back since.
_UNBELIEVABLE_LEASE, _UNBELIEVABLE_PAUSE = 600.0, 4 * 3600.0


class Status(StrEnum):
    CLAIMED = "claimed"  # somebody is at it, or it will be tried again; certainly not posted
    POSTING = "posting"  # it may stand in Slack or not
    POSTED = "posted"
    QUIET = "quiet"  # nothing stood out, so nothing was posted
    UNKNOWN = "unknown"  # whether it stands there could not be known, so it is not repeated
    FAILED = "failed"  # given up; certainly not posted


_DONE = (Status.POSTED, Status.QUIET, Status.UNKNOWN, Status.FAILED)


class Details(StrEnum):
    NONE = ""
    DUE = "due"
    POSTED = "posted"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one digest. `heads` is {repository: (base, head)} of the message that is or may be posted.

    `attempts` counts this one; those for the details count from one again. `begun_at`: the first attempt, seconds since 1970.
    """

    team: str
    channel: str
    day: date
    token: str
    status: Status
    attempts: int
    begun_at: float
    ts: str = ""
    details: Details = Details.NONE
    heads: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """The commit of a repository that a channel was told of last, and when."""

    head: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Last:
    """How the newest digest of a channel ended."""

    channel: str
    day: date
    status: Status
    words: str


class DigestStore:
    """The digests in the state database. Safe for threads and for several processes. Every method may raise StoreError.

    `now` is given, aware, so that one attempt has one clock.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shown = engine.url.render_as_string(hide_password=True)

    # taking

    def claim(self, team: str, channel: str, day: date, now: datetime) -> Claim | None:
        """The right to the digest of a day; None where it is done, another attempt lives, or the next one has to wait."""
        new = Claim(team, channel, day, uuid.uuid4().hex, Status.CLAIMED, 1, now.timestamp())
        row = {
            "team": team,
            "channel": channel,
            "day": day.isoformat(),
            "status": new.status,
            "owner": new.token,
            "owned_until": now.timestamp() + LEASE_SECONDS,
            "attempts": new.attempts,
            "begun_at": new.begun_at,
            "details": new.details,
        }
        with store_errors(self._shown):
            try:
                with self._engine.begin() as connection:
                    connection.execute(insert(digests).values(row))
                return new
            except IntegrityError:
                pass
        return self._take(_of(team, channel) & (digests.c.day == day.isoformat()) & _unfinished(), now)

    def take_left(self, team: str, channel: str, today: date, now: datetime) -> Claim | None:
        """What an attempt that died left behind, oldest first: a digest of another day, or a thread without its details."""
        other = (digests.c.day != today.isoformat()) & digests.c.status.in_((Status.CLAIMED, Status.POSTING))
        return self._take(_of(team, channel) & or_(other, _details_due()), now)

    def take_unknown(self, team: str, channel: str, now: datetime) -> Claim | None:
        """The newest digest of which it could not be known whether it stands in Slack, and which nothing was posted after."""
        later = select(func.max(digests.c.day)).where(_of(team, channel) & (digests.c.status == Status.POSTED)).scalar_subquery()
        unknown = (digests.c.status == Status.UNKNOWN) & or_(later.is_(None), digests.c.day > later)
        return self._take(_of(team, channel) & unknown, now, newest=True)

    def _take(self, wanted, now: datetime, *, newest: bool = False) -> Claim | None:
        free, token = wanted & _free(now.timestamp()), uuid.uuid4().hex
        values = {"owner": token, "owned_until": now.timestamp() + LEASE_SECONDS, "retry_at": None}
        order = digests.c.day.desc() if newest else digests.c.day
        with store_errors(self._shown), self._engine.begin() as connection:
            row = connection.execute(select(digests).where(free).order_by(order).limit(1)).first()
            if row is None:
                return None
            taken = update(digests).where((digests.c.id == row.id) & free).values(**values, attempts=row.attempts + 1)
            return _claim_of(row, token) if connection.execute(taken).rowcount == 1 else None

    # while it is held

    def renew(self, claim: Claim, now: datetime) -> bool:
        """Say that the attempt lives; False where another one has taken over."""
        return self._set(claim, owned_until=now.timestamp() + LEASE_SECONDS)

    def posting(self, claim: Claim, heads: Mapping[str, tuple[str, str]], now: datetime) -> bool:
        """Right before Slack is called: from here on it may be there. False where another attempt has taken over."""
        until = now.timestamp() + LEASE_SECONDS
        return self._set(claim, status=Status.POSTING, heads=json.dumps(heads), owned_until=until)

    # ending

    def posted(
        self,
        claim: Claim,
        ts: str,
        heads: Mapping[str, tuple[str, str]],
        now: datetime,
        *,
        details: bool,
        wanted: Collection[str] | None = None,
        words: str = "",
    ) -> bool:
        """It stands there as `ts`: what it tells is told, and its details are due. False where another attempt has taken over.

        A repository that is not `wanted` any more is forgotten: when it comes back, months later, they are not told as one day.
        """
        values = {
            "status": Status.POSTED,
            "ts": ts,
            "posted_at": now.timestamp(),
            "attempts": 1,
            "details": Details.DUE if details else Details.NONE,
            "heads": json.dumps(heads),
            "words": words,
        }
        if not details:
            values |= {"owner": "", "owned_until": 0.0}
        with store_errors(self._shown), self._engine.begin() as connection:
            if connection.execute(update(digests).where(_mine(claim)).values(values)).rowcount != 1:
                return False
            for repository, (_, head) in heads.items():
                self._tell(connection, claim, repository, head, now)
            if wanted is not None:
                here = (digest_heads.c.team == claim.team) & (digest_heads.c.channel == claim.channel)
                connection.execute(delete(digest_heads).where(here & digest_heads.c.repository.not_in(list(wanted))))
        return True

    def quiet(self, claim: Claim, begun: Mapping[str, str], now: datetime, words: str = "") -> bool:
        """Nothing was posted, and nothing counts as told: the next digest begins where this one did, in a repository that was
        never told of at the commit that `begun` names."""
        values = {"status": Status.QUIET, "owner": "", "owned_until": 0.0, "words": words}
        with store_errors(self._shown), self._engine.begin() as connection:
            if connection.execute(update(digests).where(_mine(claim)).values(values)).rowcount != 1:
                return False
            for repository, base in begun.items():
                self._tell(connection, claim, repository, base, now)
        return True

    def wait(self, claim: Claim, until: datetime, words: str, *, posted: bool = True, counted: bool = True) -> bool:
        """Give it up for now, to be tried again at `until`. Not `posted`: it certainly does not stand there. Not `counted`: this
        was no attempt."""
        values: dict[str, object] = {"owner": "", "owned_until": 0.0, "retry_at": until.timestamp(), "words": words}
        if not posted:
            values["status"] = Status.CLAIMED
        if not counted:
            values["attempts"] = claim.attempts - 1
        return self._set(claim, **values)

    def end(self, claim: Claim, status: Status, words: str) -> bool:
        """Give it up for good: FAILED or UNKNOWN."""
        return self._set(claim, status=status, owner="", owned_until=0.0, words=words)

    def end_details(self, claim: Claim, details: Details, words: str = "") -> bool:
        """The thread has its details, or will not get them."""
        return self._set(claim, details=details, owner="", owned_until=0.0, **({"words": words} if words else {}))

    def _set(self, claim: Claim, **values: object) -> bool:
        with store_errors(self._shown), self._engine.begin() as connection:
            return connection.execute(update(digests).where(_mine(claim)).values(values)).rowcount == 1

    def _tell(self, connection: Connection, claim: Claim, repository: str, head: str, now: datetime) -> None:
        key = {"team": claim.team, "channel": claim.channel, "repository": repository}
        same = (digest_heads.c.team == claim.team) & (digest_heads.c.channel == claim.channel)
        connection.execute(delete(digest_heads).where(same & (digest_heads.c.repository == repository)))
        connection.execute(insert(digest_heads).values(**key, head=head, told_at=now.timestamp()))

    # looking

    def last_day(self, team: str, channel: str, today: date) -> date | None:
        """The newest day that is done, today or before."""
        done = _of(team, channel) & digests.c.status.in_(_DONE) & (digests.c.day <= today.isoformat())
        with store_errors(self._shown), self._engine.begin() as connection:
            found = connection.execute(select(func.max(digests.c.day)).where(done)).scalar()
        return date.fromisoformat(found) if found else None

    def opens_at(self, team: str, channel: str, now: datetime) -> dict[date, datetime]:
        """Of each digest that is not finished, when it can be taken (now, where it can be)."""
        with store_errors(self._shown), self._engine.begin() as connection:
            rows = connection.execute(select(digests).where(_of(team, channel) & or_(_unfinished(), _details_due()))).all()
        return {date.fromisoformat(row.day): datetime.fromtimestamp(_opening(row, now.timestamp()), UTC) for row in rows}

    def told(self, team: str, channel: str) -> dict[str, Told]:
        """By repository, what the channel was told of last."""
        wanted = (digest_heads.c.team == team) & (digest_heads.c.channel == channel)
        with store_errors(self._shown), self._engine.begin() as connection:
            rows = connection.execute(select(digest_heads).where(wanted)).all()
        return {row.repository: Told(row.head, datetime.fromtimestamp(row.told_at, UTC)) for row in rows}

    def last(self, team: str, channel: str = "") -> Last | None:
        """The newest digest of a channel, or of all of them."""
        wanted = _of(team, channel) if channel else digests.c.team == team
        newest = select(digests).where(wanted).order_by(digests.c.day.desc(), digests.c.begun_at.desc()).limit(1)
        with store_errors(self._shown), self._engine.begin() as connection:
            row = connection.execute(newest).first()
        return Last(row.channel, date.fromisoformat(row.day), Status(row.status), row.words or "") if row else None

    def teams(self) -> list[str]:
        """The workspaces that ever had a digest, latest first."""
        latest = select(digests.c.team).group_by(digests.c.team).order_by(func.max(digests.c.begun_at).desc())
        with store_errors(self._shown), self._engine.begin() as connection:
            return list(connection.execute(latest).scalars())


def _of(team: str, channel: str):
    return (digests.c.team == team) & (digests.c.channel == channel)


def _unfinished():
    return digests.c.status.in_((Status.CLAIMED, Status.POSTING))


def _details_due():
    return (digests.c.status == Status.POSTED) & (digests.c.details == Details.DUE)


def _free(moment: float):
    """Nobody works on it, and its pause is over."""
    lease, pause = moment + _UNBELIEVABLE_LEASE, moment + _UNBELIEVABLE_PAUSE
    unowned = or_(digests.c.owner == "", digests.c.owned_until < moment, digests.c.owned_until > lease)
    return unowned & or_(digests.c.retry_at.is_(None), digests.c.retry_at <= moment, digests.c.retry_at > pause)


def _opening(row: Row, moment: float) -> float:
    """When a row becomes free: the same rules as above."""
    leased = row.owned_until if row.owner and row.owned_until <= moment + _UNBELIEVABLE_LEASE else moment
    paused = row.retry_at if row.retry_at is not None and row.retry_at <= moment + _UNBELIEVABLE_PAUSE else moment
    return max(moment, leased, paused)


def _mine(claim: Claim):
    return _of(claim.team, claim.channel) & (digests.c.day == claim.day.isoformat()) & (digests.c.owner == claim.token)


def _claim_of(row: Row, token: str) -> Claim:
    heads = {name: (base, head) for name, (base, head) in json.loads(row.heads or "{}").items()}
    known = (Status(row.status), row.attempts + 1, row.begun_at, row.ts or "", Details(row.details), heads)
    return Claim(row.team, row.channel, date.fromisoformat(row.day), token, *known)
