"""What a file imports, in each language's own words, from the matches of its query."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from indexer.symbols.syntax import Match, text_of
from indexer.types import Import

_Read = tuple[str, tuple[str, ...]]  # module, names

_PATH = re.compile(r"#\[path\s*=\s*\"([^\"]+)\"\s*\]")
_STRING = re.compile(r"[\"']([^\"'$]+)[\"']")


def read_import(language: str, path: str, match: Match, data: bytes) -> list[Import]:
    """The imports in one match. `module` is written as the language writes it, without quotes; what is relative to the file
    itself begins with a dot (or `self::` in Rust)."""
    line = match["import"][0].start_point.row + 1
    read = _READERS.get(language, _plain)
    return [Import(path, line, module, names) for module, names in read(match, data) if module]


def _plain(match: Match, data: bytes) -> list[_Read]:
    names = tuple(text_of(node, data) for node in match.get("item", ()))
    return [(text_of(node, data).strip("'\"`<> \n"), names) for node in match.get("module", ())]


def _python(match: Match, data: bytes) -> list[_Read]:
    read = _plain(match, data)
    if read and not read[0][0].strip("."):  # `from . import a, b` names modules, each a file of its own
        return [(module + name, ()) for module, names in read for name in names] or read
    return read


def _dotted(match: Match, data: bytes) -> list[_Read]:
    """Java's and Kotlin's whole statements."""
    written = re.sub(r"^import\s+(static\s+)?|\s+as\s+\w+|[;\s]+$", "", text_of(match["import"][0], data).strip())
    return [("".join(written.split()), ())]


def _rust(match: Match, data: bytes) -> list[_Read]:
    written = " ".join(text_of(match["module"][0], data).split())
    if match["import"][0].type == "mod_item":
        return [(_placed(match["import"][0], data) or f"self::{written}", ())]
    paths = _expand(written)
    if "super" in written:
        depth = _inline_modules(match["import"][0])
        paths = [_outside(path, depth) for path in paths]
    return [(path, ()) for path in paths]


def _placed(module: Node, data: bytes) -> str:
    """The file that a `#[path = "other.rs"]` above `mod name;` gives, relative to the file; "" where there is none."""
    above = module.prev_named_sibling
    while above is not None and above.type in ("attribute_item", "line_comment", "block_comment"):
        if above.type == "attribute_item" and (found := _PATH.match(text_of(above, data))):
            return f"./{found[1]}"
        above = above.prev_named_sibling
    return ""


def _inline_modules(node: Node) -> int:
    """How many `mod name { }` of its file stand around a node."""
    depth, outer = 0, node.parent
    while outer is not None:
        depth += outer.type == "mod_item"
        outer = outer.parent
    return depth


def _outside(path: str, depth: int) -> str:
    """A path as the file itself would write it: `super` of a `mod tests { }` is the file, not its parent."""
    parts = path.split("::")
    ups = next((at for at, part in enumerate(parts) if part != "super"), len(parts))
    return path if not depth or not ups else "::".join((*(parts[depth:ups] or ["self"]), *parts[ups:]))


def _expand(use: str) -> list[str]:
    """`a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`: a worklist, as groups nest as deep as the file wants."""
    done: list[str] = []
    work = [use]
    while work and len(done) < 200:
        item = work.pop()
        start = item.find("{")
        if start < 0:
            done.append(re.sub(r"\s+as\s+\w+$", "", item.strip()).replace(" ", "").removesuffix("::self"))
            continue
        prefix, inner = item[:start], item[start + 1:item.rfind("}")]
        depth, at = 0, 0
        for index, letter in enumerate(inner + ","):
            depth += (letter == "{") - (letter == "}")
            if letter == "," and depth <= 0:
                if part := inner[at:index].strip():
                    work.append(prefix + part)
                at = index + 1
    return list(reversed(done))


def _ruby(match: Match, data: bytes) -> list[_Read]:
    relative = text_of(match["require"][0], data) == "require_relative"
    return [(f"./{module}" if relative and not module.startswith(".") else module, names)
            for module, names in _plain(match, data)]


def _php(match: Match, data: bytes) -> list[_Read]:
    if "require" in match:
        written = text_of(match["require"][0], data)
        found = _STRING.search(written)
        own = "__DIR__" in written or "dirname(__FILE__)" in written
        return [(("." if own else "") + found[1], ())] if found else []
    written = re.sub(r"^use\s+(function\s+|const\s+)?|;$", "", " ".join(text_of(match["import"][0], data).split()))
    prefix, brace, inner = written.partition("{")
    parts = inner.rstrip("} ").split(",") if brace else written.split(",")
    start = prefix if brace else ""
    named = (start + re.sub(r"^(function|const) |\s+as\s+\w+$", "", part.strip()) for part in parts if part.strip())
    return [(name.strip().lstrip("\\"), ()) for name in named]


_READERS: dict[str, Callable[[Match, bytes], list[_Read]]] = {
    "python": _python, "java": _dotted, "kotlin": _dotted, "rust": _rust, "ruby": _ruby, "php": _php}
