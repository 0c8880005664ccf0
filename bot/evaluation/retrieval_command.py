"""`docent eval CASES` and `docent eval --from-history`: reads or makes the cases, asks them, and prints what came out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from bot.evaluation.comparing import compare, read_run
from bot.evaluation.history_cases import MadeCases, make_history_cases
from bot.evaluation.pinned import FOLDER, Pins, one_commit_each
from bot.evaluation.retrieval import evaluate_retrieval
from bot.evaluation.retrieval_bars import Bar, check_kinds
from bot.evaluation.retrieval_cases import RetrievalCase, case_lines, read_retrieval_cases
from bot.evaluation.retrieval_json import retrieval_json
from bot.evaluation.retrieval_report import retrieval_text
from bot.evaluation.signals import variants
from bot.render.json import dumps
from bot.render.screen import clean_line, counted
from bot.request import Outcome, Request
from bot.scope import scope
from bot.service import Docent
from bot.wiring import open_apart
from indexer.errors import ConfigError
from indexer.progress import Progress


def evaluate(docent: Docent, request: Request, progress: Progress | None) -> Outcome:
    """Judge labelled questions. Status 1 where a bar is missed or no case could be used.

    QueryError, ConfigError, RepoError, ModelError, StoreError, IndexLocked.
    """
    options = request.options
    bars = [Bar(kind, least) for kind, least in options["min_ndcg"]]
    earlier = read_run(*options["against"]) if options["against"] else None
    cases, notices = _cases(docent, request)
    pins = Pins(docent, request, Path(options["mirrors"]).expanduser() if options["mirrors"] else None)
    placed = [pins.place(case) for case in cases]
    check_kinds(bars, placed)
    if options["together"]:
        one_commit_each(placed)
    measured = variants() if options["signals"] else variants()[:1]
    with closing(open_apart(docent.settings, docent.settings.data_dir / FOLDER, pins.settings, progress)) as workspace:
        result = evaluate_retrieval(placed, workspace, measured, together=options["together"], progress=progress)
    comparison = compare(result.judged, earlier) if earlier is not None else None
    found = retrieval_json(result, bars, comparison)
    if options["out"]:
        _write(options["out"], dumps(found | {"against": None}))
    missed = any(bar.missed(result) for bar in bars) or not result.judged
    shown = dumps(found) if request.json else retrieval_text(result, bars, request.screen, comparison, verbose=options["verbose"])
    return Outcome(int(missed), shown, "".join(f"docent: {clean_line(line)}\n" for line in notices))


def _cases(docent: Docent, request: Request) -> tuple[list[RetrievalCase], list[str]]:
    """The cases of the files given, or those made from history, which are written to --out-cases; and what there is to say of it."""
    options = request.options
    if not options["from_history"]:
        return read_retrieval_cases(options["cases"]), []
    made = [make_history_cases(*docent.fetched(name), options["commits"]) for name in scope(docent, request)]
    cases = [case for one in made for case in one.cases]
    if options["out_cases"]:
        _write(options["out_cases"], case_lines(cases))
    return cases, [_said(one) for one in made]


def _said(made: MadeCases) -> str:
    hidden = counted(made.hidden, "commit")
    return f"{made.repo} is asked as it was at {made.base[:7]}, before {hidden}: {counted(len(made.cases), 'case')} made from them."


def _write(file: str, text: str) -> None:
    try:
        Path(file).expanduser().write_text(text, encoding="utf-8")
    except OSError as exc:
        raise ConfigError(f"{file} cannot be written: {exc.strerror}.", "Name a file in a folder that you may write.") from exc
