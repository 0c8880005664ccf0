"""How many people must leave before files are left without anybody who knows them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from indexer.types import Person, Touch
from indexer.vcs.identity import Identities, is_person

_AUTHOR, _NEAR_BEST = 3.293, 0.75  # from Avelino et al., as are the weights in `_authors`


def bus_factor(touches: Iterable[Touch], identities: Identities) -> int:
    """How many people must leave before fewer than half of the files have an author left (Avelino et al. 2016); 0 without files.

    Author of a file: DOA = 3.293 + 1.098 FA + 0.164 DL - 0.321 ln(1 + AC) is at least 3.293 and above 0.75 of the file's best.
    Unlike the paper, the best is an author even below 3.293, so that a file which everybody edits a little is not abandoned.
    """
    left = {path: set(people) for path, people in authors(touches, identities).items()}
    removed = 0
    while left and sum(1 for people in left.values() if people) * 2 >= len(left):
        counts = Counter(person for people in left.values() for person in people)
        leaver = max(counts, key=lambda person: (counts[person], person.name, person.email))
        for people in left.values():
            people.discard(leaver)
        removed += 1
    return removed


def authors(touches: Iterable[Touch], identities: Identities) -> Mapping[str, frozenset[Person]]:
    """The authors of each file, at least one; files that only bots changed are left out."""
    people: dict[str, Person | None] = {}  # by commit: the same few people come again and again
    per_file: dict[str, list[tuple[Touch, Person]]] = defaultdict(list)
    for touch in touches:
        commit = touch.commit
        if commit.sha not in people:
            people[commit.sha] = identities.of(commit.author) if is_person(commit.author) else None
        if (author := people[commit.sha]) is not None:
            per_file[touch.path].append((touch, author))
    return {path: _authors(changes) for path, changes in per_file.items()}


def _authors(changes: Sequence[tuple[Touch, Person]]) -> frozenset[Person]:
    _, first = min(changes, key=lambda change: (change[0].commit.authored_at, not change[0].created, change[0].commit.sha))
    doa = {
        person: _AUTHOR + 1.098 * (person == first) + 0.164 * own - 0.321 * math.log1p(len(changes) - own)
        for person, own in Counter(author for _, author in changes).items()
    }
    best = max(doa.values())
    return frozenset(person for person, value in doa.items() if value == best or (value >= _AUTHOR and value / best > _NEAR_BEST))
