"""Interfaces that are written down for other programs: what Protocol Buffers, GraphQL and OpenAPI files no longer offer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from indexer.changes.flags.pairs import Pair, Texts, line_at, ships, shortened
from indexer.changes.types import Flag, FlagKind
from indexer.declared.yaml_nodes import BadYaml, entries_of, mapping_of, scalars_of

_COMMENT = re.compile(r"//[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_PROTO = re.compile(
    r"(?P<open>\b(?:message|service|enum|oneof|extend)\s+(?P<block>[\w.]+)[^{};]{0,200}\{)"
    r"|(?P<rpc>\brpc\s+(?P<call>\w+)\s*\([^()]*\)\s*returns\s*\([^()]*\)\s*(?P<body>\{)?)"
    r"|(?P<field>(?<![\w.])(?P<kind>[\w.]{1,200}(?:\s*<[^<>]*>)?)\s+(?P<name>\w+)"
    r"\s*=\s*(?P<number>\d+)\s*(?:\[[^\]]*\])?\s*;)"
    r"|(?P<brace>\{)|(?P<close>\})")
_GRAPHQL = re.compile(r"^(?:extend\s+)?(?:type|interface|input|enum)\s+(\w+)[^{\n]*\{([^{}]*)\}", re.MULTILINE)
_GRAPHQL_FIELD = re.compile(
    r"^[ \t]+(\w+)[ \t]*(?:\((?:[^()]|\([^()]*\))*\))?[ \t]*:[ \t]*([\w\[\]!]+)|^[ \t]+([A-Z_]+)[ \t]*(?:@|$)", re.MULTILINE)
_GRAPHQL_DOC = re.compile(r'"""[\s\S]*?(?:"""|\Z)|"[^"\n]*"|#[^\n]*')
_OPENAPI_NAME = re.compile(r"(?:^|/)[\w.-]*(?:openapi|swagger|api)[\w.-]*\.(?:ya?ml|json)$", re.IGNORECASE)
_PATH = re.compile(r"^[ \t]*[\"']?(/[^\s\"':]*(?::[^\s\"']+)?)[\"']?[ \t]*:", re.MULTILINE)
_MAX_DEPTH = 30
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")

_Offered = dict[str, tuple[str, int]]  # what is offered -> its type or number, and its line


def contract_flags(texts: Texts) -> list[Flag]:
    """What is no longer offered, then what is offered in another way."""
    found = [flag for pair in texts.pairs(lambda path: _reader(path) is not None and ships(path)) for flag in _compared(pair)]
    return sorted(found, key=lambda flag: flag.kind is FlagKind.API_CHANGED)


def _reader(path: str) -> Callable[[str], _Offered | None] | None:
    suffix = PurePosixPath(path).suffix
    if suffix == ".proto":
        return _proto
    if suffix in (".graphql", ".graphqls", ".gql"):
        return _graphql
    return _openapi if _OPENAPI_NAME.search(path) else None


def _compared(pair: Pair) -> Iterator[Flag]:
    read = _reader(pair.path)
    if read is None or pair.before is None:
        return
    before, after = read(pair.before), read(pair.after) if pair.after is not None else {}
    if before is None or after is None:
        return
    renamed = {(name.rpartition(".")[0], how): name for name, (how, _line) in after.items() if name not in before}
    for name, (how, line) in before.items():
        if name in after or name.rpartition(".")[0] in before.keys() - after.keys():
            continue
        place = pair.place_before(line)
        new = renamed.get((name.rpartition(".")[0], how)) if how.startswith("=") else None
        if new:  # the same number: what is sent stays readable, programs must be changed
            places = (place, pair.place_after(after[new][1]))
            yield Flag(FlagKind.API_CHANGED, name, name.rpartition(".")[2], new.rpartition(".")[2], "renamed", places)
        else:
            yield Flag(FlagKind.API_REMOVED, name, places=(place,))
    for name, (how, line) in after.items():
        if name in before and before[name][0] != how:
            places = (pair.place_before(before[name][1]), pair.place_after(line))
            yield Flag(FlagKind.API_CHANGED, name, shortened(before[name][0].lstrip("= ")), shortened(how.lstrip("= ")), "",
                       places)


def _proto(text: str) -> _Offered | None:
    """Messages, fields ("= number type"), services and calls of a .proto file, with the names around them; None for what nests
    without end."""
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    offered: _Offered = {}
    stack: list[str] = []
    for match in _PROTO.finditer(text):
        if len(stack) > _MAX_DEPTH:
            return None
        line = line_at(text, match.start())
        here = ".".join(part for part in stack if part)
        if match["open"]:
            is_oneof = match["open"].startswith("oneof")
            stack.append("" if is_oneof else match["block"])
            if not is_oneof:
                offered[".".join(part for part in (here, match["block"]) if part)] = ("", line)
        elif match["rpc"]:
            offered[f"{here}.{match['call']}"] = ("", line)
            if match["body"]:
                stack.append("")
        elif match["field"] and here:
            offered[f"{here}.{match['name']}"] = (f"= {match['number']} {match['kind']}", line)
        elif match["brace"]:
            stack.append("")
        elif match["close"] and stack:
            stack.pop()
    return offered


def _graphql(text: str) -> _Offered:
    """Types and their fields with the types of these; a type may be extended in several places."""
    text = _GRAPHQL_DOC.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    offered: _Offered = {}
    for block in _GRAPHQL.finditer(text):
        offered.setdefault(block[1], ("", line_at(text, block.start())))
        for field in _GRAPHQL_FIELD.finditer(block[2]):
            line = line_at(text, block.start(2) + field.start(1 if field[1] else 3))
            offered[f"{block[1]}.{field[1] or field[3]}"] = (field[2] or "", line)
    return offered


def _openapi(text: str) -> _Offered | None:
    """The operations ("GET /orders") of an OpenAPI or Swagger file; None for any other file, and for one that does not parse."""
    if not re.search(r"[\"']?(?:openapi|swagger)[\"']?\s*:", text[:2_000]):
        return None
    lines = {match[1]: line_at(text, match.start(1)) for match in _PATH.finditer(text)}
    paths = _paths(text)
    if paths is None:
        return None
    offered: _Offered = {}
    for path, methods in paths.items():
        for method in methods:
            offered[f"{method.upper()} {path}"] = ("", lines.get(path, 0))
    return offered


def _paths(text: str) -> Mapping[str, list[str]] | None:
    """The paths with their methods; None where the text does not parse."""
    if text.lstrip().startswith("{"):
        try:
            data: Any = json.loads(text)
        except (ValueError, RecursionError):
            return None
        paths = data.get("paths") if isinstance(data, dict) else None
        return {path: [name for name in item if name in _METHODS] for path,
                item in (paths if isinstance(paths, dict) else {}).items()
                if isinstance(item, dict)}
    try:
        found = entries_of(entries_of(mapping_of(text.encode())).get("paths"))
    except BadYaml:
        return None
    return {path: [name for name in entries_of(node) if name in _METHODS] for path, node in found.items() if not scalars_of(node)}
