"""The answer to "who owns …?" as statements with evidence: what `docent whoowns` reports, each line with the place that shows it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import PurePosixPath

from bot.answers.evidence import EvidenceList
from bot.answers.extractive import ended
from bot.answers.types import Part, Statement
from bot.owners.types import OwnersReport, PlaceReport
from bot.owners.words import lines
from indexer.index import Index

# Names of places and quotation marks are checked word for word against what is cited; here they only tell what is spoken of.
_COMMIT = re.compile(r" \((?:commit [0-9a-f]{7}|\[commit [0-9a-f]{7}\]\([^()\s]+\))\)")  # an answer cites it by its number
_LINK = re.compile(r"\[(?P<label>[^\[\]]+)\]\([^()\s]+\)")
_MARKS = re.compile(r"[`“”]")
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
_MOST, _OF_A_KIND = 9, 3
_FILES = 3


def owning_answer(index: Index, report: OwnersReport, evidence: EvidenceList) -> list[Statement]:
    """The report's lines, what was asked for first, each with what shows it; a line that no place shows is left out."""
    first = _first_label(report)
    told = [line for line in lines(report, ask_first=first == "Ask now") if line.label in _PUT or line.label == first]
    told.sort(key=lambda line: line.label != first)
    statements: list[Statement] = []
    told_of: Counter[str] = Counter()
    for line in told:
        text = _MARKS.sub("", _LINK.sub(r"\g<label>", _COMMIT.sub("", line.text)))
        cited = evidence.cite_places(line.shown_by)
        if not cited or len(statements) >= _MOST or told_of[line.label] >= _OF_A_KIND:
            continue
        told_of[line.label] += 1
        said = text if not statements and line.label != "Declared" else _PUT[line.label].format(text)
        statements.append(Statement(ended(said[:1].upper() + said[1:]), cited, Part.POINT if statements else Part.LEAD))
    return [*statements, *_about(index, report, evidence)] if statements else []


def _first_label(report: OwnersReport) -> str:
    """What the question is after: somebody to ask, or the owner; declared where a file declares one, else who built it."""
    if not isinstance(report, PlaceReport):
        return ""  # who it is about
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
