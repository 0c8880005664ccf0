"""The commands that answer from the index. The terminal runs them here, and `docent serve` runs them for other processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.answers.types import Answer, Part, Question, SearchResult, Statement, Status
from bot.json_lines import json_lines
from bot.logs import redact
from bot.render.json import answer_json, dumps, hits_json, report_json, skipped_json, status_json
from bot.render.screen import clean
from bot.render.tables import hits_text, reports_text, statuses_text
from bot.render.text import answer_text
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from indexer.errors import DocentError, QueryError, UnknownRepo
from indexer.progress import Progress
from indexer.questions.query import parse_query

_PERIOD = "7d"  # what `docent changes` tells of, where nothing else is asked for
_STATUS = {Status.ANSWERED: 0, Status.NOT_FOUND: 1, Status.ERROR: 3}


def execute(open_docent: Callable[[], Docent], request: Request, progress: Progress | None = None) -> Outcome:
    """Carry out one request; every DocentError becomes a sentence and the exit status that belongs to it."""
    try:
        return COMMANDS[request.command](open_docent(), request, progress)
    except DocentError as exc:
        return failure(request, exc)


def failure(request: Request, error: DocentError) -> Outcome:
    """One sentence on stderr; `ask --json` has a machine form of it as well."""
    text = redact(str(error))
    stdout = ""
    if request.command == "ask" and request.json:
        failed = Answer(str(request.options.get("question", "")), Status.ERROR, (Statement(text, (), Part.LEAD),))
        stdout = dumps(answer_json(failed) | {"answer": text})
    return Outcome(error.exit_status, stdout, f"docent: {clean(text)}\n")


def _asked(docent: Docent, request: Request, question: str) -> tuple[str, ...]:
    """The repositories of the scope that the question's own `repo:` filters leave, so that no other one is refreshed or complained of."""
    names = scope(docent, request)
    filters = parse_query(question, docent.names).repos
    return tuple(name for name in names if name in filters) or names


def ask(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    question = _required(request.options["question"])
    names, notices = docent.ready(_asked(docent, request, question), refresh=request.options["refresh"], progress=progress)
    answer = docent.ask(Question(question, names), use_llm=request.options["llm"], deep=request.options["deep"])
    answer = replace(answer, notices=(*notices, *answer.notices))
    stdout = dumps(answer_json(answer)) if request.json else answer_text(answer, request.screen)
    return Outcome(_STATUS[answer.status], stdout)


def search(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    if request.options["batch"] is not None:
        return _search_batch(docent, request, progress)
    query = _required(request.options["query"])
    names, notices = docent.ready(_asked(docent, request, query), refresh=request.options["refresh"], progress=progress)
    found = docent.search(query, names, request.options["k"])
    shown = hits_text(found.hits, found.urls, request.screen) if found.hits else ""
    stdout = dumps(_search_json(found)) if request.json else shown
    said = [*notices, *found.notices, *([] if found.hits else ["Nothing was found."])]
    return Outcome(0 if found.hits else 1, stdout, "".join(f"docent: {clean(line)}\n" for line in said))


def _search_json(found: SearchResult) -> dict[str, Any]:
    return {"query": found.query, "took_ms": round(found.took_ms, 2), "hits": hits_json(found.hits, found.urls)}


def _search_batch(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    """One line of output per line of input, in the order read; a line that cannot be searched carries its error."""
    lines = list(json_lines(request.options["batch"], "the batch", 'Write {"id": 1, "question": "…"} on each line.'))
    scopes: dict[str, tuple[str, ...]] = {}
    asked: dict[str, list[tuple[int, str]]] = {}
    found: dict[int, SearchResult | DocentError] = {}
    for place, (_, line) in enumerate(lines):
        try:
            repo, question = _text(line, "repo"), _text(line, "question")
            if repo not in scopes:
                folder = request.options["folder"]  # where the batch's relative paths begin
                names = (docent.resolve(repo, os.path.join(folder, repo)),) if repo else scope(docent, request)
                scopes[repo], _ = docent.ready(names, refresh=request.options["refresh"], progress=progress)
            asked.setdefault(repo, []).append((place, _required(question)))
        except DocentError as exc:
            found[place] = exc
    for repo, questions in asked.items():
        try:
            results = docent.search_many([question for _, question in questions], scopes[repo], request.options["k"])
        except DocentError as exc:
            results = [exc] * len(questions)
        found.update((place, result) for (place, _), result in zip(questions, results, strict=True))
    output, failed = [], 0
    for place, (number, line) in enumerate(lines):
        one = found[place]
        if isinstance(one, DocentError):
            failed += 1
            output.append({"id": line.get("id", number), "took_ms": 0.0, "hits": [], "error": redact(str(one))})
        else:
            output.append({"id": line.get("id", number), **_search_json(one)})
    stderr = f"docent: {failed} of {len(lines)} questions could not be searched.\n" if failed else ""
    return Outcome(1 if failed else 0, "".join(dumps(item) for item in output), stderr)


def _text(line: dict[str, Any], key: str) -> str:
    value = line.get(key)
    if value is not None and not isinstance(value, str):
        raise QueryError(f'"{key}" is not a text.', 'Write {"id": 1, "question": "…", "repo": "NAME"} on each line.')
    return value or ""


def whoowns(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.owners.types import PlaceReport
    from bot.render.owners import owners_json, owners_text

    query = request.options["topic"]
    if not query.strip():
        raise QueryError("Nothing was asked about.", "Name a path, a symbol, a person, a team, or a topic in plain words.")
    names, notices = docent.ready(scope(docent, request), refresh=request.options["refresh"], progress=progress)
    report = docent.whoowns(query, names)
    report = replace(report, notices=(*notices, *report.notices))
    stdout = dumps(owners_json(report)) if request.json else owners_text(report, request.screen)
    return Outcome(1 if isinstance(report, PlaceReport) and not report.resolved.places else 0, stdout)


def changes(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.changes.periods import parse_period, period_in
    from bot.render.changes import changes_json, changes_text

    options, topic = request.options, request.options["topic"].strip()
    now = datetime.now().astimezone()
    zone = now.tzinfo or UTC
    said = None if options["since"] or options["until"] else period_in(topic, now, zone)  # "checkout last week", as one would ask
    period, topic = said or (parse_period(options["since"] or (None if options["until"] else _PERIOD), options["until"], now, zone), topic)
    names, notices = docent.ready(scope(docent, request), refresh=options["refresh"], progress=progress)
    report = docent.changes(period, names, topic=topic, limit=options["limit"], use_llm=options["llm"])
    report = replace(report, notices=(*notices, *report.notices))
    return Outcome(0, dumps(changes_json(report, docent.page)) if request.json else changes_text(report, request.screen, docent.page))


def explain(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.render.changes import card_json, card_text

    asked = request.options["change"]
    if not asked.strip():
        raise QueryError("Nothing was asked about.", "Name a commit, a range such as v1.0..v1.1, a pull request (#123), or a link to one.")
    names, notices = docent.ready(scope(docent, request), refresh=request.options["refresh"], progress=progress)
    card = docent.explain(asked, names, use_llm=request.options["llm"])
    card = replace(card, notices=(*notices, *card.notices))
    return Outcome(0, dumps(card_json(card, docent.page)) if request.json else card_text(card, request.screen, docent.page))


def hotspots(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.hotspots import command

    return command.run(docent, request, progress)


def map_systems(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.map import command

    return command.map_systems(docent, request, progress)


def status(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    names: Sequence[str]
    try:
        names = scope(docent, request)
    except UnknownRepo:
        if request.repos or request.around:
            raise
        names = docent.remembered()  # typed outside of any repository: everything there is
    statuses = docent.status(names) if names else ()
    skipped = {item.repo: docent.skipped(item.repo) for item in statuses} if request.options["verbose"] else {}
    if request.json:
        values = [status_json(item) for item in statuses]
        for value in values:
            if value["name"] in skipped:
                value["skipped_files"] = [skipped_json(item) for item in skipped[value["name"]]]
        return Outcome(0, dumps({"repositories": values}))
    return Outcome(0, statuses_text(statuses, skipped, request.screen))


def index(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    names = _shard(scope(docent, request), request.options["shard"])
    full = request.options["full"]
    if len(names) == 1:  # its error decides the exit status
        reports = [docent.refresh_one(names[0], full=full, progress=progress)]
    else:
        reports = docent.refresh(names, full=full, progress=progress) if names else []
    failed = any(report.error for report in reports)
    if request.json:
        return Outcome(3 if failed else 0, dumps({"repositories": [report_json(item) for item in reports]}))
    return Outcome(3 if failed else 0, reports_text(reports, request.screen))


def _shard(names: Sequence[str], shard: tuple[int, int] | None) -> tuple[str, ...]:
    """Every `count`-th repository; all shards together, counted from 0 or from 1, are all repositories."""
    if shard is None:
        return tuple(names)
    number, count = shard
    return tuple(sorted(names))[number % count :: count]


def evaluate(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.evaluation import command

    return command.evaluate(docent, request, progress)


def impact(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    from bot.impact import command

    return command.impact(docent, request, progress)


def _required(text: str) -> str:
    if not text.strip():
        raise QueryError("The question is empty.", 'Ask in plain words, e.g. "How does a refund work?"')
    return text


COMMANDS: dict[str, Callable[[Docent, Request, Progress | None], Outcome]] = {
    "ask": ask,
    "search": search,
    "whoowns": whoowns,
    "changes": changes,
    "explain": explain,
    "hotspots": hotspots,
    "impact": impact,
    "map": map_systems,
    "status": status,
    "index": index,
    "eval": evaluate,
}
