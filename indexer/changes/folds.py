"""Says which stories are only counted, and why: what machines do, what nobody outside the team notices, what is small."""

from __future__ import annotations

import re

from indexer.changes.parts import is_ci
from indexer.changes.titles import split_title
from indexer.changes.types import Fold, Nature, Size, Story
from indexer.vcs.bots import is_bot

_VERSIONS = re.compile(r"\bfrom v?(?P<old>\d+)(?:\.\d+)*\S* to v?(?P<new>\d+)(?:\.\d+)*")
_FORMATTING = re.compile(
    r"\b(re-?format\w*|formatting|black|isort|prettier|gofmt|gofumpt|clang-format|rustfmt|whitespace|code style|lint(er|ing|s)?|flake8|ruff"
    r"|pylint|golangci\S*|eslint|pep ?8|spotless|ktlint|phpcs|php-cs-fixer|trailing)\b",
    re.IGNORECASE,
)
_TESTS = re.compile(r"\b(tests?|testing|coverage|fixtures?|flak\w+|benchmarks?)\b", re.IGNORECASE)


def by_bots(story: Story) -> bool:
    """Whether programs alone made it; who merged it does not count."""
    return all(is_bot(commit.author) for commit in story.commits if len(commit.parents) < 2 or len(story.commits) == 1)


def major_version(story: Story) -> bool:
    """Whether it brings a major version of something that ships, which nobody can be left out of."""
    match = _VERSIONS.search(story.title)
    return bool(match and match["old"] != match["new"] and any(not is_ci(change.path) for change in story.changes))


def fold_of(story: Story, size: Size, nature: Nature, score: float, threshold: float) -> Fold | None:
    """Why a story is only to be counted; None where it is worth telling."""
    title = split_title(story.title)
    if by_bots(story):
        return None if major_version(story) else Fold.BOTS
    if title.bumps:
        return None if major_version(story) else Fold.BUMPS
    if not size.source and (size.tests or size.docs):
        return Fold.TESTS if size.tests >= size.docs else Fold.DOCS
    if nature is Nature.UPKEEP:
        return _upkeep(story, size)
    return None if score >= threshold else Fold.SMALL


def _upkeep(story: Story, size: Size) -> Fold:
    title = split_title(story.title)
    if title.type == "docs":
        return Fold.DOCS
    if title.type == "test":
        return Fold.TESTS
    if _FORMATTING.search(story.title):
        return Fold.FORMATTING
    return Fold.TESTS if _TESTS.search(title.text) and size.tests >= size.source else Fold.REFACTORING
