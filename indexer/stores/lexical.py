"""The lexical leg: BM25 over SQLite's FTS5, one pair of tables per repository so that each has its own word statistics.

Text is tokenised by `indexer.retrieval.tokens` before it is stored, and FTS5 only splits it at blanks.
bm25() with weights per column, and `rank MATCH`: https://www.sqlite.org/fts5.html#the_bm25_function.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice

from sqlalchemy import Connection

from indexer.retrieval.tokens import query_terms, tokenize
from indexer.types import Chunk, Kind

_RANK = "bm25(1.0, 2.0, 2.0)"  # text, path, name: a word of the path or the name counts double
_MAX_TERMS = 96  # of a pasted log; more cost time and change nothing
_BATCH = 500


def create(conn: Connection) -> None:
    """Make the register of repositories that have tables here. Safe to repeat."""
    conn.exec_driver_sql("CREATE TABLE IF NOT EXISTS lexical_repos (id INTEGER PRIMARY KEY, repo TEXT NOT NULL UNIQUE)")


def add(conn: Connection, rows: Iterable[tuple[int, str, Chunk]]) -> None:
    """Index chunks: (rowid, repository, chunk). A rowid belongs to one chunk of one repository, and must be new here."""
    waiting: dict[str, list[tuple[int, str, str, str]]] = {}
    numbers: dict[str, int] = {}
    for rowid, repo, chunk in rows:
        if repo not in numbers:
            numbers[repo] = _register(conn, repo)
        batch = waiting.setdefault(_table(numbers[repo], chunk.kind is Kind.COMMIT), [])
        batch.append((rowid, _words(chunk.text), _words(chunk.path or ""), _words(chunk.symbol or "")))
        if len(batch) == _BATCH:
            _insert(conn, _table(numbers[repo], chunk.kind is Kind.COMMIT), batch)
            batch.clear()
    for table, batch in waiting.items():
        if batch:
            _insert(conn, table, batch)


def remove(conn: Connection, rowids: Collection[int]) -> None:
    """Forget chunks; rowids that are not there are no error."""
    wanted = list(rowids)
    for table in [_table(number, commits) for number in _numbers(conn) for commits in (False, True)]:
        for start in range(0, len(wanted), _BATCH):
            page = wanted[start : start + _BATCH]
            marks = ",".join("?" * len(page))
            # FTS5 does not use an index for "rowid IN", its content table does
            found = conn.exec_driver_sql(f"SELECT id FROM {table}_content WHERE id IN ({marks})", tuple(page)).all()
            if found:
                conn.exec_driver_sql(f"DELETE FROM {table} WHERE rowid = ?", [(int(row[0]),) for row in found])


def drop(conn: Connection, repo: str) -> None:
    """Forget everything about one repository."""
    number = _number(conn, repo)
    if number is not None:
        for commits in (False, True):
            conn.exec_driver_sql(f"DROP TABLE {_table(number, commits)}")
        conn.exec_driver_sql("DELETE FROM lexical_repos WHERE id = ?", (number,))


def search(
    conn: Connection, repo: str, text: str, k: int, commits: bool = False, within: Collection[int] | None = None
) -> list[tuple[int, float]]:
    """The best `k` chunks for a text: (rowid, BM25), higher is better, best first; only rowids of `within` where it is given.

    Searches the commits or, by default, everything else. The text is plain words; nothing in it is read as query syntax.
    """
    number = _number(conn, repo)
    terms = query_terms(text)[:_MAX_TERMS]
    if number is None or not terms or k < 1:
        return []
    table = _table(number, commits)
    match = " OR ".join(f'"{term}"' for term in terms)
    limit = k if within is None else -1
    rows = conn.exec_driver_sql(
        f"SELECT rowid, rank FROM {table} WHERE {table} MATCH ? AND rank MATCH '{_RANK}' ORDER BY rank LIMIT ?", (match, limit)
    )
    best = ((int(row[0]), -float(row[1])) for row in rows if within is None or row[0] in within)
    return list(islice(best, k))


def _table(number: int, commits: bool) -> str:
    return f"lexical_{number}_{'commits' if commits else 'files'}"


def _numbers(conn: Connection) -> list[int]:
    return [int(row[0]) for row in conn.exec_driver_sql("SELECT id FROM lexical_repos")]


def _number(conn: Connection, repo: str) -> int | None:
    row = conn.exec_driver_sql("SELECT id FROM lexical_repos WHERE repo = ?", (repo,)).one_or_none()
    return int(row[0]) if row else None


def _register(conn: Connection, repo: str) -> int:
    """The number of a repository's tables, which are made where it has none."""
    number = _number(conn, repo)
    if number is None:
        conn.exec_driver_sql("INSERT INTO lexical_repos (repo) VALUES (?)", (repo,))
        number = _number(conn, repo)
        assert number is not None
        for commits in (False, True):
            # The ascii tokenizer takes every non-ASCII character as part of a word; the dot holds version numbers together.
            columns = """text, path, name, tokenize = "ascii tokenchars '.'\""""
            conn.exec_driver_sql(f"CREATE VIRTUAL TABLE {_table(number, commits)} USING fts5({columns})")
    return number


def _insert(conn: Connection, table: str, batch: list[tuple[int, str, str, str]]) -> None:
    conn.exec_driver_sql(f"INSERT INTO {table} (rowid, text, path, name) VALUES (?, ?, ?, ?)", batch)


def _words(text: str) -> str:
    return " ".join(tokenize(text))
