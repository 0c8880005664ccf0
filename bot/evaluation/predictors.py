"""Whom docent names as owners from history alone, and whom one would name without it. Pure functions over the same touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bot.evaluation.owner_metrics import NAMED, Predictor
from indexer.analysis.ownership import ownership
from indexer.types import Person, Sureness, Touch
from indexer.vcs.identity import Identities, is_person


def predict(
    touches: Sequence[Touch], identities: Identities, now: datetime
) -> tuple[Mapping[Predictor, tuple[Person, ...]], Sureness]:
    """The people named, best first, merged and without bots; and how sure docent says it is of its first."""
    found = ownership(touches, identities, now)
    made = _changes_made(touches, identities)
    named = {
        Predictor.DOCENT: tuple(one.person for one in found.contributors[:NAMED]),
        Predictor.MOST_COMMITS: _first(made, lambda dates: (len(dates), max(dates.values()))),
        Predictor.LAST_AUTHOR: _first(made, lambda dates: (max(dates.values()), len(dates))),
    }
    return named, found.sureness


def _changes_made(touches: Sequence[Touch], identities: Identities) -> dict[Person, dict[str, datetime]]:
    """Each author's commits with their dates."""
    made: dict[Person, dict[str, datetime]] = defaultdict(dict)
    for touch in touches:
        if is_person(touch.commit.author):
            made[identities.of(touch.commit.author)][touch.commit.sha] = touch.commit.committed_at
    return made


def _first(made: Mapping[Person, Mapping[str, datetime]], measure: Callable[[Mapping[str, datetime]], Any]) -> tuple[Person, ...]:
    ranked = sorted(made, key=lambda person: (person.name, person.email))
    return tuple(sorted(ranked, key=lambda person: measure(made[person]), reverse=True)[:NAMED])
