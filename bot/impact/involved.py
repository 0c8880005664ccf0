"""Whom to talk to before a change: the owners of what is asked about, then those of the areas it would touch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.answers.types import Owner
from bot.impact.types import AffectedArea, Involved
from bot.owners.report import place_report
from bot.owners.types import Place, PlaceKind, Resolved
from indexer.changes.areas import DOCS, TESTS
from indexer.index import Index

_AREAS = 4
_OF_ASKED, _OF_AREA = 2, 1
_FILES = 20  # of an area, by which its owners are told


def involved(index: Index, places: Sequence[Place], here: str, areas: Sequence[AffectedArea], now: datetime) -> tuple[Involved, ...]:
    """Everybody once, with the areas they know; `here` is what the asked places are called. Declared ones come first."""
    found: dict[tuple[str, str], Involved] = {}
    known = [(here, Resolved("", tuple(places)), _OF_ASKED)] if places else []
    others = [area for area in areas if area.name not in (TESTS, DOCS)][:_AREAS]
    known += [(area.name, Resolved("", (_place(area),)), _OF_AREA) for area in others if area.name != here]
    for name, resolved, most in known:
        report = place_report(index, resolved, now)
        declared = [owner for entry in report.declared for owner in entry.owners]
        for owner in [*declared[:most], *report.ask[:most]][:most]:
            key = (owner.name, owner.email)
            before = found.get(key)
            found[key] = Involved(before.owner, (*before.areas, name)) if before else Involved(_own(owner), (name,))
    return tuple(found.values())


def _place(area: AffectedArea) -> Place:
    files = tuple(one.path for one in area.files[:_FILES])
    return Place(area.repository, area.name, PlaceKind.AREA, area.name, files)


def _own(owner: Owner) -> Owner:
    return replace(owner, reasons=owner.reasons[:2])
