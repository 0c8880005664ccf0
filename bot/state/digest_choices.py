"""What people chose in Slack for the digests of their channels."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy import Engine, Row, delete, insert, select

from bot.digest.types import Choice
from bot.state.database import store_errors
from bot.state.schema import digest_choices


class ChoiceStore:
    """One choice for each channel, the last one holds. Safe for threads and processes. Every method may raise StoreError."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._shown = engine.url.render_as_string(hide_password=True)

    def all(self, team: str) -> dict[str, Choice]:
        """By channel."""
        with store_errors(self._shown), self._engine.begin() as connection:
            rows = connection.execute(select(digest_choices).where(digest_choices.c.team == team)).all()
        return {row.channel: _choice_of(row) for row in rows}

    def keep(self, team: str, channel: str, choice: Choice | None, now: datetime) -> None:
        """Keep a choice in place of the one before; None: forget it."""
        same = (digest_choices.c.team == team) & (digest_choices.c.channel == channel)
        with store_errors(self._shown), self._engine.begin() as connection:
            connection.execute(delete(digest_choices).where(same))
            if choice is not None:
                connection.execute(insert(digest_choices).values(team=team, channel=channel, **_values_of(choice, now)))

    def teams(self) -> list[str]:
        """The workspaces in which somebody chose, latest first."""
        with store_errors(self._shown), self._engine.begin() as connection:
            rows = connection.execute(select(digest_choices.c.team).order_by(digest_choices.c.changed_at.desc())).scalars()
            return list(dict.fromkeys(rows))


def _values_of(choice: Choice, now: datetime) -> dict[str, object]:
    return {
        "switched_on": int(choice.on),
        "at": choice.at.strftime("%H:%M") if choice.at is not None else None,
        "zone": choice.zone,
        "days": ",".join(choice.days) if choice.days is not None else None,
        "repositories": "\n".join(choice.repositories) if choice.repositories is not None else None,
        "every": choice.every,
        "quiet": choice.quiet,
        "changed_by": choice.changed_by[:64],
        "changed_at": now.timestamp(),
        "since": choice.since.timestamp() if choice.since else None,
    }


def _choice_of(row: Row) -> Choice:
    return Choice(
        on=bool(row.switched_on),
        at=time.fromisoformat(row.at) if row.at else None,
        zone=row.zone,
        days=tuple(row.days.split(",")) if row.days else None,
        repositories=tuple(row.repositories.splitlines()) if row.repositories is not None else None,
        every=row.every,
        quiet=row.quiet,
        changed_by=row.changed_by,
        changed_at=datetime.fromtimestamp(row.changed_at, UTC),
        since=datetime.fromtimestamp(row.since, UTC) if row.since is not None else None,
    )
