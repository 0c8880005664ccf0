"""What a file imports, in each language's own words, from the matches of its query."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.symbols.syntax import Match, text_of
from indexer.types import Import

_Read = tuple[str, tuple[str, ...]]  # module, names

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
        return [(f"self::{written}", ())]
    return [(path, ()) for path in _expand(written)]


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
