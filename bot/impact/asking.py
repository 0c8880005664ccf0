"""Reading a question about impact: its frame dropped, so that a place or a plan is left. Pure functions."""

from __future__ import annotations

import re

_X = r"(?P<x>\S.*?)"
_END = r"\s*[?!.]*\s*"
_WE = r"(?:we|i|you|one|somebody|someone|they)"
_TOUCH = r"(?:touch|affect|break|impact|involve|change|influence|mean|require|need|take|reach|cost)"
_FRAMES = tuple(
    re.compile(frame, re.IGNORECASE | re.DOTALL)
    for frame in (
        rf"what (?:all |else |parts? |systems? |code |files? )*(?:would|will|does|do|could|can|might|should)"
        rf" (?:it take to |we (?:have|need) to (?:change|touch) to )?{_X}(?: likely| probably)? {_TOUCH}"
        rf"(?: (?:here|in the code|for))?{_END}",
        rf"what (?:all |else )*(?:would|will|does) (?:it take to|we (?:have|need) to (?:change|touch|do) (?:to|for)) {_X}{_END}",
        rf"what (?:all |else |would |will |could |might )*(?:happens?|breaks?|changes?|goes wrong|(?:is|be) (?:affected|touched))"
        rf" (?:if|when|by|once) (?:{_WE} )?{_X}{_END}",
        rf"what (?:all |else |code |files? |parts? )*(?:depends|relies|builds?) (?:up)?on {_X}{_END}",
        rf"what (?:all |else |code |files? |parts? )*(?:uses?|calls?|imports?|needs?) {_X}{_END}",
        rf"how (?:big|much work|much|risky|far[- ]reaching|hard|expensive|dangerous) (?:is|would|will|be|it|to| )*{_X}(?: be)?{_END}",
        rf"(?:what(?:'s| is| are| would be) )?(?:the )?(?:impact|blast radius|ripple effects?|consequences?|footprint|reach|scope)"
        rf" (?:of|if {_WE}|when {_WE}|for) {_X}{_END}",
        rf"(?:suppose|say|imagine|assume)(?: that)? {_WE} (?:want(?:ed)? to |wish to |would )?{_X}{_END}",
        rf"{_WE} (?:want|plan|need|would like|intend|are going|have) to {_X}{_END}",
    )
)
_GREETING = re.compile(
    r"^(?:/?impact\s+|(?:hi|hey|hello|ok|okay|so|and|please|docent|also|now|then)\b[\s,:!]+|(?:can|could|would) you (?:please )?"
    r"(?:tell|show|say)(?: (?:me|us))?[\s,:]+|(?:please )?(?:tell|show) (?:me|us)[\s,:]+|(?:do you) know[\s,:]+)+",
    re.IGNORECASE,
)
_CHANGING = re.compile(
    r"^(?:chang(?:e|ed|ing)|touch(?:ed|ing)?|edit(?:ed|ing)?|modif(?:y|ied|ying)|refactor(?:ed|ing)?|remov(?:e|ed|ing)|delet(?:e|ed|ing)"
    r"|renam(?:e|ed|ing)|rewr(?:ite|iting|ote)|replac(?:e|ed|ing)|mov(?:e|ed|ing)|break(?:ing)?|drop(?:ped|ping)?|updat(?:e|ed|ing)"
    r"|extend(?:ed|ing)?|a change (?:of|to|in)|changes (?:of|to|in))\s+",
    re.IGNORECASE,
)
_ADDING = re.compile(
    r"\b(?:add(?:s|ed|ing)?|new|another|second|further|more|introduc\w+|support(?:s|ed|ing)?|implement\w*|creat(?:e|es|ed|ing)|offer\w*"
    r"|allow\w*|integrat\w+|launch\w*|build(?:ing)?)\b",
    re.IGNORECASE,
)
_LONG = 300  # characters; nobody frames a longer text as a question of one sentence


def asked_about(text: str) -> str:
    """What a question is about, without the question: "What would adding a payment method touch?" is about adding one."""
    words = _GREETING.sub("", " ".join(text.split())).strip()
    if len(words) <= _LONG:
        for frame in _FRAMES:
            if match := frame.fullmatch(words):
                return match["x"].strip()
    return words.rstrip("?! ") or words


def without_verb(text: str) -> str:
    """What is to be changed, where something that is there is: "removing src/pay.py" as "src/pay.py"."""
    return _CHANGING.sub("", text, count=1) or text


def adds(text: str) -> bool:
    """Whether a plan brings something that is not there yet."""
    return bool(_ADDING.search(text))
