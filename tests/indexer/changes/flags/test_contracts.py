"""Interfaces written down for other programs: Protocol Buffers, GraphQL and OpenAPI."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.changes.types import FlagKind
from tests.indexer.changes.flags.made import Files, flags, lines_shown, told

PROTO = """syntax = "proto3";
// message Old { string gone = 1; }
message Order {
  string id = 1;
  oneof paid { int64 card = 2; int64 cash = 3; }
  map<string, string> notes = 4 [deprecated = true];
  message Line { int32 count = 1; }
}
service Shop { rpc Pay (Order) returns (Order) { option x = {}; } rpc Refund (Order) returns (stream Order); }
"""
GRAPHQL = (
    '"""doc {"""\ntype Order implements Node {\n  id: ID!\n  "in cents"\n  total(in: Currency = EUR): Int\n}\n'
    "enum State {\n  OPEN\n  PAID\n}\n"
)
OPENAPI = "openapi: 3.0.0\npaths:\n  /orders:\n    get: {}\n    post: {}\n  /orders/{id}:\n    get: {}\n"


def contract(before: Files, after: Files) -> list[tuple[str, ...]]:
    found = flags(before, after, FlagKind.API_REMOVED, FlagKind.API_CHANGED)
    return [(str(flag.kind), *texts) for flag, texts in zip(found, told(found), strict=True)]


@pytest.mark.parametrize(("path", "text", "old", "new", "expected", "line"), [
    ("api/shop.proto", PROTO, "int64 cash = 3; ", "", [("api_removed", "Order.cash", "", "", "")], 5),
    ("api/shop.proto", PROTO, "string id = 1", "string key = 1", [("api_changed", "Order.id", "id", "key", "renamed")], 4),
    ("api/shop.proto", PROTO, "int32 count = 1", "int64 count = 1",
     [("api_changed", "Order.Line.count", "1 int32", "1 int64", "")], 7),
    ("api/shop.proto", PROTO, " rpc Refund (Order) returns (stream Order);", "", [("api_removed", "Shop.Refund", "", "", "")], 9),
    ("api/shop.proto", PROTO, "  message Line { int32 count = 1; }\n", "", [("api_removed", "Order.Line", "", "", "")], 7),
    ("api/shop.graphql", GRAPHQL, "  total(in: Currency = EUR): Int\n", "", [("api_removed", "Order.total", "", "", "")], 5),
    ("api/shop.graphql", GRAPHQL, "  id: ID!", "  id: Int", [("api_changed", "Order.id", "ID!", "Int", "")], 3),
    ("api/shop.graphql", GRAPHQL, "  PAID\n", "", [("api_removed", "State.PAID", "", "", "")], 9),
    ("api/openapi.yaml", OPENAPI, "    post: {}\n", "", [("api_removed", "POST /orders", "", "", "")], 3),
    ("api/openapi.yaml", OPENAPI, "  /orders/{id}:\n    get: {}\n", "", [("api_removed", "GET /orders/{id}", "", "", "")], 6),
    ("api/openapi.json", '{"openapi": "3.0.0",\n"paths": {\n"/a": {"get": {}},\n"/b": {"get": {}}}}', ',\n"/b": {"get": {}}', "",
     [("api_removed", "GET /b", "", "", "")], 4),
])  # fmt: skip
def test_what_is_no_longer_offered_is_told(path: str, text: str, old: str, new: str, expected: list[tuple[str, ...]],
                                           line: int) -> None:
    assert text.replace(old, new) != text
    assert contract({path: text}, {path: text.replace(old, new)}) == expected
    assert lines_shown(flags({path: text}, {path: text.replace(old, new)}))[0] == ("before1", path, line)


def test_what_is_added_or_moved_is_nothing() -> None:
    assert contract({"a.proto": PROTO}, {"a.proto": PROTO.replace("string id = 1;", "string id = 1;\n  string more = 9;")}) == []
    assert contract({"a.graphql": GRAPHQL}, {"a.graphql": GRAPHQL.replace("  id: ID!\n", "") .replace("}\nenum",
                                                                                                      "  id: ID!\n}\nenum")}) == []
    assert contract({"api.yaml": "name: x\npaths:\n  /a:\n    get: {}\n"}, {"api.yaml": "name: x\n"}) == []


def test_a_file_that_does_not_parse_removes_nothing() -> None:
    assert contract({"openapi.yaml": OPENAPI}, {"openapi.yaml": OPENAPI + "  : : [\n"}) == []
    assert contract({"openapi.json": '{"openapi": "3", "paths": {"/a": {"get": {}}}}'},
                    {"openapi.json": '{"openapi": "3", "paths": '}) == []


@given(st.sampled_from(("a.proto", "a.graphql", "openapi.yaml", "openapi.json")),
       st.lists(st.sampled_from(["message A", "{", "}", "string a = 1;", "rpc X (A) returns (B)", "type A", "a: B", "(", ")",
                                 '"""', "\n", "openapi: 3",
                                 "paths:", "  /a:", '"paths"', "[", "&a", "*a", "é"]), max_size=40).map("".join))  # fmt: skip
def test_no_text_breaks_a_contract(path: str, text: str) -> None:
    for before, after in ((PROTO + text, text), (text, PROTO), (OPENAPI + text, OPENAPI)):
        assert all(flag.subject and flag.places for flag in flags({path: before}, {path: after}))
