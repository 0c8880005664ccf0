"""Adds up what each person did to some files: changes, reviews, changes of others brought in. Pure functions over touches.

A change counts by its size, not as one: commits and last authors name whoever made the mass changes.

    size    = (√fresh + 2 ln(1 + lines) ½^(age / 4 years) + 2 if it made the file) / √files of its commit
    review  = √(share of the commit's files that are among these) ½^(age / 2 years) / √(20 + times the person appears in history)

`fresh` are added lines without those that were only moved. √ and ln, since one import of 10,000 lines tells less than a hundred
changes; / √files, since a mass change tells little of each file; the share and the person's times, since those who review
everything own little of it. The numbers are round ones on a plateau: doubling or halving any changes hit@1 by about 0.01, over
seven public repositories with declared owners that the formula did not see (tests/benchmarks/owner_cases/README.md).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from indexer.types import CommitFacts, Person, Touch
from indexer.vcs.identity import Identities, is_person

_WORK_DAYS, _REVIEW_DAYS, _ACTIVE_DAYS = 1460.0, 730.0, 180.0  # half-lives
_LATELY = 2.0  # what decays of a change, beside what stays
_MADE = 2.0  # for making a file: who began a thing is declared its owner more often than the lines tell
_HELPED = 0.25  # a co-author's part: on hosts that squash, most of them only suggested a line in review
_MANY_TIMES = 20  # below this nobody counts as reviewing everything


@dataclass(slots=True)
class Work:
    """What one person did. `built`, `reviewed` and `brought` are in the units above, `recent` like them for the last months."""

    built: float = 0.0
    reviewed: float = 0.0
    brought: float = 0.0
    recent: float = 0.0
    written: int = 0
    commits: int = 0
    reviews: int = 0
    integrated: int = 0
    last_work: datetime | None = None
    last_brought: datetime | None = None

    @property
    def last(self) -> datetime | None:
        """When they last changed or reviewed something; for who did neither, when they last brought something in."""
        return self.last_work or self.last_brought


@dataclass(slots=True)
class Worked:
    """The work of everybody. `reviewed` and `brought` are the shares, 0..1, of it that somebody reviewed, or else brought in."""

    people: dict[Person, Work] = field(default_factory=lambda: defaultdict(Work))
    reviewed: float = 0.0
    brought: float = 0.0


def add_up(touches: Sequence[Touch], identities: Identities, now: datetime) -> Worked:
    """Bots and assistants are left out, identities merged. The order of the touches does not matter."""
    human = sorted((touch for touch in touches if is_person(touch.commit.author)), key=lambda one: (one.commit.sha, one.path))
    worked, commits = Worked(), {touch.commit.sha: touch.commit for touch in human}
    sizes = _changes(human, identities, now, worked.people)
    here = Counter(touch.commit.sha for touch in human)
    for sha, commit in commits.items():
        _part_in(commit, here[sha], identities, now, worked.people)
    if total := math.fsum(sizes.values()):
        worked.reviewed = math.fsum(sizes[sha] for sha, commit in commits.items() if commit.reviewers) / total
        worked.brought = math.fsum(sizes[sha] for sha, commit in commits.items() if commit.integrators) / total
    return worked


def work_since(touches: Iterable[Touch], identities: Identities, since: datetime) -> list[tuple[Person, float, int]]:
    """Who worked on the files after a date: person, share 0..1 of the work, commits; those who did most first."""
    after = [touch for touch in touches if touch.commit.committed_at > since and is_person(touch.commit.author)]
    shares: dict[Person, float] = defaultdict(float)
    commits: dict[Person, set[str]] = defaultdict(set)
    for touch in sorted(after, key=lambda one: (one.commit.sha, one.path)):
        person = identities.of(touch.commit.author)
        shares[person] += math.log1p(changed_lines(touch)) / _spread(touch.commit)
        commits[person].add(touch.commit.sha)
    total = math.fsum(shares.values()) or 1.0
    done = [(person, share / total, len(commits[person])) for person, share in shares.items()]
    return sorted(done, key=lambda item: (-item[1], -item[2], item[0].name, item[0].email))


def _changes(
    human: Sequence[Touch], identities: Identities, now: datetime, people: dict[Person, Work]
) -> dict[str, float]:
    """Credit changes to their authors and co-authors. Returns the size of each commit, as far as it is in these files."""
    sizes: dict[str, float] = defaultdict(float)
    for touch in human:
        commit, done = touch.commit, people[identities.of(touch.commit.author)]
        size, recent = _size(touch, now), _recent_size(touch, now)
        sizes[commit.sha] += size
        done.built += size
        done.recent += recent
        done.written += _written(touch)
        for helper in _others(commit.co_authors, commit.author, identities):
            people[helper].built += _HELPED * size
            people[helper].recent += _HELPED * recent
    return sizes


def _part_in(commit: CommitFacts, here: int, identities: Identities, now: datetime, people: dict[Person, Work]) -> None:
    """What a commit is to the people in it, counted once over all its files, `here` of which are asked for."""
    helpers = _others(commit.co_authors, commit.author, identities)
    for person in (identities.of(commit.author), *helpers):
        people[person].commits += 1
        _seen(people[person], commit.committed_at)
    part = math.sqrt(min(1.0, here / max(1, commit.files)))
    decayed = part * _decay(commit.committed_at, now, _REVIEW_DAYS)
    for person in _others(commit.reviewers, commit.author, identities):
        people[person].reviewed += decayed / _generality(person, identities)
        people[person].recent += part * _decay(commit.committed_at, now, _ACTIVE_DAYS)
        people[person].reviews += 1
        _seen(people[person], commit.committed_at)
    for person in _others(commit.integrators, commit.author, identities):
        people[person].brought += decayed / _generality(person, identities)
        people[person].integrated += 1
        people[person].last_brought = max(commit.committed_at, people[person].last_brought or commit.committed_at)


def _size(touch: Touch, now: datetime) -> float:
    lately = _LATELY * math.log1p(changed_lines(touch)) * _decay(touch.commit.authored_at, now, _WORK_DAYS)
    return (math.sqrt(_fresh(touch)) + lately + _MADE * touch.created) / _spread(touch.commit)


def _recent_size(touch: Touch, now: datetime) -> float:
    return math.log1p(changed_lines(touch)) / _spread(touch.commit) * _decay(touch.commit.committed_at, now, _ACTIVE_DAYS)


def _fresh(touch: Touch) -> float:
    """Added lines, less the share that the commit only moved: as much as it deletes in other files for what it adds."""
    commit, added = touch.commit, touch.added or 0
    moved = (commit.deleted - (touch.deleted or 0)) / commit.added if commit.added > 0 else 0.0
    return added * (1.0 - min(1.0, max(0.0, moved)))


def _written(touch: Touch) -> int:
    """Lines that somebody can be said to have written: not those of a file made from what its commit deletes elsewhere."""
    commit, added, deleted = touch.commit, touch.added or 0, touch.deleted or 0
    moved = (commit.deleted - deleted) - (commit.added - added) if touch.created else 0
    return max(0, added - max(0, moved))


def changed_lines(touch: Touch) -> int:
    """Lines added and deleted; a binary file, or an empty one that was added, counts as one."""
    if touch.added is None or touch.deleted is None:
        return 1
    return touch.added + touch.deleted or int(touch.created)


def _spread(commit: CommitFacts) -> float:
    return math.sqrt(max(1, commit.files))


def _generality(person: Person, identities: Identities) -> float:
    return math.sqrt(_MANY_TIMES + identities.times_seen(person))


def _others(people: Iterable[Person], author: Person, identities: Identities) -> list[Person]:
    """Each once, merged, without the author."""
    found = dict.fromkeys(identities.of(person) for person in people if is_person(person))
    found.pop(identities.of(author), None)
    return list(found)


def _seen(done: Work, when: datetime) -> None:
    done.last_work = max(when, done.last_work or when)


def _decay(when: datetime, now: datetime, half_life_days: float) -> float:
    return float(0.5 ** (max(0.0, (now - when).total_seconds()) / 86_400 / half_life_days))
