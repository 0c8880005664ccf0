"""What kind of answer a question wants, and which words of it carry the meaning."""

from __future__ import annotations

import re
from enum import StrEnum

from bot.answers.types import Question


class Intent(StrEnum):
    """The shape of the answer."""

    PLACE = "place"  # how or where something is done, or whether it is
    HISTORY = "history"  # when or why something changed
    PEOPLE = "people"  # who knows or owns something
    OVERVIEW = "overview"  # what the whole thing is


_PEOPLE = re.compile(
    r"\bwho(?:'s| is|)? (?:owns?|knows?|maintains?|responsible|works?|should|can|could|do|to|wrote|the|looks after|understands)\b"
    r"|\bwhom? (?:do|should|can|could) (?:i|we)\b|\b(?:owner|maintainer|expert|contact)s? (?:of|for|on)\b|\bwho to ask\b"
    r"|\bwhat (?:all )?(?:does|do|did) .{1,80}? (?:own|maintain)\b|\bwhat (?:is|are) (?:owned|maintained) by\b|\bwhose (?:code|job)\b"
    r"|\bwhat (?:would|will|do we) (?:be lost|lose|be gone) (?:if|when)\b",
    re.IGNORECASE,
)
_WHOLE = (
    r"(?:(?:this|the|our) (?:whole |entire )?"
    r"(?:repo(?:sitory)?|project|codebase|code|software|app(?:lication)?|library|tool|product|thing))"
)
_OVERVIEW = re.compile(
    rf"^\W*(?:what (?:is|does|are)|tell me about|explain|describe|summari[sz]e|give me an overview of) {_WHOLE}"
    rf"(?: all)?(?: about| for| do| made of)?\W*$"
    rf"|\boverview of {_WHOLE}|^\W*what(?:'s| is) {_WHOLE} (?:about|for)"
    r"|\bwhat (?:systems|parts|modules|components|areas) (?:do we have|exist|are there|does)"
    r"|\bhow is (?:this|the|our) (?:repo(?:sitory)?|project|codebase|code) (?:organi[sz]ed|structured|laid out)",
    re.IGNORECASE,
)
_AREA = re.compile(
    r"^\W*(?:what (?:does|is in|is|are)|what's in|explain|describe|tell me about) (?:the )?`?(?P<name>[\w./-]+)`?"
    r"(?: (?:folder|package|directory|area|part|module|service|app))?(?: (?:do|for|about|contain|hold))?\W*$",
    re.IGNORECASE,
)
_LEANS_ON_THREAD = re.compile(
    r"^\W*(?:and|but|so|ok(?:ay)?|then|what about|how about|why(?: not| so| is that)?\W*$|since when|really)\b"
    r"|\b(?:it|that|this|they|them|those|these|he|she|there)\b",
    re.IGNORECASE,
)
_FEW_WORDS = 9


def intent_of(text: str, *, wants_history: bool) -> Intent:
    """`wants_history` is retrieval's reading of the same question."""
    if _OVERVIEW.search(text):
        return Intent.OVERVIEW
    if _PEOPLE.search(text):
        return Intent.PEOPLE
    return Intent.HISTORY if wants_history else Intent.PLACE


def area_of(text: str) -> str | None:
    """The name asked about in "What does NAME do?" or "What is in NAME?"; None for other questions."""
    match = _AREA.match(text)
    return match["name"] if match else None


def search_text(question: Question) -> str:
    """What to search for: a short follow-up that leans on the thread is read together with the question before it."""
    text = question.text.strip()
    earlier = [turn.text.strip() for turn in question.thread if not turn.by_docent and turn.text.strip() != text]
    if earlier and len(text.split()) <= _FEW_WORDS and _LEANS_ON_THREAD.search(text):
        return f"{earlier[-1]} {text}"
    return text
