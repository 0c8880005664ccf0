"""Follows renames from the head backwards: what the files of old commits are called today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indexer.types import Commit


@dataclass(frozen=True, slots=True)
class Renames:
    """`by_commit`: SHA -> path as that commit called it -> path at the head, where they differ.

    `before`: the same for whatever is older than the commits followed.
    """

    by_commit: Mapping[str, Mapping[str, str]]
    before: Mapping[str, str]


def names_today(newest_first: Sequence[Commit]) -> Mapping[str, Mapping[str, str]]:
    """SHA -> path as that commit called it -> path at the head; only paths whose name changed."""
    return follow_renames(newest_first).by_commit


def follow_renames(newest_first: Sequence[Commit]) -> Renames:
    """What paths mean at the head: the file that carries their history on."""
    current: dict[str, str] = {}
    by_commit: dict[str, dict[str, str]] = {}
    for commit in newest_first:
        moved = {change.path: current[change.path] for change in commit.changes if change.path in current}
        if moved:
            by_commit[commit.sha] = moved
        renamed = [change for change in commit.changes if change.status.startswith("R") and change.old_path]
        ends = {change.path: current.pop(change.path, change.path) for change in renamed}  # all at once: two may trade names
        for change in commit.changes:
            if change.status.startswith("A"):
                current.pop(change.path, None)  # before it was added, this name meant another file
        current |= {change.old_path: ends[change.path] for change in renamed if change.old_path}
    return Renames(by_commit, {old: now for old, now in current.items() if old != now})
