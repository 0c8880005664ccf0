"""What a commit did to the code says how likely somebody asks about it: how much it changed, and which parts."""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from functools import lru_cache

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


def asks_for_removal(question: str) -> bool:
    """Whether a question, in everyday words too, is about something that was taken away."""
    return bool(_ASKS_FOR_REMOVAL.search(question))


def spread(files: int) -> float:
    """What the likeness of a commit's best file counts, where it touched so many."""
    return max(1.0, files / _MANY) ** -0.5


def footprint(paths: Collection[str], added: int, deleted: int, recipe: Recipe, *, removal: bool) -> float:
    """What a commit is worth besides its words: for its size, for source and tests among its `paths`, and where a `removal` is asked
    for the more it deleted."""
    lines = added + deleted
    worth = recipe.size * min(math.log1p(lines) / _LARGE, 1.0) + recipe.parts * len(_parts(tuple(paths)))
    return worth + recipe.removal * (deleted - added) / lines if removal and lines else worth


def footprint_range(recipe: Recipe) -> tuple[float, float]:
    """The least and the most that `footprint` can give."""
    return -recipe.removal, recipe.size + 2 * recipe.parts + recipe.removal


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
