"""Account names that history itself tells: a host names whose branch was merged in the merge's subject.

"Merge pull request #12 from jane/fix" (GitHub, Gitea) says that the newest commit of that branch is of @jane, mostly.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from indexer.types import Person
from indexer.vcs.bots import is_person

_FROM = re.compile(r"^Merge pull request .*?#\d+\)? from (?P<handle>[\w.-]+)[/:]\S")
_TIMES = 2  # one merge may as well be of somebody else's work
_SHARE = 0.6  # an organisation's branches are everybody's, a person's mostly their own


class Merged(Protocol):
    """What tells whose branch was merged: a commit, or as much of it."""

    @property
    def sha(self) -> str: ...
    @property
    def parents(self) -> tuple[str, ...]: ...
    @property
    def author(self) -> Person: ...
    @property
    def subject(self) -> str: ...


def handles_told(commits: Collection[Merged], of: Callable[[Person], Person]) -> dict[str, Person]:
    """Account name in small letters -> whose it is, as `of` merges identities; only those that two merges or more agree on."""
    return agreed(branches_named(commits), of)


def branches_named(commits: Collection[Merged]) -> Counter[tuple[str, Person]]:
    """(Account name in small letters, author of the newest commit of a branch of that account) -> how many merges say so."""
    authors = {commit.sha: commit.author for commit in commits}
    named: Counter[tuple[str, Person]] = Counter()
    for commit in commits:
        account = _FROM.match(commit.subject) if len(commit.parents) == 2 else None
        author = authors.get(commit.parents[1]) if account else None
        if account and author and is_person(author):
            named[account["handle"].lower(), author] += 1
    return named


def agreed(named: Mapping[tuple[str, Person], int], of: Callable[[Person], Person]) -> dict[str, Person]:
    """What `branches_named` tells, where its merges agree."""
    branches: dict[str, Counter[Person]] = defaultdict(Counter)
    for (handle, author), times in named.items():
        branches[handle][of(author)] += times
    found = {}
    for handle, people in branches.items():
        person, times = people.most_common(1)[0]
        if times >= _TIMES and times >= _SHARE * people.total():
            found[handle] = person
    return found
