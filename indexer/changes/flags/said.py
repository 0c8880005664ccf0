"""What its author says of a story: that it takes something back, or that it breaks what others rely on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from indexer.changes.flags.pairs import Pair, Texts, added_lines, is_source, shortened
from indexer.changes.types import Flag, FlagKind, Place, Story

_REVERT = re.compile(r"^revert(?:s|ed|ing)?\b(?:\([^()]*\))?[:!]*\s+(.*)$", re.IGNORECASE)
_TO = re.compile(r"(?:back\s+)?to\b", re.IGNORECASE)
_QUOTED = re.compile(r"^[\"'“`](.+?)[\"'”`](?:\s*\(?[#!]\d+\)?)*\.?$")
_NUMBER = re.compile(r"\s*\([#!]\d+\)$")
_AGAIN = re.compile(r"^[\"'“`]?(?:revert|reapply|reland)\b", re.IGNORECASE)
_REVERTED = re.compile(r"^This reverts commits? ([0-9a-f]{7,40})\b", re.IGNORECASE | re.MULTILINE)

_MARKED = re.compile(r"^\w+(?:\([^()]*\))?!:\s*(.+)$|^\[?breaking\]?\s*:?\s+(?!changes?\b)(.+)$", re.IGNORECASE)
_FOOTER = re.compile(r"^[ \t]*[-*]?[ \t]*\**(?:BREAKING[ -]CHANGES?|Breaking changes?)\**[ \t]*:\**[ \t]*(\S.*)$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6}[ \t]*(?:\W{1,3}[ \t]*)?(?:breaking|backwards?[- ]incompatib)[^\n?]{0,40}$"
                      r"\n+((?:(?!#)[^\n]+(?:\n|\Z))+)",
                      re.IGNORECASE | re.MULTILINE)
_CHECKED = re.compile(r"^[ \t]*[-*][ \t]*\[[xX]\][ \t]*\**(.{0,40}\bbreaking change.*)$", re.IGNORECASE | re.MULTILINE)
_PROSE = re.compile(
    r"(?:^|(?<=[.!?\n]))[^.!?\n]{0,120}\b(?:this|it|which|that)\b[^.!?\n]{0,60}?\b(?:is|are|makes?|constitutes?|breaks)\b"
    r"[^.!?\n]{0,30}?"
    r"\b(?:breaking (?:change|API)|backwards?[- ]incompatible|backwards?[- ]compatib\w+)\b[^.!?\n]{0,120}", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:no|not|non|none|isn't|aren't|won't|without|avoid\w*|never|n/?a|nothing|prevent\w*|fix\w*|if|whether"
                     r"|keep\w*"
                     r"|preserv\w*|maintain\w*|potential\w*|should|could|may|might|would)\b|n't\b", re.IGNORECASE)
_TITLE = re.compile(r"\bbackwards?[- ]incompatible\b", re.IGNORECASE)
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)

_FRAGMENT = re.compile(r"(?:^|[./+_-])breaking(?:[._-]?change)?\.(?:\d+\.)?(?:md|rst|txt)$", re.IGNORECASE)
_NOTES = re.compile(
    r"(?:^|/)(?:CHANGE|HISTORY|NEWS|RELEASE|UPGRAD|MIGRAT|whats_?new)[\w.-]*(?:/.*)?\.(?:md|rst|txt)$|(?:^|/)(?:CHANGES|NEWS)$",
    re.IGNORECASE)
_UPGRADE = re.compile(r"(?:^|/)(?:UPGRAD|MIGRAT)\w*", re.IGNORECASE)
_BREAKING = re.compile(r"\bbreaking\b|\bincompatible\b|\bbackwards?[- ]incompat", re.IGNORECASE)
_UNDERLINE = re.compile(r"^([=\-~^\"'+*#])\1{2,}\s*$")
_FRONT_MATTER = re.compile(r"\w+:\s|[>!:]|\.\. ")  # the head of a page, and what is no sentence
_MAX_BODY = 8_000  # characters
_MAX_ADDED = 40  # lines: what adds more to a changelog is a release that gathers what others did


def revert_flags(story: Story) -> Iterator[Flag]:
    """The change that a story takes back, called by its title or SHA. Taking back a taking back is none."""
    newest = story.commits[0].sha if story.commits else ""
    title = _REVERT.match(story.title)
    if title is None or _AGAIN.match(title[1]):
        return
    text = "\n".join([story.body, *(commit.body for commit in story.commits)])
    named = _REVERTED.search(text)
    what = _NUMBER.sub("", title[1])
    quoted = _QUOTED.match(title[1])
    if _TO.match(what) and named is None:
        return  # "Revert to plain text": a new change by an old idea
    subject = quoted[1] if quoted else named[1][:7] if named and _TO.match(what) else what
    yield Flag(FlagKind.REVERT, shortened(subject), detail=named[1][:7] if named else "", places=(Place(newest),))


def breaking_flags(story: Story, texts: Texts) -> Iterator[Flag]:
    """What the author marks as breaking: in the title, the text, a changelog's part for it, or the notes for upgrading."""
    newest = story.commits[0].sha if story.commits else ""
    said = next(_said(story), "")
    if said:
        yield Flag(FlagKind.BREAKING, shortened(said, 160), places=(Place(newest),))
        return
    if not any(is_source(change.path) for step in texts.steps for change in step.changes):
        return
    for pair in texts.pairs(lambda path: _FRAGMENT.search(path) is not None or _NOTES.search(path) is not None):
        if pair.after is not None and (line := _noted(pair)):
            number, text = line
            detail = "upgrade note" if _UPGRADE.search(pair.path) else ""
            yield Flag(FlagKind.BREAKING, shortened(text.strip(" -*\t"), 160), detail=detail, places=(pair.place_after(number),))
            return


def _said(story: Story) -> Iterator[str]:
    for title in (story.title, *(commit.subject for commit in story.commits)):
        if match := _MARKED.match(title):
            yield match[1] or match[2]
    if _TITLE.search(story.title) and not _DENIED.search(story.title):
        yield story.title
    for body in dict.fromkeys((story.body, *(commit.body for commit in story.commits))):
        text = _HIDDEN.sub("", body[:_MAX_BODY])
        for pattern in (_FOOTER, _HEADING, _CHECKED):
            for match in pattern.finditer(text):
                first = match[1].strip().split("\n")[0].strip()
                if first and not _nothing(first):
                    yield story.title if pattern is _CHECKED else first
        for match in _PROSE.finditer(text):
            if not _DENIED.search(match[0]):
                yield match[0].strip()


def _nothing(text: str) -> bool:
    """Whether what stands under "Breaking changes" says that there are none."""
    denied = re.match(r"\W*(?:no|none|n/?a|nothing|not)\b", text, re.IGNORECASE) is not None
    return denied or text.startswith(("- [ ]", "* [ ]")) or not re.search(r"\w{2}", text)


def _noted(pair: Pair) -> tuple[int, str] | None:
    """The first line added to a changelog under a heading for what breaks, to a fragment of that kind, or to upgrade notes."""
    added = [(number, text) for number, text in added_lines(pair.before, pair.after)
             if re.search(r"\w{3}", text) and not text.lstrip().startswith("|")]
    if not added or len(added) > _MAX_ADDED:
        return None
    lines = (pair.after or "").split("\n")
    if _FRAGMENT.search(pair.path):
        return added[0]
    headings = [(number, text) for number, text in added if _heading(lines, number)]
    plain = [one for one in added if one not in headings]
    if _UPGRADE.search(PurePosixPath(pair.path).name):
        notes = (one for one in plain if len(one[1].split()) > 4 and not _FRONT_MATTER.match(one[1]))
        note = next(notes, None) if pair.before is not None else None
        return note if note and re.search(r"\d\.[\dx]", _heading_above(lines, note[0])) else None  # else it is how to install
    for number, text in plain:
        if _BREAKING.search(_heading_above(lines, number)) and re.match(r"\s*[-*]\s", text):
            return number, text
    return None


def _heading_above(lines: list[str], number: int) -> str:
    """The nearest heading above a line; "" for none within some hundred lines."""
    return next((lines[at - 1] for at in range(number - 1, max(0, number - 400), -1) if _heading(lines, at)), "")


def _heading(lines: list[str], number: int) -> bool:
    line = lines[number - 1]
    below = lines[number] if number < len(lines) else ""
    return bool(line.strip()) and (re.match(r"#{1,6}\s", line) is not None or (
        _UNDERLINE.match(below) is not None and not _UNDERLINE.match(line)))
