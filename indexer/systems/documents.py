"""Settings files as trees whose values know their lines. A broken file is read as far as it goes, and raises nothing."""

from __future__ import annotations

import bisect
import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

_MOST = 400_000  # characters; larger settings files are data
_DEEPEST = 60
_WALK = 5_000  # values looked at under one node: aliases may make a small file endless

try:
    from yaml import CSafeLoader as _Loader
except ImportError:  # a PyYAML without libyaml
    from yaml import SafeLoader as _Loader  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a YAML file: a mapping, a list or text (numbers and the like as they are written), with the line it begins on."""

    value: dict[str, Node] | list[Node] | str
    line: int

    def at(self, *keys: str) -> Node:
        """The value under some keys; an empty text where there is none."""
        node = self
        for key in keys:
            if not isinstance(node.value, dict) or key not in node.value:
                return Node("", self.line)
            node = node.value[key]
        return node

    @property
    def text(self) -> str:
        return self.value if isinstance(self.value, str) else ""

    @property
    def fields(self) -> Mapping[str, Node]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Node]:
        return self.value if isinstance(self.value, list) else []

    def texts(self) -> Iterator[Node]:
        """Every text in it."""
        waiting, seen = [self], 0
        while waiting and seen < _WALK:
            node, seen = waiting.pop(), seen + 1
            if isinstance(node.value, str):
                yield node
            else:
                waiting += reversed(list(node.value.values()) if isinstance(node.value, dict) else node.value)


def yaml_documents(text: str) -> list[Node]:
    """The documents of a YAML file, up to the first that is broken."""
    found: list[Node] = []
    if len(text) > _MOST:
        return found
    try:
        for document in yaml.compose_all(text, Loader=_Loader):
            if document is not None:
                found.append(_node(document, {}, 0))
    except (yaml.YAMLError, RecursionError, ValueError):
        pass  # what came before it stands
    return found


def _node(node: yaml.Node, known: dict[int, Node], depth: int) -> Node:
    if id(node) in known:
        return known[id(node)]
    line = node.start_mark.line + 1
    if depth > _DEEPEST or isinstance(node, yaml.ScalarNode):
        return Node(str(node.value) if isinstance(node, yaml.ScalarNode) else "", line)
    known[id(node)] = Node("", line)  # what contains itself contains nothing
    if isinstance(node, yaml.MappingNode):
        pairs = {str(key.value): _node(value, known, depth + 1) for key, value in node.value if isinstance(key, yaml.ScalarNode)}
        found = Node(_merged(pairs), line)
    else:
        found = Node([_node(item, known, depth + 1) for item in node.value], line)
    known[id(node)] = found
    return found


def _merged(pairs: dict[str, Node]) -> dict[str, Node]:
    """`<<: *anchor` and `<<: [*a, *b]` (https://yaml.org/type/merge.html): what is written itself wins."""
    base = pairs.pop("<<", None)
    if base is None:
        return pairs
    for one in base.items or [base]:
        pairs = {**one.fields, **pairs}
    return pairs


def json_object(text: str) -> dict[str, Any]:
    """A JSON file; {} where it is broken, or no object."""
    try:
        value = json.loads(text) if len(text) <= _MOST else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def toml_table(text: str) -> dict[str, Any]:
    """A TOML file; {} where it is broken."""
    try:
        return tomllib.loads(text) if len(text) <= _MOST else {}
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def table(value: Any, *keys: str) -> dict[str, Any]:
    """The table under some keys; {} where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def texts_of(value: Any) -> list[str]:
    """The texts of a list, or a text as a list of one."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else [value] if isinstance(value, str) else []


def line_of(text: str, words: str) -> int:
    """The first line that holds `words` in quotation marks or as a word of its own, else the first."""
    found = re.search(rf"(?<![\w.-]){re.escape(words)}(?![\w-])", text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


class Lines:
    """From positions in a text to lines."""

    def __init__(self, text: str) -> None:
        self._ends = [found.start() for found in re.finditer("\n", text)]

    def at(self, position: int) -> int:
        return bisect.bisect_left(self._ends, position) + 1
