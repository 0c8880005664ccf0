"""What a file imports, as written, and which file of the repository each import means."""

from __future__ import annotations

from tree_sitter import Node

from indexer.types import Import

Captures = dict[str, list[Node]]


def read_import(language: str, path: str, match: Captures) -> list[Import]:
    """The imports in one match of a language's query."""
    line = match["import"][0].start_point.row + 1
    items = tuple(_text(node) for node in match.get("item", ()))
    return [Import(path, line, module, items) for node in match.get("module", ()) if (module := _text(node).strip("'\"`<> \n"))]


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
