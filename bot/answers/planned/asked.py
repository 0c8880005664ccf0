"""Which questions are about how things hang together, where it is fragile, or what a change would touch. Pure functions.

Only what can hardly mean anything else is taken: "what happens if a payment fails?" asks how the code works, and is answered so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Asks(StrEnum):
    """What a question of planning is about."""

    MAP = "map"
    FLOW = "flow"
    DATA = "data"
    HOTSPOTS = "hotspots"
    ALONE = "alone"  # what only one person knows
    IMPACT = "impact"


COMMANDS = ("map", "hotspots", "impact")
"""What can be asked for by its name."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a question comes down to: `topic` narrows it ("" for everything), `target` is where a flow ends. `certain`: its words mean
    nothing else, so that also a guess at what the topic is will do."""

    about: Asks
    topic: str = ""
    target: str = ""
    certain: bool = True


_START = (
    r"^\W*(?:(?:so|hey|hi|please|and|ok|now),? )*(?:(?:can|could|would) you )?(?:please )?(?:(?:do you )?know )?"
    r"(?:(?:tell|show|give) (?:me|us) |explain (?:to (?:me|us) )?|list )?"
)
_HERE = r"(?: (?:here|right now|today|in (?:this|our|the) (?:repo(?:sitory)?|project|codebase|code|product|app|company|system)))?"
_OF = r"(?: (?:in|of|for|around|about|within|inside) (?P<topic>[^?!]{1,120}?))?"
_END = r"\W*$"
_SYSTEMS = r"(?:(?:micro)?services?|systems?|apps?|applications?|components? of the system|deployables?)"
_TALK = (
    r"(?:talk(?: to each other| to one another| with each other)?|hang together|fit together|work together|connect(?: to each other)?"
    r"|communicate(?: with each other)?|interact|depend on each other|play together|are (?:they )?(?:connected|wired(?: up)?|linked))"
)
_DATA = r"(?:(?:all |any )?(?:of )?(?:our|the|my|its|their) )?(?:data|tables)"
_STORES = r"(?:databases?|data ?stores?|data bases?)"
_SPOTS = r"(?:fragile|brittle|risky|riskiest|bug[- ]prone|error[- ]prone|most fragile|hot ?spots?|weak spots?|trouble spots?|pain points?)"
_PLACES = r"(?:files?|parts?|places?|areas?|folders?|modules?|code|systems?|services?|pieces?|components?)"
_ONE = r"(?:(?:just |only )?(?:one|a single|1) (?:person|developer|engineer|author|human|individual)|only one of us|a single head)"
_WHOLE = r"(?:of (?:the|our) (?:code|codebase|product|system|project))"
_WE = r"(?:we|i|you|one|somebody|someone|they)"
_CHANGE = (
    r"(?:change|touch|edit|modify|refactor|remove|delete|rename|rewrite|replace|move|drop|get rid of|split|merge|swap(?: out)?|migrate"
    r"|upgrade|extend)(?:e?d|ped)?"
)
_TOUCH = r"(?:touch|affect|break|impact|involve)"

_MAP = (
    rf"(?:what|which) (?:are )?(?:all )?(?:our |the )?{_SYSTEMS}(?: (?:do|does|are|have) (?:we|there|you|exist)(?: have| got| run)?)?"
    rf"(?: exist)?{_HERE}(?:,? and how (?:do|are) (?:they|these|those)(?: all)? {_TALK})?",
    rf"(?:what|which) are (?:all )?(?:our|the) {_SYSTEMS}{_HERE}(?:,? and how (?:do|are) (?:they|these|those)(?: all)? {_TALK})?",
    rf"how (?:do|does|are) (?:all )?(?:of )?(?:our|the|these|its) (?:\w+ )?(?:{_SYSTEMS}|parts?|pieces)(?: all)? {_TALK}{_HERE}",
    rf"how (?:does|is) (?:it|everything|(?:the|this) whole thing)(?: all)? {_TALK}",
)
_ZOOM = (
    r"(?:draw|sketch|paint|make|show|give)(?: me| us)? (?:a |an |the |our )?(?:system |architecture |service )?"
    r"(?:map|diagram|picture|drawing|chart|architecture)(?: of (?P<topic>[^?!]{1,120}?))?(?: please)?",
)
_BARE = (r"(?:the |our |a )?(?:system |architecture |service )?(?:map|architecture diagram)(?: of (?P<topic>[^?!]{1,80}?))?(?: please)?",)
_FLOWS = (
    r"how (?:do|does|can) (?:a |an |the |our )?[\w' -]{2,40}? (?:flow|get|go|travel|move|come|reach|pass|run|find (?:its|their) way)s?"
    r"(?: all the way)? from (?P<topic>[^?!]{2,60}?) (?:through )?(?:in)?to (?P<target>[^?!]{2,60}?)",
    r"(?:what(?:'s| is)|trace|draw|follow)(?: me| us)? (?:the |a )?(?:way|path|route|flow|request|call chain|chain of calls)"
    r"(?: of \w+ ?\w*)?(?: that leads| of a request)? from (?P<topic>[^?!]{2,60}?) (?:in)?to (?P<target>[^?!]{2,60}?)",
)
_WHERE_DATA = (
    rf"where (?:does|do|is|are) {_DATA}(?: all)? (?:live|lives|stored|kept|saved|persisted|go|end up|held){_HERE}",
    rf"where (?:do|does|are) (?:we|you|it) (?:keep|store|save|put|hold) {_DATA}{_HERE}",
    rf"(?:what|which) {_STORES} (?:do we (?:have|use|run|need)|are there|are (?:used|in use)|exist){_HERE}",
    rf"(?:what|which) are (?:our|the) {_STORES}{_HERE}",
)
_HOT = (
    rf"(?:what|where)(?:'s| is| are)(?: the| our)? (?:code )?(?:the )?(?:most )?{_SPOTS}{_HERE}{_OF}",
    rf"(?:what|which) (?:\w+ )?{_PLACES}(?: {_WHOLE})? (?:is|are)(?: the)?(?: most)? {_SPOTS}"
    rf"{_HERE}{_OF}",
    rf"(?:the |our |any )?(?:code )?hot ?spots{_HERE}{_OF}",
    rf"where do (?:most |the most |our |all |the )*(?:bugs?|fixes|defects|bug fixes|errors)"
    rf" (?:land|come from|happen|occur|sit|hide|live|cluster){_HERE}{_OF}",
    rf"(?:what|which) (?:{_PLACES} )?(?:breaks?|needs? fix(?:es|ing)|is fixed|are fixed|gets fixed|get fixed)"
    rf"(?: the)? most(?: often)?{_HERE}{_OF}",
    rf"where (?:does|do) (?:it|things|the code) breaks?(?: the)? most(?: often)?{_HERE}{_OF}",
)
_SOLE = (
    rf"(?:what|which) (?:\w+ )?(?:{_PLACES} )?(?:{_WHOLE} )?"
    rf"(?:depends?|relies|rely|hangs?|rests?) (?:up)?on {_ONE}{_HERE}",
    rf"(?:what|which) (?:\w+ )?(?:{_PLACES} )?(?:{_WHOLE} )?"
    rf"(?:does|do|is|are) (?:only )?(?:known (?:only )?(?:by|to) )?{_ONE}(?: alone)?(?: know| understand)?s?{_HERE}",
    rf"where (?:does|do|is|are)(?: the| our| all the)? (?:knowledge|know-how)(?: (?:sit|lie|rest|live|concentrated|held|only))*"
    rf" (?:with|by|in) {_ONE}{_HERE}",
    rf"(?:what(?:'s| is| are)|where(?:'s| is| are)) (?:the |our )?(?:bus factors?|truck factors?|knowledge silos?|knowledge islands?)"
    rf"(?: (?:low(?:est)?|one|1|too low))?{_HERE}{_OF}",
)
_PLANS = (
    rf"what (?:all |else |parts? |systems? |code |files? |areas? )*(?:would|will|does|do|could|might) "
    rf"(?P<topic>(?:(?:a |the |any )?chang(?:e|es|ing) |(?:add|remov|replac|renam|delet|introduc|support|refactor|rewrit|drop|migrat|mov|"
    rf"switch|upgrad|split|extend|integrat)ing )[^?!]{{2,300}}?)(?: likely| probably)? {_TOUCH}(?: here)?",
    rf"what (?:all |else |would |will |could |might )*(?:breaks?|(?:is|be|gets?) (?:affected|touched|broken)) (?:if|when|once) {_WE} "
    rf"(?P<topic>(?:{_CHANGE}|add|introduce|support) [^?!]{{2,300}}?)",
    rf"(?:what(?:'s| is| are| would be) )?(?:the )?(?:impact|blast radius|ripple effects?|footprint) (?:of|if {_WE}|when {_WE}) "
    r"(?P<topic>(?:chang|add|remov|replac|renam|delet|introduc|support|refactor|rewrit|drop|migrat|mov|switch|upgrad|split)ing"
    r" [^?!]{2,120}?)",
    r"what (?:would|will|does) it take to (?P<topic>(?:add|remove|replace|introduce|support|drop|migrate|switch|split|rename)"
    r" [^?!]{2,300}?)",
)
_PERHAPS = (
    r"(?:what(?:'s| is| are| would be) )?(?:the )?(?:impact|blast radius|ripple effects?|footprint) of (?P<topic>[^?!]{3,80}?)",
    rf"what (?:would |will |could |might )?(?:happens?|goes wrong|changes) (?:if|when|once) {_WE} (?P<topic>{_CHANGE} [^?!]{{2,300}}?)",
    r"what (?:all |else )*(?:would|will|could|might) (?P<topic>[^?!]{3,120}?) (?:touch|affect|break|impact)",
    r"what (?:all |else |code |files? |parts? )*(?:depends|relies) (?:up)?on (?P<topic>[^?!]{3,120}?)",
    rf"how (?:risky|dangerous|much work|hard) (?:is it to|would it be to|is|would) (?P<topic>(?:{_CHANGE}|chang\w+|add\w*|remov\w+) "
    r"[^?!]{2,200}?)(?: be)?",
)
_CHECKS: tuple[tuple[Asks, bool, tuple[re.Pattern[str], ...]], ...] = tuple(
    (asks, certain, tuple(re.compile(_START + f"(?:{frame})" + _END, re.IGNORECASE) for frame in frames))
    for asks, certain, frames in (
        (Asks.MAP, True, _MAP),
        (Asks.FLOW, True, _FLOWS),
        (Asks.DATA, True, _WHERE_DATA),
        (Asks.ALONE, True, _SOLE),
        (Asks.HOTSPOTS, True, _HOT),
        (Asks.IMPACT, True, _PLANS),
        (Asks.MAP, True, _ZOOM),
        (Asks.MAP, False, _BARE),
        (Asks.IMPACT, False, _PERHAPS),
    )
)
_WAY = re.compile(r"from (?P<topic>.{1,120}?) (?:in)?to (?P<target>.{1,120})", re.IGNORECASE)
_EVERYTHING = re.compile(
    r"(?:it|it all|all|everything|here|us|this|them|(?:all )?(?:this|the|our) (?:whole |entire )?(?:repo(?:sitory)?|project|codebase|code"
    r"|product|app|software|company|(?:sub)?systems?|architecture|services?|thing))",
    re.IGNORECASE,
)


def asked_for_planning(text: str) -> Asked | None:
    """What a question of planning is about; None for every other question."""
    words = " ".join(text.split())
    for asks, certain, frames in _CHECKS:
        for frame in frames:
            if match := frame.match(words):
                found = match.groupdict()
                topic, target = (_trimmed(found.get(name) or "") for name in ("topic", "target"))
                if asks is Asks.FLOW and not (topic and target):
                    continue
                return Asked(asks, topic, target, certain)
    return None


def ordered(command: str, words: str) -> Asked:
    """What one of COMMANDS with the words after it comes down to; "map from A to B" is the way between two systems."""
    if command == "map" and (way := _WAY.fullmatch(words)):
        return Asked(Asks.FLOW, way["topic"].strip(), way["target"].strip())
    return Asked(Asks(command), words)


def _trimmed(topic: str) -> str:
    topic = topic.strip(" ,.`'\"")
    return "" if _EVERYTHING.fullmatch(topic) else re.sub(r"^(?:the|our) ", "", topic, flags=re.IGNORECASE)
