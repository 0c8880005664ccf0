"""Why a change was made, in its author's own words: found in the text of its pull request or commits, never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.answers.sentences import plain_markup, shortened, split
from indexer.changes.types import Story
from indexer.chunking.commits import clean_body
from indexer.types import Commit

_LONGEST, _SHORTEST = 45, 4  # words
_BECAUSE = re.compile(
    r"\b(?:because|since (?!v?\d)|so that|so as|in order to|to (?:avoid|prevent|allow|make|keep|support|let|help|ensure|be able|reduce)"
    r"|otherwise|causes?d?|causing|instead of|no longer|the reason|motivat\w+|needed|required|requires|due to|in favou?r of|leads? to"
    r"|led to|would (?:fail|crash|break|leak|lose)|allows? |lets? |makes? it|enables?)\b",
    re.IGNORECASE,
)
_NO_PROSE = re.compile(
    r"^(?:#|\||>|<|\[[A-Z]+\]|```|~~~|[-=*_]{3,}$|[-*+•]\s|\d+[.)]\s|\[[ xX]\]|https?://\S+$|\S+:\s*$|diff --git|\$ |@@|Traceback|\s{4,}\S"
    r"|(?:closes?|fix(?:es|ed)?|resolves?|refs?|see(?: also)?|related(?: to)?|part of|issue|ticket|depends on)\b:?\s*"
    r"(?:#|!|https?:|[A-Z]+-\d)"
    r"|(?:bumps?|updates? the requirements|dependabot|release notes|changelog|commits|i have |please |thanks?\b|thank you))",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*[-*+•]\s+")
_HEADING = re.compile(r"^#{1,6}\s+(?P<name>.+?)\s*#*$|^\*\*(?P<bold>[^*]+)\*\*:?$|^(?P<bare>[A-Z][\w ]{2,40}):$")
_IDLE = re.compile(
    r"check ?list|test(?:s|ing| plan)?\b|how (?:has|was|to)|screenshot|type of change|todo|release note|change ?log|reviewer|types? of"
    r"|related|issue|additional|notes? (?:for|to)|before submitting|contribut|docs?\b|documentation",
    re.IGNORECASE,
)


def why_of(story: Story) -> str:
    """A sentence of what its author gives as the reason, else how they explain it; "" where they say nothing.

    Word for word but for line breaks and markup, so that it can be quoted and looked up.
    """
    for sentences in _texts(story):
        reason = next((sentence for sentence in sentences if _BECAUSE.search(sentence)), None)
        if reason is not None:
            return _cut(reason)
        if sentences and not _repeats(sentences[0], story.title):
            return _cut(sentences[0])
    return ""


def what_of(story: Story) -> str:
    """How its author begins to explain it, where that is neither the title again nor the reason; "" else."""
    why = why_of(story)
    for sentences in _texts(story):
        said = _cut(sentences[0]) if sentences else ""
        if said and said != why and not _repeats(sentences[0], story.title):
            return said
    return ""


def largest_of(story: Story) -> Commit | None:
    """The commit that does most, which tells the reason where the pull request does not."""
    return max(story.commits, key=lambda commit: len(commit.changes), default=None)


def _texts(story: Story) -> Iterator[list[str]]:
    """The sentences of its own text, then those of the commit that does most."""
    yield list(_sentences(story.body))
    largest = largest_of(story)
    if largest and largest.body != story.body:
        yield list(_sentences(largest.body))


def _sentences(body: str) -> Iterator[str]:
    """The prose of a text: without headings, check lists, tables, code, trailers and what tools write."""
    idle = False
    for paragraph in re.split(r"\n\s*\n", _without_fences(clean_body(body))):
        lines = []
        for line in paragraph.split("\n"):
            heading = _HEADING.match(line.strip())
            if heading:
                idle = bool(_IDLE.search(next(filter(None, heading.groups()), "")))
                continue
            if not _NO_PROSE.match(line):
                lines.append(line.strip())
            elif lines:
                break  # prose that runs into a list or code ends there
        if not idle and lines:
            yield from (sentence for sentence in split(" ".join(lines)) if len(sentence.split()) >= _SHORTEST)


def _without_fences(text: str) -> str:
    """Without code between fences, and without HTML comments, as templates of pull requests hold them."""
    return re.sub(r"(?ms)^(```|~~~).*?(?:^\1\s*$|\Z)|<!--.*?(?:-->|\Z)", "", text)


def _cut(sentence: str) -> str:
    plain = plain_markup(_BULLET.sub("", sentence)).replace("“", '"').replace("”", '"')
    return shortened(plain, _LONGEST).rstrip(" .")


def _repeats(sentence: str, title: str) -> bool:
    said, known = (set(re.findall(r"\w+", text.lower())) for text in (sentence, title))
    return len(said - known) <= max(1, len(said) // 5)
