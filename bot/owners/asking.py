"""Reading a question about owners: its frame, quotes and filters dropped, so that a name or a topic is left."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from indexer.errors import QueryError
from indexer.languages import LANGUAGES
from indexer.retrieval.query import parse_query


class Wanted(StrEnum):
    """What the frame of a question asks for."""

    ANY = "any"
    PLACE = "place"  # "who owns X": X is code
    SUBJECT = "subject"  # "what does X own": X is somebody


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: `names` are ways to read the same words, most literal first; filters stand apart."""

    names: tuple[str, ...]
    wanted: Wanted = Wanted.ANY
    repos: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The words as they were written, without frame and filters."""
        return self.names[0] if self.names else ""


_X = r"(?P<x>\S.*?)"
_WHEN = (
    r"(?:\s+(?:best|most|now|nowadays|today|currently|lately|recently|here|please|right now|these days|at the moment|anyway|again"
    r"|any ?more|(?:this|next) (?:week|month|morning|afternoon|sprint|quarter)|at the company|around here|with us|for us))*"
)
_END = rf"{_WHEN}\s*[?!.]*\s*"
_ROLE = r"(?:code ?|current |main |right |best |technical )?(?:owner|maintainer|expert|specialist|contact|lead|reviewer|author|person|people|team|one|guy)s?"
_DOES = (
    r"(?:own|maintain|built|build|wrote|written|write|create[ds]?|made|review|know|understand|handle|support|run|develop|worked on|work on"
    r"|look(?:s|ed)? after|take(?:s|n)? care of|responsible for|in charge of|touch|change|touched|changed)"
)
_ASK = (
    r"(?:ask|talk to|talk with|speak to|speak with|contact|ping|go to|reach out to|turn to|message|bother|approach|consult|involve|tag|cc"
    r"|add as (?:a )?reviewer|request (?:a )?review from)"
)
_ABOUT = r"(?:about|for|on|with|regarding|concerning|of|in|when it comes to|if i have questions about|to review)"

# Each is tried over the whole question, in this order; X is what is asked about.
_SUBJECT_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE | re.DOTALL)
    for frame in (
        rf"(?:what|which)(?: (?:code|files?|folders?|areas?|parts?|else|all|things?|stuff))? (?:does|do|did|has|have|would|will|is|are)"
        rf" {_X} (?:all )?(?:own(?:ing|ed)?|maintain(?:ing)?|(?:be )?responsible for|in charge of|(?:look(?:ing)?|looked) after"
        rf"|work(?:s|ed|ing)? on|know(?:s|n)?(?: about| best)?|build|built|wr[io]te|written|review(?:ed|ing)?"
        rf"|tak(?:e|es|ing|en) care of|hold|do){_END}",
        rf"what (?:would|will|do|could|happens|is)(?: \w+){{0,4}} (?:when|if) {_X} (?:were |was |is |would |will |gets? |has )?"
        rf"(?:to )?(?:leaves?|left|quits?|go(?:es|ne)?|went|away|retires?|leaving|resigns?|hit by a bus|disappears?|out|sick|on holiday|on leave)"
        rf"(?: us| the (?:company|team|project))?{_END}",
        rf"what (?:is|are) (?:owned|maintained|held) by {_X}{_END}",
        rf"(?:everything|all|files?|code|areas?|folders?|things?) (?:that (?:is|are) )?(?:owned|maintained|held) by {_X}{_END}",
        rf"(?:what|which) (?:code|files?|folders?|areas?|parts?|places?) (?:belongs?) to {_X}{_END}",
        rf"who(?: is|'s) (?P<x>@\S+){_END}",
    )
)
_PLACE_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE | re.DOTALL)
    for frame in (
        rf"(?:who|whom)(?:'s| is| are| was| were) (?:the |our |an? )?{_ROLE} (?:to {_ASK} )?(?:{_ABOUT}|behind|responsible for) {_X}{_END}",
        rf"(?:who|whom)(?:'s| is| are)? (?:to )?{_ASK} (?:{_ABOUT} )?{_X}{_END}",
        rf"(?:who|whom|which (?:person|people|team|engineer|developer)s?) (?:do|does|should|shall|can|could|would|may|might|must|did|to)"
        rf"(?: (?:i|we|one|you|somebody|someone|they))?(?: best)? {_ASK} {_ABOUT} {_X}{_END}",
        rf"(?:who|which (?:person|people|team|engineer|developer)s?) (?:can|could|should|would|might) (?:help|answer|tell|explain|teach|assist)"
        rf"(?: (?:me|us|questions?))*(?: {_ABOUT})? {_X}{_END}",
        rf"(?:who|which (?:person|people|team|engineer|developer)s?)(?: (?:is|are|was|has|have|had|can|could|should|would|really|actually"
        rf"|currently|mostly|usually|originally|will|else|all|here|now|the most|most|last|first|mainly|best))* {_DOES}(?:s|es|ed|ing)?"
        rf"(?: (?:most|best|a lot|the most|more|everything|anything|something))?(?: about| of| on)? {_X}{_END}",
        rf"whose (?:code |job |file |folder |area )?(?:is|are) {_X}{_END}",
        rf"who(?:'s| is| are| has) (?:working on|on|behind|changing|touching|maintaining|owning|in charge of|looking after) {_X}{_END}",
        rf"(?:the |our )?{_ROLE}(?: to {_ASK})? (?:of|for|on|behind|in|about) {_X}{_END}",
        rf"(?:the )?(?:code )?ownership (?:of|for|in) {_X}{_END}",
        rf"who (?!(?:owns?|is|to|do|should|can)\b){_X}{_END}",
    )
)
_GREETING = re.compile(
    r"^(?:/?whoowns\s+|(?:hi|hey|hello|ok|okay|so|and|please|docent|also|now|then)\b[\s,:!]+|(?:can|could|would) (?:you|anyone|somebody)"
    r" (?:please )?(?:tell|show|say|find out)(?: (?:me|us))?[\s,:]+|(?:please )?(?:tell|show) (?:me|us)[\s,:]+"
    r"|(?:do you|does anyone|does anybody) know[\s,:]+|(?:i|we) (?:need|want|would like|'d like) to (?:know|find out)[\s,:]+|i wonder[\s,:]+)+",
    re.IGNORECASE,
)
_QUOTES = {"`": "`", '"': '"', "'": "'", "“": "”", "‘": "’", "«": "»", "„": "“"}
_ARTICLE = re.compile(r"^(?:the|our|this|that|these|those|my|your|all(?: of)?(?: the| our)?|an?)\s+", re.IGNORECASE)
_NOUN = (
    r"(?:files?|folders?|director(?:y|ies)|dirs?|paths?|functions?|methods?|class(?:es)?|structs?|interfaces?|modules?|packages?|symbols?"
    r"|components?|code|parts?|areas?|features?|logic|stuff|things?|librar(?:y|ies)|subsystems?|services?|apps?|systems?|glob|pattern)"
)
_NOUN_BEFORE = re.compile(rf"^{_NOUN}\s+(?:called\s+|named\s+)?(?=\S)", re.IGNORECASE)
_NOUN_AFTER = re.compile(rf"(?<=\S)\s+{_NOUN}$", re.IGNORECASE)
_SPAN = re.compile(r"`([^`\n]+)`")


def read_question(query: str, repos: Collection[str] = ()) -> Asked:
    """What a question about owners asks about. QueryError where nothing is asked, or a filter names nothing that exists."""
    parsed = parse_query(f"who {query}", repos, LANGUAGES)  # the word keeps "." and a filter alone from being an empty question
    words = parsed.text.removeprefix("who").strip()
    text, wanted = _without_frame(words)
    names = _names(text)
    if not names and not parsed.paths and not parsed.repos:
        raise QueryError("Nothing is asked about.", 'Name a path, a topic, a person or a team, e.g. "src/billing" or "@payments".')
    return Asked(names, wanted, parsed.repos, parsed.paths, parsed.languages)


def _without_frame(words: str) -> tuple[str, Wanted]:
    words = _GREETING.sub("", words).strip()
    for wanted, frames in ((Wanted.SUBJECT, _SUBJECT_FRAMES), (Wanted.PLACE, _PLACE_FRAMES)):
        for frame in frames:
            if match := frame.fullmatch(words):
                return match["x"].strip(), wanted
    return words, Wanted.ANY


def _names(text: str) -> tuple[str, ...]:
    """The ways to read a name, most literal first: as it stands, without quotes and punctuation, without "the" and "folder"."""
    bare = _unquoted(_unpunctuated(text))
    ways = [bare]
    spans = _SPAN.findall(bare)
    if len(spans) == 1 and not _NOUN_AFTER.sub("", " " + _ARTICLE.sub("", _SPAN.sub("x", bare) + " ").strip()).strip().count(" "):
        ways.insert(0, spans[0].strip())
    short = _ARTICLE.sub("", bare)
    ways.append(short)
    ways.append(_unquoted(_NOUN_BEFORE.sub("", short)))
    ways.append(_unquoted(_NOUN_AFTER.sub("", short)))
    return tuple(dict.fromkeys(way for way in ways if way))


def _unpunctuated(text: str) -> str:
    """Without the end of a sentence; a path may be "." and a pattern may end in "?"."""
    text = text.strip()
    kept = text.rstrip("!,;: \t\n") if text.strip("!,;: ") else ""
    if kept.endswith("?") and not any(char in kept for char in "*[") and "/" not in kept:
        kept = kept.rstrip("? ")
    if kept.endswith(".") and len(kept) > 2 and not kept.endswith(("/.", "..")):
        kept = kept[:-1]
    return kept


def _unquoted(text: str) -> str:
    text = text.strip()
    while len(text) >= 2 and _QUOTES.get(text[0]) == text[-1] and text[0] not in text[1:-1].replace(_QUOTES[text[0]], "", 0):
        text = text[1:-1].strip()
    return text
