"""The outline of a file: its definitions with qualified names, signatures and docs, its imports, and what it says it is for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from tree_sitter import Node

from indexer.symbols.comments import about_line, is_licence, plain_comment, plain_docstring
from indexer.symbols.statements import read_import
from indexer.symbols.syntax import Match, matches, parse, text_of
from indexer.types import Import, SourceFile, Symbol

_SIGNATURE = 200
_LABEL = 60
_TAIL = re.compile(r"(?:[\s{:;]|=>|=)+$")
_INNER_DOC = ("//!", "/*!")  # Rust: about what is around it; elsewhere: a licence to be kept
_LETTERS = tuple("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_PLACES = frozenset({"scope", "namespace"})  # they name what stands inside them and are no definitions
_TYPES = frozenset({"class", "interface", "struct", "enum", "trait", "scope"})
_TELLING = {"constant": 0, "type": 1, "class": 2, "function": 2}
_MOST = 3
_NO_RECEIVER = frozenset({"prototype", "exports", "module", "this", "self", "window", "globalThis", "global"})
_OPERATOR = re.compile(r"(?:^|(?<=::))\s*(operator\b.*)", re.DOTALL)
_DIRECTIVE = re.compile(r"#\s*(?:pragma|if|elif|else|endif|region|endregion|nullable)\b")
_BODIES = frozenset({"function_body", "class_body", "enum_class_body", "field_declaration_list", "accessor_list"})


@dataclass(frozen=True, slots=True)
class Definition:
    """A definition in its file. `first` is the line of the comments and decorators above it, `start` its name's; `scope` marks a
    place that only names what is inside it and is no symbol."""

    name: str
    qualified: str
    kind: str
    first: int
    start: int
    end: int
    enclosing: tuple[str, ...]
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
    row: int  # of the name
    body: int  # the byte where the signature ends
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
            docs[match["documented"][0].start_byte] = plain_docstring(text_of(match["doc"][0], data))
        elif "about" in match:
            about = about or about_line(plain_docstring(text_of(match["about"][0], data)))
        elif "import" in match:
            imports.extend(read_import(source.language, source.path, match, data))
        else:
            _add(found, match, data)
    definitions = _qualified(found, docs, rows, source.language, data)
    return Outline(definitions, _merged(imports), about or rows.about(definitions))


def _add(found: dict[int, _Found], match: Match, data: bytes) -> None:
    capture = next((name for name in match if name.startswith("def.") or name in _PLACES), "")
    named = _name(match, data) if capture else None
    if named is None:
        return
    node, (place, name, prefix) = match[capture][0], named
    row = place.start_point.row
    kind = capture.removeprefix("def.")
    body = match["body"][0].start_byte if "body" in match else _body(node)
    known = found.get(place.start_byte)
    if known is None:
        found[place.start_byte] = _Found(node, row, body, name, kind, prefix, node.start_byte, node.end_byte)
        return
    # Two patterns found one name: the more telling kind wins, and the wider range, which holds modifiers.
    if _TELLING.get(kind, _MOST) > _TELLING.get(known.kind, _MOST) or (kind == known.kind and prefix):
        known.kind, known.prefix = kind, prefix or known.prefix
    known.body = min(known.body, body)
    if node.end_byte - node.start_byte > known.end_byte - known.start_byte:
        known.node = node
    known.start_byte, known.end_byte = min(node.start_byte, known.start_byte), max(node.end_byte, known.end_byte)


def _name(match: Match, data: bytes) -> tuple[Node, str, tuple[str, ...]] | None:
    """The node that is the name, the name, and the names before it ("Type" of `Type::method`)."""
    if "label" in match:
        node = match["label"][0]
        return node, " ".join(text_of(node, data).split())[:_LABEL] or "?", ()
    if "declarator" in match:
        node = match["declarator"][0]
        while node.type != "operator_cast" and (inner := node.child_by_field_name("declarator") or _wrapped(node)) is not None:
            node = inner
    elif match.get("name"):
        node = match["name"][0]
    else:
        return None
    receiver = [part for item in match.get("receiver", ()) for part in _parts(text_of(item, data)) if part not in _NO_RECEIVER]
    written = text_of(node, data)
    if "operator" in written and not written.partition("(")[0].rstrip().endswith("operator"):
        written = written.partition("(")[0]  # `operator bool() const`: the cast's node holds its parameters
    *prefix, name = _parts(written) or [""]
    return (node, name, (*receiver, *prefix)) if name else None


def _wrapped(node: Node) -> Node | None:
    """The declarator inside one that has no field for it (C++ references and parentheses)."""
    if node.type in ("reference_declarator", "parenthesized_declarator", "attributed_declarator"):
        return next((child for child in node.named_children if "declarator" in child.type or "identifier" in child.type), None)
    return None


def _parts(written: str) -> list[str]:
    """The names in a dotted or `::` separated one, without type arguments and quotes."""
    if not re.search(r"\w", written):  # an operator
        return [written.strip()] if written.strip() else []
    if operator := _OPERATOR.search(written):
        before = [part.strip() for part in written[:operator.start()].split("::") if part.strip()]
        return [*before, " ".join(operator[1].split())]
    if "<" in written:
        depth, kept = 0, []
        for letter in written:
            depth += (letter == "<") - (letter == ">")
            if depth <= 0 and letter != ">":
                kept.append(letter)
        written = "".join(kept)
    written = written.replace("::", ".").replace("\\", ".").replace("?.", ".").replace("->", ".")
    cleaned = (part.strip("'\"`*&[]() \n\t:") for part in written.split("."))
    return [part for part in cleaned if part]


def _qualified(found: dict[int, _Found], docs: dict[int, str], rows: _Rows, language: str,
               data: bytes) -> tuple[Definition, ...]:
    result: list[Definition] = []
    stack: list[tuple[int, int, tuple[str, ...], str]] = []  # first byte, end byte, names, kind
    commented: set[int] = set()
    for place, item in sorted(found.items(), key=lambda pair: (pair[1].start_byte, -pair[1].end_byte, pair[0])):
        # Names of one statement (`var a, b int`) share its range and stand beside each other.
        while stack and (stack[-1][1] <= item.start_byte or stack[-1][:2] == (item.start_byte, item.end_byte)):
            stack.pop()
        names = (*(stack[-1][2] if stack else ()), *item.prefix)
        top, start, end = item.node.start_point.row + 1, item.row + 1, _last_row(item.node) + 1
        outer = stack[-1][3] if stack else ""
        kind = item.kind
        if kind == "function" and (item.prefix or outer in _TYPES or (outer == "module" and language == "ruby")):
            kind = "method"
        place_only = kind in _PLACES
        doc = docs.get(place, "") or ("" if place_only or top in commented else rows.doc_above(top))
        signature = "" if place_only else _signature(item, data)
        result.append(Definition(item.name, ".".join((*names, item.name)), kind, rows.first_of(top), start, end, names,
                                 signature, doc, place_only))
        stack.append((item.start_byte, item.end_byte, (*names, item.name), kind))
        commented.add(top)
    return tuple(result)


def _last_row(node: Node) -> int:
    """The row a node ends on; one that takes in its line's end would otherwise reach into the next line."""
    end = node.end_point
    return max(end.row - (end.column == 0 and end.row > node.start_point.row), node.start_point.row)


def _body(node: Node) -> int:
    """The byte where a definition's body begins; its end where it has none."""
    body = node.child_by_field_name("body")
    if body is None:
        body = next((child for child in node.children if child.type in _BODIES), None)
    return body.start_byte if body is not None and body.start_byte > node.start_byte else node.end_byte


def _signature(item: _Found, data: bytes) -> str:
    """A definition up to its body on one line, without the attributes on lines of their own before it."""
    node = item.node
    written = data[node.start_byte:min(item.body, node.start_byte + 4 * _SIGNATURE)]
    if item.body >= node.end_byte or node.type in ("class", "module"):  # Ruby's bodies begin at the first comment's end
        written = written.split(b"\n", 1)[0] if item.kind not in ("method", "function") else written
    lines = [line.strip() for line in written.decode("utf-8", "replace").split("\n") if not _DIRECTIVE.match(line.lstrip())] or [""]
    while len(lines) > 1 and lines[0].startswith(("@", "[", "#[")) and lines[0].endswith((")", "]", *_LETTERS)):
        lines.pop(0)
    line = _TAIL.sub("", " ".join(" ".join(lines).split()))
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
        self._data = data
        self._lines = data.split(b"\n")
        self._comments: dict[int, tuple[int, str]] = {}  # last row -> first row, text
        self._leads: dict[int, int] = {}

    def add_comments(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            row, last = node.start_point.row, _last_row(node)
            if not self._lines[row][:node.start_point.column].strip():  # a comment behind code belongs to that code
                self._comments[last] = (row, text_of(node, self._data))

    def add_leads(self, nodes: Iterable[Node]) -> None:
        for node in nodes:
            last = _last_row(node)
            self._leads[last] = min(node.start_point.row, self._leads.get(last, last))

    def first_of(self, line: int) -> int:
        """The first line of the comments and decorators that belong to the definition on this line."""
        return self._above(line)[0] + 1

    def doc_above(self, line: int) -> str:
        """The comments directly above a definition, decorators between them or not."""
        parts = [text for text in self._above(line)[1] if not text.startswith(_INNER_DOC)]
        text = plain_comment("\n".join(parts))
        return "" if is_licence(text) else text

    def _above(self, line: int) -> tuple[int, list[str]]:
        """The first row of what belongs to the definition on a line, and the comments in it from top to bottom."""
        parts: list[str] = []
        row = self._leads.get(line - 1, line - 1)
        while (above := row - 1) >= 0:
            if above in self._leads:
                row = self._leads[above]
            elif (found := self._comments.get(above)) or (not parts and (found := self._apart(above))):
                row = found[0]
                parts.append(found[1])
            else:
                break
        return row, parts[::-1]

    def _apart(self, row: int) -> tuple[int, str] | None:
        """A `/** */` comment with one blank line below it, as some put it; the first thing in a file is about the file."""
        found = None if self._lines[row].strip() else self._comments.get(row - 1)
        if found is None or not found[1].startswith("/**") or found[1].startswith("/***"):
            return None
        return found if any(line.strip() for line in self._lines[:found[0]]) else None

    def about(self, definitions: tuple[Definition, ...]) -> str:
        """The first comment block at the top of the file that is neither a licence nor the doc of the first definition."""
        inner = [text for _row, text in self._comments.values() if text.startswith("//!")]
        if inner and (line := about_line(plain_comment("".join(inner)))):
            return line
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
