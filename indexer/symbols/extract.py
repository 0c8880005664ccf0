"""The outline of a file: its definitions with qualified names, signatures and docs, its imports, and what it says it is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from indexer.symbols.comments import about_line, is_licence, plain_comment, plain_docstring
from indexer.symbols.imports import read_import
from indexer.symbols.syntax import Match, matches, parse
from indexer.types import Import, SourceFile, Symbol

_SIGNATURE = 200
_TYPE_KINDS = frozenset({"class", "interface", "struct", "enum", "trait", "module"})


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition in its file. `first` is the line of the comments and decorators above it, `start` its own; `scope` marks a
    place that only names what is inside it and is no symbol."""

    name: str
    qualified: str
    kind: str
    first: int
    start: int
    end: int
    enclosing: tuple[str, ...]
    depth: int
    signature: str = ""
    doc: str = ""
    scope: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """What one parse of a file found. `definitions` are in the order of the source, outer ones before inner ones."""

    definitions: tuple[Definition, ...]
    imports: tuple[Import, ...]
    about: str

    def symbols(self, path: str) -> tuple[Symbol, ...]:
        return tuple(Symbol(path, item.name, item.qualified, item.kind, item.start, item.end, item.signature, item.doc)
                     for item in self.definitions if not item.scope)


@dataclass(slots=True)
class _Found:
    """A definition as the query marks it, before names and comments are put together."""

    node: Node
    name: str
    kind: str
    prefix: tuple[str, ...]
    start_byte: int
    end_byte: int


def read_outline(source: SourceFile) -> Outline:
    """Parse a file of a language with a grammar. Raises ParseTimeout; code with errors gives what can be read of it."""
    data = source.text.encode("utf-8", "replace")
    tree = parse(source.language, data)
    found: dict[int, _Found] = {}
    docs: dict[int, str] = {}
    imports: list[Import] = []
    rows = _Rows(data)
    about = ""
    for match in matches(source.language, tree):
        if "comment" in match:
            rows.add_comments(match["comment"])
        elif "lead" in match:
            rows.add_leads(match["lead"])
        elif "doc" in match:
            docs[match["documented"][0].start_byte] = plain_docstring(_text(match["doc"][0]))
        elif "about" in match:
            about = about or about_line(plain_docstring(_text(match["about"][0])))
        elif "import" in match:
            imports.extend(read_import(source.language, source.path, match))
        else:
            _add(found, match)
    definitions = _qualified(found, docs, rows, source.language)
    return Outline(definitions, _merged(imports), about or rows.about(definitions))


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _add(found: dict[int, _Found], match: Match) -> None:
    for capture, nodes in match.items():
        if not capture.startswith(("def.", "scope")):
            continue
        named = _name(match)
        if named is None:
            return
        node, (place, name, prefix) = nodes[0], named
        kind = capture.partition(".")[2]
        known = found.get(place)
        # Two patterns may find one name; the more telling one comes later in the query file, the wider range holds its modifiers.
        start = min(node.start_byte, known.start_byte) if known else node.start_byte
        end = max(node.end_byte, known.end_byte) if known else node.end_byte
        wide = known.node if known and known.end_byte - known.start_byte > node.end_byte - node.start_byte else node
        found[place] = _Found(wide, name, kind, prefix, start, end)


def _name(match: Match) -> tuple[int, str, tuple[str, ...]] | None:
    """Where the name stands, the name, and the names before it ("Type" of `Type::method`)."""
    if "declarator" in match:
        node: Node | None = match["declarator"][0]
        while node is not None and (inner := node.child_by_field_name("declarator") or _wrapped(node)) is not None:
            node = inner
    else:
        node = match["name"][0] if match.get("name") else None
    if node is None:
        return None
    receiver = [part for item in match.get("receiver", ()) for part in _parts(_text(item))]
    *prefix, name = _parts(_text(node)) or [""]
    return (node.start_byte, name, (*receiver, *prefix)) if name else None


def _wrapped(node: Node) -> Node | None:
    """The declarator inside one that has no field for it (C++ references and parentheses)."""
    if node.type in ("reference_declarator", "parenthesized_declarator", "attributed_declarator"):
        return next((child for child in node.named_children if "declarator" in child.type or "identifier" in child.type), None)
    return None


def _parts(written: str) -> list[str]:
    """The names in a dotted or `::` separated one, without type arguments and quotes."""
    if "<" in written and not written.startswith("operator"):
        depth, kept = 0, []
        for letter in written:
            depth += (letter == "<") - (letter == ">")
            if depth <= 0 and letter != ">":
                kept.append(letter)
        written = "".join(kept)
    if "operator" in written:
        return [part.strip() for part in written.split("::") if part.strip()]
    written = written.replace("::", ".").replace("\\", ".").replace("?.", ".").replace("->", ".")
    cleaned = (part.strip("'\"`*&[]() \n\t:") for part in written.split("."))
    return [part for part in cleaned if part and part not in ("prototype", "exports", "module", "this")]


def _qualified(found: dict[int, _Found], docs: dict[int, str], rows: _Rows, language: str) -> tuple[Definition, ...]:
    result: list[Definition] = []
    stack: list[tuple[int, tuple[str, ...], str]] = []  # end byte, names, kind
    for place, item in sorted(found.items(), key=lambda pair: (pair[1].start_byte, -pair[1].end_byte, pair[0])):
        while stack and stack[-1][0] <= item.start_byte:
            stack.pop()
        outer = stack[-1][1] if stack else ()
        names = (*outer, *item.prefix)
        start, end = item.node.start_point.row + 1, _last_row(item.node) + 1
        first = rows.first_of(start)
        kind = item.kind or "scope"
        if kind == "function" and (item.prefix or (stack and stack[-1][2] in (*_TYPE_KINDS, "scope") and language != "cpp")):
            kind = "method"
        scope = not item.kind
        doc = docs.get(place, "") or ("" if scope else rows.doc_above(start))
        result.append(Definition(item.name, ".".join((*names, item.name)), kind, first, start, end, names, len(stack),
                                 "" if scope else _signature(item.node), doc, scope))
        stack.append((item.end_byte, (*names, item.name), kind))
    return tuple(result)


def _last_row(node: Node) -> int:
    """The row a node ends on; one that takes in its line's end would otherwise reach into the next line."""
    end = node.end_point
    return max(end.row - (end.column == 0 and end.row > node.start_point.row), node.start_point.row)


def _signature(node: Node) -> str:
    """A definition up to its body on one line."""
    body = node.child_by_field_name("body")
    written = node.text or b""
    if body is not None and body.start_byte > node.start_byte:
        written = written[:body.start_byte - node.start_byte]
    else:
        written = written.split(b"\n", 1)[0]
    line = " ".join(written[:4 * _SIGNATURE].decode("utf-8", "replace").split()).rstrip(" {:=>")
    return line if len(line) <= _SIGNATURE else line[:_SIGNATURE - 1] + "…"


def _merged(imports: Iterable[Import]) -> tuple[Import, ...]:
    """One Import per statement and module, with all its names."""
    merged: dict[tuple[int, str], Import] = {}
    for item in imports:
        known = merged.get((item.line, item.module))
        names = (*known.names, *(name for name in item.names if name not in known.names)) if known else item.names
        merged[item.line, item.module] = Import(item.path, item.line, item.module, names)
    return tuple(sorted(merged.values(), key=lambda item: item.line))


class _Rows:
    """Which whole lines of a file are comments, decorators or attributes: what stands above a definition is found by line."""

    def __init__(self, data: bytes) -> None:
        self._lines = data.split(b"\n")
        self._comments: dict[int, tuple[int, str]] = {}  # last row -> first row, text
        self._leads: dict[int, int] = {}

    def add_comments(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            row, last = node.start_point.row, _last_row(node)
            if not self._lines[row][:node.start_point.column].strip():  # a comment behind code belongs to that code
                self._comments[last] = (row, _text(node))

    def add_leads(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            last = _last_row(node)
            self._leads[last] = min(node.start_point.row, self._leads.get(last, last))

    def first_of(self, line: int) -> int:
        """The first line of what belongs to the definition on this line."""
        row = line - 1
        if row in self._leads:  # on the definition's own line
            row = self._leads[row]
        while (above := row - 1) >= 0:
            if above in self._leads:
                row = self._leads[above]
            elif above in self._comments:
                row = self._comments[above][0]
            else:
                break
        return row + 1

    def doc_above(self, line: int) -> str:
        """The comment directly above a definition, decorators between them or not."""
        row, parts = line - 1, []
        row = self._leads.get(row, row)
        while (above := row - 1) >= 0:
            if above in self._leads:
                row = self._leads[above]
            elif above in self._comments:
                row, text = self._comments[above]
                parts.append(text)
            else:
                break
        text = plain_comment("\n".join(reversed(parts)))
        return "" if is_licence(text) else text

    def about(self, definitions: tuple[Definition, ...]) -> str:
        """The first comment block at the top of the file that is neither a licence nor the doc of the first definition."""
        first = min((item.first for item in definitions), default=len(self._lines) + 1)
        block: list[str] = []
        last = None
        for end in sorted(row for row in self._comments if row < 80):
            row, text = self._comments[end]
            if row + 1 >= first:
                break
            if last is not None and row > last + 1:
                if line := about_line(plain_comment("\n".join(block))):
                    return line
                block = []
                if any(self._lines[between].strip() for between in range(last + 1, row)):
                    return ""
            elif last is None and sum(1 for between in range(row) if self._lines[between].strip()) > 3:
                return ""
            block.append(text)
            last = end
        return about_line(plain_comment("\n".join(block)))
