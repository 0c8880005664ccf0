"""Whether a change mends something: by its nature, by the words of its title, by the commit that it says it fixes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from indexer.changes.natures import nature_of
from indexer.changes.types import Nature, Size, Story

_FIX = re.compile(r"\b(fix(e[sd]|ing)?|hot-?fix|bug-?fix(es)?|bugs?|regressions?|crash(e[sd])?)\b", re.IGNORECASE)
_FIXES_COMMIT = re.compile(r"^Fixes: [0-9a-f]{7,}", re.MULTILINE)  # as Linux and others name the commit that is mended
_MENDS = (Nature.FIX, Nature.REVERT)


def says_fix(title: str, bodies: Iterable[str]) -> bool:
    """Whether its texts say so in as many words."""
    return bool(_FIX.search(title) or any(_FIXES_COMMIT.search(body) for body in bodies))


def mends(title: str, bodies: Iterable[str], nature: Nature) -> bool:
    """Whether a story of this nature mends something, or takes something back."""
    return nature in _MENDS or says_fix(title, bodies)


def commit_mends(subject: str, body: str) -> bool:
    """The same of one commit, of which only the message is looked at."""
    return says_fix(subject, (body,)) or nature_of(Story(subject, body, ()), Size()) in _MENDS
