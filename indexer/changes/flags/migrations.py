"""What a migration does to a schema, by the tool it is written for: only what it does on the way up.

The patterns know the calls that each tool's own generator writes; a migration written in another way is told of as a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from indexer.changes.flags.ddl import Operation, operations_in

_S = r"[\"'`]([\w.]+)[\"'`]"
_MAX_TEXT = 100_000


@dataclass(frozen=True, slots=True)
class _Tool:
    """A tool: where its migrations lie, what marks one, where the way down begins, and the calls with what they do.

    A call's groups are the table, the column if there is one, and the new name if there is one.
    """

    path: re.Pattern[str]
    marker: re.Pattern[str]
    down: re.Pattern[str] | None
    calls: tuple[tuple[re.Pattern[str], str], ...]


def _tool(path: str, marker: str, down: str | None, **calls: str) -> _Tool:
    named = tuple((re.compile(pattern), detail.replace("_", " ").rstrip("0123456789 ")) for detail, pattern in calls.items())
    return _Tool(re.compile(path), re.compile(marker, re.MULTILINE), re.compile(down, re.MULTILINE) if down else None, named)


_NAMED = rf"\(\s*(?:name\s*=\s*)?{_S}"
_FIELD = rf"\(\s*(?:model_name\s*=\s*)?{_S}\s*,\s*(?:name\s*=\s*)?{_S}"
_TWO = rf"\(\s*{_S}\s*,\s*{_S}"
_TOOLS = (
    _tool(  # Django
        r"(?:^|/)migrations/[\w-]+\.py$", r"\bmigrations\.Migration\b", None,
        table_created=rf"\bmigrations\.CreateModel{_NAMED}", table_dropped=rf"\bmigrations\.DeleteModel{_NAMED}",
        table_renamed=rf"\bmigrations\.RenameModel\(\s*old_name\s*=\s*{_S}()\s*,\s*new_name\s*=\s*{_S}",
        column_added=rf"\bmigrations\.AddField{_FIELD}", column_dropped=rf"\bmigrations\.RemoveField{_FIELD}",
        column_altered=rf"\bmigrations\.AlterField{_FIELD}",
        column_renamed=rf"\bmigrations\.RenameField\(\s*model_name\s*=\s*{_S}\s*,\s*old_name\s*=\s*{_S}\s*,\s*new_name\s*=\s*{_S}",
        table_altered=rf"\bmigrations\.Alter(?:UniqueTogether|ModelTable){_NAMED}",
        constraint_added=rf"\bmigrations\.AddConstraint\(\s*(?:model_name\s*=\s*)?{_S}",
        constraint_dropped=rf"\bmigrations\.RemoveConstraint\(\s*(?:model_name\s*=\s*)?{_S}",
        index_added=rf"\bmigrations\.AddIndex\(\s*(?:model_name\s*=\s*)?{_S}"),
    _tool(  # Alembic
        r"\.py$", r"^(?:down_revision\b|from alembic import op\b)", r"^(?:async )?def downgrade",
        table_created=rf"\bop\.create_table\(\s*{_S}", table_dropped=rf"\bop\.drop_table\(\s*{_S}",
        table_renamed=rf"\bop\.rename_table\(\s*{_S}()\s*,\s*{_S}",
        column_added=rf"\bop\.add_column\(\s*{_S}\s*,\s*(?:\w+\.)?Column\(\s*{_S}", column_dropped=rf"\bop\.drop_column{_TWO}",
        column_renamed=rf"\bop\.alter_column{_TWO}\s*,\s*new_column_name\s*=\s*{_S}",
        column_altered=rf"\bop\.alter_column{_TWO}(?!\s*,\s*new_column_name)",
        index_added=rf"\bop\.create_index\(\s*(?:op\.f\(\s*)?[\"'][\w.]+[\"']\s*\)?\s*,\s*{_S}"),
    _tool(  # Rails
        r"(?:^|/)db/(?:\w+_)?migrate/\d+_\w+\.rb$", r"ActiveRecord::Migration", r"^[ \t]*def (?:self\.)?down\b",
        table_created=r"\bcreate_table[ (]\s*[:\"'](\w+)", table_dropped=r"\bdrop_table[ (]\s*[:\"'](\w+)",
        table_renamed=r"\brename_table[ (]\s*[:\"'](\w+)()[\"']?\s*,\s*[:\"'](\w+)",
        column_added=r"\badd_column[ (]\s*[:\"'](\w+)[\"']?\s*,\s*[:\"'](\w+)",
        column_added1=r"\badd_(?:reference|belongs_to)[ (]\s*[:\"'](\w+)[\"']?\s*,\s*[:\"'](\w+)",
        column_dropped=r"\bremove_(?:column|reference)[ (]\s*[:\"'](\w+)[\"']?\s*,\s*[:\"'](\w+)",
        column_renamed=r"\brename_column[ (]\s*[:\"'](\w+)[\"']?\s*,\s*[:\"'](\w+)[\"']?\s*,\s*[:\"'](\w+)",
        column_altered=r"\bchange_column(?:_default|_null)?[ (]\s*[:\"'](\w+)[\"']?\s*,\s*[:\"'](\w+)",
        index_added=r"\badd_index[ (]\s*[:\"'](\w+)"),
    _tool(  # Knex, Sequelize, TypeORM
        r"(?:^|/)migrations?/[\w.-]+\.[cm]?[jt]s$", r"\b(?:knex|queryInterface|queryRunner|QueryRunner|schema)\b",
        r"\b(?:exports\.down\b|(?:async )?down\s*\(|down\s*[:=]\s*(?:async|function|\())|function down\b",
        table_created=rf"\.createTable(?:IfNotExists)?\(\s*{_S}", table_created1=rf"\bnew Table\(\s*\{{\s*name:\s*{_S}",
        table_dropped=rf"\.dropTable(?:IfExists)?\(\s*{_S}", table_renamed=rf"\.renameTable\(\s*{_S}()\s*,\s*{_S}",
        column_added=rf"\.addColumn\(\s*{_S}\s*,\s*(?:new TableColumn\(\s*\{{\s*name:\s*)?{_S}",
        column_dropped=rf"\.(?:removeColumn|dropColumn){_TWO}",
        column_renamed=rf"\.renameColumn{_TWO}\s*,\s*{_S}", column_altered=rf"\.changeColumn{_TWO}",
        table_altered=rf"\.(?:alterTable|table)\(\s*{_S}"),
    _tool(  # Laravel
        r"(?:^|/)migrations/\d[\w-]+\.php$", r"\bextends Migration\b", r"function down\s*\(",
        table_created=rf"\bSchema::create\(\s*{_S}", table_dropped=rf"\bSchema::drop(?:IfExists)?\(\s*{_S}",
        table_renamed=rf"\bSchema::rename\(\s*{_S}()\s*,\s*{_S}", table_altered=rf"\bSchema::table\(\s*{_S}"),
    _tool(  # Entity Framework
        r"(?:^|/)Migrations/[\w-]+\.cs$", r":\s*Migration\b", r"\bvoid Down\s*\(",
        table_created=rf"\.CreateTable\(\s*name:\s*{_S}", table_dropped=rf"\.DropTable\(\s*name:\s*{_S}",
        column_added=rf"\.AddColumn<[\w.?\[\]]+>\(\s*(?=[^)]{{0,500}}?table:\s*{_S})name:\s*{_S}",
        column_dropped=rf"\.DropColumn\(\s*(?=[^)]{{0,500}}?table:\s*{_S})name:\s*{_S}",
        column_altered=rf"\.AlterColumn<[\w.?\[\]]+>\(\s*(?=[^)]{{0,500}}?table:\s*{_S})name:\s*{_S}"),
    _tool(  # Liquibase
        r"\.xml$", r"<databaseChangeLog\b", None,
        table_created=rf"<createTable\b[^<>]{{0,400}}?\btableName={_S}",
          table_dropped=rf"<dropTable\b[^<>]{{0,400}}?\btableName={_S}",
        column_added=rf"<addColumn\b[^<>]{{0,400}}?\btableName={_S}[^<>]{{0,400}}>\s*<column\b[^<>]{{0,400}}?\bname={_S}",
        column_dropped=rf"<dropColumn\b(?=[^<>]{{0,400}}?\btableName={_S})[^<>]{{0,400}}?\bcolumnName={_S}",
        table_renamed=rf"<renameTable\b(?=[^<>]{{0,400}}?\boldTableName={_S}())[^<>]{{0,400}}?\bnewTableName={_S}",
        column_renamed=rf"<renameColumn\b(?=[^<>]{{0,400}}?\btableName={_S})(?=[^<>]{{0,400}}?\boldColumnName={_S})"
                       rf"[^<>]{{0,400}}?\bnewColumnName={_S}"),
)
_SQL_PATH = re.compile(
    r"(?:^|/)(?:V|R|U)[\d._]*__[\w.-]+\.sql$|(?:^|/)\d[\w.-]*\.up\.sql$|(?:^|/)(?:[\w-]*migrat\w*|db|changes|schema)/(?:[\w.-]+/)?"
    r"\d[\w.-]*\.sql$"
    r"|(?:^|/)migrations?/[\w.-]+/(?:migration|up)\.sql$|(?:^|/)migrations?/[\w.-]+\.sql$", re.IGNORECASE)
_SQL_DOWN_PATH = re.compile(r"(?:\.down|/down|_down)\.sql$|(?:^|/)U[\d._]+__", re.IGNORECASE)
_SQL_DOWN = re.compile(r"^--\s*(?:\+(?:goose|migrate)\s+Down\b|migrate:down\b|\s*@UNDO\b)", re.IGNORECASE | re.MULTILINE)
_EMBEDDED = re.compile(
    r"(?:\.query|\bop\.execute|\bRunSQL|\bexecute|\.raw|\.Sql|\bDB::statement)\(?\s*"
    r"(?:sql\s*=\s*)?[rf]?(\"\"\"|<<[-~]?\"?SQL|[`\"'])",
    re.IGNORECASE)
_MIGRATION_PLACE = re.compile(r"migrat|alembic|versions/|changelog", re.IGNORECASE)


def is_migration(path: str, text: str) -> bool:
    """Whether a file is a migration that goes up, as its place and its text tell."""
    if path.endswith(".sql"):
        return _SQL_PATH.search(path) is not None and not _SQL_DOWN_PATH.search(path)
    return _tool_of(path, text) is not None


def may_be_migration(path: str) -> bool:
    """The same as far as the path alone tells: whether the text is worth reading."""
    if path.endswith(".sql"):
        return _SQL_PATH.search(path) is not None
    return any(tool.path.search(path) for tool in _TOOLS) and _MIGRATION_PLACE.search(path) is not None


def replaces_others(text: str) -> bool:
    """Whether a migration only sums up earlier ones (Django's squashed migrations)."""
    return re.search(r"^[ \t]*replaces[ \t]*=[ \t]*\[", text[:_MAX_TEXT], re.MULTILINE) is not None


def operations_of(path: str, text: str, *, sql: bool = True) -> list[Operation]:
    """What a migration does on its way up, in its order; without the SQL in its strings if `sql` is false."""
    text = text[:_MAX_TEXT]
    if path.endswith(".sql"):
        down = _SQL_DOWN.search(text)
        return list(operations_in(text[: down.start()] if down else text))
    tool = _tool_of(path, text)
    if tool is None:
        return []
    if tool.down and (down := tool.down.search(text)):
        # What stands after the way down is not the way up in any of these tools, but may stand before it.
        text = text[: down.start()]
    calls = (_operation(match, detail) for pattern, detail in tool.calls for match in pattern.finditer(text))
    found = [operation for operation in calls if operation]
    return sorted([*found, *(_embedded(text) if sql else ())], key=lambda operation: operation.offset)


def _operation(match: re.Match[str], detail: str) -> Operation | None:
    table, column, name = (*match.groups(), "", "", "")[:3]
    if not table:
        return None
    subject = f"{table}.{column}" if column else table
    return Operation(subject, detail, match.start(), (column or table) if name else "", name or "")


def _embedded(text: str) -> Iterator[Operation]:
    """What SQL in a string that the migration runs does."""
    for match in _EMBEDDED.finditer(text):
        opening = match[1]
        closing = "SQL" if opening.startswith("<<") else opening
        end = text.find(closing, match.end())
        for operation in operations_in(text[match.end() : end if end >= 0 else match.end()]):
            yield Operation(operation.subject, operation.detail, match.end() + operation.offset, operation.before,
                            operation.after)


def _tool_of(path: str, text: str) -> _Tool | None:
    return next((tool for tool in _TOOLS if tool.path.search(path) and tool.marker.search(text[:_MAX_TEXT])), None)
