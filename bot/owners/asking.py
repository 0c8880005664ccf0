"""Reading a question about owners: its frame, quotes and filters dropped, so that a name or a topic is left."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from indexer.errors import QueryError
from indexer.languages import LANGUAGES
from indexer.questions.query import parse_query
from indexer.types import Query


class Wanted(StrEnum):
    """What the frame of a question asks for."""

    ANY = "any"
    PLACE = "place"  # "who owns X": X is code
    SUBJECT = "subject"  # "what does X own": X is somebody


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: `names` are ways to read the same words, most literal first; `query` holds the filters."""

    names: tuple[str, ...]
    wanted: Wanted
    query: Query


_X = r"(?P<x>\S.*?)"
_WHEN = (
    r"(?:\s+(?:best|most|now|nowadays|today|currently|lately|recently|here|please|right now|these days|at the moment|anyway|again"
    r"|any ?more|(?:this|next) (?:week|month|morning|afternoon|sprint|quarter)|at the company|around here|with us|for us))*"
)
_END = rf"{_WHEN}\s*[?!.]*\s*"
_ROLE = (
    r"(?:code ?|current |main |right |best |technical )?(?:owner|maintainer|expert|specialist|contact|lead|reviewer|author|person"
    r"|people|team|one|guy)s?"
)
_SOMEBODY = r"(?:person|people|team|engineer|developer)s?"
_DOES = (
    r"(?:own|maintain|built|build|wrote|written|write|create[ds]?|made|review|know|understand|handle|support|run|develop|worked on"
    r"|work on|look(?:s|ed)? after|take(?:s|n)? care of|responsible for|in charge of|touch|change|touched|changed)"
)
_ASK = (
    r"(?:ask|talk to|talk with|speak to|speak with|contact|ping|go to|reach out to|turn to|message|bother|approach|consult|involve|tag"
    r"|cc|add as (?:a )?reviewer|request (?:a )?review from)"
)
_GONE = (
    r"(?:leaves?|left|quits?|goes|gone|away|retires?|leaving|resigns?|hit by a bus|disappears?|out|sick"
    r"|on (?:holiday|leave|vacation))"
    r"(?: us| the (?:company|team|project))?"
)
_ABOUT = r"(?:about|for|on|with|regarding|concerning|of|in|when it comes to|if i have questions about|to review)"

# Each is tried over the whole question, in this order; X is what is asked about.
_SUBJECT_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE | re.DOTALL)
    for frame in (
        rf"wh(?:at|ich)(?: (?:code|files?|folders?|areas?|parts?|else|all|things?|stuff))? (?:does|do|did|has|have|would|will|is|are)"
        rf" {_X} (?:all )?(?:own(?:ing|ed)?|maintain(?:ing)?|(?:be )?responsible for|in charge of|(?:look(?:ing)?|looked) after"
        rf"|work(?:s|ed|ing)? on|know(?:s|n)?(?: about| best)?|build|built|wr[io]te|written|review(?:ed|ing)?"
        rf"|tak(?:e|es|ing|en) care of|hold|do){_END}",
        rf"what (?:\w+ ){{1,5}}(?:when|if) {_X} (?:(?:were|was|is|would|will|gets?|has|to|went|goes|go) )*(?:{_GONE}){_END}",
        rf"what (?:is|are) (?:owned|maintained|held) by {_X}{_END}",
        rf"(?:everything|all|files?|code|areas?|folders?|things?) (?:that (?:is|are) )?(?:owned|maintained|held) by {_X}{_END}",
        rf"(?:what|which) (?:code|files?|folders?|areas?|parts?|places?) (?:belongs?) to {_X}{_END}",
    )
)
_PLACE_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE | re.DOTALL)
    for frame in (
        rf"whom?(?:'s| is| are| was| were) (?:the |our |an? )?{_ROLE} (?:to {_ASK} )?(?:{_ABOUT}|behind|responsible for) {_X}{_END}",
        rf"whom?(?:'s| is| are)? (?:to )?{_ASK} (?:{_ABOUT} )?{_X}{_END}",
        rf"(?:whom?|which {_SOMEBODY}) (?:do|does|should|shall|can|could|would|may|might|must|did|to)"
        rf"(?: (?:i|we|one|you|somebody|someone|they))?(?: best)? {_ASK} {_ABOUT} {_X}{_END}",
        rf"(?:who|which {_SOMEBODY}) (?:can|could|should|would|might) (?:help|answer|tell|explain|teach|assist)"
        rf"(?: (?:me|us|questions?))*(?: {_ABOUT})? {_X}{_END}",
        rf"(?:who|which {_SOMEBODY})(?: (?:is|are|was|has|have|had|can|could|should|would|really|actually"
        rf"|currently|mostly|usually|originally|will|else|all|here|now|the most|most|last|first|mainly|best))* {_DOES}(?:s|es|ed|ing)?"
        rf"(?: (?:most|best|a lot|the most|more|everything|anything|something))?(?: about| of| on)? {_X}{_END}",
        rf"whose (?:code |job |file |folder |area )?(?:is|are) {_X}{_END}",
        rf"who(?:'s| is| are) (?:working on|on|behind|changing|touching|maintaining|owning|in charge of|looking after) {_X}{_END}",
        rf"(?:the |our )?{_ROLE}(?: to {_ASK})? (?:of|for|on|behind|in|about) {_X}{_END}",
        rf"(?:the )?(?:code )?ownership (?:of|for|in) {_X}{_END}",
        rf"{_X} (?:owner|maintainer|expert|reviewer)s?{_END}",
        rf"who (?!is)[a-z]+s {_X}{_END}",
    )
)
_OPEN_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE | re.DOTALL)
    for frame in (rf"who(?: is|'s|m is) {_X}{_END}", rf"{_X}'s (?:code|files|areas?|folders|ownership|responsibilities){_END}")
)
_FRAMES = ((Wanted.SUBJECT, _SUBJECT_FRAMES), (Wanted.PLACE, _PLACE_FRAMES), (Wanted.ANY, _OPEN_FRAMES))
_BARE = re.compile(  # a question about nothing yet
    rf"(?:who|whom)(?: (?:is|are|do|does|should|can|to))*(?: (?:i|we|you))?(?: {_DOES}s?| {_ASK}| (?:the )?{_ROLE})?\W*", re.IGNORECASE
)
_GREETING = re.compile(
    r"^(?:/?whoowns\s+|(?:hi|hey|hello|ok|okay|so|and|please|docent|also|now|then)\b[\s,:!]+|(?:can|could|would) (?:you|anyone)"
    r" (?:please )?(?:tell|show|say|find out)(?: (?:me|us))?[\s,:]+|(?:please )?(?:tell|show) (?:me|us)[\s,:]+"
    r"|(?:do you|does anyone|does anybody) know[\s,:]+|(?:i|we) (?:need|want|would like) to (?:know|find out)[\s,:]+)+",
    re.IGNORECASE,
)
_QUOTES = {"`": "`", '"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“"}
_ARTICLE = re.compile(r"^(?:the|our|this|that|these|those|my|your|all(?: of)?(?: the| our)?|an?)\s+", re.IGNORECASE)
_NOUN = (
    r"(?:files?|folders?|director(?:y|ies)|dirs?|paths?|functions?|methods?|class(?:es)?|structs?|interfaces?|modules?|packages?"
    r"|symbols?|components?|code|parts?|areas?|features?|logic|stuff|things?|librar(?:y|ies)|subsystems?|services?|apps?|systems?|glob)"
)
_NOUN_BEFORE = re.compile(rf"^{_NOUN}\s+(?:called\s+|named\s+)?(?=\S)", re.IGNORECASE)
_NOUN_AFTER = re.compile(rf"(?<=\S)\s+{_NOUN}$", re.IGNORECASE)
_SPAN = re.compile(r"`([^`]+)`")
_LONG = 300  # characters; nobody frames a longer text as a question of one sentence


def read_question(query: str, repos: Collection[str] = ()) -> Asked:
    """What a question about owners asks about. QueryError where nothing is asked, or a filter names nothing that exists."""
    parsed = parse_query(f"who {query}", repos, LANGUAGES)  # the word keeps "." and a filter alone from being an empty question
    words = " ".join(parsed.text.removeprefix("who").split())
    text, wanted = _without_frame(words)
    names = _names(text)
    if not names and not parsed.paths and not parsed.repos:
        hint = 'Name a path, a topic, a person or a team, e.g. "src/billing" or "@payments".'
        raise QueryError("Nothing is asked about.", hint)
    return Asked(names, wanted, parsed)


def _without_frame(words: str) -> tuple[str, Wanted]:
    words = _GREETING.sub("", words).strip()
    if _BARE.fullmatch(words):
        return "", Wanted.ANY
    if len(words) <= _LONG:
        for wanted, frames in _FRAMES:
            for frame in frames:
                if match := frame.fullmatch(words):
                    return match["x"].strip(), wanted
    return words, Wanted.ANY


def _names(text: str) -> tuple[str, ...]:
    """The ways to read a name, most literal first: as it stands, without quotes and punctuation, without "the" and "folder"."""
    bare = _unquoted(_unpunctuated(text))
    short = _ARTICLE.sub("", bare)
    ways = [bare, short, *(_unquoted(noun.sub("", short)) for noun in (_NOUN_BEFORE, _NOUN_AFTER))]
    quoted = _SPAN.findall(bare)
    if len(quoted) == 1:
        ways.append(quoted[0].strip())
    return tuple(dict.fromkeys(way for way in ways if any(char.isalnum() or char in "./\\*" for char in way)))


def _unpunctuated(text: str) -> str:
    """Without the end of a sentence; but a path may be "." and a pattern may end in "?"."""
    kept = text.strip().rstrip("!,; ")
    if kept.endswith("?") and "/" not in kept and "*" not in kept:
        kept = kept.rstrip("? ")
    if kept.endswith(".") and kept.strip("./\\") and not kept.endswith(("/.", "..")):
        kept = kept[:-1]
    return kept


def _unquoted(text: str) -> str:
    """Without one pair of quotes around the whole."""
    text = text.strip()
    closing = _QUOTES.get(text[:1])
    if len(text) > 2 and closing and text.endswith(closing) and closing not in text[1:-1]:
        return text[1:-1].strip()
    return text
