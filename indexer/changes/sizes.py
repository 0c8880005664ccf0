"""How large a change is: its lines by what they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from indexer.changes.types import Size, Story
from indexer.languages import detect_language, role_of
from indexer.sources import skip_entry
from indexer.types import Commit, FileChange, Kind, Role, TreeEntry

_CI = (".github/", ".gitlab", ".circleci/", ".azure", ".pre-commit", ".buildkite/", ".travis", "azure-pipelines", ".drone")
_NO_DOCS = re.compile(  # text that tells nobody how to use the software
    r"(?:^|/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in)|requirements/.*|constraints[\w.-]*\.txt|licen[cs]es?[\w.-]*|copying|authors|credits"
    r"|thanks|contributors|maintainers|code_of_conduct|security)(?:\.\w+)?$|\.(?:pot?|lock|sum|golden|out|log)$|(?:^|/)locales?/",
    re.IGNORECASE,
)
_MANY = 65_536  # paths of a large history, each of which is looked at in many changes


@lru_cache(maxsize=_MANY)
def part_of(path: str) -> Role | None:
    """What a file's lines count as: source, tests or docs; None for CI, settings, lock, generated and vendored files."""
    by_name = TreeEntry(path, "100644", "", 1)
    if path.startswith(_CI) or skip_entry("", by_name, exclude=(), max_bytes=1):
        return None
    kind = detect_language(path).kind
    role = role_of(path, kind)
    if role is Role.SOURCE:
        return role if kind is Kind.CODE else None
    if role is Role.DOCS:
        return None if _NO_DOCS.search(path) or _is_script(path) else role
    return role if role is Role.TEST else None


def _is_script(path: str) -> bool:
    """Whether a file without a suffix is rather a program than a text: those have well-known names, in capitals."""
    name = path.rpartition("/")[2]
    return "." not in name and not name.isupper()


def is_ci(path: str) -> bool:
    """Whether a file only says how the project is built and checked."""
    return path.startswith(_CI)


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


def _content(commit: Commit) -> tuple[object, ...]:
    return commit.author.email, commit.authored_at, commit.subject


def size_of(changes: Sequence[FileChange]) -> Size:
    """The lines of some changes by what they are; see Size."""
    lines: dict[Role | None, int] = defaultdict(int)
    files: set[str] = set()
    added = deleted = docs_added = 0
    for change in changes:
        part = part_of(change.path)
        more, fewer = change.added or 0, change.deleted or 0
        lines[part] += more + fewer
        added, deleted = added + more, deleted + fewer
        if part is Role.DOCS:
            docs_added += more
        elif part is Role.SOURCE:
            files.add(change.path)
    return Size(
        source=lines[Role.SOURCE],
        tests=lines[Role.TEST],
        docs=lines[Role.DOCS],
        docs_added=docs_added,
        files=len(files),
        all_files=len({change.path for change in changes}),
        added=added,
        deleted=deleted,
    )
