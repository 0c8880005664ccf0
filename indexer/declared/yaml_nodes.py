"""YAML that nobody vouches for, read as plain nodes: text and lines, no objects, no types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from indexer.declared.text import lines_of

if TYPE_CHECKING:
    from yaml.nodes import Node

MAX_YAML_BYTES = 100_000  # the parser reads about 100 kB a second; real files have a few hundred bytes
_BRACKET = re.compile(r"[\[\]{}]")
_MAX_DEPTH = 30  # of brackets, whose time grows with the square of it


class BadYaml(ValueError):
    """Text that is no YAML; `line` counts from 1, 0 for the whole file."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason


def mapping_of(data: bytes) -> Node | None:
    """The mapping a file consists of; None for an empty file. Raises BadYaml."""
    import yaml

    if len(data) > MAX_YAML_BYTES:
        raise BadYaml(0, f"is larger than {MAX_YAML_BYTES // 1000} kB and was not read: a list of owners is short.")
    text = "\n".join(lines_of(data))
    if _depth(text) > _MAX_DEPTH:
        raise BadYaml(0, "is not valid YAML: its brackets are opened and never closed.")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        raise BadYaml(mark.line + 1 if mark else 0, f"is not valid YAML: {exc.problem or exc.context}.") from exc
    except (yaml.YAMLError, RecursionError) as exc:
        raise BadYaml(0, "is not valid YAML.") from exc
    if node is not None and not isinstance(node, yaml.MappingNode):
        raise BadYaml(node.start_mark.line + 1, "is not a mapping such as “approvers:” with a list below it.")
    return node


def _depth(text: str) -> int:
    """How many brackets are open at most."""
    depth = most = 0
    for bracket in _BRACKET.findall(text):
        depth = depth + 1 if bracket in "[{" else max(0, depth - 1)
        most = max(most, depth)
    return most


def entries_of(node: Node | None) -> dict[str, Node]:
    """A mapping's entries by their keys, the last of each; {} for anything else."""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def scalars_of(node: Node | None) -> list[tuple[str, int]]:
    """The texts of a list with their lines, or the one text; what is neither is left out."""
    import yaml

    if isinstance(node, yaml.ScalarNode):
        return [(node.value, node.start_mark.line + 1)] if node.value else []
    if not isinstance(node, yaml.SequenceNode):
        return []
    return [(item.value, item.start_mark.line + 1) for item in node.value if isinstance(item, yaml.ScalarNode) and item.value]
