"""Migrations and schemas: what happens to which table or column."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.changes.flags.ddl import operations_in, tables_in
from indexer.changes.flags.migrations import operations_of
from indexer.changes.types import FlagKind
from tests.indexer.changes.flags.made import flags, lines_shown, told

SCHEMA = FlagKind.SCHEMA
DJANGO = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("billing", "0006_x")]
    operations = [
        migrations.RemoveField(
            model_name="invoice",
            name="vat",
        ),
        migrations.AddField("invoice", "tax_rate", models.DecimalField()),
        migrations.RenameField(model_name="invoice", old_name="total", new_name="gross"),
        migrations.CreateModel(
            name="Refund", fields=[("id", models.AutoField())]),
        migrations.AddField(model_name="refund", name="reason", field=models.TextField()),
    ]
"""


def happened(path: str, text: str) -> list[tuple[str, str]]:
    return [(one.subject, one.detail) for one in operations_of(path, text)]


def test_a_migration_tells_what_it_takes_away_first_and_where() -> None:
    found = flags({}, {"billing/migrations/0007_tax.py": DJANGO}, SCHEMA)
    assert told(found) == [("invoice.vat", "", "", "column dropped"), ("invoice.total", "total", "gross", "column renamed"),
                           ("Refund", "", "", "table created"), ("invoice.tax_rate", "", "", "column added")]
    assert lines_shown(found)[0] == ("after1", "billing/migrations/0007_tax.py", 7)


def test_a_migration_of_data_is_told_as_a_file() -> None:
    text = (
        "from django.db import migrations\nclass Migration(migrations.Migration):\n"
        "    operations = [migrations.RunPython(fill)]\n"
    )
    found = flags({}, {"billing/migrations/0008_fill.py": text}, SCHEMA)
    assert told(found) == [("billing/migrations/0008_fill.py", "", "", "migration")]
    assert lines_shown(found) == [("after1", "billing/migrations/0008_fill.py", 0)]


def test_a_migration_that_sums_up_earlier_ones_changes_nothing() -> None:
    squashed = DJANGO.replace("    dependencies", "    replaces = [('billing', '0001_initial')]\n    dependencies")
    assert flags({}, {"billing/migrations/0001_squashed.py": squashed}, SCHEMA) == []


def test_of_a_migration_that_stood_only_what_it_does_more_is_told() -> None:
    path = "billing/migrations/0007_tax.py"
    assert flags({path: DJANGO}, {path: DJANGO.replace('"', "'")}, SCHEMA) == []
    more = DJANGO.replace("    ]\n", "        migrations.DeleteModel('Voucher'),\n    ]\n")
    assert told(flags({path: DJANGO}, {path: more}, SCHEMA)) == [("Voucher", "", "", "table dropped")]


def test_tests_and_examples_have_no_schema() -> None:
    assert flags({}, {"tests/app/migrations/0007_tax.py": DJANGO}, SCHEMA) == []


@pytest.mark.parametrize(("path", "text", "expected"), [
    ("db/versions/ab12_refunds.py",
     'from alembic import op\ndown_revision = "x"\ndef upgrade():\n    op.create_table(\n        "refund", sa.Column("id"))\n'
     '    op.add_column("order", sa.Column("paid_at"))\n    op.alter_column("order", "total", new_column_name="gross")\n'
     '    op.create_index(op.f("ix_a"), "order", ["a"])\n    op.execute("ALTER TABLE invoice DROP COLUMN vat")\n'
     'def downgrade():\n    op.drop_table("refund")\n',
     [("refund", "table created"), ("order.paid_at", "column added"), ("order.total", "column renamed"), ("order", "index added"),
      ("invoice.vat", "column dropped")]),
    ("db/migrate/20240101_x.rb",
     "class X < ActiveRecord::Migration[7.1]\n  def change\n    create_table :refunds do |t|\n    end\n"
     "    add_column :orders, :paid_at, :datetime\n"
     "    remove_column :orders, :vat\n    rename_column :orders, :total, :gross\n  end\nend\n",
     [("refunds", "table created"), ("orders.paid_at", "column added"), ("orders.vat", "column dropped"),
      ("orders.total", "column renamed")]),
    ("src/migrations/20240101-x.js",
     "module.exports = {\n up: async (queryInterface) => {\n  await queryInterface.addColumn('orders', 'paid_at', {});\n"
     "  await queryInterface.dropTable('vouchers');\n },\n"
     " down: async (queryInterface) => { await queryInterface.createTable('vouchers') } };\n",
     [("orders.paid_at", "column added"), ("vouchers", "table dropped")]),
    ("src/migration/1700000-X.ts",
     "export class X implements MigrationInterface {\n async up(queryRunner: QueryRunner) {\n"
     "  await queryRunner.query(`ALTER TABLE \"order\" ADD \"paid\""
     " boolean`);\n }\n async down(queryRunner: QueryRunner) { await queryRunner.query(`DROP TABLE \"order\"`); }\n}",
     [("order.paid", "column added")]),
    ("database/migrations/2024_01_01_x.php",
     "return new class extends Migration { public function up() { Schema::create('refunds', fn() => 1); }\n"
     "public function down() { Schema::dropIfExists('refunds'); } };", [("refunds", "table created")]),
    ("src/Data/Migrations/2024_X.cs",
     'public partial class X : Migration { protected override void Up(MigrationBuilder b) { b.AddColumn<string>(\n'
     ' name: "Note",\n table: "Orders");'
     ' b.DropTable(name: "Vouchers"); }\n'
     ' protected override void Down(MigrationBuilder b) { b.CreateTable(name: "Vouchers"); } }',
     [("Orders.Note", "column added"), ("Vouchers", "table dropped")]),
    ("db/changelog/003.xml",
     '<databaseChangeLog><changeSet id="1"><addColumn tableName="orders"><column name="paid"/></addColumn><dropColumn columnName="vat"'
     ' tableName="orders"/><renameTable oldTableName="a" newTableName="b"/></changeSet></databaseChangeLog>',
     [("orders.paid", "column added"), ("orders.vat", "column dropped"), ("a", "table renamed")]),
    ("db/migration/V12__refunds.sql", "CREATE TABLE refunds (id int);\n"
        "ALTER TABLE public.orders ADD COLUMN paid_at timestamp, DROP COLUMN vat;",
     [("refunds", "table created"), ("orders.paid_at", "column added"), ("orders.vat", "column dropped")]),
    ("migrations/0003_x.sql", "-- +goose Up\nALTER TABLE orders RENAME COLUMN total TO gross;\n-- +goose Down\n"
        "DROP TABLE orders;\n",
     [("orders.total", "column renamed")]),
])  # fmt: skip
def test_every_tool_is_read_on_its_way_up(path: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert happened(path, text) == expected
    assert {(flag.subject, flag.detail) for flag in flags({}, {path: text}, SCHEMA)} >= set(expected[:1])


def test_the_way_down_in_a_file_of_its_own_is_no_change() -> None:
    assert flags({}, {"migrations/3_x.down.sql": "DROP TABLE orders;"}, SCHEMA) == []
    assert told(flags({}, {"migrations/3_x.up.sql": "DROP TABLE orders;"}, SCHEMA)) == [("orders", "", "", "table dropped")]


def test_a_schema_written_down_as_a_whole_is_compared() -> None:
    before = (
        "CREATE TABLE orders (\n  id int PRIMARY KEY,\n  total numeric(10, 2),\n"
        "  FOREIGN KEY (id) REFERENCES x (id)\n);\nCREATE TABLE old (a int);\n"
    )
    after = "CREATE TABLE orders (\n  id int PRIMARY KEY,\n  gross numeric(10, 2)\n);\n"
    found = flags({"db/schema.sql": before}, {"db/schema.sql": after}, SCHEMA)
    assert told(found) == [("old", "", "", "table dropped"), ("orders.total", "", "", "column dropped"),
                           ("orders.gross", "", "", "column added")]
    assert lines_shown(found) == [("before1", "db/schema.sql", 6), ("before1", "db/schema.sql", 3),
                                  ("after1", "db/schema.sql", 3)]


def test_schemas_of_rails_and_prisma_are_compared() -> None:
    rails = (
        'ActiveRecord::Schema.define do\n  create_table "orders", force: :cascade do |t|\n    t.string "name"\n'
        '    t.index ["name"]\n  end\nend\n'
    )
    assert told(flags({"db/schema.rb": rails}, {"db/schema.rb": rails.replace('t.string "name"', 't.string "title"')},
                      SCHEMA)) == [
        ("orders.name", "", "", "column dropped"), ("orders.title", "", "", "column added")]
    prisma = "model Order {\n  id Int @id\n  note String?\n}\n"
    assert told(flags({"prisma/schema.prisma": prisma}, {"prisma/schema.prisma": prisma.replace("  note String?\n", "")},
                      SCHEMA)) == [
        ("Order.note", "", "", "column dropped")]


def test_comments_and_data_are_no_schema() -> None:
    sql = (
        "-- DROP TABLE a;\n/* ALTER TABLE b ADD COLUMN c int; */\nINSERT INTO x VALUES (1);\nUPDATE y SET a = 1;\n"
        "CREATE VIEW v AS SELECT 1;\n"
    )
    assert list(operations_in(sql)) == []


@given(st.lists(st.sampled_from(["CREATE TABLE ", "ALTER TABLE ", "DROP ", "COLUMN ", "a", "(", ")", ",", ";", "\n", "--", "/*",
                                 "*/",
                                 '"', "ADD ",
                                 "RENAME ", "TO ", "op.create_table(", "'", "é"]), max_size=60).map("".join))  # fmt: skip
def test_no_text_breaks_the_reading_of_a_schema(text: str) -> None:
    assert all(0 <= one.offset < len(text) for one in operations_in(text))
    assert all(0 <= offset < len(text) for columns in tables_in(text).values() for offset in columns.values())
    for path in ("app/migrations/0001_a.py", "db/migrate/1_a.rb", "migrations/1_a.sql", "migrations/a.ts"):
        assert all(one.subject for one in operations_of(path, "migrations.Migration ActiveRecord::Migration knex\n" + text))
