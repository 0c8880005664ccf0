"""What to look at twice in a change, each with the places that show it: nothing is told that a text does not show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.changes.flags.api import api_flags
from indexer.changes.flags.contracts import contract_flags
from indexer.changes.flags.defaults import default_flags
from indexer.changes.flags.deletions import deletion_flags
from indexer.changes.flags.dependencies import dependency_flags
from indexer.changes.flags.pairs import Texts
from indexer.changes.flags.said import breaking_flags, revert_flags
from indexer.changes.flags.schema import schema_flags
from indexer.changes.flags.sensitive import sensitive_flags
from indexer.changes.types import Flag, FlagKind, Read, Step, Story

_MOST = 5  # of one kind: the first ones say what is going on
_WEIGHTS = {kind: place for place, kind in enumerate((
    FlagKind.BREAKING, FlagKind.REVERT, FlagKind.API_REMOVED, FlagKind.SCHEMA, FlagKind.DELETION, FlagKind.MONEY,
    FlagKind.SECURITY,
    FlagKind.DEPENDENCY_NEW, FlagKind.DEPENDENCY_REMOVED, FlagKind.DEFAULT, FlagKind.API_CHANGED, FlagKind.DEPENDENCY_CHANGED))}


def flags_of(story: Story, steps: Sequence[Step], read: Read) -> tuple[Flag, ...]:
    """What to look at twice in a story, weightiest first: at most five of a kind, whose last says how many more there are."""
    texts = Texts(story, steps, read)
    flags = [*breaking_flags(story, texts), *revert_flags(story), *contract_flags(texts), *api_flags(texts), *schema_flags(texts),
             *deletion_flags(texts), *sensitive_flags(story, texts), *dependency_flags(texts), *default_flags(texts)]
    kept = [flag for kind in FlagKind for flag in _capped([flag for flag in flags if flag.kind is kind])]
    return tuple(sorted(kept, key=_weight))


def _capped(flags: list[Flag]) -> list[Flag]:
    more = len(flags) - _MOST
    if more <= 0:
        return flags
    last = flags[_MOST - 1]
    return [*flags[: _MOST - 1], replace(last, detail=", ".join(part for part in (last.detail, f"and {more} more") if part))]


def _weight(flag: Flag) -> float:
    """Lower is weightier. A major version, or one not supported any more, weighs like a new dependency; development, little."""
    if "for development" in flag.detail:
        return len(_WEIGHTS)
    if flag.kind is FlagKind.DEPENDENCY_CHANGED and flag.detail.startswith(("major", "oldest", "older")):
        return _WEIGHTS[FlagKind.DEPENDENCY_NEW] - 0.5
    return _WEIGHTS[flag.kind]
