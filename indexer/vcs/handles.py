"""Account names that history itself tells: a host names whose branch was merged in the merge's subject.

"Merge pull request #12 from jane/fix" (GitHub, Gitea) says that the newest commit of that branch is of @jane, mostly.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from indexer.types import Commit, Person
from indexer.vcs.bots import is_person

_FROM = re.compile(r"^Merge pull request .*?#\d+\)? from (?P<handle>[\w.-]+)[/:]\S")
_TIMES = 2  # one merge may as well be of somebody else's work
_SHARE = 0.6  # an organisation's branches are everybody's, a person's mostly their own


def handles_told(commits: Sequence[Commit], of: Callable[[Person], Person]) -> dict[str, Person]:
    """Account name in small letters -> whose it is, as `of` merges identities; only those that two merges or more agree on."""
    authors = {commit.sha: commit.author for commit in commits}
    branches: dict[str, Counter[Person]] = defaultdict(Counter)
    for commit in commits:
        named = _FROM.match(commit.subject) if len(commit.parents) == 2 else None
        author = authors.get(commit.parents[1]) if named else None
        if named and author and is_person(author):
            branches[named["handle"].lower()][of(author)] += 1
    found = {}
    for handle, people in branches.items():
        person, times = people.most_common(1)[0]
        if times >= _TIMES and times >= _SHARE * people.total():
            found[handle] = person
    return found
