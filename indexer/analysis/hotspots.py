"""Where fixes land: the files that are changed often, of late more than before, and are large. Pure functions over a repository.

    heat = lines^¾ · Σ over the file's changes of ½^(age / 2 years)

Changes alone and size alone tell less than both; authors, past fixes and nesting add nothing to these two. The numbers are round
ones on a plateau: half-lives of one to four years, exponents from ¼ to 1 and the mean of ranks instead of the product change the share
of fixes found by 0.01, over 25 repositories that the figures in tests/benchmarks/hotspots/README.md are not of.
It says where to look, not which line is bad: of as many lines anywhere else, nearly as many would be mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from indexer.changes.fixes import commit_mends
from indexer.changes.fragile import BUILT
from indexer.languages import LANGUAGES
from indexer.structure import ChangeSet, FileFacts, Structure
from indexer.types import Kind, Person, Role
from indexer.vcs.bots import is_bot, is_person
from indexer.vcs.identity import Identities

YEAR = timedelta(days=365)
MONTHS = 12
LARGEST = 30
"""Files of a commit: a larger one is a move or a sweep, and tells nothing of each file."""

_HALF_LIFE = timedelta(days=730)
_OF_SIZE = 0.75


@dataclass(frozen=True, slots=True)
class Hotspot:
    """A file, how hot it is (0..1, the hottest of its repository is 1), and what that is made of: its lines and its changes.

    `lately` counts the `changes` within a year, `trend` these in twelve parts of the year, the oldest first. `fixes` are the SHAs
    of the changes that mend something, newest first, `fixed_lately` how many of these are within a year. Changes by programs and
    those of more than 30 files do not count. `latest` is the SHA of the newest change.
    """

    path: str
    lines: int
    heat: float
    score: float
    changes: int
    lately: int
    trend: tuple[int, ...]
    fixes: tuple[str, ...]
    fixed_lately: int
    authors: int
    last_change: datetime | None
    latest: str


@dataclass(slots=True)
class _Life:
    """What happened to a file, newest first."""

    changes: list[ChangeSet] = field(default_factory=list)
    authors: set[Person] = field(default_factory=set)
    fixes: list[ChangeSet] = field(default_factory=list)


def hotspots(structure: Structure, identities: Identities, now: datetime) -> tuple[Hotspot, ...]:
    """Every file that the product is made of, hottest first; tests, documentation, settings, generated and vendored ones are not."""
    files = product_files(structure.files)
    lives = _lives(structure.changes, files.keys(), identities)
    heats = {path: _heat(one.lines, lives[path].changes, now) for path, one in files.items()}
    most = max(heats.values(), default=0.0) or 1.0
    ranked = sorted(files, key=lambda path: (-heats[path], -files[path].lines, path))
    return tuple(_hotspot(files[path], lives[path], heats[path], heats[path] / most, now) for path in ranked)


def product_files(files: Mapping[str, FileFacts]) -> dict[str, FileFacts]:
    """The source code of the product itself."""
    return {path: one for path, one in files.items() if _is_product(one)}


def _is_product(one: FileFacts) -> bool:
    language = LANGUAGES.get(one.language)
    is_code = language is not None and language.kind is Kind.CODE
    return one.role is Role.SOURCE and is_code and BUILT.isdisjoint(one.path.split("/")[:-1])


def counts(change: ChangeSet) -> bool:
    """Whether a change tells something of each of its files: not by a program, and no sweep over many files."""
    return change.commit.files <= LARGEST and not is_bot(change.commit.author)


def _lives(changes: Iterable[ChangeSet], paths: Collection[str], identities: Identities) -> Mapping[str, _Life]:
    lives: dict[str, _Life] = defaultdict(_Life)
    for change in changes:
        touched = {touch.path for touch in change.touches if touch.path in paths} if counts(change) else ()
        if not touched:
            continue
        author = identities.of(change.commit.author) if is_person(change.commit.author) else None
        mends = commit_mends(change.subject, change.body)
        for path in touched:
            life = lives[path]
            life.changes.append(change)
            if author is not None:
                life.authors.add(author)
            if mends:
                life.fixes.append(change)
    return lives


def _heat(lines: int, changes: Iterable[ChangeSet], now: datetime) -> float:
    return lines**_OF_SIZE * sum(0.5 ** (max(timedelta(), now - change.commit.committed_at) / _HALF_LIFE) for change in changes)


def _hotspot(one: FileFacts, life: _Life, heat: float, score: float, now: datetime) -> Hotspot:
    newest = life.changes[0].commit if life.changes else None
    return Hotspot(
        path=one.path,
        lines=one.lines,
        heat=heat,
        score=score,
        changes=len(life.changes),
        lately=sum(_is_lately(change, now) for change in life.changes),
        trend=_trend(life.changes, now),
        fixes=tuple(change.commit.sha for change in life.fixes),
        fixed_lately=sum(_is_lately(change, now) for change in life.fixes),
        authors=len(life.authors),
        last_change=newest.committed_at if newest else None,
        latest=newest.sha if newest else "",
    )


def _is_lately(change: ChangeSet, now: datetime) -> bool:
    return now - change.commit.committed_at <= YEAR


def _trend(changes: Iterable[ChangeSet], now: datetime) -> tuple[int, ...]:
    counted = [0] * MONTHS
    for change in changes:
        if _is_lately(change, now):
            age = max(timedelta(), now - change.commit.committed_at)
            counted[MONTHS - 1 - min(MONTHS - 1, int(age / YEAR * MONTHS))] += 1
    return tuple(counted)
