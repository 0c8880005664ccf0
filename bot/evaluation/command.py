"""`docent eval`: reads the cases, finds their repositories, and prints what came out."""

from __future__ import annotations

import os
from typing import Protocol

from bot.render.json import dumps
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from indexer.errors import ConfigError, QueryError, UnknownRepo
from indexer.progress import Progress


class Case(Protocol):
    """What every kind of case has: the line it stands on, and its repository as written ("" where it is left out)."""

    @property
    def line(self) -> int: ...

    @property
    def repo(self) -> str: ...


def evaluate(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    """Judge labelled cases. Status 1 where a bar is missed or no case could be used. QueryError, RepoError, StoreError."""
    if request.options.get("changes") is not None:
        return _changes(docent, request, progress)
    if request.options.get("impact"):
        return _impact(docent, request, progress)
    if request.options.get("owners") is not None:
        return _owners(docent, request, progress)
    if request.options.get("hotspots") is not None:
        return _hotspots(docent, request, progress)
    from bot.evaluation import retrieval_command

    return retrieval_command.evaluate(docent, request, progress)


def _owners(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.evaluation.owner_cases import read_owner_cases
    from bot.evaluation.owner_report import Bar, owners_json, owners_text
    from bot.evaluation.owners import evaluate_owners

    cases = [(_repository(docent, request, case), case) for case in read_owner_cases(request.options["owners"])]
    bars = [Bar(measure, least) for measure, key in (("hit@1", "min_hit1"), ("hit@3", "min_hit3"))
            if (least := request.options[key]) is not None]
    results = evaluate_owners(cases, lambda name: docent.history(name, progress), progress)
    missed = any(bar.missed(results) for bar in bars) or not any(result.judged for result in results)
    if request.json:
        return Outcome(int(missed), dumps(owners_json(results, bars)))
    return Outcome(int(missed), owners_text(results, bars, request.screen, verbose=request.options["verbose"]))


def _changes(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.evaluation.change_cases import read_change_cases
    from bot.evaluation.change_report import Bar, changes_json, changes_text
    from bot.evaluation.changes import evaluate_changes

    cases = [(_repository(docent, request, case), case) for case in read_change_cases(request.options["changes"])]
    bars = [Bar(key, least) for key in ("min_precision", "min_gain") if (least := request.options[key]) is not None]
    results = evaluate_changes(cases, docent.fetched, progress)
    missed = any(bar.missed(results) for bar in bars) or not any(result.judged for result in results)
    if request.json:
        return Outcome(int(missed), dumps(changes_json(results, bars)))
    return Outcome(int(missed), changes_text(results, bars, request.screen, verbose=request.options["verbose"]))


def _hotspots(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.evaluation.hotspot_report import hotspots_json, hotspots_text, missed_by
    from bot.evaluation.hotspots import evaluate_hotspots

    names = [_named(docent, request, given) for given in request.options["hotspots"]]
    least = request.options["min_gain"]
    results = evaluate_hotspots(names, docent.fetched, progress)
    missed = all(one.reason for one in results) or (least is not None and bool(missed_by(results, least)))
    text = dumps(hotspots_json(results, least)) if request.json else hotspots_text(results, least, request.screen)
    return Outcome(int(missed), text)


def _named(docent: Docent, request: Request, given: str) -> str:
    """A repository by its name, by a path from the folder that the command was typed in, or as "owner/name" among the mirrors."""
    folder, mirrors = request.options["folder"], request.options["mirrors"]
    if mirrors and given.count("/") == 1:
        mirror = os.path.join(folder, mirrors, given.replace("/", "+"), "repo")
        if os.path.isdir(mirror):
            return docent.resolve(mirror, mirror)
    return docent.resolve(given, os.path.join(folder, given))


def _impact(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.evaluation.impact import evaluate_impact
    from bot.evaluation.impact_report import Bar, impact_json, impact_text

    least = request.options["min_gain"]
    names = [_named(docent, request, given) for given in request.options["impact"]]
    results = evaluate_impact(names, docent.fetched, docent.settings.indexing, progress)
    bar = Bar(least) if least is not None else None
    missed = bool(bar and bar.missed(results)) or not any(result.judged for result in results)
    if request.json:
        return Outcome(int(missed), dumps(impact_json(results, bar)))
    return Outcome(int(missed), impact_text(results, bar, request.screen, verbose=request.options["verbose"]))


def _repository(docent: Docent, request: Request, case: Case) -> str:
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
