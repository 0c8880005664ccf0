"""How large a change is: its lines by what they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from indexer.changes.parts import is_shipped_setting, part_of
from indexer.changes.types import Size, Story
from indexer.types import Commit, FileChange, Role


def counted_changes(story: Story) -> list[FileChange]:
    """A story's changes without those of copies: what was taken to another branch and merged back is there twice."""
    seen: set[tuple[object, ...]] = set()
    changes: list[FileChange] = []
    for commit in reversed(story.commits):  # the oldest is the original
        key = _content(commit)
        if commit.changes and key not in seen:
            seen.add(key)
            changes.extend(commit.changes)
    return changes


def size_of(changes: Sequence[FileChange]) -> Size:
    """The lines of some changes by what they are; see Size. Where no code changes, settings that ship are the source: whole
    repositories consist of them."""
    size = _size(changes)
    shipped = [change for change in changes if is_shipped_setting(change.path)] if not size.source else []
    return replace(size, source=_lines(shipped), files=len({change.path for change in shipped})) if shipped else size


def _size(changes: Sequence[FileChange]) -> Size:
    lines: dict[Role | None, int] = defaultdict(int)
    files: set[str] = set()
    docs_added = 0
    for change in changes:
        part = part_of(change.path)
        lines[part] += (change.added or 0) + (change.deleted or 0)
        if part is Role.DOCS:
            docs_added += change.added or 0
        elif part is Role.SOURCE:
            files.add(change.path)
    return Size(
        source=lines[Role.SOURCE],
        tests=lines[Role.TEST],
        docs=lines[Role.DOCS],
        docs_added=docs_added,
        files=len(files),
        all_files=len({change.path for change in changes}),
        added=sum(change.added or 0 for change in changes),
        deleted=sum(change.deleted or 0 for change in changes),
    )


def _lines(changes: Iterable[FileChange]) -> int:
    return sum((change.added or 0) + (change.deleted or 0) for change in changes)


def _content(commit: Commit) -> tuple[object, ...]:
    return commit.author.email, commit.authored_at, commit.subject
