"""One question to one checked answer: read the question, search, gather, compose, check, and let a language model reword."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from bot.answers import extractive
from bot.answers.changing import Asking, change_answer
from bot.answers.citations import checked
from bot.answers.connections import with_callers
from bot.answers.evidence import EvidenceList, numbered, reopen
from bot.answers.gathering import Gathered, Piece, gather
from bot.answers.intent import Intent, area_of, intent_of, search_text
from bot.answers.overview import area_answer, folder_called, overview_answer
from bot.answers.owning import owning_answer
from bot.answers.passages import Passage, passages_for
from bot.answers.people import KnownPerson, people_of
from bot.answers.planned.answering import checked_answer, planning_answer
from bot.answers.tracing import traced_place
from bot.answers.types import Answer, Evidence, Owner, Part, Question, RepoVersion, Statement, Status, TextSink
from bot.owners.report import who_owns
from bot.owners.types import OwnersReport, PlaceReport
from bot.when import time_notices, with_time
from indexer.config import PersonSettings
from indexer.errors import QueryError
from indexer.index import Index
from indexer.languages import LANGUAGES
from indexer.questions.query import parse_query
from indexer.types import Query

if TYPE_CHECKING:
    from bot.llm.base import LanguageModel
    from bot.planning import Planning

_HITS = 10
_DEEP_HITS = 20
_WHOLE_PLACES = 5

# Where an answer turns into "I don't know": a logistic model of how near the best place and the best sentence are to the question.
# Fitted on 300 questions put to their own repository and to another one, where the best place's cosine separates the two with AUC .87
# and the best sentence's with .77; word overlap and BM25 added nothing. Nine of ten of the first are answered, a third of the others.
_LIKENESS, _USUAL_LIKENESS = 15.0, 0.36
_QUOTE, _USUAL_QUOTE = 2.0, 0.35
_NAMED = 3.0
_KNOWN = 0.5
_SURE = 0.75


def answer(
    index: Index,
    question: Question,
    model: LanguageModel | None = None,
    *,
    timeout: float = 30.0,
    deep: bool = False,
    on_text: TextSink | None = None,
    people: Sequence[PersonSettings] = (),
    rewrite: Callable[[Query], Query] | None = None,
    planning: Planning | None = None,
) -> Answer:
    """Answer one question from what is indexed; `people` are the settings' entries, `rewrite` adds what a model makes of the question,
    `planning` knows the map, hotspots and impact.

    QueryError, UnknownRepo, IndexMissing, StoreError.
    """
    query = parse_query(search_text(question), index.names, LANGUAGES)
    if not query.repos and question.repos:
        query = replace(query, repos=question.repos)
    asked = parse_query(question.text, index.names).text
    asking = Asking(index, query.repos or index.names, people, model, timeout, datetime.now().astimezone())
    query = with_time(index, query, asking.now)
    changed = _changes(asking, question, asked, query)
    if changed is not None:
        return changed
    planned = _planned(planning, index, question, asked, asking.repos) if planning else None
    if planned is not None:
        return planned
    query = index.understood(query)
    intent = intent_of(asked, wants_history=query.wants_history)
    if rewrite is not None and intent is not Intent.OVERVIEW:
        query = rewrite(query)
    hits, notices = index.best(query, _DEEP_HITS if deep else _HITS)
    gathered = gather(index, query, hits)
    named = query.text if query.understood else search_text(question)
    owned = _owned(index, named, gathered.query, people) if intent is Intent.PEOPLE else None
    told = passages_for(index, query, asked) if intent is Intent.PLACE else ()
    timed = time_notices(query, hits) if intent is Intent.HISTORY else ()
    draft = replace(_draft(index, question, asked, intent, gathered, owned, told), notices=(*notices, *timed))
    if model is None or intent is Intent.PEOPLE:
        return draft  # who knows what is no matter of prose
    from bot.answers.written import write_answer

    more = _whole_places(index, gathered, told, draft)
    return write_answer(model, question, draft, lambda place: reopen(index, place), timeout=timeout, on_text=on_text, more=more)


def _changes(asking: Asking, question: Question, asked: str, query: Query) -> Answer | None:
    """The answer to a question about what changed, or about one change; None for others. QueryError where there is no such change."""
    index = asking.index
    evidence = EvidenceList(index)
    told = change_answer(asking, asked, evidence)
    if told is None:
        return None
    found = Answer(
        question=question.text,
        status=Status.ANSWERED,
        statements=tuple(told.statements),
        evidence=evidence.places,
        confidence=1.0,
        owners=told.owners,
        repositories=_versions(index, query),
        notices=told.notices,
        model=told.model,
    )
    return numbered(checked(found, lambda place: reopen(index, place)))


def _planned(planning: Planning, index: Index, question: Question, asked: str, repos: Sequence[str]) -> Answer | None:
    """The answer to a question about how things hang together, what is fragile, or what a change would touch; None for others."""
    evidence = EvidenceList(index)
    told = planning_answer(planning, asked, repos, evidence)
    if told is None:
        return None
    found = checked_answer(question.text, told, index, evidence)
    return found if found.status is Status.ANSWERED else None


def confidence_of(gathered: Gathered) -> float:
    """How sure it is that the best places speak of the question, 0..1."""
    x = _LIKENESS * (gathered.likeness - _USUAL_LIKENESS) + _QUOTE * (gathered.quote_likeness - _USUAL_QUOTE)
    x += _NAMED * gathered.named
    return 1.0 / (1.0 + math.exp(-x))


def _owned(index: Index, text: str, query: Query, people: Sequence[PersonSettings]) -> OwnersReport | None:
    """What `docent whoowns` says of the same words; None where they name nothing that somebody could own."""
    try:
        found = who_owns(index, text, query.repos or index.names, people, datetime.now(UTC))
    except QueryError:
        return None
    return found if found.resolved.places or found.resolved.subject else None


def _draft(
    index: Index,
    question: Question,
    asked: str,
    intent: Intent,
    gathered: Gathered,
    owned: OwnersReport | None,
    told: Sequence[Passage],
) -> Answer:
    evidence = EvidenceList(index)
    confidence = confidence_of(gathered)
    if owned is not None and not owned.resolved.guessed:
        confidence = 1.0  # it was asked for by its name
    if intent is Intent.HISTORY:
        confidence = max(confidence, extractive.history_fit(gathered))
    if intent is Intent.PLACE and traced_place(gathered.pieces, gathered.query.frames):
        confidence = 1.0  # what was pasted names it
    people = people_of(index, _main_paths(gathered.pieces, only_best=intent is Intent.PEOPLE), datetime.now(UTC))
    area = _area_asked(index, asked, gathered.query)
    if area is not None:
        statements = area_answer(index, *area, evidence)
        confidence = 1.0 if statements else confidence
    elif intent is Intent.OVERVIEW:
        statements = overview_answer(index, _versions(index, gathered.query)[0].name, evidence)
        confidence = 1.0 if statements else confidence
    elif confidence < _KNOWN or not (owned or gathered.pieces or gathered.reasons):
        return _not_known(index, question, gathered, evidence, people, confidence)
    elif intent is Intent.PEOPLE:
        statements = owning_answer(index, owned, evidence) if owned else []
    elif intent is Intent.HISTORY:
        statements = extractive.history_answer(index, gathered, evidence)
    else:
        statements = extractive.place_answer(index, with_callers(index, gathered), evidence, sure=confidence >= _SURE, told=told)
    if not statements:
        return _not_known(index, question, gathered, evidence, people, confidence)
    if intent is Intent.PLACE:
        statements += [item for item in [extractive.why_statement(gathered, evidence)] if item]
    if intent in (Intent.PLACE, Intent.HISTORY):
        statements += [item for item in [extractive.who_statement(people, evidence)] if item]
    found = Answer(
        question=question.text,
        status=Status.ANSWERED,
        statements=tuple(extractive.trimmed(statements)),
        evidence=evidence.places,
        confidence=round(confidence, 2),
        owners=_owners(owned) or tuple(person.owner for person in people),
        repositories=_versions(index, gathered.query),
    )
    return numbered(checked(found, lambda place: reopen(index, place)))


def _owners(owned: OwnersReport | None) -> tuple[Owner, ...]:
    if owned is None:
        return ()
    return owned.owners if isinstance(owned, PlaceReport) else (owned.who, *owned.members)


def _area_asked(index: Index, asked: str, query: Query) -> tuple[str, str] | None:
    """(repository, folder) when the question is what a folder is for."""
    name = area_of(asked)
    for repo in query.repos or index.names if name else ():
        folder = folder_called(index, repo, name or "")
        if folder is not None:
            return repo, folder
    return None


def _not_known(
    index: Index, question: Question, gathered: Gathered, evidence: EvidenceList, people: Sequence[KnownPerson], confidence: float
) -> Answer:
    """Say so, with the nearest places and whom to ask about them."""
    names = ", ".join(version.name for version in _versions(index, gathered.query))
    unknown = f"I don't know: I found nothing in {names} that clearly answers this."
    if gathered.query.paths and not gathered.pieces:
        filters = ", ".join(f"path:{path}" for path in gathered.query.paths)
        unknown = f"I don't know: no file in {names} that can be searched matches {filters}."
    statements = [Statement(unknown, (), Part.LEAD)]
    for piece in gathered.pieces[:3]:
        statements.append(Statement(_nearest(piece), (evidence.cite(piece.chunk),), Part.POINT))
    who = extractive.who_statement(people, evidence)
    if who and len(statements) > 1:
        statements.append(replace(who, text=f"{who.text.rstrip('.')} (knows the nearest places)."))
    found = Answer(
        question=question.text,
        status=Status.NOT_FOUND,
        statements=tuple(statements),
        evidence=evidence.places,
        confidence=round(confidence, 2),
        owners=tuple(person.owner for person in people),
        repositories=_versions(index, gathered.query),
    )
    return numbered(checked(found, lambda place: reopen(index, place)))


def _nearest(piece: Piece) -> str:
    name = PurePosixPath(piece.chunk.path or "").name
    if piece.quotes:
        return extractive.ended(f"The nearest: `{name}` says “{extractive.quoted(piece.quotes[0])}”")
    return f"The nearest: `{piece.chunk.symbol}` in `{name}`." if piece.chunk.symbol else f"The nearest: `{name}`."


def _whole_places(index: Index, gathered: Gathered, told: Sequence[Passage], draft: Answer) -> tuple[Evidence, ...]:
    """The best chunks in full, numbered after the draft's evidence: a model can say more than what can be quoted."""
    places = EvidenceList(index)
    for chunk in (*(passage.chunk for passage in told[:1]), *(piece.chunk for piece in gathered.pieces[:_WHOLE_PLACES])):
        places.cite(chunk, chunk.start_line, chunk.end_line)
    return tuple(replace(item, number=item.number + len(draft.evidence)) for item in places.places)


def _main_paths(pieces: Sequence[Piece], *, only_best: bool) -> list[tuple[str, str]]:
    """(repository, path) of the places an answer leans on most, all of the repository whose sentence answers best."""
    told = max(pieces, key=lambda piece: piece.quotes[0].score if piece.quotes else -1.0, default=None)
    theirs = [piece for piece in pieces if told is not None and piece.chunk.repo == told.chunk.repo]
    good = [piece for piece in theirs if piece.score >= (0.8 if only_best else 0.6)] or theirs[:1]
    return list(dict.fromkeys((piece.chunk.repo, piece.chunk.path or "") for piece in good))[:3]


def _versions(index: Index, query: Query) -> tuple[RepoVersion, ...]:
    versions = ((name, *index.version(name)) for name in query.repos or index.names)
    return tuple(RepoVersion(name, commit, indexed_at) for name, commit, indexed_at, _ in versions if commit)
