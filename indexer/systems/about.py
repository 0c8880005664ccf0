"""What a system is for, in the words of its repository: READMEs, descriptions in manifests, the lines that files say of themselves."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator

from indexer.systems.documents import Lines
from indexer.systems.names import squeezed
from indexer.systems.types import Place, Quote

_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()\s]*)[^()]*\)")
_MARKS = re.compile(r"[*`]{1,3}|<[^<>]{1,200}>|(?<!\w)_{1,2}|_{1,2}(?!\w)")
_ENTRY = re.compile(r"^\s*(?:[-*+]|\d+\.)\s+(.+)$|^\s*\|(.+)\|\s*$", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[a-z0-9)\]\"'»”])[.!?](?:\s+(?=[A-Z\"'(])|\s*$)")
_LONGEST = 180
_FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


def entries(path: str, text: str) -> Iterator[tuple[set[str], set[str], Quote]]:
    """The list items and table rows of a README that tell of something: the names they begin with (squeezed), the folders they link
    to, and what they say."""
    lines = Lines(text)
    for found in _ENTRY.finditer(text):
        item, row = found[1], found[2]
        links = {posixpath.normpath(target.strip("/").removeprefix("./")) for _, target in _LINK.findall(found[0]) if "://" not in target}
        place = Place(path, lines.at(found.start() + len(found[0]) - len(found[0].lstrip())))
        if row is not None:
            cells = [plain(cell) for cell in row.split("|")]
            said = max(cells[1:], key=len, default="")
            names = {squeezed(cells[0])}
        else:
            head, _, said = re.sub(r"^(.{2,60}?)\s*(?::|\s[-–—])\s*(.*)$", r"\1\0\2", plain(item)).partition("\0")
            names = {squeezed(head)} if said else set()
            said = said or head
        if len(said.split()) >= 2:
            yield names, links, Quote(sentence(said), place)


def of_system(said: Collection[tuple[set[str], set[str], Quote]], names: Collection[str], folders: Collection[str]) -> Quote | None:
    """What a README's list or table says of the system with these names (squeezed) and folders."""
    named = next((quote for heads, _, quote in said if heads & set(names)), None)
    return named or next((quote for _, links, quote in said if links & set(folders)), None)


def first_words(path: str, text: str) -> Quote | None:
    """The first sentence of a README's first paragraph of prose; None where there is none."""
    blank = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), _FENCE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text))
    paragraph: list[str] = []
    begun = 1
    for number, line in enumerate([*blank.splitlines(), ""], 1):
        stripped = line.strip()
        telling = bool(stripped) and not re.match(r"#|=|-{3}|\*{3}|\||>?\s*\[!|<|\.\. |:\w+:|\d+\.\s|[-*+]\s", stripped)
        if telling and plain(stripped):
            begun = begun if paragraph else number
            paragraph.append(stripped)
        elif paragraph:
            said = plain(" ".join(paragraph))
            if len(said.split()) >= 4 and not _underlined(blank, number):
                return Quote(sentence(said), Place(path, begun))
            paragraph = []
    return None


def _underlined(text: str, number: int) -> bool:
    lines = text.splitlines()
    return number - 1 < len(lines) and bool(re.match(r"^\s*(={3,}|-{3,}|~{3,})\s*$", lines[number - 1]))


def plain(text: str) -> str:
    """Markdown without its marks; badges and pictures are nothing."""
    text = re.sub(r"\[!\[[^\]]*\]\([^)]*\)\](?:\([^)]*\))?|!\[[^\]]*\]\([^)]*\)", "", text)
    text = re.sub(r"`([^`<]*)`_?", r"\1", text)
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).split())


def sentence(text: str) -> str:
    """The first sentence of a text, at most so long that it fits beside a box."""
    first = _SENTENCE.split(text.strip(), 1)[0].rstrip(" .:")
    return first if len(first) <= _LONGEST else first[:_LONGEST].rsplit(" ", 1)[0] + " …"
