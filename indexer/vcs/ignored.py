"""Reads .git-blame-ignore-revs: commits, such as reformatting ones, that say nothing of who knows a line."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from indexer.types import Touch

IGNORED_REVISIONS = ".git-blame-ignore-revs"
"""Where the hosts and most repositories have that file."""

_SHA = re.compile(r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")


def ignored_revisions(text: str) -> frozenset[str]:
    """The commits named, one full SHA a line, after "#" a comment (git-blame(1), --ignore-revs-file). Other lines are left out."""
    named = (line.partition("#")[0].strip().lower() for line in text.removeprefix("\ufeff").splitlines())
    return frozenset(name for name in named if _SHA.match(name))


def counted(touches: Sequence[Touch], ignored: Collection[str]) -> list[Touch]:
    """The touches without those of ignored commits; a file that has no others keeps them, for somebody made it."""
    if not any(touch.commit.sha in ignored for touch in touches):
        return list(touches)
    left = {touch.path for touch in touches if touch.commit.sha not in ignored}
    return [touch for touch in touches if touch.path not in left or touch.commit.sha not in ignored]
