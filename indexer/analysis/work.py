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
_COMMON, _FEW = 2.0, 2  # what others took part in tells fully where it is half of the work, and more than a few changes


@dataclass(slots=True, eq=False)
class Work:
    """What one person did. `built`, `reviewed` and `brought` are in the units above, `recent` like them for the last months.

    Compared by identity, so that whose it is takes one look-up by name for each part in a commit.
    """

    generality: float = 1.0
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
    """The work of everybody in so many `commits`. `reviewed` and `brought`: how much, 0..1, it tells who else took part in it.

    That is min(1, 2 · their share of the work) · n / (n + 2) for n such changes: in a young folder one review is all there are.
    """

    people: dict[Person, Work] = field(default_factory=dict)
    commits: int = 0
    reviewed: float = 0.0
    brought: float = 0.0


class _Crowd:
    """Everybody's work by the names that commits have of them."""

    def __init__(self, identities: Identities) -> None:
        self.people: dict[Person, Work] = {}
        self._identities = identities
        self._named: dict[Person, Work | None] = {}

    def work_of(self, person: Person) -> Work | None:
        """None for bots and assistants."""
        try:
            return self._named[person]
        except KeyError:
            work = self._named[person] = self._enter(person) if is_person(person) else None
            return work

    def others(self, people: Sequence[Person], author: Work) -> list[Work]:
        """Each once, merged, without the author."""
        found = dict.fromkeys([self.work_of(person) for person in people])
        return [work for work in found if work is not None and work is not author]

    def _enter(self, person: Person) -> Work:
        one = self._identities.of(person)
        if one not in self.people:
            self.people[one] = Work(math.sqrt(_MANY_TIMES + self._identities.times_seen(one)))
        return self.people[one]


def add_up(touches: Iterable[Touch], identities: Identities, now: datetime) -> Worked:
    """Bots and assistants are left out, identities merged. The order of the touches does not matter."""
    crowd = _Crowd(identities)
    sizes, reviewed, brought = [], [], []
    for commit, files in _by_commit(touches):
        author = crowd.work_of(commit.author)
        assert author is not None
        age = _days(commit.committed_at, now)
        size = _credit_work(commit, files, (author, crowd.others(commit.co_authors, author)), (_days(commit.authored_at, now), age))
        sizes.append(size)
        if commit.reviewers or commit.integrators:
            _credit_others(commit, len(files), crowd.others(commit.reviewers, author), crowd.others(commit.integrators, author), age)
        reviewed += [size] if commit.reviewers else []
        brought += [size] if commit.integrators else []
    total = sum(sizes)
    return Worked(crowd.people, len(sizes), _telling(reviewed, total), _telling(brought, total))


def _telling(sizes: Sequence[float], total: float) -> float:
    """What changes of these sizes, of so much in total, tell."""
    return min(1.0, _COMMON * sum(sizes) / total) * len(sizes) / (len(sizes) + _FEW) if total else 0.0


def work_since(touches: Iterable[Touch], identities: Identities, since: datetime) -> list[tuple[Person, float, int]]:
    """Who worked on the files after a date: person, share 0..1 of the work, commits; those who did most first."""
    sizes: dict[Person, float] = defaultdict(float)
    commits: Counter[Person] = Counter()
    for commit, files in _by_commit(touch for touch in touches if touch.commit.committed_at > since):
        person = identities.of(commit.author)
        sizes[person] += math.fsum(math.log1p(changed_lines(touch)) for touch in files) / _spread(commit)
        commits[person] += 1
    total = sum(sizes.values()) or 1.0
    done = [(person, size / total, commits[person]) for person, size in sizes.items()]
    return sorted(done, key=lambda item: (-item[1], -item[2], item[0].name, item[0].email))


def _by_commit(touches: Iterable[Touch]) -> list[tuple[CommitFacts, list[Touch]]]:
    """The commits of people with the files they changed, in an order of their own, so that sums do not hang on that of the touches."""
    found: dict[str, list[Touch]] = defaultdict(list)
    for touch in touches:
        found[touch.commit.sha].append(touch)
    return [(files[0].commit, files) for _, files in sorted(found.items()) if is_person(files[0].commit.author)]


def _credit_work(
    commit: CommitFacts, files: Sequence[Touch], people: tuple[Work, Sequence[Work]], ages: tuple[float, float]
) -> float:
    """Credit the changes of one commit to its author, and to co-authors in part; `ages` are in days, since it was written, and
    since it was committed. Returns their size."""
    author, helpers = people
    logs = math.fsum([math.log1p(changed_lines(touch)) for touch in files])
    stays = math.fsum([math.sqrt(_fresh(touch)) + _MADE * touch.created for touch in files])
    spread = _spread(commit)
    size = (stays + _LATELY * _left(ages[0], _WORK_DAYS) * logs) / spread
    recent = logs / spread * _left(ages[1], _ACTIVE_DAYS)
    author.written += sum([_written(touch) for touch in files])
    for part, done in ((1.0, author), *((_HELPED, helper) for helper in helpers)):
        done.built += part * size
        done.recent += part * recent
        done.commits += 1
        _seen(done, commit.committed_at)
    return size


def _credit_others(
    commit: CommitFacts, here: int, reviewers: Sequence[Work], integrators: Sequence[Work], age: float
) -> None:
    """Credit reviewers and who brought the commit in, once over all its files, `here` of which are asked for."""
    part = math.sqrt(min(1.0, here / max(1, commit.files)))
    tells = part * _left(age, _REVIEW_DAYS)
    for done in reviewers:
        done.reviewed += tells / done.generality
        done.recent += part * _left(age, _ACTIVE_DAYS)
        done.reviews += 1
        _seen(done, commit.committed_at)
    for done in integrators:
        done.brought += tells / done.generality
        done.integrated += 1
        done.last_brought = max(commit.committed_at, done.last_brought or commit.committed_at)


def _fresh(touch: Touch) -> float:
    """Added lines, less the share that the commit only moved: as much as it deletes in other files for what it adds."""
    commit, added = touch.commit, touch.added or 0
    elsewhere = commit.deleted - (touch.deleted or 0)
    if elsewhere <= 0 or commit.added <= 0:
        return added
    return added * (1.0 - min(1.0, elsewhere / commit.added))


def _written(touch: Touch) -> int:
    """Lines that somebody can be said to have written: not those of a file made from what its commit deletes elsewhere."""
    commit, added = touch.commit, touch.added or 0
    if not touch.created:
        return added
    moved = (commit.deleted - (touch.deleted or 0)) - (commit.added - added)
    return max(0, added - max(0, moved))


def changed_lines(touch: Touch) -> int:
    """Lines added and deleted; a binary file, or an empty one that was added, counts as one."""
    if touch.added is None or touch.deleted is None:
        return 1
    return touch.added + touch.deleted or int(touch.created)


def _spread(commit: CommitFacts) -> float:
    return math.sqrt(max(1, commit.files))


def _seen(done: Work, when: datetime) -> None:
    done.last_work = max(when, done.last_work or when)


def _days(when: datetime, now: datetime) -> float:
    return max(0.0, (now - when).total_seconds()) / 86_400


def _left(days: float, half_life: float) -> float:
    return float(0.5 ** (days / half_life))
