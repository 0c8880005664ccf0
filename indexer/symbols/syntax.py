"""One guarded parse of a file, and the matches of its language's query: the only place that runs tree-sitter.

A query file marks its finds with these captures:

    @def.KIND      a definition of a kind of `indexer.types.Symbol`, named by @name or by the identifier inside @declarator
    @scope         a type's place that is no definition of it (an impl block, an extension): what stands inside are methods
    @namespace     a place that names what stands inside it (a namespace; a test case, which is named by @label)
    @body          where the signature ends
    @receiver      what the name belongs to though it stands outside it (Go's receivers, `res.send = function`)
    @documented    with @doc: a docstring inside a definition, @documented being the definition's name
    @about         what the file says about itself
    @comment       any comment
    @lead          something whose lines belong to the definition that follows (decorators, attributes, template parameters)
    @import        an import with @module and @item as written, or whole
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import cache
from importlib import resources

from tree_sitter import Language, Node, Parser, Query, QueryCursor, Tree

from indexer.languages import grammar

PARSE_SECONDS = 5.0
_SLICE = 1 << 16

Match = dict[str, list[Node]]


class ParseTimeout(Exception):
    """Parsing one file took longer than PARSE_SECONDS."""


def parse(language: str, data: bytes) -> Tree:
    """The syntax tree of some source; broken code gives a tree with error nodes. Raises ParseTimeout."""
    if language in ("c", "cpp"):
        data = without_macros(data)
    deadline = time.monotonic() + PARSE_SECONDS
    try:
        # Only a source read by a callback can be interrupted; a new Parser each time, because an interrupted one keeps its state.
        tree = Parser(_grammar(language)).parse(lambda offset, _point: data[offset:offset + _SLICE],
                                   progress_callback=lambda _offset, _error: time.monotonic() > deadline)
    except ValueError as exc:
        raise ParseTimeout(language) from exc
    if tree is None:
        raise ParseTimeout(language)
    return tree


def matches(language: str, tree: Tree) -> Iterator[Match]:
    """What the language's query finds, in the order of the source. Queries are linear in the tree and need no guard of their own
    (and tree-sitter 0.26's progress_callback for them crashes the interpreter)."""
    return (captures for _pattern, captures in QueryCursor(_query(language)).matches(tree.root_node))


_MACROS = tuple(re.compile(pattern, re.MULTILINE) for pattern in (
    rb"\b(?:class|struct|union|enum(?:\s+class)?)\s+([A-Z][A-Z0-9_]{2,}(?:\([^()\n]*\))?)"
    rb"(?=\s+[A-Za-z_]\w*\s*(?:final\s*)?[:{;])",
    rb"^[ \t]*([A-Z][A-Z0-9_]{3,})[ \t]*$",
    rb"^[ \t]*([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?=[ \t]+(?!=)[A-Za-z_])",
    rb"\)\s*(?:const\s+)?([A-Z][A-Z0-9_]{3,}\([^()\n]*\))(?=\s*[;{])"))


def without_macros(data: bytes) -> bytes:
    """C and C++ with the macros that hide the grammar from the parser (`class EXPORT_API Widget {`, `BEGIN_NAMESPACE`) as spaces
    of the same length, so that every position stays."""
    for pattern in _MACROS:
        data = pattern.sub(lambda found: found[0][:found.start(1) - found.start()] + b" " * len(found[1])
                           + found[0][found.end(1) - found.start():], data)
    return data


def text_of(node: Node, data: bytes) -> str:
    """What a node spans in the source it was parsed from (its own `text` would read the source again, slice by slice)."""
    return data[node.start_byte:node.end_byte].decode("utf-8", "replace")


# JavaScript's definitions are TypeScript's too, C's are C++'s.
_PARTS = {"typescript": ("javascript", "typescript"), "tsx": ("javascript", "typescript"), "javascript": ("javascript", "jsx"),
          "cpp": ("c", "cpp")}


@cache
def _query(language: str) -> Query:
    folder = resources.files("indexer.symbols") / "queries"
    parts = [folder / f"{name}.scm" for name in _PARTS.get(language, (language,))]
    return Query(_grammar(language), "\n".join(part.read_text(encoding="utf-8") for part in parts))


def _grammar(language: str) -> Language:
    found = grammar(language)
    if found is None:
        raise LookupError(f"no grammar for {language}")
    return found
