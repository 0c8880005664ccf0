"""Tables: made by migrations and schemas, declared by classes of an object-relational mapper, and named in SQL."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from indexer.systems.documents import Lines
from indexer.systems.types import Place, Table

_NAME = r"(?:[\"'`\[]?\w+[\"'`\]]?\.)?[\"'`\[]?(?P<name>[A-Za-z_]\w*)[\"'`\]]?"
_CREATE = re.compile(rf"\bCREATE\s+(?:UNLOGGED\s+|TEMPORARY\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{_NAME}", re.IGNORECASE)
_USED = re.compile(rf"\b(?:FROM|INTO|UPDATE|JOIN)\s+{_NAME}", re.IGNORECASE)
_SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (".py", re.compile(r"__tablename__\s*=\s*[\"'](?P<name>\w+)[\"']|op\.create_table\(\s*[\"'](?P<made>\w+)[\"']"
                       r"|\bTable\(\s*[\"'](?P<core>\w+)[\"']\s*,\s*\w*[mM]eta")),
    (".py", re.compile(r"^class (?P<name>\w+)\((?:[\w.]*\.)?(?:Model|TimeStampedModel|AbstractUser|AbstractBaseUser)\b[^)]*\):",
                       re.MULTILINE)),
    (".rb", re.compile(r"create_table\s*\(?[\"':](?P<name>\w+)|^\s*class (?P<model>\w+) < (?:ApplicationRecord|ActiveRecord::Base)",
                       re.MULTILINE)),
    (".java", re.compile(r"@Table\([^)]*?name\s*=\s*\"(?P<name>\w+)\"")),
    (".java", re.compile(r"@Entity\b(?![^{]*@Table)[^{]*?\bclass (?P<name>\w+)")),
    (".kt", re.compile(r"@Table\([^)]*?name\s*=\s*\"(?P<name>\w+)\"|@Entity\b(?![^{]*@Table)[^{]*?\bclass (?P<model>\w+)")),
    (".prisma", re.compile(r"^model (?P<name>\w+)\s*\{", re.MULTILINE)),
    (".ts", re.compile(r"@Entity\(\s*(?:\{[^}]*?name:\s*)?[\"'](?P<name>\w+)[\"']|@Entity\(\s*\)\s*(?:export\s+)?class (?P<model>\w+)"
                       r"|\b(?:pg|mysql|sqlite)Table\(\s*[\"'](?P<core>\w+)[\"']")),
    (".cs", re.compile(r"\bDbSet<(?P<name>\w+)>|\[Table\(\"(?P<model>\w+)\"")),
    (".php", re.compile(r"Schema::create\(\s*[\"'](?P<name>\w+)[\"']")),
    (".go", re.compile(r"\bTableName\(\) string\s*\{\s*return \"(?P<name>\w+)\"")),
    (".exs", re.compile(r"create table\(:(?P<name>\w+)")),
)  # fmt: skip
_NO_TABLES = frozenset(("if", "not", "exists", "select", "as", "values", "table", "temp", "dual", "set", "the", "a", "an", "this", "where"))


def tables_of(path: str, text: str) -> Iterator[Table]:
    """The tables that a file makes, or has a class for; each once."""
    lines = Lines(text)
    seen: set[str] = set()
    patterns = [pattern for ending, pattern in _CLASSES if path.endswith((ending, f"{ending}x"))]
    patterns += [_CREATE] if "TABLE" in text or "table" in text else []
    for pattern in patterns:
        for found in pattern.finditer(text):
            name = next(filter(None, found.groupdict().values()), "")
            if name and name.lower() not in seen | _NO_TABLES:
                seen.add(name.lower())
                yield Table(name, Place(path, lines.at(found.start()), f"table {name}"))


def users_of(path: str, text: str, names: Collection[str]) -> Iterator[Table]:
    """Which of these tables (in lower case) a file's SQL names."""
    if not names or not _SQL.search(text):
        return
    lines = Lines(text)
    seen: set[str] = set()
    for found in _USED.finditer(text):
        name = found["name"].lower()
        if name in names and name not in seen and _SQL.search(text, max(0, found.start() - 300), found.end()):
            seen.add(name)
            yield Table(found["name"], Place(path, lines.at(found.start()), f"SQL names the table {found['name']}"))
