"""A story held against the history before it."""

from __future__ import annotations

from collections.abc import Sequence

from indexer.changes.areas import Areas
from indexer.changes.types import Against, Story
from indexer.types import Commit
from indexer.vcs.identity import Identities


class Past:
    """The history up to a commit, ready to hold stories against it."""

    def __init__(self, areas: Areas) -> None:
        self._areas = areas

    @classmethod
    def of(cls, commits: Sequence[Commit], areas: Areas, identities: Identities) -> Past:
        return cls(areas)

    def against(self, story: Story) -> Against:
        areas = dict.fromkeys(self._areas.of(change.path) for change in story.changes)
        return Against(areas=tuple(areas))
