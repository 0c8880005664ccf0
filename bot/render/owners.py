"""Who owns what, for a terminal and as the machine form of the contract."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from bot.owners.types import Declared, Holding, OwnersReport, Place, PlaceReport, Subject, SubjectReport
from bot.owners.words import lines
from bot.render.json import date_json, owner_json
from bot.render.screen import Screen, ago, clean
from bot.told import Line

_LINK = re.compile(r"\[(?P<label>[^\[\]]+)\]\((?P<url>[^()\s]+)\)")


def owners_text(report: OwnersReport, screen: Screen) -> str:
    """The report line by line, and which state of which repository it speaks of."""
    told = lines(report)
    width = max((len(line.label) for line in told), default=0) + 2
    shown = [_line_text(line, width, screen) for _, group in groupby(told, key=lambda line: line.label) for line in _once(group)]
    states = " · ".join(f"{item.name} @ {item.commit[:7] or '?'}, read {ago(item.indexed_at)}" for item in report.repositories)
    return "\n".join([*shown, *(["", screen.wrap(states)] if states else [])]) + "\n"


def _once(group: Iterable[Line]) -> Iterable[Line]:
    """A label stands before the first of its lines only."""
    for number, line in enumerate(group):
        yield line if number == 0 else Line(" ", line.text)


def _line_text(line: Line, width: int, screen: Screen) -> str:
    text = _LINK.sub(lambda found: screen.link(found["label"], found["url"]) if screen.links else found["label"], clean(line.text))
    if not line.label:
        return screen.wrap(screen.bold(_sentence(text).replace("`", "")))
    label = f"{line.label}:" if line.label.strip() else ""
    return screen.wrap(text if line.label == "Note" else _sentence(text), screen.bold(label) + " " * (width - len(label)), " " * width)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] if text[:1].islower() and " " in text else text


def owners_json(report: OwnersReport) -> dict[str, Any]:
    """The machine form; a report on a person or team has `holdings` beside."""
    return _place_json(report) if isinstance(report, PlaceReport) else _subject_json(report)


def _place_json(report: PlaceReport) -> dict[str, Any]:
    first = report.declared[0] if report.declared else None
    return {
        "query": report.query,
        "kind": "place",
        "resolved": [_resolved_json(place) for place in report.resolved.places],
        "guessed": report.resolved.guessed,
        "alternatives": [_alternative_json(one) for one in report.resolved.alternatives],
        "owners": [owner_json(owner) for owner in report.owners],
        "codeowners": {"file": first.file, "line": first.line, "pattern": first.pattern} if first else None,
        "declared": [_declared_json(entry) for entry in report.declared],
        "undeclared_files": report.undeclared,
        "built": [owner_json(owner) for owner in report.built],
        "ask": [owner_json(owner) for owner in report.ask],
        "confidence": report.sureness.value,
        "bus_factor": report.bus_factor,
        "quiet": report.quiet,
        "nobody_active": report.nobody_active,
        "quiet_since": date_json(report.quiet_since),
        "contradictions": list(report.contradictions),
        **_common_json(report),
    }


def _subject_json(report: SubjectReport) -> dict[str, Any]:
    first = report.declared[0] if report.declared else None
    return {
        "query": report.query,
        "kind": "subject",
        "resolved": [{"repository": item.repository, "path": item.path} for item in report.built],
        "guessed": report.resolved.guessed,
        "alternatives": [_alternative_json(one) for one in report.resolved.alternatives],
        "owners": [owner_json(report.who)],
        "codeowners": {"file": first.file, "line": first.line, "pattern": first.pattern} if first else None,
        "declared": [_declared_json(entry) for entry in report.declared],
        "holdings": [_holding_json(holding) for holding in report.built],
        "lost": [_holding_json(holding) for holding in report.lost],
        "members": [owner_json(owner) for owner in report.members],
        "bus_factor": 0,
        "contradictions": list(report.contradictions),
        **_common_json(report),
    }


def _common_json(report: OwnersReport) -> dict[str, Any]:
    return {
        "notices": list(report.notices),
        "repositories": [
            {"name": item.name, "commit": item.commit, "indexed_at": date_json(item.indexed_at)} for item in report.repositories
        ],
        "took_ms": round(report.took_ms, 1),
    }


def _resolved_json(place: Place) -> dict[str, Any]:
    lines_of = {"start_line": place.start_line, "end_line": place.end_line} if place.start_line else {}
    return {
        "repository": place.repository,
        "path": place.path,
        "kind": place.kind.value,
        "label": place.label,
        "files": len(place.files),
        **lines_of,
        "url": place.url,
    }


def _alternative_json(one: Place | Subject) -> dict[str, Any]:
    if isinstance(one, Place):
        return _resolved_json(one)
    return {"kind": one.holder.kind.value, "label": one.person.name if one.person else one.holder.text}


def _declared_json(entry: Declared) -> dict[str, Any]:
    return {
        "repository": entry.repository,
        "file": entry.file,
        "line": entry.line,
        "pattern": entry.pattern,
        "owners": [owner_json(owner) for owner in entry.owners],
        "files": entry.files,
        "section": entry.section,
        "status": entry.status,
        "optional": entry.optional,
        "approvals": entry.approvals,
        "url": entry.url,
    }


def _holding_json(holding: Holding) -> dict[str, Any]:
    return {
        "repository": holding.repository,
        "path": holding.path,
        "files": holding.files,
        "of_files": holding.of_files,
        "share": round(holding.share, 3),
        "sole": holding.sole,
        "reason": holding.reason,
        "others": [owner_json(owner) for owner in holding.others],
        "url": holding.url,
    }
