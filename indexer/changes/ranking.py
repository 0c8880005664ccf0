"""Ranks what happened in a period: the few changes that matter, each with its reasons, and the rest counted.

Against hand-written release notes of two public projects, lines of source, title words and documentation lines together have a
precision@10 of .67; all lines changed have .36.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from indexer.changes.stories import group_stories
from indexer.changes.types import Story
from indexer.chunking.commits import clean_body
from indexer.languages import detect_language, role_of
from indexer.sources import skip_entry
from indexer.types import Commit, FileChange, Kind, Person, Role, TreeEntry
from indexer.vcs.bots import is_bot, is_person
from indexer.vcs.identity import Identities
from indexer.vcs.trailers import co_authors

_SOURCE_CAP = 2000  # lines beyond which size says nothing more
_WORD_WEIGHT, _DOCS_WEIGHT = 1.5, 0.6
_MAJOR = 2.5  # a fix of ten lines of source reaches 2.4; lower scores are folded

_STRONG = re.compile(
    r"\b(deprecat\w*|drop(s|ped|ping)?|break(s|ing)?|introduc\w*|migrat\w*|feat(ure)?s?)\b|^\w+(\([^)]*\))?!:", re.I
)
_PLAIN = re.compile(
    r"\b(add(s|ed|ing)?|remov\w+|support(s|ed|ing)?|renam\w+|allow(s|ed|ing)?|replac\w+|rais(e|es|ed|ing)|implement\w*|enabl\w+"
    r"|new)\b",
    re.I,
)
_MINOR = re.compile(
    r"\b(docs?|documentation|typos?|ci|bump(s|ed)?|lint\w*|typing|type hints?|tests?|testing|flaky|refactor\w*|releas\w+|chore"
    r"|style|format\w*|clean ?up|comments?|changelog|readme)\b",
    re.I,
)
_NO_REASON = ("#", "- [", "* ", "<", "Bumps ")  # headings, checklists, a squash's list of commits, HTML, tools
_VERSIONS = re.compile(r"\bfrom v?(?P<old>\d+)(?:\.\d+)*\S* to v?(?P<new>\d+)(?:\.\d+)*")
_CI = (".github/", ".gitlab", ".circleci/", ".azure", ".pre-commit")
_REVERT = re.compile(r"^(revert\b|this reverts commit)", re.I | re.M)


class Fold(Enum):
    """Why a story is only counted; the value is a phrase for a number of them."""

    BOT = "dependency updates and other automatic changes"
    TESTS = "changes to tests alone"
    DOCS = "changes to documentation alone"
    UPKEEP = "refactorings and upkeep"
    SMALL = "smaller changes"


@dataclass(frozen=True, slots=True)
class Change:
    """A major change: what it is, why by its author's own words ("" where none were given), and why it ranks where it does."""

    story: Story
    score: float
    reasons: tuple[str, ...]
    surprises: tuple[str, ...]
    why: str
    areas: tuple[str, ...]
    authors: tuple[Person, ...]
    files: int
    added: int
    deleted: int

    @property
    def title(self) -> str:
        return self.story.title


@dataclass(frozen=True, slots=True)
class Changes:
    """The major changes of a period, most important first, and how many others there were of each kind."""

    major: tuple[Change, ...]
    folded: Mapping[Fold, int]


@dataclass(frozen=True, slots=True)
class _Size:
    """Lines of a story by what they are; lock files, generated and vendored files count nowhere."""

    source: int = 0
    tests: int = 0
    docs: int = 0
    docs_added: int = 0
    files: int = 0


def rank_changes(commits: Sequence[Commit], limit: int = 5) -> Changes:
    """The at most `limit` major changes among `commits` (newest first, as `Repository.log` gives them)."""
    people = Identities((commit.author, 1, commit.committed_at) for commit in commits)
    rated = [(story, _size(story.changes)) for story in group_stories(commits)]
    scored = sorted(((score(story, size), story, size) for story, size in rated), key=lambda one: -one[0])  # stable: newer first
    major: list[Change] = []
    folded: Counter[Fold] = Counter()
    for value, story, size in scored:
        fold = _fold(story, size, value)
        if fold is None and len(major) < limit:
            major.append(_change(story, size, value, people))
        else:
            folded[fold or Fold.SMALL] += 1
    return Changes(tuple(major), dict(folded.most_common()))


def score(story: Story, size: _Size) -> float:
    """ln(1 + source lines, at most 2000) + 1.5 W + 0.6 ln(1 + documentation lines added); W from the words of the title."""
    lines = math.log1p(min(size.source, _SOURCE_CAP)) + _DOCS_WEIGHT * math.log1p(size.docs_added)
    return lines + _WORD_WEIGHT * _words(story.title)


def _words(title: str) -> float:
    strong, plain, minor = (bool(pattern.search(title)) for pattern in (_STRONG, _PLAIN, _MINOR))
    return (1.5 if strong else 1.0 if plain else 0.0) - (2.0 if minor else 0.0)


def _fold(story: Story, size: _Size, value: float) -> Fold | None:
    """Why a story is not major; None where it is."""
    if all(is_bot(commit.author) for commit in story.commits if len(commit.parents) < 2 or len(story.commits) == 1):
        shipped = any(not change.path.startswith(_CI) for change in story.changes)
        return None if shipped and _major_version(story.title) else Fold.BOT
    if value >= _MAJOR:
        return None
    if not size.source and size.tests:
        return Fold.TESTS
    if not size.source and size.docs:
        return Fold.DOCS
    return Fold.UPKEEP if _MINOR.search(story.title) else Fold.SMALL


def _major_version(title: str) -> bool:
    match = _VERSIONS.search(title)
    return bool(match and match["old"] != match["new"])


def _change(story: Story, size: _Size, value: float, people: Identities) -> Change:
    changes = story.changes
    return Change(
        story=story,
        score=value,
        reasons=_reasons(story, size),
        surprises=_surprises(story, changes),
        why=_why(story.body),
        areas=_areas(changes),
        authors=_authors(story, people),
        files=len({change.path for change in changes}),
        added=sum(change.added or 0 for change in changes),
        deleted=sum(change.deleted or 0 for change in changes),
    )


def _size(changes: Sequence[FileChange]) -> _Size:
    source = tests = docs = docs_added = 0
    for change in changes:
        lines, part = (change.added or 0) + (change.deleted or 0), _part(change.path)
        source += lines if part is Role.SOURCE else 0
        tests += lines if part is Role.TEST else 0
        docs += lines if part is Role.DOCS else 0
        docs_added += (change.added or 0) if part is Role.DOCS else 0
    return _Size(source, tests, docs, docs_added, len({change.path for change in changes if _part(change.path) is Role.SOURCE}))


def _part(path: str) -> Role | None:
    """What a file's lines count as; None for CI, lock, generated and vendored files, and for settings."""
    by_name = TreeEntry(path, "100644", "", 1)
    if path.startswith(_CI) or skip_entry("", by_name, exclude=(), max_bytes=1):
        return None
    kind = detect_language(path).kind
    role = role_of(path, kind)
    if role is Role.SOURCE:
        return role if kind is Kind.CODE else None
    return role if role in (Role.TEST, Role.DOCS) else None


def _reasons(story: Story, size: _Size) -> tuple[str, ...]:
    reasons = []
    if size.source:
        files = f"{size.files} file{'s' if size.files != 1 else ''}"
        reasons.append(f"{size.source} line{'s' if size.source != 1 else ''} of source changed in {files}")
    if match := _STRONG.search(story.title) or _PLAIN.search(story.title):
        reasons.append(f'its title says "{match[0]}"')
    if size.docs_added:
        reasons.append(f"{size.docs_added} line{'s' if size.docs_added != 1 else ''} of documentation added")
    if _major_version(story.title):
        reasons.append("a major version of a dependency")
    return tuple(reasons)


def _surprises(story: Story, changes: Sequence[FileChange]) -> tuple[str, ...]:
    surprises = []
    if _REVERT.search(f"{story.title}\n{story.body}"):
        surprises.append("takes back an earlier change")
    if re.match(r"^\w+(\([^)]*\))?!:", story.title) or "BREAKING CHANGE" in story.body:
        surprises.append("marked as breaking")
    removed = sum(change.status == "D" and _part(change.path) is Role.SOURCE for change in changes)
    if removed:
        surprises.append(f"removes {removed} source file{'s' if removed != 1 else ''}")
    return tuple(surprises)


def _why(body: str) -> str:
    """The first paragraph of what its author wrote, without trailers and checklists."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", clean_body(body))]
    return next((text for text in paragraphs if len(text.split()) > 3 and not text.startswith(_NO_REASON)), "")


def _areas(changes: Sequence[FileChange]) -> tuple[str, ...]:
    """The at most three folders (two levels deep) that changed most; "" is the top folder."""
    lines: Counter[str] = Counter()
    for change in changes:
        folder = "/".join(PurePosixPath(change.path).parts[:-1][:2])
        lines[folder] += 1 + (change.added or 0) + (change.deleted or 0)
    return tuple(folder or "the top folder" for folder, _ in lines.most_common(3))


def _authors(story: Story, identities: Identities) -> tuple[Person, ...]:
    """Who made it, by commits; whoever only pressed the merge button is not among them."""
    made = [commit for commit in story.commits if len(commit.parents) < 2] or list(story.commits)
    people = Counter(identities.of(person) for commit in made for person in (commit.author, *co_authors(commit)))
    human = Counter({person: count for person, count in people.items() if is_person(person)})
    return tuple(person for person, _ in (human or people).most_common())
