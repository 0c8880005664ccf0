"""The answer to "who owns …?" as statements with evidence: what `docent whoowns` reports, each line with the place that shows it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from bot.answers.evidence import EvidenceList
from bot.answers.extractive import ended
from bot.answers.types import Owner, Part, Statement
from bot.owners.types import Declared, OwnersReport, PlaceReport
from bot.owners.words import lines
from indexer.index import Index

# Names of places and quotation marks are checked word for word against what is cited; here they only tell what is spoken of.
_MARKS = re.compile(r"[`“”]|\[(?P<label>[^\[\]]+)\]\([^()\s]+\)")
_ASKS_WHOM = re.compile(r"\b(?:ask|talk|speak|contact|help|know|knows|reach|ping)\b", re.IGNORECASE)
_PUT = {
    "Declared": "Declared: {}",
    "Built it": "Built it: {}",
    "Ask now": "To ask now: {}",
    "Built": "Built: {}",
    "Would be lost": "Would be lost with them: {}",
    "Lost with them": "Lost with them: {}",
    "Works on it": "At work on it: {}",
    "Careful": "{}",
    "Risk": "{}",
}
_MOST = 8
_FILES = 3


def owning_answer(index: Index, report: OwnersReport, evidence: EvidenceList) -> list[Statement]:
    """The report's lines, what was asked for first, each with what shows it; a line that no place shows is left out."""
    told = [line for line in lines(report) if line.label in _PUT]
    first = _first_label(report)
    told.sort(key=lambda line: line.label != first)
    statements: list[Statement] = []
    for line in told:
        text = _MARKS.sub(lambda found: found["label"] or "", line.text)
        cited = _cited(index, line.label, report, evidence)
        if not cited or len(statements) >= _MOST:
            continue
        said = text if not statements and line.label in ("Built it", "Ask now") else _PUT[line.label].format(text)
        statements.append(Statement(ended(said[:1].upper() + said[1:]), cited, Part.POINT if statements else Part.LEAD))
    return [*statements, *_about(index, report, evidence)] if statements else []


def _first_label(report: OwnersReport) -> str:
    """What the question is after: somebody to ask, or the owner; declared where a file declares one, else who built it."""
    if not isinstance(report, PlaceReport):
        return "Built"
    if _ASKS_WHOM.search(report.query):
        return "Ask now"
    return "Declared" if any(entry.owners for entry in report.declared) else "Built it"


def _about(index: Index, report: OwnersReport, evidence: EvidenceList) -> list[Statement]:
    """What the words were taken for, with the files to look at."""
    if not isinstance(report, PlaceReport):
        return []
    files = [(place.repository, path) for place in report.resolved.places for path in place.files][:_FILES]
    chunks = [chunk for repo, path in files for chunk in index.chunks_of_file(repo, path)[:1]]
    if not chunks:
        return []
    names = ", ".join(f"`{PurePosixPath(chunk.path or '').name}`" for chunk in chunks)
    more = len({(place.repository, path) for place in report.resolved.places for path in place.files}) - len(chunks)
    rest = f" and {more} more {'file' if more == 1 else 'files'}" if more > 0 else ""
    return [Statement(f"This is about {names}{rest}.", tuple(evidence.cite(chunk) for chunk in chunks))]


def _cited(index: Index, label: str, report: OwnersReport, evidence: EvidenceList) -> tuple[int, ...]:
    """What shows a line: the entries that declare, the newest commits of the people it names, or both."""
    if not isinstance(report, PlaceReport):
        people: Iterable[Owner] = (report.who, *report.members)
        return _entries(report.declared, evidence) if label == "Declared" else _commits(index, people, evidence)
    match label:
        case "Declared":
            return _entries(report.declared[:3], evidence)
        case "Built it" | "Risk":
            return _commits(index, report.built[:3], evidence)
        case "Ask now":
            return _commits(index, report.ask, evidence)
        case _:
            return (*_entries(report.declared[:2], evidence), *_commits(index, (*report.ask[:1], *report.built[:1]), evidence))


def _entries(entries: Iterable[Declared], evidence: EvidenceList) -> tuple[int, ...]:
    found = (evidence.cite_lines(one.repository, one.file, one.line, one.line) for one in entries)
    return tuple(dict.fromkeys(number for number in found if number))


def _commits(index: Index, people: Iterable[Owner], evidence: EvidenceList) -> tuple[int, ...]:
    numbers: dict[int, None] = {}
    for one in people:
        commit = index.commits(one.latest_in, [one.latest]).get(one.latest) if one.latest else None
        if commit is not None:
            numbers[evidence.cite_commit(one.latest_in, commit)] = None
    return tuple(numbers)
