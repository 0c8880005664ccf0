"""When commits were made, as far as it can be believed: a broken clock says 1970 or 2001, a rebase that it was written tomorrow.

Only what cannot be is mended. Dates a few weeks apart from those of the parents are common (one in a hundred commits of a large
project), and which of the two clocks was wrong is not told; moving all that follows would spoil more than it mends.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from indexer.types import Commit

_GIT_BEGAN = datetime(2005, 4, 7, tzinfo=UTC)  # the first commit ever; older dates are of histories brought in from elsewhere
_NO_DATE = datetime(1971, 1, 1, tzinfo=UTC)


def mended_dates(commits: Sequence[Commit], since: datetime | None = None) -> dict[str, tuple[datetime, datetime]]:
    """SHA -> when it was written and when committed, of the commits (newest first) whose own dates cannot be.

    `since` is the date of what lies before these commits, where that is known.
    """
    committed = _committed(commits, since)
    found = {}
    for commit in commits:
        date = committed.get(commit.sha, commit.committed_at)
        unknown = commit.authored_at < (_GIT_BEGAN if commit.sha in committed else _NO_DATE)  # the same clock told both
        written = date if unknown else min(commit.authored_at, date)
        if (written, date) != (commit.authored_at, commit.committed_at):
            found[commit.sha] = (written, date)
    return found


def _committed(commits: Sequence[Commit], since: datetime | None) -> dict[str, datetime]:
    """The commits older than git although they follow one that is not, or were written since: with the later date."""
    if all(commit.committed_at >= _GIT_BEGAN for commit in commits):
        return {}
    dates = {commit.sha: commit.committed_at for commit in commits}
    mended: dict[str, datetime] = {}
    for commit in reversed(commits):
        if commit.committed_at < _GIT_BEGAN:
            parents = [dates.get(parent, since) for parent in commit.parents]
            latest = max([commit.authored_at, *(date for date in parents if date is not None)])
            if latest >= _GIT_BEGAN:
                dates[commit.sha] = mended[commit.sha] = latest
    return mended
