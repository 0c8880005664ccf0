"""Who knows some files, and whether that is one person alone. Pure functions over touches."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from indexer.analysis.ownership import Contributor, ownership, whom_to_ask
from indexer.types import Touch
from indexer.vcs.identity import Identities

_MAIN, _KNOWS = 0.5, 0.1  # shares of having built it: from which it is mostly one person's, from which somebody else knows it too


@dataclass(frozen=True, slots=True)
class Knowledge:
    """`main` built most (None: nobody but programs did anything), `others` who built at least a tenth are, best first; `ask` are one to
    three people to ask now.

    `alone`: the files are mostly one person's, and nobody else who is still active here knows them. `lost`: nobody at all who knows
    them is active any more.
    """

    main: Contributor | None
    others: tuple[Contributor, ...]
    ask: tuple[Contributor, ...]
    bus_factor: int
    alone: bool
    lost: bool


def knowledge(touches: Iterable[Touch], identities: Identities, now: datetime) -> Knowledge:
    """Who knows the touched files, as of `now`."""
    found = ownership(touches, identities, now)
    if not found.contributors:
        return Knowledge(None, (), (), found.bus_factor, alone=False, lost=False)
    main, *rest = found.contributors
    others = tuple(one for one in rest if one.share >= _KNOWS or one.reviews)
    ask = whom_to_ask(found)
    alone = main.around and main.share >= _MAIN and not any(one.around for one in others)
    return Knowledge(main, others, ask, found.bus_factor, alone, lost=not any(one.around for one in (main, *others, *ask)))
