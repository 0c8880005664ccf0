"""`docent map`: the map in words, as JSON, and as a picture that travels with them to where it is saved."""

from __future__ import annotations

from dataclasses import replace

from bot.map.types import MapReport
from bot.render.json import dumps
from bot.request import Outcome, Request
from bot.saving import ending_of, with_picture
from bot.scope import scope
from bot.service import Docent
from indexer.errors import QueryError
from indexer.progress import Progress


def map_systems(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    """The map, or with `source` and `target` the way between two systems. QueryError, UnknownRepo, IndexMissing."""
    from bot.render.map import flow_json, flow_text, map_json, map_text

    options = request.options
    start, end = options["source"], options["target"]
    if start is not None or end is not None:
        if not (start and start.strip() and end and end.strip()):
            raise QueryError("A way has two ends.", "Give both --from and --to.")
        names, notices = docent.ready(scope(docent, request), refresh=options["refresh"], progress=progress)
        flow = docent.planning.flow(start, end, names)
        flow = replace(flow, notices=(*notices, *flow.notices))
        return Outcome(0 if flow.steps else 1, dumps(flow_json(flow)) if request.json else flow_text(flow, request.screen))
    names, notices = docent.ready(scope(docent, request), refresh=options["refresh"], progress=progress)
    report = docent.planning.map(options["systems"], names)
    report = replace(report, notices=(*notices, *report.notices))
    said = dumps(map_json(report)) if request.json else map_text(report, request.screen)
    if not report.whole.systems:
        return Outcome(1, said)
    return Outcome(0, with_picture(said, picture_of(report, ending_of(options["out"]))) if options["out"] else said)


def picture_of(report: MapReport, ending: str) -> bytes:
    """The map as a file that ends in .png, .svg or .mmd has it. DrawingError."""
    from bot.map.picture import map_svg, mermaid_text

    if ending == ".mmd":
        return mermaid_text(report).encode()
    svg = map_svg(report)
    if ending == ".svg":
        return svg.encode()
    from bot.drawing.png import png_of

    return png_of(svg)
