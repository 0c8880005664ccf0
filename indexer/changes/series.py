"""Finds what one person did in one go: commits of a day on the same folders that also speak of the same thing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from indexer.changes.titles import scope_of, split_title
from indexer.changes.words import words
from indexer.types import Commit
from indexer.vcs.bots import is_person

_WITHIN = timedelta(hours=24)
_COMMON = 0.5  # share of the folders, or files, of both
_COMMON_WORDS = 2
_OPEN = 30  # pieces of work that one person goes on with in a day; whoever imports a history has thousands
_WORD = re.compile(r"[a-z_][a-z0-9_]{3,}")
_PLAIN_WORDS = words(  # say nothing of what a commit is about
    "this that with from into when than then them their there have also only more most some make makes made update updates updated"
    " adds added adding remove removes removed removing fixes fixed fixing change changes changed improve improved improves move"
    " moved moves rename renamed refactor refactored cleanup clean drop drops dropped implement implemented introduce support tests"
    " test testing docs documentation comment comments typo typos file files function functions method methods code some using use"
    " used uses allow allows handle handling better minor simplify release version bump prepare avoid ensure should instead without"
    " after before while check checks missing unused error errors warning warnings style format lint type types typing name names"
    " replace replaced convert switch merge revert correct properly"
)


@dataclass(slots=True)
class _Series:
    """What is known of a series so far; `newest` is its first commit."""

    newest: Commit
    commits: list[Commit] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    scopes: set[str] = field(default_factory=set)

    def add(self, commit: Commit) -> None:
        self.commits.append(commit)
        self.folders |= _folders(commit)
        self.files |= {change.path for change in commit.changes}
        self.words |= _words(commit)
        self.scopes |= {scope_of(commit.subject)} - {""}


def series_of(commits: Sequence[Commit]) -> list[list[Commit]]:
    """One group for each piece of work, newest first; most hold a single commit.

    The same folders alone bind nothing, for a maintainer's day of small repairs shares them too: the words of the subjects, their
    scope ("xen/arm: ...") or the files have to agree as well.
    """
    open_by_author: dict[str, list[_Series]] = defaultdict(list)
    found: list[_Series] = []
    for commit in commits:
        mine = open_by_author[commit.author.email.lower()]
        mine[:] = [one for one in mine[-_OPEN:] if one.newest.committed_at - commit.committed_at <= _WITHIN]
        series = next((one for one in reversed(mine) if _belongs(commit, one)), None)
        if series is None:
            series = _Series(commit)
            found.append(series)
            mine.append(series)
        series.add(commit)
    return [one.commits for one in found]


def _belongs(commit: Commit, series: _Series) -> bool:
    if not is_person(commit.author) or not commit.changes or _common(_folders(commit), series.folders) < _COMMON:
        return False
    scope = scope_of(commit.subject)
    if scope and series.scopes:
        return scope in series.scopes
    return len(_words(commit) & series.words) >= _COMMON_WORDS or _common({one.path for one in commit.changes}, series.files) >= _COMMON


def _common(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _folders(commit: Commit) -> set[str]:
    return {change.path.rpartition("/")[0] for change in commit.changes}


def _words(commit: Commit) -> set[str]:
    return set(_WORD.findall(split_title(commit.subject).text.lower())) - _PLAIN_WORDS
