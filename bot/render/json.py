"""The machine forms of the contract: fields may be added, never renamed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.answers.types import Answer, Evidence, Owner
from bot.render.text import answer_markdown
from indexer.types import Hit, RefreshReport, RepoStatus, Skipped


def dumps(value: Any) -> str:
    """One line of JSON, in UTF-8 as it is."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False) + "\n"


def answer_json(answer: Answer) -> dict[str, Any]:
    return {
        "question": answer.question,
        "answer": answer_markdown(answer),
        "status": answer.status.value,
        "confidence": round(answer.confidence, 3),
        "statements": [{"text": one.text, "evidence": list(one.evidence), "part": one.part.value} for one in answer.statements],
        "evidence": [evidence_json(item) for item in answer.evidence],
        "checked": {"statements": answer.checked.statements, "supported": answer.checked.supported},
        "owners": [owner_json(owner) for owner in answer.owners],
        "repositories": [
            {"name": item.name, "commit": item.commit, "indexed_at": date_json(item.indexed_at)} for item in answer.repositories
        ],
        "notices": list(answer.notices),
        "model": answer.model,
        "took_ms": round(answer.took_ms, 1),
    }


def evidence_json(item: Evidence) -> dict[str, Any]:
    return {
        "number": item.number,
        "repository": item.repository,
        "path": item.path,
        "start_line": item.start_line,
        "end_line": item.end_line,
        "commit": item.commit,
        "url": item.url,
        "excerpt": item.excerpt,
        "kind": item.kind.value,
        "label": item.label,
        "symbol": item.symbol,
    }


def owner_json(owner: Owner) -> dict[str, Any]:
    return {
        "name": owner.name,
        "email": owner.email,
        "handle": owner.handle,
        "kind": owner.kind,
        "share": round(owner.share, 3),
        "sources": list(owner.sources),
        "reasons": list(owner.reasons),
        "last_active": owner.last_active.date().isoformat() if owner.last_active else None,
        "active": owner.active,
        "aliases": list(owner.aliases),
        "slack": owner.slack,
        "latest_commit": owner.latest or None,
        "latest_commit_url": owner.latest_url,
    }


def hit_json(hit: Hit, rank: int, url: str | None) -> dict[str, Any]:
    chunk = hit.chunk
    return {
        "rank": rank,
        "repository": chunk.repo,
        "path": chunk.path,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "kind": chunk.kind.value,
        "symbol": chunk.symbol,
        "commit": chunk.commit,
        "score": round(hit.score, 4),
        "url": url,
    }


def hits_json(hits: Sequence[Hit], urls: Sequence[str | None]) -> list[dict[str, Any]]:
    return [hit_json(hit, rank, url) for rank, (hit, url) in enumerate(zip(hits, urls, strict=True), 1)]


def status_json(status: RepoStatus) -> dict[str, Any]:
    return {
        "name": status.repo,
        "state": status.state.value,
        "commit": status.commit,
        "branch": status.branch,
        "web_url": status.web_url,
        "indexed_at": date_json(status.indexed_at),
        "files": status.files,
        "chunks": status.chunks,
        "commits": status.commits,
        "skipped": dict(status.skipped),
        "described": None if status.described is None else {"files": status.described[0], "of": status.described[1]},
        "failure": status.failure,
        "failed_at": date_json(status.failed_at),
        "shallow": status.shallow,
    }


def report_json(report: RefreshReport) -> dict[str, Any]:
    return {
        "name": report.repo,
        "head": report.head,
        "branch": report.branch,
        "changed": report.changed,
        "files": report.files,
        "skipped": dict(Counter(item.reason.value for item in report.skipped)),
        "skipped_files": [skipped_json(item) for item in report.skipped],
        "chunks": report.chunks,
        "embedded": report.embedded,
        "reused": report.reused,
        "commits": report.commits,
        "seconds": round(report.seconds, 3),
        "seconds_model": round(report.seconds_model, 3),
        "error": report.error,
    }


def skipped_json(item: Skipped) -> dict[str, Any]:
    return {"path": item.path, "reason": item.reason.value, "detail": item.detail}


def date_json(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC, or null."""
    return moment.isoformat().replace("+00:00", "Z") if moment else None
