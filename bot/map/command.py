"""`docent map`: the map in words, as JSON, and as a picture that travels with them to where it is saved."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from pathlib import Path

from bot.render.json import dumps
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from indexer.errors import ConfigError, QueryError
from indexer.progress import Progress

_PICTURES = (".png", ".svg", ".mmd")


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
    if options["out"]:
        said = dumps({"text": said, "picture": base64.b64encode(picture_of(report, Path(options["out"]).suffix.lower())).decode()})
    return Outcome(0 if report.whole.systems else 1, said)


def picture_of(report, ending: str) -> bytes:
    """The map as a file that ends in .png, .svg or .mmd has it. DrawingError."""
    from bot.map.picture import map_svg, mermaid_text

    if ending == ".mmd":
        return mermaid_text(report).encode()
    svg = map_svg(report)
    if ending == ".svg":
        return svg.encode()
    from bot.drawing.png import png_of

    return png_of(svg)


def check_out(file: str | None) -> None:
    """QueryError for a file that no picture can be saved as."""
    if file is not None and Path(file).suffix.lower() not in _PICTURES:
        raise QueryError(f"{file} is no kind of picture that docent draws.", "Give --out a name that ends in .png, .svg or .mmd (Mermaid).")


def saved(outcome: Outcome, file: str | None) -> Outcome:
    """The outcome as it is shown, its picture saved. The process that was asked saves it, whoever has drawn it. ConfigError."""
    if file is None or outcome.status > 1 or not outcome.stdout:
        return outcome
    both = json.loads(outcome.stdout)
    try:
        Path(file).expanduser().write_bytes(base64.b64decode(both["picture"]))
    except OSError as exc:
        raise ConfigError(f"The picture cannot be written to {file}: {exc.strerror}.", "Give --out another place.") from exc
    return Outcome(outcome.status, both["text"], f"{outcome.stderr}docent: the picture is in {file}.\n")
