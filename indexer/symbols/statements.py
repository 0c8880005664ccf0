"""What a file imports, in each language's own words, from the matches of its query."""

from __future__ import annotations

import re
from collections.abc import Callable

from tree_sitter import Node

from indexer.types import Import

Captures = dict[str, list[Node]]

_STRING = re.compile(r"[\"']([^\"'$]+)[\"']")


def read_import(language: str, path: str, match: Captures) -> list[Import]:
    """The imports in one match. `module` is written as the language writes it, without quotes; what is relative to the file
    itself begins with a dot (or `self::` in Rust)."""
    line = match["import"][0].start_point.row + 1
    read = _READERS.get(language, _plain)
    return [Import(path, line, module, names) for module, names in read(match) if module]


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def _plain(match: Captures) -> list[tuple[str, tuple[str, ...]]]:
    names = tuple(_text(node) for node in match.get("item", ()))
    return [(_text(node).strip("'\"`<> \n"), names) for node in match.get("module", ())]


def _python(match: Captures) -> list[tuple[str, tuple[str, ...]]]:
    read = _plain(match)
    if read and not read[0][0].strip("."):  # `from . import a, b` names modules, each a file of its own
        return [(module + name, ()) for module, names in read for name in names] or read
    return read


def _dotted(match: Captures) -> list[tuple[str, tuple[str, ...]]]:
    """Java's and Kotlin's whole statements."""
    written = re.sub(r"^import\s+(static\s+)?|\s+as\s+\w+|[;\s]+$", "", _text(match["import"][0]).strip())
    return [("".join(written.split()), ())]


def _rust(match: Captures) -> list[tuple[str, tuple[str, ...]]]:
    written = " ".join(_text(match["module"][0]).split())
    if match["import"][0].type == "mod_item":
        return [(f"self::{written}", ())]
    return [(path, ()) for path in _expand(written)]


def _expand(use: str) -> list[str]:
    """`a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`: a worklist, as groups nest as deep as the file wants."""
    done, work = [], [use]
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


def _ruby(match: Captures) -> list[tuple[str, tuple[str, ...]]]:
    relative = _text(match["require"][0]) == "require_relative"
    return [(f"./{module}" if relative and not module.startswith(".") else module, names) for module, names in _plain(match)]


def _php(match: Captures) -> list[tuple[str, tuple[str, ...]]]:
    if "require" in match:
        written = _text(match["require"][0])
        found = _STRING.search(written)
        own = "__DIR__" in written or "dirname(__FILE__)" in written
        return [(("." if own else "") + found[1], ())] if found else []
    written = re.sub(r"^use\s+(function\s+|const\s+)?|;$", "", " ".join(_text(match["import"][0]).split()))
    prefix, brace, inner = written.partition("{")
    parts = inner.rstrip("} ").split(",") if brace else written.split(",")
    start = prefix if brace else ""
    return [((start + re.sub(r"^(function|const) |\s+as\s+\w+$", "", part.strip())).strip().lstrip("\\"), ()) for part in parts if part.strip()]


_READERS: dict[str, Callable[[Captures], list[tuple[str, tuple[str, ...]]]]] = {
    "python": _python, "java": _dotted, "kotlin": _dotted, "rust": _rust, "ruby": _ruby, "php": _php}
