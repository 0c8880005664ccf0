"""Builds the digests of a process from its settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.config import Settings
from bot.digest.compose import FreshNews
from bot.digest.plans import Plans
from bot.digest.run import Digests
from bot.digest.types import Poster
from bot.service import Docent
from bot.state import State
from indexer.errors import ConfigError

JOBS = "schedule.sqlite"  # in the data folder, beside the state database


def open_plans(settings: Settings, state: State, team: str) -> Plans:
    """The plans of a workspace."""
    return Plans(settings.digest, [item.name for item in settings.repositories], state, team)


def open_digests(
    settings: Settings, docent: Docent, state: State, poster: Poster, *, refresh: bool = True, use_llm: bool = True
) -> Digests:
    """The digests of the poster's workspace."""
    composer = FreshNews(docent, refresh=refresh, use_llm=use_llm)
    return Digests(open_plans(settings, state, poster.team), state.digests, poster, composer)


def state_url(settings: Settings) -> str:
    """Where the state is kept."""
    return settings.database.state_url or f"sqlite:///{settings.data_dir / 'state.sqlite'}"


@contextmanager
def reading_state(settings: Settings) -> Iterator[State]:
    """The state to look into; where there is none yet, an empty one that is not kept. ConfigError, StoreError."""
    url = state_url(settings)
    is_new = not settings.database.state_url and not Path(settings.data_dir / "state.sqlite").exists()
    state = State.open("sqlite://" if is_new else url)
    try:
        yield state
    finally:
        state.close()


def refuse_unenforced(settings: Settings) -> None:
    """Rules that nobody enforces would let people read what they must not. ConfigError."""
    if settings.slack.bot_token is not None and settings.access.rules:
        raise ConfigError(
            f"{settings.path}: [[access.rules]] are not enforced by this version of docent, so it does not start in Slack.",
            "Remove them, and configure only repositories that everybody in the workspace may ask about.",
        )
