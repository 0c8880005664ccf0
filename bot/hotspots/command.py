"""`docent hotspots`: the report, and its picture beside it."""

from __future__ import annotations

from dataclasses import replace

from bot.drawing.png import png_of
from bot.hotspots.picture import alt_text, treemap
from bot.hotspots.types import HotspotsReport
from bot.render.hotspots import hotspots_json, hotspots_text
from bot.render.json import dumps
from bot.request import Outcome, Request
from bot.saving import ending_of, with_picture
from bot.scope import scope
from bot.service import Docent
from indexer.progress import Progress


def run(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    """Carry out the command; status 1 where nothing was ever changed. QueryError, UnknownRepo, IndexMissing, StoreError."""
    out = request.options["out"]
    names, notices = docent.ready(scope(docent, request), refresh=request.options["refresh"], progress=progress)
    report = docent.planning.hotspots(names, topic=request.options["topic"].strip(), limit=request.options["limit"])
    report = replace(report, notices=(*notices, *report.notices))
    drawn = bool(out and report.spots)
    if request.json:
        picture = {"picture": {"file": out, "alt": alt_text(report)}} if drawn else {}
        said = dumps(hotspots_json(report, docent.page) | picture)
    else:
        said = hotspots_text(report, request.screen, docent.page)
    return Outcome(0 if report.spots else 1, with_picture(said, _picture(report, ending_of(out))) if drawn else said)


def _picture(report: HotspotsReport, ending: str) -> bytes:
    svg = treemap(report)
    return png_of(svg) if ending == ".png" else svg.encode()
