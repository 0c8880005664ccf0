"""Reads .git-blame-ignore-revs: commits, such as reformatting ones, that say nothing of who knows a line."""

from __future__ import annotations

import re

IGNORED_REVISIONS = ".git-blame-ignore-revs"
"""Where the hosts and most repositories have that file."""

_SHA = re.compile(r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$")


def ignored_revisions(text: str) -> frozenset[str]:
    """The commits named, one full SHA a line, after "#" a comment (git-blame(1), --ignore-revs-file). Other lines are left out."""
    named = (line.partition("#")[0].strip().lower() for line in text.removeprefix("\ufeff").splitlines())
    return frozenset(name for name in named if _SHA.match(name))
