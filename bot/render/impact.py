"""What a change would touch, for a terminal and as the machine form of the contract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.impact.types import Affected, AffectedArea, ImpactReport, Involved, Precedent
from bot.impact.words import lines
from bot.owners.types import Place
from bot.render.changes import lines_text
from bot.render.json import date_json, owner_json
from bot.render.screen import Screen, ago, clean
from bot.told import Shows

UrlOf = Callable[[Shows], str | None]


def impact_text(report: ImpactReport, screen: Screen, url_of: UrlOf) -> str:
    """The answer, its reasons with the places that show them, and which state of which repository it speaks of."""
    first, *rest = lines(report)
    blocks = [screen.wrap(screen.bold(clean(first.text).replace("`", ""))), lines_text(rest, screen, url_of)]
    states = " · ".join(f"{item.name} @ {item.commit[:7] or '?'}, read {ago(item.indexed_at)}" for item in report.repositories)
    return "\n\n".join(block for block in [*blocks, screen.wrap(clean(states))] if block) + "\n"


def impact_json(report: ImpactReport, url_of: UrlOf) -> dict[str, Any]:
    """The machine form of the contract; `score` ranks within one answer and means nothing beside it."""
    return {
        "query": report.query,
        "kind": "plan" if report.plan else "place",
        "answer": lines(report)[0].text,
        "resolved": [_place_json(place) for place in report.resolved.places],
        "guessed": report.resolved.guessed,
        "affected": [_affected_json(one, url_of) for one in report.affected],
        "areas": [_area_json(area) for area in report.areas],
        "dependents": report.dependents,
        "precedents": [_precedent_json(one) for one in report.precedents],
        "owners": [_involved_json(one) for one in report.owners],
        "not_seen": list(report.blind),
        "notices": list(report.notices),
        "repositories": [
            {"name": item.name, "commit": item.commit, "indexed_at": date_json(item.indexed_at)} for item in report.repositories
        ],
        "took_ms": round(report.took_ms, 1),
    }


def _place_json(place: Place) -> dict[str, Any]:
    lines_of = {"start_line": place.start_line, "end_line": place.end_line} if place.start_line else {}
    return {
        "repository": place.repository, "path": place.path, "kind": place.kind.value, "label": place.label, "files": len(place.files),
        **lines_of, "url": place.url,
    }  # fmt: skip


def _affected_json(one: Affected, url_of: UrlOf) -> dict[str, Any]:
    return {
        "repository": one.repository,
        "path": one.path,
        "area": one.area,
        "role": one.role.value,
        "score": one.score,
        "reasons": [reason.text.replace("`", "") for reason in one.reasons],
        "kinds": [reason.why.value for reason in one.reasons],
        "evidence": [_shows_json(place, url_of) for reason in one.reasons for place in reason.shown_by],
    }


def _shows_json(place: Shows, url_of: UrlOf) -> dict[str, Any]:
    return {
        "repository": place.repository, "commit": place.commit, "path": place.path or None, "line": place.line or None,
        "url": url_of(place),
    }  # fmt: skip


def _area_json(area: AffectedArea) -> dict[str, Any]:
    return {"repository": area.repository, "name": area.name, "files": len(area.files), "paths": [one.path for one in area.files]}


def _precedent_json(one: Precedent) -> dict[str, Any]:
    return {
        "repository": one.repository,
        "commits": list(one.commits),
        "title": one.title,
        "pull_request": one.pull_request,
        "files": one.files,
        "areas": list(one.areas),
        "days": one.days,
        "follow_up_fixes": len(one.fixes),
        "fixes": [{"commit": sha, "title": title} for sha, title in one.fixes],
        "authors": list(one.authors),
        "landed": date_json(one.landed),
        "why": one.why.replace("`", ""),
        "url": one.url,
    }


def _involved_json(one: Involved) -> dict[str, Any]:
    return {**owner_json(one.owner), "areas": list(one.areas)}
