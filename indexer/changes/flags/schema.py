"""Migrations and changes to a database's schema: what happens to which table or column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from indexer.changes.flags.ddl import tables_in
from indexer.changes.flags.migrations import is_migration, may_be_migration, operations_of, replaces_others
from indexer.changes.flags.pairs import Pair, Texts, line_at, ships
from indexer.changes.types import Flag, FlagKind

_LAST_FIRST = ("table dropped", "column dropped", "table renamed", "column renamed", "table created", "column altered",
               "table altered",
               "column added", "constraint dropped", "constraint added", "index added", "migration")
_SCHEMA_SQL = re.compile(r"(?:^|/)(?:schema|structure|tables|ddl|init|create[\w-]*)[\w.-]*\.sql$", re.IGNORECASE)
_SCHEMA_RB = re.compile(r"(?:^|/)db/(?:\w+_)?schema\.rb$")
_PRISMA = re.compile(r"\.prisma$")
_RUBY_TABLE = re.compile(r"^ *create_table [\"'](\w+)[\"'].*\n((?:(?! *end\b).*\n)*)", re.MULTILINE)
_RUBY_COLUMN = re.compile(r"^ *t\.(?!index\b|check_constraint\b)\w+ [\"'](\w+)[\"']", re.MULTILINE)
_MODEL = re.compile(r"^model\s+(\w+)\s*\{([^}]*)", re.MULTILINE)
_MODEL_FIELD = re.compile(r"^[ \t]+(\w+)[ \t]+[A-Z]\w*", re.MULTILINE)

_Tables = dict[str, dict[str, int]]  # table -> column -> offset; the table's own under ""


def schema_flags(texts: Texts) -> list[Flag]:
    """What the story does to a schema, what takes away first; one flag for each thing that happens to a table or column."""
    found: dict[tuple[str, str], Flag] = {}
    for flag in (*_migrations(texts), *_schemas(texts)):
        found.setdefault((flag.subject.lower(), flag.detail), flag)
    created = {subject for subject, detail in found if detail == "table created"}
    kept = [flag for (subject, detail), flag in found.items()
            if detail == "table created" or not {subject, subject.split(".")[0]} & created]
    return sorted(kept, key=lambda flag: _LAST_FIRST.index(flag.detail.split(" by")[0]))


def _migrations(texts: Texts) -> Iterator[Flag]:
    for pair in texts.pairs(lambda path: may_be_migration(path) and ships(path)):
        if pair.after is None or not is_migration(pair.path, pair.after) or replaces_others(pair.after):
            continue
        # Strings are rewritten for many reasons, so of a migration that stood there only the calls are compared.
        done = operations_of(pair.path, pair.after, sql=pair.before is None)
        if pair.before is not None:
            known = {(one.subject, one.detail) for one in operations_of(pair.old_path, pair.before, sql=False)}
            done = [one for one in done if (one.subject, one.detail) not in known]
        for one in done:
            place = pair.place_after(line_at(pair.after, one.offset))
            yield Flag(FlagKind.SCHEMA, one.subject, one.before, one.after, one.detail, (place,))
        if not done and pair.change.status == "A":
            yield Flag(FlagKind.SCHEMA, pair.path, detail="migration", places=(pair.place_after(),))


def _schemas(texts: Texts) -> Iterator[Flag]:
    for pair in texts.pairs(lambda path: _reader(path) is not None and ships(path)):
        read = _reader(pair.path)
        if read is not None and pair.before is not None and pair.after is not None:
            yield from _differences(pair, read(pair.before), read(pair.after))


def _differences(pair: Pair, before: _Tables, after: _Tables) -> Iterator[Flag]:
    """What a schema that is written down as a whole has more and less of than before."""
    old, new = pair.before or "", pair.after or ""
    for table, columns in after.items():
        known = before.get(table)
        if known is None:
            yield Flag(FlagKind.SCHEMA, table, detail="table created", places=(pair.place_after(line_at(new, columns[""])),))
            continue
        for column in columns.keys() - known.keys():
            place = pair.place_after(line_at(new, columns[column]))
            yield Flag(FlagKind.SCHEMA, f"{table}.{column}", detail="column added", places=(place,))
    for table, columns in before.items():
        left = after.get(table)
        for column in {""} if left is None else columns.keys() - left.keys():
            detail = "column dropped" if column else "table dropped"
            place = pair.place_before(line_at(old, columns[column]))
            yield Flag(FlagKind.SCHEMA, f"{table}.{column}" if column else table, detail=detail, places=(place,))


def _reader(path: str) -> Callable[[str], _Tables] | None:
    if _SCHEMA_SQL.search(path) and not may_be_migration(path):
        return tables_in
    return _ruby if _SCHEMA_RB.search(path) else _prisma if _PRISMA.search(path) else None


def _ruby(text: str) -> _Tables:
    return {match[1]: {"": match.start(), **_named(_RUBY_COLUMN, match[2], match.start(2))}
            for match in _RUBY_TABLE.finditer(text)}


def _prisma(text: str) -> _Tables:
    return {match[1]: {"": match.start(), **_named(_MODEL_FIELD, match[2], match.start(2))} for match in _MODEL.finditer(text)}


def _named(pattern: re.Pattern[str], body: str, offset: int) -> Mapping[str, int]:
    return {match[1]: offset + match.start(1) for match in pattern.finditer(body)}
