"""Answers about changes: the card of one commit, range or pull request, and what changed in a period, as checked statements."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from bot.answers.evidence import EvidenceList
from bot.answers.extractive import ended
from bot.answers.types import Owner, Part, Statement
from bot.changes.card import change_card
from bot.changes.clauses import LOOK, MISSING, RISK, SIZE, TOUCHES, commits, flag_lines
from bot.changes.finding import change_link, find_change
from bot.changes.latest import latest_report
from bot.changes.periods import period_in
from bot.changes.report import period_report
from bot.changes.types import ChangeCard, ChangesReport, Period
from bot.changes.wording import worded_card, worded_report
from bot.changes.words import counted_line, further_line, headline, quiet_line, who
from bot.told import Line, Shows
from indexer.config import PersonSettings
from indexer.errors import QueryError
from indexer.index import Index

if TYPE_CHECKING:
    from bot.llm.base import LanguageModel

_TOLD, _LOOK_TWICE = 5, 2
_FOLLOWING = 4  # lines
_CARD_LINES = 4  # of one label
_WHAT = r"(?:what(?:'?s|’s| is| are| has| have| was| were| did| all)?|(?:is |was |did )?(?:there )?anything|anything)"
_SUBJECT = r"(?: (?:we|you|they|the team|people|everybody|everyone|somebody|i miss))?"
_DID = (
    r"(?: been| get| got)? ?(?:chang(?:ed?|ing)\b|new\b|happen(?:ed|ing)?\b|ship(?:ped|ping)?\b|merged?\b|land(?:ed)?\b|broken?\b"
    r"|releas(?:ed?|ing)\b|going on\b|different\b|the latest\b|done\b|work(?:ed)? on\b|i miss\b)"
)
_CHANGES = (
    r"(?:(?:the|any|all|our|main|major|big|biggest|latest|recent|important|last|most important|which|what) )*"
    r"(?:changes?|news|updates?)\b(?: (?:were |was |have been )?(?:made|done|happened|shipped|landed|merged|released|there))?"
)
_ABOUT = r"(?: (?:in|to|with|for|at|on|of|around|about|from|inside|within) (?P<topic>[^?!]{1,120}?))?(?: and why)?\W*$"
_ASKED = re.compile(
    rf"^\W*(?:(?:so|hey|hi|please|and),? )*(?:(?:can|could|would) you )?(?:(?:tell|show|give) (?:me|us) |list |summari[sz]e )?(?:about )?"
    rf"(?:{_WHAT}{_SUBJECT}{_DID}|(?:what (?:are|were) |are there |were there |is there |(?:a )?(?:recap|summary|overview) of )?{_CHANGES}"
    rf"|(?:a )?recap(?: of)?){_ABOUT}",
    re.IGNORECASE,
)
_THEIRS = re.compile(
    r"^\W*(?:what (?:did|has|have) (?P<topic>[^?!]{2,60}?) (?:chang(?:ed?)|ship(?:ped)?|merged?|do(?:ne)?|work(?:ed)? on"
    r"|been (?:doing|working on|up to))|(?:how )?(?:has|have|did) (?P<place>[^?!]{2,60}?) (?:been )?(?:chang(?:ed?|ing)|evolved?))\W*$",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"\b(?:when|where|if|while|that|which|who|whose|needed|required|because)\b", re.IGNORECASE)
_EVERYTHING = re.compile(
    r"(?:here|us|(?:this|the|our) (?:whole |entire )?(?:repo(?:sitory)?|project|codebase|code|product|app|software|company|system))?",
    re.IGNORECASE,
)
_LATELY = re.compile(r"\b(?:lately|recently|of late)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class AboutChanges:
    """What a question about changes comes down to; `statements` are not checked yet."""

    statements: list[Statement]
    owners: tuple[Owner, ...] = ()
    notices: tuple[str, ...] = ()
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """What it takes to answer: the repositories asked about, the settings' people, a language model if there is one, and the time."""

    index: Index
    repos: tuple[str, ...]
    people: Sequence[PersonSettings]
    model: LanguageModel | None
    timeout: float
    now: datetime


def asked_for_changes(text: str, *, dated: bool) -> str | None:
    """What a question about changes is narrowed to, "" for everything; None where it is no such question.

    `text` is without the words for the period, `dated` says that there were some. Without them only an open question counts:
    "what changed in checkout?".
    """
    bare = " ".join(text.split())
    found = _ASKED.match(bare) or (_THEIRS.match(bare) if dated else None)
    if found is None:
        return None
    topic = next((one for one in found.groups() if one), "").strip(" ,.")
    if _CLAUSE.search(topic):
        return None  # "what is new when somebody signs in" asks how it works
    return "" if _EVERYTHING.fullmatch(topic) else re.sub(r"^(?:the|our) ", "", topic, flags=re.IGNORECASE)


def change_answer(asking: Asking, text: str, evidence: EvidenceList) -> AboutChanges | None:
    """The answer to a question about changes; None for any other question. QueryError where it names what is not there."""
    link = change_link(asking.index, text, asking.repos)
    if link is not None:
        found = find_change(asking.index, link, asking.repos)
        card = change_card(asking.index, text, found, asking.now)
        return _of_card(worded_card(card, asking.model, asking.timeout, begun=asking.now), evidence)
    lately = bool(_LATELY.search(text))
    text = _LATELY.sub("", text)  # whatever is the latest, however long ago that is
    read = period_in(text, asking.now, asking.now.tzinfo) if asking.now.tzinfo else None
    period, rest = read if read else (None, text)
    topic = asked_for_changes(rest, dated=lately or period is not None)
    if topic is None:
        return None
    try:
        report = _report(asking, topic, period)
    except QueryError:
        if topic:
            return None  # whatever else the words mean, the usual answer may know
        raise
    return _of_report(worded_report(report, asking.model, asking.timeout, begun=asking.now), evidence)


def _report(asking: Asking, topic: str, period: Period | None) -> ChangesReport:
    if period is None:
        return latest_report(asking.index, asking.repos, topic=topic, limit=_TOLD, now=asking.now, people=asking.people)
    return period_report(asking.index, period, asking.repos, topic=topic, limit=_TOLD, now=asking.now, people=asking.people)


def _of_report(report: ChangesReport, evidence: EvidenceList) -> AboutChanges:
    if not report.changes:
        return AboutChanges(_quiet(report, evidence), notices=report.notices)
    statements: list[Statement] = []
    several = len({change.repository for change in report.changes}) > 1
    for change in report.changes:
        where = f"{change.repository}: " if several else ""
        cited = _cited(commits(change.repository, change.rated), evidence)
        text = " ".join(part for part in (f"**{where}{change.title}**{who(change)}.", change.summary) if part)
        if not statements:
            statements.append(Statement(ended(f"{_plain(headline(report))}: {_count(report)}"), cited, Part.LEAD))
        statements.append(Statement(text, cited))
        missing = [line for line in change.lines if line.label == MISSING]
        watch = [*flag_lines(change.repository, change.flags, brief=True), *missing][:_LOOK_TWICE]
        if watch:
            shown = tuple(dict.fromkeys(number for line in watch for number in _cited(line.shown_by, evidence)))
            statements.append(Statement(ended(f"Look twice: {'; '.join(line.text for line in watch)}"), shown or cited, Part.LINK))
    others = counted_line(report)
    if others:
        rest = [Shows(one.repository, one.rated.story.commits[0].sha) for one in report.further[:2]]
        statements.append(Statement(ended(_capital(others)), _cited(rest, evidence) or statements[0].evidence, Part.LINK))
    return AboutChanges(statements, notices=report.notices, model=report.model)


def _count(report: ChangesReport) -> str:
    number = len(report.changes)
    return "one change stands out" if number == 1 else f"{number} changes stand out"


def _quiet(report: ChangesReport, evidence: EvidenceList) -> list[Statement]:
    """Nothing stands out: shown by the head of each repository, up to which everything was read."""
    heads = [Shows(span.repository, span.head) for span in report.spans]
    small = [Statement(ended(further_line(one)), _cited(commits(one.repository, one.rated), evidence)) for one in report.small]
    return [Statement(_plain(quiet_line(report)), _cited(heads, evidence), Part.LEAD), *small]


def _plain(text: str) -> str:
    """Without backticks: what was asked about is no name that the cited commit has to hold."""
    return text.replace("`", "")


def _of_card(card: ChangeCard, evidence: EvidenceList) -> AboutChanges:
    change = card.change
    lead = " ".join(part for part in (f"**{change.title}**{who(change)}.", change.summary if card.model else "") if part)
    statements = [Statement(lead, _cited(commits(change.repository, change.rated), evidence), Part.LEAD)]
    told: dict[str, int] = {}
    for line in _briefly(card):
        told[line.label] = told.get(line.label, 0) + 1
        cited = _cited(line.shown_by, evidence)
        if not line.label or told[line.label] > _CARD_LINES or not cited:
            continue
        statements.append(_statement(line, cited))
    return AboutChanges(statements, owners=card.ask, notices=card.notices, model=card.model)


def _briefly(card: ChangeCard) -> Iterator[Line]:
    """The card's lines, its flags without signatures, which say little to those who do not read code."""
    brief = flag_lines(card.change.repository, card.change.flags, brief=True)
    for label, lines in groupby(card.lines, key=lambda line: line.label):
        yield from brief if label == LOOK else lines


def _statement(line: Line, cited: tuple[int, ...]) -> Statement:
    if line.label == "Ask":
        return Statement(ended(_capital(line.text)), cited, Part.WHO)
    if line.label == "Why":
        return Statement(ended(_capital(line.text)), cited, Part.WHY)
    label = "" if line.label in ("What", RISK) else f"{line.label}: " if line.label in (SIZE, TOUCHES, MISSING) else "Look twice: "
    text = line.text if label else _capital(line.text)
    return Statement(ended(f"{label}{text}"), cited)


def _cited(places: Sequence[Shows], evidence: EvidenceList) -> tuple[int, ...]:
    """What a line begins, such as a column in a migration, is often named in the next ones."""
    return evidence.cite_places(places, following=_FOLLOWING)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
