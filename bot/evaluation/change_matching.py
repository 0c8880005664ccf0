"""Which stories the entries of release notes mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.evaluation.change_cases import Reference
from indexer.changes.types import Story
from indexer.types import Commit

_NUMBER = r"[#!](\d+)\b"
_LIST = rf"{_NUMBER}(?:(?:,| and|, and| &)\s*{_NUMBER})*"
_CLOSING = re.compile(rf"\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|implement(?:s|ed)?)\b:?\s+(?:issue |pr )?({_LIST})", re.I)
_LEADING = re.compile(rf"^\[?({_LIST})")
_IN_BRACKETS = re.compile(rf"[(\[](?:\w+ )?({_LIST})[)\]]")
_QUOTED = re.compile(r'^(Revert|Reapply) ".*"')


def numbers_of(commit: Commit) -> set[int]:
    """The pull requests and issues that a commit is about.

    A number counts where the subject begins with it, puts it in brackets, or says that it closes it; in the body only where that
    says "closes #12" or "fixes #12, #13". A bare mention does not count, nor a link, which may lead to another repository, nor the
    subject that a revert quotes.
    """
    subject = _QUOTED.sub("", commit.subject)
    found = [match[1] for pattern in (_LEADING, _IN_BRACKETS, _CLOSING) for match in pattern.finditer(subject)]
    found += [match[1] for match in _CLOSING.finditer(commit.body)]
    return {int(digits) for text in found for digits in re.findall(r"\d+", text)}


class Finder:
    """The stories of one period, by what release notes call them: the number of a pull request or issue, or a commit."""

    def __init__(self, stories: Sequence[Story]) -> None:
        self._by_number: dict[int, set[int]] = {}
        self._by_sha: dict[str, set[int]] = {}
        for place, story in enumerate(stories):
            for number in _numbers(story):
                self._by_number.setdefault(number, set()).add(place)
            for commit in story.commits:
                self._by_sha.setdefault(commit.sha[:7], set()).add(place)
        self._stories = stories

    def of(self, entry: Sequence[Reference]) -> set[int]:
        """The places of the stories that an entry means, in the order given to the finder; none where nothing of it landed."""
        return {place for reference in entry for place in self._places(reference)}

    def _places(self, reference: Reference) -> Iterator[int]:
        if reference.number is not None:
            yield from self._by_number.get(reference.number, ())
        else:
            for place in self._by_sha.get(reference.sha[:7], ()):
                if any(commit.sha.startswith(reference.sha) for commit in self._stories[place].commits):
                    yield place


def _numbers(story: Story) -> Iterator[int]:
    if story.pull_request is not None:
        yield story.pull_request
    for commit in story.commits:
        yield from numbers_of(commit)
