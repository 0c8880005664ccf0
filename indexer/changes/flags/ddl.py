"""What SQL does to a schema: tables, columns and indexes created, dropped, altered and renamed, by patterns.

No parser, because every database has a dialect of its own: a statement that is not of the plain kind is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_STATEMENT = re.compile(r"\b(?:CREATE|DROP|ALTER|RENAME)\b[^;]*", re.IGNORECASE)
_NAME = r"[`\"\[]?(?:\w+[`\"\]]?\.[`\"\[]?)?(\w+)[`\"\]]?"
_IF = r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
_NOT_NAMES = "COLUMN|CONSTRAINT|INDEX|KEY|PRIMARY|FOREIGN|UNIQUE|CHECK|EXCLUDE|FULLTEXT|SPATIAL|PARTITION|VALUE"
_NOT_NAMES += "|GENERATED|IF|NOT|ONLY"
_TABLE = re.compile(rf"(CREATE(?:\s+UNLOGGED)?|DROP|ALTER)\s+TABLE\s+{_IF}{_NAME}", re.IGNORECASE)
_INDEX = re.compile(rf"(CREATE)\s+(?:UNIQUE\s+)?INDEX\s+(?:CONCURRENTLY\s+)?{_IF}(?:{_NAME}\s+)?ON\s+{_IF}{_NAME}", re.IGNORECASE)
_CLAUSES = (
    (re.compile(rf"\bADD\s+(?:COLUMN\s+)?{_IF}(?!(?:{_NOT_NAMES})\b){_NAME}", re.IGNORECASE), "column added"),
    (re.compile(rf"\bDROP\s+COLUMN\s+{_IF}{_NAME}", re.IGNORECASE), "column dropped"),
    (re.compile(rf"\bRENAME\s+(?:COLUMN\s+)?(?!TO\b|CONSTRAINT\b|INDEX\b|KEY\b){_NAME}\s+TO\s+{_NAME}", re.IGNORECASE),
     "column renamed"),
    (re.compile(rf"\b(?:ALTER|MODIFY|CHANGE)\s+COLUMN\s+{_IF}{_NAME}", re.IGNORECASE), "column altered"),
    (re.compile(rf"(?<!INDEX )\bRENAME\s+(?:TO|AS)\s+{_NAME}", re.IGNORECASE), "table renamed"),
)
_NO_COLUMN = re.compile(rf"(?:{_NOT_NAMES}|LIKE|PERIOD)\b", re.IGNORECASE)
_COLUMN = re.compile(r"^[`\"\[]?(\w+)[`\"\]]?\s+\w")
_MAX_STATEMENT = 20_000


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing done to a schema: "users" or "users.email" as subject, what it was called before a renaming, and where."""

    subject: str
    detail: str
    offset: int
    before: str = ""
    after: str = ""


def operations_in(sql: str) -> Iterator[Operation]:
    """What some SQL does to tables, in its order; temporary tables and data are nothing to it."""
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), sql)
    for statement in _STATEMENT.finditer(text):
        yield from _operations(statement[0][:_MAX_STATEMENT], statement.start())


def _operations(statement: str, offset: int) -> Iterator[Operation]:
    if (index := _INDEX.match(statement)) is not None:
        yield Operation(index[3], "index added", offset)
        return
    table = _TABLE.match(statement)
    if table is None:
        return
    name, verb = table[2], table[1].upper()
    if verb.startswith("CREATE"):
        yield Operation(name, "table created", offset)
    elif verb == "DROP":
        yield Operation(name, "table dropped", offset)
    else:
        found = list(_altered(name, statement, offset))
        yield from found or [Operation(name, "table altered", offset)]


def _altered(table: str, statement: str, offset: int) -> Iterator[Operation]:
    for pattern, detail in _CLAUSES:
        for clause in pattern.finditer(statement):
            at = offset + clause.start()
            if detail == "table renamed":
                yield Operation(table, detail, at, table, clause[1])
            elif detail == "column renamed":
                yield Operation(f"{table}.{clause[1]}", detail, at, clause[1], clause[2])
            else:
                yield Operation(f"{table}.{clause[1]}", detail, at)


def tables_in(sql: str) -> dict[str, dict[str, int]]:
    """The tables that a whole schema creates, each with its columns and their offsets; the table's own under ""."""
    text = _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), sql)
    tables: dict[str, dict[str, int]] = {}
    for statement in _STATEMENT.finditer(text):
        match = _TABLE.match(statement[0])
        if match and match[1].upper().startswith("CREATE"):
            body = statement[0].find("(", match.end())
            columns = {} if body < 0 else _columns(statement[0], body + 1, statement.start())
            tables[match[2]] = {"": statement.start(), **columns}
    return tables


def _columns(statement: str, start: int, offset: int) -> dict[str, int]:
    """The columns of a table's body, which begins at `start`."""
    columns: dict[str, int] = {}
    depth, first = 1, start
    for at in range(start, len(statement)):
        letter = statement[at]
        depth += (letter == "(") - (letter == ")")
        if depth == 0 or (letter == "," and depth == 1):
            part = statement[first:at]
            inner = first + len(part) - len(part.lstrip())
            if not _NO_COLUMN.match(part.lstrip()) and (match := _COLUMN.match(part.lstrip()[:300])):
                columns[match[1]] = offset + inner
            first = at + 1
        if depth == 0:
            break
    return columns
