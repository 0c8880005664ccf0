"""The machine check of what a language model writes about a change, against its checked facts and its authors' own words.

On top of the check of every written answer (bot/answers/citations.py) it holds to account what would hurt most in a report on
changes: that something is taken away, unsafe, broken or faster, that it is not so, and why it was done.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from bot.answers import words
from bot.answers.citations import Verdict, check_statement, without_orders
from bot.answers.types import Evidence, Statement
from bot.answers.written import sentences
from indexer.types import Kind

_LONGEST = 60  # words
_SENTENCES = 3
_REASON = 0.5  # share of the words of a reason that its authors, or the facts, must have
_MARKUP = re.compile(r"[<>|\\~]|\]\(|!\[|://|\bwww\.|(?:^|\s)(?:#{1,6}|\*|-{3,}|[-+•]|\d+[.)])\s|`{2,}|\[[^\]]*\]", re.IGNORECASE)
_SHA = re.compile(r"\b(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b")  # its digits are no numbers of the change
_SAYS_NOT = re.compile(r"\b(?:no|not|never|cannot|none|neither|nor|without|nobody|nothing|\w+n['’]t)\b", re.IGNORECASE)
_WHY = re.compile(
    r"\b(?:because(?: of)?|so that|in order to|due to|thanks to|as a result of|in response to|after)\b(?P<reason>[^.;]*)",
    re.IGNORECASE,
)
# What nobody may be told without a word of the material to show it.
_WEIGHTY_WORDS = """
secure insecure security vulnerable vulnerability breach leak hack attack exploit malicious crash outage incident bankrupt lawsuit
legal compliance urgent critical danger unsafe risk lose loss lost corrupt damage faster slower quicker speed double triple halve
fail failure broken break broke remove delete drop deprecate disable forbid block price cost free fee money fire angry complain
complaint competitor forever completely guarantee
"""


def check_wording(text: str, facts: Sequence[str], sources: Sequence[str]) -> Verdict:
    """Whether a text of a few sentences may stand for a change: `facts` are ours, `sources` its authors' words."""
    marked = _MARKUP.search(text)
    if marked:
        return Verdict(False, f"holds markup or a link: {marked.group().strip()}")
    if len(text.split()) > _LONGEST:
        return Verdict(False, f"is longer than {_LONGEST} words")
    if without_orders(text) != text:
        return Verdict(False, "talks to a language model")
    written = list(sentences([text]))
    if len(written) > _SENTENCES:
        return Verdict(False, f"has more than {_SENTENCES} sentences")
    ours, theirs = (_SHA.sub("", without_orders("\n\n".join(texts))) for texts in (facts, sources))
    for sentence in written:
        verdict = _check_sentence(sentence, ours, theirs)
        if not verdict.supported:
            return verdict
    return Verdict(bool(written), "" if written else "says nothing")


def _check_sentence(sentence: str, ours: str, theirs: str) -> Verdict:
    material = f"{theirs}\n\n{ours}"
    place = Evidence(1, "", None, 0, 0, "", None, material, Kind.COMMIT, "")
    verdict = check_statement(Statement(sentence, (1,)), {1: place}, lambda _: material, strict=True)
    if not verdict.supported:
        return verdict
    known, said = words.stems(material), words.stems(sentence)
    weighty = said & _weighty()
    unshown = sorted(weighty - words.shared(weighty, known))
    if unshown:
        return Verdict(False, f"says “{unshown[0]}”, for which there is no word")
    if _SAYS_NOT.search(sentence) and not _SAYS_NOT.search(theirs):  # our facts say what is not known, and what did not change
        return Verdict(False, "says that something is not so, for which there is no word")
    for match in _WHY.finditer(sentence):
        reason = words.stems(match["reason"])
        if len(words.shared(reason, known)) < _REASON * len(reason):
            return Verdict(False, f"gives a reason that nobody gave:{match['reason']}")
    return Verdict(True)


@functools.cache
def _weighty() -> frozenset[str]:
    return words.stems(_WEIGHTY_WORDS)
