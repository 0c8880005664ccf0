"""Searching for one question, or for a batch of them together."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from bot.answers.types import SearchResult
from bot.when import time_notices, with_time
from indexer.errors import DocentError, QueryError
from indexer.index import Index
from indexer.languages import LANGUAGES
from indexer.questions.query import parse_query
from indexer.types import Hit, Query


def search_one(index: Index, text: str, allowed: tuple[str, ...], k: int, rewritten: Callable[[Query], Query]) -> SearchResult:
    """What is found for a text. QueryError, IndexMissing, StoreError."""
    started = time.monotonic()
    query = _read(index, text, allowed, rewritten)
    hits, notices = index.best(query, k)
    urls = tuple(page_of(index, hit) for hit in hits)
    return SearchResult(text, (time.monotonic() - started) * 1000, tuple(hits), urls, (*notices, *time_notices(query, hits)))


def search_batch(
    index: Index, texts: Sequence[str], allowed: tuple[str, ...], k: int, rewritten: Callable[[Query], Query]
) -> list[SearchResult | DocentError]:
    """The result of each text, or what is wrong with it. `took_ms` of each is an equal share of what all of them took."""
    started = time.monotonic()
    parsed = [_parsed(index, text, allowed, rewritten) for text in texts]
    ranked = iter(index.best_of_each([query for query in parsed if isinstance(query, Query)], k))
    found = [_told(query, next(ranked)) if isinstance(query, Query) else query for query in parsed]
    pages = [() if isinstance(item, DocentError) else tuple(page_of(index, hit) for hit in item[0]) for item in found]
    each = (time.monotonic() - started) * 1000 / max(len(texts), 1)
    return [
        item if isinstance(item, DocentError) else SearchResult(text, each, tuple(item[0]), urls, item[1])
        for text, item, urls in zip(texts, found, pages, strict=True)
    ]


def _told(query: Query, found: tuple[list[Hit], tuple[str, ...]] | DocentError) -> tuple[list[Hit], tuple[str, ...]] | DocentError:
    """What was found, with what the question's time was taken for."""
    return found if isinstance(found, DocentError) else (found[0], (*found[1], *time_notices(query, found[0])))


def page_of(index: Index, hit: Hit) -> str | None:
    """Where a hit can be seen; None where its host is not known."""
    chunk = hit.chunk
    if chunk.commit:
        return index.commit_url(chunk.repo, chunk.commit)
    assert chunk.path is not None
    return index.file_url(chunk.repo, index.head(chunk.repo), chunk.path, chunk.start_line, chunk.end_line)


def _parsed(index: Index, text: str, allowed: tuple[str, ...], rewritten: Callable[[Query], Query]) -> Query | QueryError:
    try:
        return _read(index, text, allowed, rewritten)
    except QueryError as exc:
        return exc


def _read(index: Index, text: str, allowed: tuple[str, ...], rewritten: Callable[[Query], Query]) -> Query:
    query = parse_query(text, allowed, LANGUAGES)
    return rewritten(with_time(index, query if query.repos else replace(query, repos=allowed), datetime.now().astimezone()))
