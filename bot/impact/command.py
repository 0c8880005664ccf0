"""`docent impact`."""

from __future__ import annotations

from dataclasses import replace

from bot.render.impact import impact_json, impact_text
from bot.render.json import dumps
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from indexer.errors import QueryError
from indexer.progress import Progress


def impact(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    """Status 1 where nothing is called so."""
    asked = request.options["topic"]
    if not asked.strip():
        raise QueryError("Nothing was asked about.", 'Name a path, a symbol, or a plan in plain words, e.g. "add a payment method".')
    names, notices = docent.ready(scope(docent, request), refresh=request.options["refresh"], progress=progress)
    report = docent.planning.impact(asked, names)
    report = replace(report, notices=(*notices, *report.notices))
    stdout = dumps(impact_json(report, docent.page)) if request.json else impact_text(report, request.screen, docent.page)
    return Outcome(int(report.nothing), stdout)
