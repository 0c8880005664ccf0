"""Documentation cut by its headings: each section a piece, named by its title under the titles above it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from indexer.chunking.pieces import MERGE_LINES, Piece, blank_lines, split_long, trimmed
from indexer.symbols.comments import first_sentence
from indexer.types import SourceFile

_ATX = re.compile(r"^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})(.*)$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)[ \t]*$")
_ADORNMENT = re.compile(r"^([!-/:-@[-`{-~])\1*[ \t]*$")
_ADOC = re.compile(r"^(={1,6})[ \t]+(\S.*)$")
_ADOC_BLOCK = re.compile(r"^(-{4,}|={4,}|\.{4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|`{3,})[ \t]*$")
_MARKUP = re.compile(r"!\[[^\]]*\]\([^)]*\)|<[^<>]+>|\{#[^}]*\}|^\s*\.\. .*$|^\s*:\w[\w -]*:.*$")
_LINK = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_ROLE = re.compile(r":[\w:]+:`~?([^`<]+?)(?:\s*<[^>]*>)?`|`([^`<]+?)\s*<[^>]*>`_+")
_TITLE_FIELD = re.compile(r"title\s*[:=]\s*[\"']?(.+?)[\"']?\s*$")
_NO_PROSE = ("    ", "\t", "|", "+--", "#", "===", "---", "{{", "{%", "import ")


@dataclass(frozen=True, slots=True)
class Heading:
    """A title on line `line` (the overline's where there is one); its text begins at line `body`."""

    line: int
    body: int
    level: int
    title: str


def cut_prose(source: SourceFile, cut: str) -> tuple[list[Piece], str]:
    """The sections of a Markdown, reStructuredText or AsciiDoc file, and its title."""
    lines = source.text.split("\n")
    blank = blank_lines(source.text)
    headings = {"markdown": markdown_headings, "rst": rst_headings, "asciidoc": asciidoc_headings}[cut](lines)
    starts = [Heading(1, 1, 0, ""), *headings] if not headings or headings[0].line > 1 else headings
    trail: list[Heading] = []
    sections: list[Piece] = []
    for index, heading in enumerate(starts):
        end = starts[index + 1].line - 1 if index + 1 < len(starts) else len(lines)
        trail = [item for item in trail if item.level < heading.level]
        titles = tuple(item.title for item in trail if item.title)
        trail.append(heading)
        doc = _first_prose(lines[heading.body - 1:end])
        symbol = " > ".join((*titles, heading.title)) if heading.title else None
        piece = trimmed(Piece(heading.line, end, symbol, "section" if symbol else None, titles, doc), blank)
        if piece is not None:
            sections.append(piece)
    pieces = [part for piece in _merged(sections) for part in split_long(piece)]
    title = next((item.title for item in headings if item.title), "")
    return pieces, (title or _first_prose(lines))[:200]


def _merged(sections: list[Piece]) -> list[Piece]:
    """A heading with almost nothing below it joins the section that follows inside it; the outer title names both."""
    result: list[Piece] = []
    for piece in sections:
        if result and result[-1].lines <= 3 and piece.end - result[-1].start < 2 * MERGE_LINES and _inside(piece, result[-1]):
            result[-1] = replace(piece, start=result[-1].start, doc=result[-1].doc or piece.doc)
        else:
            result.append(piece)
    return result


def _inside(inner: Piece, outer: Piece) -> bool:
    return outer.symbol is None or bool(inner.symbol and inner.symbol.startswith(outer.symbol + " > "))


def plain_title(text: str) -> str:
    """A heading's words without links, pictures and emphasis."""
    text = _LINK.sub(r"\1", _MARKUP.sub("", text))
    text = _ROLE.sub(lambda found: found[1] or found[2], text)
    return re.sub(r"\*+(?=\w)|(?<=\w)\*+|\b__|__\b|`", "", text).strip(" \t*#")[:200].strip()


def _first_prose(lines: list[str]) -> str:
    """The first sentence of the first paragraph that is words and not a list of badges, a directive, a table or code."""
    paragraph: list[str] = []
    fenced = False
    for line in lines[:80]:
        if _FENCE.match(line):
            fenced = not fenced
            continue
        text = "" if fenced or line.startswith(_NO_PROSE) else plain_title(line)
        if text and not _ADORNMENT.match(text):
            paragraph.append(text)
        elif paragraph:
            if len(" ".join(paragraph)) >= 20:
                break
            paragraph = []
    return first_sentence(" ".join(paragraph)) if len(" ".join(paragraph)) >= 20 else ""


def _front_matter(lines: list[str]) -> tuple[int, str]:
    """The number of lines of a YAML or TOML block at the top, and the title it gives."""
    mark = lines[0].strip() if lines else ""
    if mark not in ("---", "+++"):
        return 0, ""
    for number, line in enumerate(lines[1:200], start=2):
        if line.strip() == mark:
            titles = (_TITLE_FIELD.match(item) for item in lines[1:number])
            return number, next((found[1] for found in titles if found), "")
    return 0, ""


def markdown_headings(lines: list[str]) -> list[Heading]:
    """ATX and setext headings outside of code fences and front matter (CommonMark 0.31, sections 4.2, 4.3 and 4.5)."""
    skip, title = _front_matter(lines)
    headings = [Heading(1, skip + 1, 0, plain_title(title))] if title else []
    fence = ""
    for number, line in enumerate(lines, start=1):
        if number <= skip:
            continue
        if found := _FENCE.match(line):
            if not fence and not (found[1][0] == "`" and "`" in found[2]):
                fence = found[1]
                continue
            if fence and found[1].startswith(fence) and not found[2].strip():
                fence = ""
                continue
        if fence:
            continue
        if found := _ATX.match(line):
            headings.append(Heading(number, number + 1, len(found[1]), plain_title(found[2] or "")))
        elif (found := _SETEXT.match(line)) and number > skip + 1 and _underlined(lines, number - 1, headings):
            headings.append(Heading(number - 1, number + 1, 1 if found[1][0] == "=" else 2, plain_title(lines[number - 2])))
    return headings


def _underlined(lines: list[str], number: int, headings: list[Heading]) -> bool:
    """Whether line `number` is a one-line paragraph that an underline makes a heading."""
    line = lines[number - 1]
    if not line.strip() or line.startswith(("    ", "\t", ">", "|")) or re.match(r"^\s*([-*+]|\d+[.)])\s", line):
        return False
    before = lines[number - 2] if number > 1 else ""
    return not before.strip() or bool(headings and headings[-1].body == number)


def rst_headings(lines: list[str]) -> list[Heading]:
    """Section titles; the order in which adornments first appear gives their levels (docutils, "Sections")."""
    styles: list[tuple[str, bool]] = []
    headings: list[Heading] = []
    number = 1
    while number < len(lines):
        title, under = lines[number - 1], lines[number]
        over = number > 1 and bool(_ADORNMENT.match(lines[number - 2])) and lines[number - 2].strip() == under.strip()
        if _is_rst_title(title, under, over, lines[number - 2] if number > 1 else ""):
            style = (under[0], over)
            if style not in styles:
                styles.append(style)
            headings.append(Heading(number - over, number + 2, styles.index(style) + 1, plain_title(title)))
            number += 2
        else:
            number += 1
    return headings


def _is_rst_title(title: str, under: str, over: bool, before: str) -> bool:
    if not title.strip() or not _ADORNMENT.match(under) or _ADORNMENT.match(title) or (title[0].isspace() and not over):
        return False
    width = len(under.strip())
    return (over or not before.strip()) and (width >= len(title.strip()) or width >= 4) and width >= 3


def asciidoc_headings(lines: list[str]) -> list[Heading]:
    """Titles marked by "=" outside of delimited blocks."""
    headings: list[Heading] = []
    block = ""
    for number, line in enumerate(lines, start=1):
        if found := _ADOC_BLOCK.match(line):
            block = "" if found[1] == block else block or found[1]
        elif not block and (found := _ADOC.match(line)):
            headings.append(Heading(number, number + 1, len(found[1]), plain_title(found[2])))
    return headings
