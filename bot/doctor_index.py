"""The doctor's look at the embedding model, the stores and the repositories."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

from bot.checks import Check, Level
from bot.config import Settings
from bot.doctor_owners import check_owners
from bot.render.screen import ago, counted
from bot.request import Request
from bot.scope import scope
from bot.service import Docent
from bot.wiring import open_docent
from indexer.errors import DocentError, UnknownRepo
from indexer.lock import held_by
from indexer.types import IndexState


def check_model(settings: Settings, _request: Request) -> Iterator[Check]:
    """Load the model and embed one question: proves files, digests and libraries at once."""
    from indexer.embedding import open_embedder

    embedder = open_embedder(settings.embedding)
    started = time.monotonic()
    vector = embedder.embed_query("does this work?")
    took = (time.monotonic() - started) * 1000
    done = "loaded" if settings.embedding.provider == "local" else "answered"
    yield Check("embedding model", Level.OK, f"{embedder.model_id}, {len(vector)} dimensions, {done} in {took:.0f} ms")


def check_reranker(settings: Settings, _request: Request) -> Iterator[Check]:
    """Have the configured model judge two places; nothing where none is configured."""
    from indexer.reranking import open_reranker

    reranker = open_reranker(settings.reranking)
    if reranker is None:
        return
    reranker.prepare()
    started = time.monotonic()
    reranker.scores("does this work?", ["It works.", "Something else."], seconds=settings.reranking.timeout)
    yield Check("reranking model", Level.OK, f"{reranker.name}, judged two places in {(time.monotonic() - started) * 1000:.0f} ms")


def check_stores(settings: Settings, _request: Request) -> Iterator[Check]:
    """The catalog's own integrity check, the vectors behind it, and who is writing."""
    holder = held_by(settings.data_dir)
    if holder is not None:
        yield Check("writer", Level.OK, f"{holder} owns the index; other commands read beside it")
    catalog = settings.data_dir / "catalog.sqlite"
    if settings.database.catalog_url == "" and catalog.exists():
        yield _integrity(settings)
    ours_to_open = holder is None and (settings.data_dir / "chroma").exists()
    if ours_to_open or settings.chroma.mode != "embedded":
        yield _chroma(settings)


def _integrity(settings: Settings) -> Check:
    mend = "Run `docent index --full`: it sets the damaged file aside and rebuilds the index from git."
    try:
        connection = sqlite3.connect(f"file:{settings.data_dir / 'catalog.sqlite'}?mode=ro", uri=True, timeout=10)
        try:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as exc:
        return Check("catalog", Level.ERROR, f"the database is damaged ({exc})", mend)
    return Check("catalog", Level.OK, "sound") if found == "ok" else Check("catalog", Level.ERROR, f"damaged: {found}", mend)


def _chroma(settings: Settings) -> Check:
    """Opens Chroma as its owner: only the holder of the lock may."""
    docent = open_docent(settings, owner="docent doctor")
    docent.close()
    return Check("Chroma", Level.OK, f"opens ({settings.chroma.mode})")


def check_repositories(settings: Settings, request: Request) -> Iterator[Check]:
    """Whether each repository can be read, and where its index stands."""
    docent = open_docent(settings)
    try:
        try:
            names = scope(docent, request)
        except UnknownRepo as exc:
            level = Level.ERROR if request.repos else Level.OPTIONAL
            yield Check("repositories", level, exc.message, exc.hint)
            return
        for name in names:
            yield from _repository(docent, name)
    finally:
        docent.close()


def _repository(docent: Docent, name: str) -> Iterator[Check]:
    try:
        docent.reach(name)
        yield Check(f"repository {name}", Level.OK, "readable")
    except DocentError as exc:
        yield Check(f"repository {name}", Level.ERROR, exc.message, exc.hint)
    status = docent.status([name])[0]
    label = f"index of {name}"
    if status.state is IndexState.READY:
        failure = f"; the last refresh failed: {status.failure}" if status.failure else ""
        files = counted(status.files, "file")
        if status.described is not None:
            files += f", {status.described[0]} of {counted(status.described[1], 'source file')} described"
        yield Check(label, Level.OK, f"{status.commit[:7]}, read {ago(status.indexed_at)}, {files}{failure}")
        yield from check_owners(docent, name)
    elif status.state is IndexState.OUTDATED:
        yield Check(label, Level.OPTIONAL, "made with another model or version", "Run `docent index`.")
    else:
        yield Check(label, Level.OPTIONAL, status.failure or "not made yet", "Run `docent index`, or just ask.")


