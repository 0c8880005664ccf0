"""Answers about planning. Each statement rests on the lines and commits that it cites."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from bot.answers.citations import checked
from bot.answers.evidence import EvidenceList, numbered, reopen
from bot.answers.planned.asked import Asked, Asks, asked_for_planning, ordered
from bot.answers.planned.hotspots import hotspots_answer
from bot.answers.planned.impact import impact_answer
from bot.answers.planned.systems import data_answer, flow_answer, map_answer
from bot.answers.planned.types import AboutPlanning, Reports
from bot.answers.types import Answer, Part, Statement, Status
from bot.owners.report import versions
from indexer.errors import QueryError
from indexer.index import Index
from indexer.questions.query import well_formed

_NOTHING = {
    Asks.MAP: "I found no systems in what is indexed.",
    Asks.FLOW: "I found no way between these two systems.",
    Asks.DATA: "I found no data stores and no tables in what is indexed.",
    Asks.HOTSPOTS: "Nothing was ever changed here that says where fixes land.",
    Asks.ALONE: "Nothing was ever changed here that says who knows it.",
    Asks.IMPACT: "Nothing here is called so or speaks of it, so I cannot say what it would touch.",
}


def command_answer(reports: Reports, index: Index, command: str, words: str, repos: Sequence[str]) -> Answer:
    """What `docent map`, `hotspots` or `impact` says, as checked statements. QueryError, UnknownRepo, IndexMissing, StoreError."""
    started = time.monotonic()
    words = well_formed(words)
    answer = _planned(reports, index, f"{command} {words}".strip(), ordered(command, words), repos)
    return replace(answer, took_ms=(time.monotonic() - started) * 1000)


def _planned(reports: Reports, index: Index, question: str, asked: Asked, repos: Sequence[str]) -> Answer:
    """The checked answer to what is asked; that there is nothing to tell, where that is so.

    QueryError, UnknownRepo, IndexMissing, StoreError.
    """
    evidence = EvidenceList(index)
    told = told_of(reports, asked, repos, evidence)
    if told is None:
        nothing = Statement(_NOTHING[asked.about], (), Part.LEAD)
        return Answer(question, Status.NOT_FOUND, (nothing,), repositories=versions(index, repos))
    return checked_answer(question, told, index, evidence)


def checked_answer(question: str, told: AboutPlanning, index: Index, evidence: EvidenceList) -> Answer:
    """The statements that hold."""
    found = Answer(
        question=question,
        status=Status.ANSWERED,
        statements=tuple(told.statements),
        evidence=evidence.places,
        confidence=1.0,
        owners=told.owners,
        repositories=told.repositories,
        notices=told.notices,
        drawing=told.drawing,
    )
    return numbered(checked(found, lambda place: reopen(index, place)))


def planning_answer(reports: Reports, text: str, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    """The answer to a question of planning; None for any other question, and where nothing fits what it names, which the usual answer
    may know. UnknownRepo, IndexMissing, StoreError."""
    asked = asked_for_planning(text)
    if asked is None:
        return None
    try:
        return told_of(reports, asked, repos, evidence)
    except QueryError:
        return None


def told_of(reports: Reports, asked: Asked, repos: Sequence[str], evidence: EvidenceList) -> AboutPlanning | None:
    """The answer to what is asked; None where there is nothing to tell. QueryError, UnknownRepo, IndexMissing, StoreError."""
    return _ANSWERS[asked.about](reports, asked, repos, evidence)


_ANSWERS = {
    Asks.MAP: map_answer,
    Asks.FLOW: flow_answer,
    Asks.DATA: data_answer,
    Asks.HOTSPOTS: hotspots_answer,
    Asks.ALONE: hotspots_answer,
    Asks.IMPACT: impact_answer,
}
