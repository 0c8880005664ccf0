"""Who names something: documentation that names a file, code that names a symbol, a table or a route. Found by words, read in the text."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from indexer.index import Index
from indexer.types import Chunk, Kind, Role

_CHUNKS = 60  # of those that hold a word
_READ = 4  # files that are asked about, whose texts are read for tables and routes
_NAMES = 6  # tables, and routes, of them
_SPREAD = 12  # files with one route: more of them, and it is no such thing ("/" or "/api")
_LEAST_NAME = 4  # letters of a name that is looked for in prose
_TABLE = re.compile(
    r"\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?[\"'`\[]?(?P<sql>\w+)|\balter\s+table\s+(?:only\s+)?[\"'`\[]?(?P<alter>\w+)"
    r"|(?:__tablename__|db_table|table_name|tableName|protected\s+\$table)\s*[:=]\s*[\"'](?P<orm>\w+)[\"']"
    r"|@Table\s*\(\s*(?:name\s*=\s*)?\"(?P<jpa>\w+)\"|\b(?:create_table|Schema::(?:create|table))\s*\(?\s*[:\"'](?P<rails>\w+)",
    re.IGNORECASE,
)
_QUERIED = (
    r"(?:\b(?:from|join|into|update|table(?:\s+if\s+(?:not\s+)?exists)?)\s+[\"'`\[]?{0}\b"
    r"|[\"'`:]{0}[\"'`]|create_table\s*\(?\s*:{0}\b)"
)
_ROUTE = re.compile(r"[\"'`](?P<route>/[A-Za-z][\w/{}:<>.$()*-]*)[\"'`?]")
_FILE_LIKE = re.compile(r"\.\w{1,5}$|^/(?:usr|etc|var|tmp|bin|home|dev|opt|proc)(?:/|$)")
_EVERYWHERE = frozenset((
    *("", "index", "main", "init", "__init__", "readme", "utils", "util", "helpers", "types", "config", "settings", "models", "views"),
))  # every project has files of these names
_PARAMETER = re.compile(r"^(?:[:{<$(*].*|.*[}>)*])$")


@dataclass(frozen=True, slots=True)
class Mention:
    """A line that names something: `name` as it is written there."""

    repository: str
    path: str
    line: int
    name: str


def documentation_of(index: Index, repo: str, paths: Sequence[str], names: Sequence[str] = ()) -> list[Mention]:
    """Prose that names one of these files, by path or by a telling file name, or a symbol by its full name; once for each document."""
    wanted = [*names]
    for path in paths[:_READ]:
        name = path.rpartition("/")[2]
        wanted += [path] if "/" in path else []
        wanted += [name] if len(name.split(".")[0]) >= _LEAST_NAME and not _everywhere(name) else []
    found: dict[str, Mention] = {}
    for name in dict.fromkeys(wanted):
        if len(name) >= _LEAST_NAME:
            for chunk, line in _lines_with(index, repo, name, rf"(?<![\w/-]){re.escape(name)}(?!\w)"):
                if (chunk.kind is Kind.DOC or chunk.role is Role.DOCS) and chunk.path not in paths:
                    found.setdefault(chunk.path or "", Mention(repo, chunk.path or "", line, name))
    return list(found.values())


def users_of(index: Index, repo: str, symbol: str, path: str) -> list[Mention]:
    """Code that names a symbol, once for each file; [] where several things are called so, for then a name does not tell."""
    if len(symbol) < _LEAST_NAME or len({one.path for one in index.definitions(repo, {symbol})}) != 1:
        return []
    found: dict[str, Mention] = {}
    for chunk, line in _lines_with(index, repo, symbol, rf"(?<!\w){re.escape(symbol)}(?!\w)"):
        if chunk.kind is Kind.CODE and chunk.path != path:
            found.setdefault(chunk.path or "", Mention(repo, chunk.path or "", line, symbol))
    return list(found.values())


def tables_of(index: Index, repo: str, paths: Sequence[str], among: Collection[str]) -> list[Mention]:
    """The files, in any of the repositories `among`, that use a table which one of these files defines."""
    tables = dict.fromkeys(name for text in _texts(index, repo, paths) for name in _tables(text))
    found: list[Mention] = []
    for table in list(tables)[:_NAMES]:
        for other in among:
            seen: dict[str, Mention] = {}
            for chunk, line in _lines_with(index, other, table, _QUERIED.format(re.escape(table))):
                if not (other == repo and chunk.path in paths) and chunk.kind is not Kind.DOC:
                    seen.setdefault(chunk.path or "", Mention(other, chunk.path or "", line, table))
            found += seen.values()
    return found


def routes_of(index: Index, repo: str, paths: Sequence[str], among: Collection[str]) -> list[Mention]:
    """The files, in any of the repositories `among`, that name a route which one of these files names."""
    routes = {_shape(route): route for text in _texts(index, repo, paths) for route in _routes(text)}
    found: list[Mention] = []
    for shape, route in list(routes.items())[:_NAMES]:
        word = max((part for part in shape if part != "*"), key=len)
        seen: dict[tuple[str, str], Mention] = {}
        for other in among:
            for chunk in _chunks(index, other, word):
                if not (other == repo and chunk.path in paths) and chunk.kind is not Kind.DOC:
                    for number, text in enumerate(chunk.text.split("\n")):
                        if any(_shape(one) == shape for one in _routes(text)):
                            key = (other, chunk.path or "")
                            seen.setdefault(key, Mention(other, chunk.path or "", chunk.start_line + number, route))
        found += seen.values() if len(seen) <= _SPREAD else ()
    return found


def _tables(text: str) -> Iterator[str]:
    return (next(name for name in match.groups() if name) for match in _TABLE.finditer(text))


def _routes(text: str) -> Iterator[str]:
    for match in _ROUTE.finditer(text):
        route = match["route"].rstrip("/")
        fixed = [part for part in _shape(route) if part != "*"]
        if not _FILE_LIKE.search(route) and sum(map(len, fixed)) >= _LEAST_NAME + 1:
            yield route


def _shape(route: str) -> tuple[str, ...]:
    """A route without the names of its parameters: ("refunds", "*") of "/refunds/{id}" and "/refunds/:number"."""
    return tuple("*" if _PARAMETER.match(part) else part for part in route.strip("/").split("/"))


def _texts(index: Index, repo: str, paths: Sequence[str]) -> Iterator[str]:
    head = index.head(repo)
    return (text for path in paths[:_READ] if (text := index.text_at(repo, head, path)))


def _lines_with(index: Index, repo: str, word: str, pattern: str) -> Iterator[tuple[Chunk, int]]:
    """The chunks that hold what a pattern finds, with the line of the first one in each."""
    compiled = re.compile(pattern, re.IGNORECASE)
    for chunk in _chunks(index, repo, word):
        if match := compiled.search(chunk.text):
            yield chunk, chunk.start_line + chunk.text.count("\n", 0, match.start())


def _chunks(index: Index, repo: str, word: str) -> list[Chunk]:
    return index.mentioning(repo, word, _CHUNKS)


def _everywhere(name: str) -> bool:
    """Whether every project has a file of this name."""
    stem = name.lower().split(".")[0]
    return stem in _EVERYWHERE
