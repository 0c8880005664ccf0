"""`docent demo`: shows on one repository what docent can do, with questions chosen from that repository."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import demo_questions
from bot.answers.types import Answer, Question, Status
from bot.changes.latest import latest_report
from bot.changes.titles import title_of
from bot.changes.types import ChangesReport, ToldChange
from bot.changes.why import why_of
from bot.changes.words import counted_line, further_line, who
from bot.config import load_settings
from bot.logs import set_up_logs
from bot.owners.people import history_of
from bot.progress import open_progress
from bot.render.json import answer_json, dumps
from bot.render.screen import Screen, ago, clean, counted
from bot.render.text import answer_text
from bot.request import Request
from bot.scope import scope
from bot.service import Docent
from bot.wiring import open_docent
from indexer.analysis.ownership import Contributor
from indexer.changes.types import Rated
from indexer.errors import DocentError
from indexer.index import Index

_KINDS = (demo_questions.area_questions, demo_questions.definition_questions, demo_questions.history_questions)
_AREAS = 3
_OWNERS = 2  # named for each area
_CHANGES = 3


def demo(request: Request) -> int:
    """Index, answer three questions, show owners and changes; on a terminal stay open for questions."""
    set_up_logs()
    path = request.options.get("path")
    if path:
        request = _about(request, str(path))
    elif not request.repos and request.around:
        request = _about(request, request.around)
    docent = open_docent(load_settings(request.config, named=request.named))
    try:
        name = _indexed(docent, request)
        answers = list(_answers(docent, name)) if request.json else _show_answers(docent, name, request.screen)
        if request.json:
            sys.stdout.write(dumps(_demo_json(docent.index, name, answers)))
            return 0
        _write(_facts_text(docent.index, name, request.screen))
        _write(_next_text(request, request.screen))
        if sys.stdin.isatty() and sys.stdout.isatty():
            _stay_open(docent, name, request.screen)
        return 0 if any(answer.status is Status.ANSWERED for answer in answers) else 1
    finally:
        docent.close()


def _about(request: Request, path: str) -> Request:
    from dataclasses import replace

    return replace(request, repos=((path, str(Path(path).expanduser().absolute())),))


def _indexed(docent: Docent, request: Request) -> str:
    name = scope(docent, request)[0]
    status = docent.status([name])[0]
    if not status.commit and not request.json:
        _write(f"Reading {name} for the first time; later runs read only what changed.\n")
    progress = open_progress()
    try:
        docent.ready([name], progress=progress)
    finally:
        progress.close()
    if not request.json:
        status = docent.status([name])[0]
        sizes = ", ".join((counted(status.files, "file"), counted(status.commits, "commit"), counted(status.chunks, "passage")))
        _write(f"{name} @ {status.commit[:7]}: {sizes}.\n")
    return name


def _answers(docent: Docent, name: str) -> Iterator[Answer]:
    """One answer of each kind: the first question that is answered, or else the best of what was tried."""
    for choose in _KINDS:
        found = _first_answered(docent, name, choose)
        if found is not None:
            yield found


def _first_answered(docent: Docent, name: str, choose: Callable[[Index, str], Iterator[str]]) -> Answer | None:
    first: Answer | None = None
    for question in choose(docent.index, name):
        answer = docent.ask(Question(question, (name,)))
        if answer.status is Status.ANSWERED:
            return answer
        first = first or answer
    return first


def _show_answers(docent: Docent, name: str, screen: Screen) -> list[Answer]:
    shown = []
    for answer in _answers(docent, name):
        _write(f"\n{screen.bold('> ' + clean(answer.question))}\n\n{answer_text(answer, screen)}")
        shown.append(answer)
    return shown


def _facts_text(index: Index, name: str, screen: Screen) -> str:
    lines = [f"\n{screen.bold('Whom to ask')}"]
    for area, people in area_owners(index, name):
        known = "; ".join(f"{one.person.name} ({one.share:.0%}, {'active' if one.active else 'gone quiet'})" for one in people)
        lines.append(screen.wrap(f"{area}: {clean(known)}", "  ", "    "))
    report = _latest(index, name)
    lines.append(f"\n{screen.bold(f'The main changes {report.period.label}')}")
    lines += [screen.wrap(_change_line(change, screen), "  ", "    ") for change in report.changes]
    lines += [screen.wrap(screen.inline(further_line(one)), "  ", "    ") for one in report.small]
    if not report.changes and not report.small:
        lines.append("  none that stands out")
    if others := counted_line(report):
        lines.append(screen.wrap(others, "  ", "    "))
    return "\n".join(lines) + "\n"


def _latest(index: Index, name: str) -> ChangesReport:
    return latest_report(index, [name], limit=_CHANGES, now=datetime.now(UTC))


def _change_line(change: ToldChange, screen: Screen) -> str:
    newest = max(commit.committed_at for commit in change.rated.story.commits)
    watch = f" Look twice: {change.surprises[0]}." if change.surprises else ""
    return screen.inline(f"**{change.title}**{who(change)}, {ago(newest)}. {change.summary}{watch}")


def area_owners(index: Index, name: str) -> list[tuple[str, tuple[Contributor, ...]]]:
    """Who built the main areas, with whether they still work there."""
    paths = [path for path, *_ in index.files(name)]
    now = datetime.now(UTC)
    found = []
    for area in demo_questions.main_areas(index, name)[:_AREAS] or [""]:
        inside = [path for path in paths if path.startswith(f"{area}/") or not area]
        people = history_of(index, {name: inside}, now).found.contributors[:_OWNERS]
        if people:
            found.append((area or "everything", people))
    return found


def _demo_json(index: Index, name: str, answers: list[Answer]) -> dict[str, Any]:
    report = _latest(index, name)
    return {
        "repository": name,
        "answers": [answer_json(answer) for answer in answers],
        "owners": [
            {"area": area, "name": one.person.name, "email": one.person.email, "share": round(one.share, 3), "active": one.active}
            for area, people in area_owners(index, name)
            for one in people
        ],
        "changes": [_change_json(one.rated, one.surprises) for one in report.changes] + [_change_json(one.rated) for one in report.small],
        "period": report.period.label,
    }


def _change_json(rated: Rated, surprises: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "title": title_of(rated),
        "authors": [person.name for person in rated.authors],
        "reasons": list(rated.reasons),
        "why": why_of(rated.story),
        "surprises": list(surprises),
    }


def _next_text(request: Request, screen: Screen) -> str:
    given = request.repos[0][0] if request.repos else ""
    repo = f" --repo {given}" if given and given != request.around else ""
    return (
        f"\n{screen.bold('What next')}\n"
        f'  docent ask{repo} "a question of your own"\n'
        f"  docent map{repo}, docent hotspots{repo}: how it hangs together, and where fixes land\n"
        f"  docent init      writes docent.toml and the Slack app's manifest\n"
        f"  docent serve     answers in Slack, and keeps the index fresh\n"
        f"  docent doctor    checks that everything is in place\n"
    )


def _stay_open(docent: Docent, name: str, screen: Screen) -> None:
    """Answer what is typed until an empty line or the end of input."""
    _write("\nAsk something about it (an empty line ends):\n")
    while question := _typed():
        try:
            _write(f"\n{answer_text(docent.ask(Question(question, (name,))), screen)}\n")
        except DocentError as exc:
            _write(f"{exc}\n")


def _typed() -> str:
    try:
        return input("> ").strip()
    except EOFError:
        return ""


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
