"""The word index: what it ranks first, that it follows every change, and that no text is syntax."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.stores import lexical
from indexer.types import Chunk, Kind

QUERY_SYNTAX = [
    '"', "'", "*", "^", "(", ")", "AND", "OR", "NOT", "NEAR", "text:", "{text path}:", "-", "+", "\x00", ";", "--", "\\",
]  # fmt: skip


@pytest.fixture
def conn() -> Iterator[sa.Connection]:
    with sa.create_engine("sqlite://").begin() as connection:
        lexical.create(connection)
        yield connection


def code(text: str, path: str = "a.py", symbol: str | None = None) -> Chunk:
    return Chunk(f"{path}:{text[:20]}", "shop", path, 1, 1, text, Kind.CODE, text, symbol=symbol)


def found(conn: sa.Connection, text: str, **options: object) -> list[int]:
    return [rowid for rowid, _ in lexical.search(conn, "shop", text, 10, **options)]  # type: ignore[arg-type]


def test_a_symbol_is_found_by_its_parts_and_written_in_another_style(conn: sa.Connection) -> None:
    filler = [(n, "shop", code(f"def filler_{n}(): pass")) for n in range(10, 20)]
    lexical.add(conn, [(1, "shop", code("def should_strip_auth(self): ...", symbol="Session.should_strip_auth")), *filler])
    assert found(conn, "shouldStripAuth") == [1]
    assert found(conn, "when is auth stripped?") == [1]


def test_a_word_in_the_path_or_the_name_counts_more_than_one_in_the_text(conn: sa.Connection) -> None:
    filler = [(n, "shop", code(f"value = {n}")) for n in range(10, 20)]
    in_text = code("import os  # cookies", "a.py")
    in_path = code("import os  # nothing", "cookies.py")
    lexical.add(conn, [(1, "shop", in_text), (2, "shop", in_path), *filler])
    assert found(conn, "cookies") == [2, 1]


def test_a_version_number_is_one_word(conn: sa.Connection) -> None:
    messages = ["Drop support for Python 3.7", "Drop support for Python 3.8", "Fix 7 of the 3 tests"]
    commits = [Chunk(f"c{n}", "shop", None, 1, 1, text, Kind.COMMIT, text, commit=str(n)) for n, text in enumerate(messages)]
    filler = [Chunk(f"f{n}", "shop", None, 1, 1, "Tidy", Kind.COMMIT, "Tidy", commit=f"f{n}") for n in range(9)]
    lexical.add(conn, [(n, "shop", chunk) for n, chunk in enumerate([*commits, *filler])])
    assert found(conn, "3.7", commits=True) == [0]


def test_commits_files_and_repositories_are_searched_apart(conn: sa.Connection) -> None:
    commit = Chunk("c", "shop", None, 1, 1, "refund rounding", Kind.COMMIT, "", commit="abc")
    lexical.add(conn, [(1, "shop", code("refund rounding")), (2, "shop", commit), (3, "other", code("refund rounding"))])
    assert found(conn, "refund") == [1]
    assert found(conn, "refund", commits=True) == [2]
    assert [rowid for rowid, _ in lexical.search(conn, "other", "refund", 10)] == [3]
    assert lexical.search(conn, "never indexed", "refund", 10) == []


def test_names_that_differ_in_case_only_are_two_repositories(conn: sa.Connection) -> None:
    lexical.add(conn, [(1, "Shop", code("refund")), (2, "shop", code("refund"))])
    assert found(conn, "refund") == [2]


def test_removed_rows_are_gone_and_the_statistics_follow(conn: sa.Connection) -> None:
    rows = [(n, "shop", code(f"refund number {n}", f"f{n}.py")) for n in range(1, 6)]
    lexical.add(conn, rows)
    lexical.add(conn, [(99, "other", code("refund"))])
    lexical.remove(conn, [2, 3, 12345])
    assert sorted(found(conn, "refund")) == [1, 4, 5]
    lexical.add(conn, [(2, "shop", code("exchange", "f2.py"))])
    assert found(conn, "exchange") == [2]
    incremental = lexical.search(conn, "shop", "refund number 4", 10)
    lexical.drop(conn, "shop")
    assert found(conn, "refund") == []
    lexical.add(conn, [rows[0], rows[3], rows[4], (2, "shop", code("exchange", "f2.py"))])
    assert lexical.search(conn, "shop", "refund number 4", 10) == incremental
    assert [rowid for rowid, _ in lexical.search(conn, "other", "refund", 10)] == [99]


def test_more_rows_than_a_batch_and_a_filter_that_leaves_few(conn: sa.Connection) -> None:
    lexical.add(conn, [(n, "shop", code(f"refund {n}")) for n in range(1, 1203)])
    assert len(lexical.search(conn, "shop", "refund", 5000)) == 1202
    assert found(conn, "refund", within={700, 9999}) == [700]
    lexical.remove(conn, range(1, 1203))
    assert found(conn, "refund") == []


def test_a_question_without_words_finds_nothing(conn: sa.Connection) -> None:
    lexical.add(conn, [(1, "shop", code("refund"))])
    assert found(conn, "") == found(conn, "?! …") == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(QUERY_SYNTAX), st.text(max_size=12)), max_size=8).map(" ".join))
def test_no_text_is_read_as_query_syntax(conn: sa.Connection, text: str) -> None:
    lexical.add(conn, [(1, "shop", code(f"refund {text}"))])
    try:
        assert found(conn, f"{text} refund") == [1]
        assert found(conn, text) in ([], [1])
    finally:
        lexical.remove(conn, [1])
