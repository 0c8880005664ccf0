"""The lexical leg: BM25 over SQLite's FTS5, one pair of tables per repository so that each has its own word statistics.

Text is tokenised by `indexer.tokens` before it is stored, and FTS5 only splits it at blanks.
bm25() with weights per column, and `rank MATCH`: https://www.sqlite.org/fts5.html#the_bm25_function.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from types import MappingProxyType

import numpy as np
from sqlalchemy import Connection

from indexer.stores.words import Postings, Words
from indexer.tokens import joined_terms, query_terms
from indexer.types import Chunk, Kind

_COLUMNS = (1, 2, 2)  # text, path, name: a word of the path or the name counts double
MAX_TERMS = 96  # of a pasted log; more cost time and change nothing
_WEIGHTS = ", ".join(f"{weight}.0" for weight in _COLUMNS)
_BATCH = 500

ChunkWords = tuple[str, str, str]  # of text, path and name, with blanks between


def create(conn: Connection) -> None:
    """Make the register of repositories that have tables here. Safe to repeat."""
    conn.exec_driver_sql("CREATE TABLE IF NOT EXISTS lexical_repos (id INTEGER PRIMARY KEY, repo TEXT NOT NULL UNIQUE)")


def words_of(chunk: Chunk) -> ChunkWords:
    """The words of a chunk's text, path and name, as the tables hold them."""
    return joined_terms(chunk.text), _words_of_path(chunk.path or ""), joined_terms(chunk.symbol or "")


def add(conn: Connection, rows: Iterable[tuple[int, str, Chunk]], words: Mapping[str, ChunkWords] = MappingProxyType({})) -> None:
    """Index chunks: (rowid, repository, chunk). A rowid belongs to one chunk of one repository, and must be new here.

    `words` are those of chunks, by id, that were made before.
    """
    waiting: dict[str, list[tuple[int, str, str, str]]] = {}
    numbers: dict[str, int] = {}
    for rowid, repo, chunk in rows:
        if repo not in numbers:
            numbers[repo] = _register(conn, repo)
        batch = waiting.setdefault(_table(numbers[repo], chunk.kind is Kind.COMMIT), [])
        batch.append((rowid, *(words.get(chunk.id) or words_of(chunk))))
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
    terms = query_terms(text)[:MAX_TERMS]
    if number is None or not terms or k < 1:
        return []
    table = _table(number, commits)
    match = " OR ".join(f'"{term}"' for term in terms)
    limit = k if within is None else -1
    rows = conn.exec_driver_sql(
        f"SELECT rowid, rank FROM {table} WHERE {table} MATCH ? AND rank MATCH 'bm25({_WEIGHTS})' ORDER BY rank LIMIT ?", (match, limit)
    )
    best = ((int(row[0]), -float(row[1])) for row in rows if within is None or row[0] in within)
    return list(islice(best, k))


def postings(conn: Connection, repo: str, terms: Sequence[str], commits: bool = False) -> dict[str, Postings]:
    """Where each word stands: int64 rowids, rising, and float64 BM25 of this word alone. The sum over a text's words is its BM25."""
    found: dict[str, Postings] = {term: (np.zeros(0, np.int64), np.zeros(0)) for term in terms}
    number = _number(conn, repo)
    if number is None:
        return found
    table = _table(number, commits)
    for start in range(0, len(terms), MAX_TERMS):
        page = terms[start : start + MAX_TERMS]
        one = f"SELECT {{}}, rowid, -bm25({table}, {_WEIGHTS}) FROM {table} WHERE {table} MATCH ?"  # each gives its rowids rising
        statement = " UNION ALL ".join(one.format(place) for place in range(len(page)))
        rows = conn.exec_driver_sql(statement, tuple(f'"{term}"' for term in page)).cursor.fetchall()  # plain tuples: half the time
        which, rowids, values = (np.array(list(map(itemgetter(column), rows))) for column in range(3))
        ends = np.searchsorted(which, np.arange(len(page) + 1))
        for place, term in enumerate(page):
            found[term] = rowids[ends[place] : ends[place + 1]], values[ends[place] : ends[place + 1]]
    return found


def words(conn: Connection, repo: str, commits: bool = False) -> Words | None:
    """All of a repository's words at once; None where it has none."""
    number = _number(conn, repo)
    return None if number is None else Words(conn, _table(number, commits), _COLUMNS)


def vocabulary(conn: Connection, repo: str) -> dict[str, int]:
    """Every word of a repository's files, and how many chunks hold it."""
    number = _number(conn, repo)
    if number is None:
        return {}
    table = _table(number, False)
    conn.exec_driver_sql(f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.{table}_words USING fts5vocab(main, {table}, row)")
    return {str(term): int(chunks) for term, chunks in conn.exec_driver_sql(f"SELECT term, doc FROM temp.{table}_words")}


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


@lru_cache(maxsize=1_000)
def _words_of_path(path: str) -> str:
    return joined_terms(path)  # the chunks of a file come together
