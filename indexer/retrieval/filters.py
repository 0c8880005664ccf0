"""The files that a question's filters leave: `path:` and `lang:`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import translate

import numpy as np


def within(paths: Sequence[str], languages: Mapping[str, str], patterns: Sequence[str], chosen: Sequence[str]) -> np.ndarray:
    """Which of the paths one of the patterns means, and are of one of the chosen languages; where there are none, all: bool (n,)."""
    kept = np.ones(len(paths), bool)
    if chosen:
        kept &= np.fromiter((languages.get(path) in chosen for path in paths), bool, len(paths))
    if patterns:
        matches = [_matcher(pattern) for pattern in patterns]
        kept &= np.fromiter((any(match(path.lower()) for match in matches) for path in paths), bool, len(paths))
    return kept


def path_matches(path: str, pattern: str) -> bool:
    """Whether a path is meant by a filter: a part of it in any case, or a glob over the whole of it."""
    return _matcher(pattern)(path.lower())


def _matcher(pattern: str) -> Callable[[str], bool]:
    """What says of a path in lower case whether a filter means it."""
    pattern = pattern.lower().removeprefix("./")
    if any(char in pattern for char in "*?["):
        glob = re.compile(f"{translate(pattern)}|{translate(f'*/{pattern}')}")
        return lambda path: glob.match(path) is not None
    return lambda path: pattern in path
