"""What a commit did to the code says how likely somebody asks about it: how much it changed, and which parts."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from indexer.languages import detect_language
from indexer.retrieval.recipe import Recipe
from indexer.roles import role_of
from indexer.types import Kind, Role

_LARGE = math.log1p(400)  # lines, from which on a change is no larger for this
_MANY = 20  # files; a commit that touches more of them says less about each
_ASKS_FOR_REMOVAL = re.compile(
    r"\b(?:remov|drop|delet|discard|abandon|retir)\w*|\b(?:threw|throw\w*|tak\w+|took|cut|moved?) (?:\w+ ){0,6}?(?:out|away|off)\b"
    r"|\b(?:get|got|getting) rid\b|\b(?:stop|stopped|quit|ceased?)\b|\bg[ai]ven? up\b|\bno longer\b|\bany ?more\b"
    r"|\bend(?:ed)? (?:the )?support\b|\bsplit\w* off\b|\ble(?:ft|ave)\b",
    re.IGNORECASE,
)

_NOISE = re.compile(
    r"^\W*(?:merge\b|(?:build|chore|ci)\(deps|bump\b|(?:fix(?:ed)? )?typos?\b|v?\d+(?:\.\d+)+\W*$|release\b"
    r"|prepare\b.{0,20}\brelease|(?:re-?)?format(?:ted|ting)?\b|lint\b|whitespace|update changelog|\[pre-commit|pre-commit auto)",
    re.IGNORECASE,
)


def asks_for_removal(question: str) -> bool:
    """Whether a question, in everyday words too, is about something that was taken away."""
    return bool(_ASKS_FOR_REMOVAL.search(question))


def spread(files: int) -> float:
    """What the likeness of a commit's best file counts, where it touched so many."""
    return max(1.0, files / _MANY) ** -0.5


class Footprint(NamedTuple):
    """What a commit is besides its words, for ranking; or, as arrays (n,) of float, what many are."""

    noise: float  # 1 for upkeep that answers hardly any question, else 0
    spread: float
    large: float  # 0..1, by its changed lines
    parts: float  # how many of source code and tests it touched
    added: float
    deleted: float

    def worth(self, recipe: Recipe, *, removal: bool) -> np.ndarray:
        """What each commit is worth besides its words: for its size, for source and tests among its files, and where a `removal` is asked
        for the more it deleted."""
        worth = recipe.size * np.asarray(self.large) + recipe.parts * np.asarray(self.parts)
        if not removal:
            return worth
        lines = np.asarray(self.added) + self.deleted
        return np.where(lines > 0, worth + recipe.removal * (np.asarray(self.deleted) - self.added) / np.maximum(lines, 1), worth)


def footprint(subject: str, paths: Collection[str], added: int, deleted: int) -> Footprint:
    """The footprint of one commit, by the first line of its message, the files it touched, and the lines it added and deleted."""
    large = min(math.log1p(added + deleted) / _LARGE, 1.0)
    return Footprint(float(is_noise(subject)), spread(len(paths)), large, float(len(_parts(tuple(paths)))), float(added), float(deleted))


def is_noise(message: str) -> bool:
    """Whether a commit by its subject is upkeep that answers hardly any question: a merge, a release, a version bump."""
    return bool(_NOISE.search(message.split("\n", 1)[0]))


@lru_cache(maxsize=20_000)
def _parts(paths: tuple[str, ...]) -> frozenset[Role]:
    """Which of source code and tests these files are."""
    return frozenset(part for path in paths if (part := _part(path)))


@lru_cache(maxsize=50_000)
def _part(path: str) -> Role | None:
    """Source code or tests; None for all else."""
    kind = detect_language(path).kind
    role = role_of(path, kind)
    return role if role is Role.TEST or (role is Role.SOURCE and kind is Kind.CODE) else None
