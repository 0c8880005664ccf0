"""`docent hotspots`: prints the report, and saves its picture."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from bot.drawing.png import png_of
from bot.hotspots.picture import alt_text, treemap
from bot.hotspots.types import HotspotsReport
from bot.render.hotspots import hotspots_json, hotspots_text
from bot.render.json import dumps
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from indexer.errors import ConfigError, QueryError
from indexer.progress import Progress

_ENDINGS = (".png", ".svg")


def run(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    """Carry out the command. ConfigError where the picture cannot be written; status 1 where nothing was ever changed."""
    out = request.options["out"]
    if out and not out.lower().endswith(_ENDINGS):
        raise QueryError(f"--out {out} is neither .png nor .svg.", "Give the picture a name that ends in one of them.")
    names, notices = docent.ready(scope(docent, request), refresh=request.options["refresh"], progress=progress)
    report = docent.planning.hotspots(names, topic=request.options["topic"].strip(), limit=request.options["limit"])
    report = replace(report, notices=(*notices, *report.notices))
    status = 0 if report.spots else 1
    if out and report.spots:
        _save(report, Path(request.options["folder"], out))
    if request.json:
        picture = {"picture": {"file": out, "alt": alt_text(report)}} if out and report.spots else {}
        return Outcome(status, dumps(hotspots_json(report, docent.page) | picture))
    said = f"docent: the picture is in {out}.\n" if out and report.spots else ""
    return Outcome(status, hotspots_text(report, request.screen, docent.page), said)


def _save(report: HotspotsReport, file: Path) -> None:
    """Written beside it first, so that no half picture is left."""
    svg = treemap(report)
    data = png_of(svg) if file.suffix.lower() == ".png" else svg.encode()
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        partial.write_bytes(data)
        partial.replace(file)
    except OSError as exc:
        partial.unlink(missing_ok=True)
        raise ConfigError(f"The picture {file} cannot be written: {exc.strerror}.", "Give --out a file in a folder of yours.") from exc
