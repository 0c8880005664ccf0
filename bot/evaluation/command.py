"""`docent eval`: reads the cases, finds their repositories, and prints what came out."""

from __future__ import annotations

import os

from bot.evaluation.owner_cases import OwnerCase, read_owner_cases
from bot.evaluation.owner_report import Bar, owners_json, owners_text
from bot.evaluation.owners import evaluate_owners
from bot.render.json import dumps
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from indexer.analysis.history import History
from indexer.errors import ConfigError, QueryError, UnknownRepo
from indexer.progress import Progress


def evaluate(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    """Owners on labelled cases. Status 1 where a bar is missed or no case could be used. QueryError, RepoError, StoreError."""
    cases = [(_repository(docent, request, case), case) for case in read_owner_cases(request.options["owners"])]
    bars = [Bar(measure, least) for measure, key in (("hit@1", "min_hit1"), ("hit@3", "min_hit3"))
            if (least := request.options[key]) is not None]

    def read(name: str) -> History:
        return docent.history(name, progress)

    results = evaluate_owners(cases, read, progress)
    missed = any(bar.missed(results) for bar in bars) or not any(result.judged for result in results)
    if request.json:
        return Outcome(int(missed), dumps(owners_json(results, bars)))
    return Outcome(int(missed), owners_text(results, bars, request.screen, verbose=request.options["verbose"]))


def _repository(docent: Docent, request: Request, case: OwnerCase) -> str:
    """The name of the repository that a case is about; relative paths begin at the folder that the command was typed in."""
    try:
        if case.repo:
            return docent.resolve(case.repo, os.path.join(request.options["folder"], case.repo))
        names = scope(docent, request)
    except (UnknownRepo, ConfigError) as exc:
        raise QueryError(f"Line {case.line} of the cases: {exc.message}", exc.hint) from exc
    if len(names) > 1:
        raise QueryError(
            f"Line {case.line} of the cases names no repository, and there are {len(names)}.", 'Add "repo" to it, or give one --repo.'
        )
    return names[0]
