"""The sentences of a chunk that a person can read: docstrings, comments, documentation, messages shown to users.

Each is kept word for word with the lines it stands on, so that it can be quoted and the quotation checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from indexer.types import Chunk, Kind, Role

_LONGEST = 34  # words of a quotation; more is cut at a clause, or with "…"
_SHORTEST = 3
_TOP = 30  # lines in which a file says what it is for
_END = re.compile(r"(?<=[.!?])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\betc\.)(?<!\bvs\.)[\"')\]]?\s+(?=[A-Z`\"'(“*])")
_COMMENT = re.compile(
    r"^\s*(?:#:?(?![!\[])|//+!?|/\*+!?|\*(?!\*)(?=\s|/|$)|--(?=\s)|;+(?=\s)|<!--)\s?(?P<text>.*?)(?:\s*\*+/|\s*-->)?\s*$"
)
_TRAILING = re.compile(r"^(?P<code>.*\S)\s+(?:#|//)\s(?P<text>\S.*)$")
_NOT_PROSE = re.compile(
    r"^\s*(?:[-=~^*#_+]{3,}|\.\. |\{[:%]|:[\w ]+:|@\w+|>>>|\$ |```|~~~|\||!\[|\[!\[|<[a-zA-Z/!]|https?://\S+$|\w+\(.*\)\s*[:;{]?$)"
    r"|\b(?:type:\s*ignore|noqa|pragma|eslint|nolint|pylint|prettier|istanbul|mypy|fmt: o|SPDX|Copyright"
    r"|Licensed under|copy of the License|this file except|WITHOUT WARRANT\w*|AS IS|All rights reserved)\b"
    r"|^\s*(?:TODO|FIXME|XXX|HACK|NOTE TO SELF)\b",
    re.IGNORECASE,
)
_SECTION = re.compile(
    r"^\s*(?::(?:param|type|returns?|rtype|raises?)\b|@(?:param|returns?|throws?|example|see|since)\b"
    r"|(?:Args|Arguments|Parameters|Returns|Raises|Yields|Examples?|Usage|Attributes|See Also|References|Notes?)\s*:{0,2}\s*$)",
)
_CODE = re.compile(r"\)\s+#|^\w+ = |[;{]$|=>|\w\(\w+=")  # an example that stands in running text
_MARKUP = re.compile(
    r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])|:[a-z:]+:`~?([^`<]+?)(?:\s*<[^>]*>)?`|``([^`]+)``|`([^`<]+)`_+|\*\*([^*]+)\*\*"
)
_HEADING = re.compile(r"^#{1,6}\s")
_UNDERLINE = re.compile(r"^\s*([=~^*#\"'`:+_-])\1{2,}\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d+[.)])\s+")
_MESSAGE = re.compile(
    r"(?:raise|throw|panic|error|Errorf|fail|warn|abort|reject|log)\w*[^\"'`\n]{0,60}[\"'`]([A-Z][^\"'`\n]{14,140})[\"'`]"
)


class Source(StrEnum):
    """Where a sentence stands; the values are how an answer speaks of it."""

    DOC = "doc"
    COMMENT = "comment"
    PROSE = "prose"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Sentence:
    """One quotable sentence, word for word; lines count in the file."""

    text: str
    start_line: int
    end_line: int
    source: Source


def sentences_of(chunk: Chunk) -> list[Sentence]:
    """What can be quoted from a chunk, in its order; commits are read by `sentences_of_message`."""
    found = _prose(chunk) if chunk.kind is Kind.DOC else [*_docstring(chunk), *_comments(chunk), *_messages(chunk)]
    unique: dict[str, Sentence] = {}
    for sentence in found:
        unique.setdefault(sentence.text.casefold(), sentence)
    return list(unique.values())


def split(text: str) -> list[str]:
    """Sentences of running text."""
    return [part.strip() for part in _END.split(text) if part.strip()]


def shortened(text: str, longest: int = _LONGEST) -> str:
    """At most `longest` words, cut where a clause ends if possible, else with an ellipsis."""
    words = text.split()
    if len(words) <= longest:
        return text
    head = " ".join(words[:longest])
    clause = max(head.rfind("; "), head.rfind(": "), head.rfind(", "), head.rfind(" ("))
    if clause > len(head) * 0.55:
        head = head[:clause]
    return head.rstrip(" ,;:([") + "…"


def _docstring(chunk: Chunk) -> Iterator[Sentence]:
    """The sentences of the chunk's own documentation, or what the top of a file says it is for, found again among its lines."""
    if not chunk.doc:
        place = _locate(chunk, chunk.about) if chunk.about and chunk.start_line <= _TOP else None
        if place is not None and _is_sentence(chunk.about):
            yield Sentence(chunk.about, *place, Source.DOC)
        return
    for text in _running(chunk.doc.splitlines()):
        place = _locate(chunk, text[2])
        if place is not None:
            yield Sentence(text[2], *place, Source.DOC)


def _comments(chunk: Chunk) -> Iterator[Sentence]:
    """Comments inside the code; neighbouring comment lines are one text."""
    block: list[tuple[int, str]] = []
    for offset, line in enumerate([*chunk.text.splitlines(), ""]):
        number = chunk.start_line + offset
        match = _COMMENT.match(line) if chunk.kind in (Kind.CODE, Kind.CONFIG) else None
        if match and chunk.language not in ("markdown", "restructuredtext"):
            block.append((number, match["text"]))
            continue
        if block:
            yield from _of_block(block)
            block = []
        trailing = _TRAILING.match(line) if chunk.kind is Kind.CODE else None
        if trailing and _is_sentence(trailing["text"]) and len(trailing["text"].split()) >= 4:
            yield Sentence(trailing["text"].strip(), number, number, Source.COMMENT)


def _of_block(block: list[tuple[int, str]]) -> Iterator[Sentence]:
    first = block[0][0]
    for start, end, text in _running([text for _, text in block]):
        yield Sentence(text, first + start, first + end, Source.COMMENT)


def _messages(chunk: Chunk) -> Iterator[Sentence]:
    """What the program tells its users when something goes wrong: often the plainest words in the code."""
    if chunk.kind is not Kind.CODE or chunk.role is Role.TEST:
        return
    for offset, line in enumerate(chunk.text.splitlines()):
        for match in _MESSAGE.finditer(line):
            text = match[1].strip()
            if len(text.split()) >= 4 and "\\" not in text:
                number = chunk.start_line + offset
                yield Sentence(text, number, number, Source.MESSAGE)


def _prose(chunk: Chunk) -> Iterator[Sentence]:
    for start, end, text in _running(_without_front_matter(chunk)):
        yield Sentence(text, chunk.start_line + start, chunk.start_line + end, Source.PROSE)


def _without_front_matter(chunk: Chunk) -> list[str]:
    """The lines, those blank that tell a site builder about the page."""
    lines = chunk.text.splitlines()
    if chunk.start_line > 1 or not lines or lines[0].strip() not in ("---", "+++"):
        return lines
    end = next((place for place, line in enumerate(lines[1:], start=1) if line.strip() == lines[0].strip()), 0)
    return [""] * (end + 1) + lines[end + 1 :]


def _running(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """Sentences of running text with the offsets of their first and last line; code, tables, lists of parameters are left out."""
    paragraph: list[tuple[int, str]] = []
    fenced = False
    for offset, line in enumerate([*lines, ""]):
        if re.match(r"^\s*(?:```|~~~)", line):
            fenced = not fenced
            line = ""
        if fenced:
            continue
        if _UNDERLINE.match(line) and len(paragraph) == 1:
            paragraph = []  # what is underlined is a title, and a title says nothing of itself
        if _SECTION.match(line):
            yield from _split_paragraph(paragraph)
            paragraph = []
            if not re.match(r"^\s*(?:Notes?)\s*:", line):
                return
            continue
        bullet = bool(_BULLET.match(line))
        if _HEADING.match(line):
            line = ""
        code = _NOT_PROSE.search(line) or (not paragraph and re.match(r"^(?: {4,}|\t)\S", line))
        if not line.strip() or bullet or code:
            yield from _split_paragraph(paragraph)
            paragraph = []
        if line.strip() and not code:
            paragraph.append((offset, _BULLET.sub("", line).strip().removeprefix('"""').removesuffix('"""')))


def _split_paragraph(paragraph: list[tuple[int, str]]) -> Iterator[tuple[int, int, str]]:
    if not paragraph:
        return
    text, starts = "", []
    for offset, line in paragraph:
        starts.append((len(text), offset))
        text += line + " "
    at = 0
    for part in split(text):
        begin = text.index(part, at)
        at = begin + len(part)
        if _is_sentence(part):
            first = max(offset for place, offset in starts if place <= begin)
            last = max(offset for place, offset in starts if place < at)
            yield first, last, part


def _is_sentence(text: str) -> bool:
    words = re.findall(r"[A-Za-z]+", text)
    letters = sum(char.isalpha() or char.isspace() for char in text)
    prose = len(words) >= _SHORTEST and letters >= 0.72 * len(text) and not _NOT_PROSE.search(text)
    return prose and not text.endswith("::") and "<http" not in text and not _CODE.search(text)


def plain_markup(text: str) -> str:
    """Markdown and reStructuredText marks taken off, words untouched."""
    return _MARKUP.sub(lambda match: next(group for group in match.groups() if group is not None), text)


def quotable(sentence: Sentence) -> str:
    """The sentence as it may stand between curly quotation marks."""
    return shortened(plain_markup(sentence.text)).replace("“", '"').replace("”", '"').rstrip(" .")


def _locate(chunk: Chunk, sentence: str) -> tuple[int, int] | None:
    """The lines of the chunk that hold a sentence of its documentation."""
    wanted = sentence.split()
    lines = chunk.text.splitlines()
    for start in range(len(lines)):
        if wanted[0] not in lines[start]:
            continue
        gathered = ""
        for end in range(start, min(start + 8, len(lines))):
            comment = _COMMENT.match(lines[end])
            gathered += " " + (comment["text"] if comment else lines[end])
            if " ".join(wanted) in " ".join(gathered.split()):
                return chunk.start_line + start, chunk.start_line + end
    return None
