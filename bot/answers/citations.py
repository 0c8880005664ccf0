"""The machine check of every statement, the same for composed and for written answers: nothing that fails it is shown.

It opens each cited place at its commit again and looks up there what the statement says word for word: quotations, names in
code, addresses; for prose of a language model also numbers, proper names, and whether the sentence is about its evidence at all.
It cannot tell a true sentence from its negation; that is what the links beside every sentence are for.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.answers import claims, words
from bot.answers.types import Answer, Checked, Evidence, Owner, Part, Statement, Status

Reader = Callable[[Evidence], str | None]
"""Opens the cited lines (for a commit: its message) at the cited commit; None when the place does not exist."""

# Tuned on the sentences in tests/bot/answers/test_citations.py: invented ones reach 0.5, honest paraphrases 0.65 and more.
_FLOOR = 0.6  # share of a sentence's words that must be in its evidence or in the question it answers
_FLOOR_EVIDENCE = 0.34  # share that must be in the evidence itself, so that repeating the question proves nothing
_LEAST_WORDS = 2  # a single shared word is chance

# Text in a repository that talks to a language model is no evidence of what the code does.
_ADDRESSES_THE_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget) (?:(?:all|any|of|the|your|these|those|other) )*"
    r"(?:(?:previous|prior|above|earlier|preceding|foregoing) (?:\w+ )?(?:instruction|prompt|rule|direction|context|text|message)"
    r"|instruction|prompt)s?\b"
    r"|\bsystem prompt\b|<\|?/?(?:im_start|im_end|system|assistant|user|endoftext)\|?>|\[/?inst\]"
    r"|\byou are (?:now )?(?:an? |the )?(?:helpful )?(?:ai\b|assistant|chatbot|language model|llm|chatgpt|claude\b|gpt)"
    r"|\b(?:dear|hey|attention|note (?:to|for)|instructions? (?:to|for)) (?:(?:an?|the|any|all) )?"
    r"(?:ai|llm|language model|assistant|chatbot)s?\b",
    re.IGNORECASE,
)
_NO_WORDS = re.compile(r"(?:[^\w<>|/\[\]]|(?<!<)\|(?!>)|//+)+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_ORDER_LINES = 3  # an order is rarely longer than its first line and the two after it


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a statement may be shown, and if not why, as one clause for the log."""

    supported: bool
    reason: str = ""


def check_evidence(evidence: Evidence, read: Reader) -> bool:
    """Whether the cited place exists at its commit and still says what the excerpt shows ("…" stands for what was left out)."""
    text = read(evidence)
    if text is None or not text.strip():
        return False
    source, at = " ".join(text.split()), 0
    if " ".join(evidence.excerpt.split()) in source:
        return True
    for piece in re.split(r"…|^[ \t]*\.\.\.[ \t]*$", evidence.excerpt, flags=re.MULTILINE):
        words = " ".join(piece.split())
        place = source.find(words, at)
        if place < 0:
            return False
        at = place + len(words)
    return True


def check_statement(
    statement: Statement,
    evidence: Mapping[int, Evidence],
    read: Reader,
    *,
    strict: bool = False,
    question: str = "",
    known: Sequence[Statement] = (),
) -> Verdict:
    """Look up what a statement says in the evidence it cites.

    `strict` is for the prose of a language model; then the words of `question` and of `known`, statements that passed already
    and rest on the same evidence, may be used too.
    """
    if not statement.evidence:
        return Verdict(False, "cites nothing")
    cited: list[tuple[Evidence, str]] = []
    for number in statement.evidence:
        place = evidence.get(number)
        if place is None:
            return Verdict(False, f"cites [{number}], which does not exist")
        if not check_evidence(place, read):
            return Verdict(False, f"[{number}] does not say what its excerpt says")
        cited.append((place, read(place) or ""))
    if strict:
        cited = [(place, without_orders(text)) for place, text in cited]
    verdict = _word_for_word(statement.text, cited, evidence, unmarked=strict)
    if verdict.supported and strict:
        same = [fact.text for fact in known if fact.evidence and set(fact.evidence) <= set(statement.evidence)]
        return _about_its_evidence(statement.text, _joined(cited), question, " ".join(same))
    return verdict


def checked(answer: Answer, read: Reader, strict: bool = False, *, known: Sequence[Statement] = ()) -> Answer:
    """The answer with only the statements that hold and the evidence that opens; numbers stay as they are.

    "I don't know" claims nothing and so stands without evidence; whom to ask rests on the answer's owners.
    """
    opened = functools.cache(read)
    evidence = {place.number: place for place in answer.evidence}
    kept: list[Statement] = []
    counted = supported = 0
    for statement in answer.statements:
        if statement.part is Part.LEAD and not statement.evidence and answer.status is not Status.ANSWERED:
            kept.append(statement)
            continue
        counted += 1
        if statement.part is Part.WHO and not statement.evidence:
            verdict = _check_owner(statement, answer.owners)
        else:
            verdict = check_statement(statement, evidence, opened, strict=strict, question=answer.question, known=known)
        if verdict.supported:
            supported += 1
            kept.append(statement)
    nothing_left = answer.status is Status.ANSWERED and not supported
    return replace(
        answer,
        status=Status.NOT_FOUND if nothing_left else answer.status,
        confidence=0.0 if nothing_left else answer.confidence,
        statements=tuple(kept),
        evidence=tuple(place for place in answer.evidence if check_evidence(place, opened)),
        checked=Checked(counted, supported),
    )


def without_orders(text: str) -> str:
    """Source text without the lines that try to give a language model orders; they are kept from it and support nothing."""
    if not _addresses_the_model(text):
        return text
    lines = text.splitlines()
    alone = [_addresses_the_model(line) for line in lines]
    withheld: set[int] = set()
    for at, found in enumerate(alone):
        wrapped = not any(alone[at : at + 2]) and _addresses_the_model("\n".join(lines[at : at + 2]))
        if found or wrapped:
            withheld.update(range(at, at + _ORDER_LINES))
    return "\n".join(line for at, line in enumerate(lines) if at not in withheld)


def _addresses_the_model(text: str) -> bool:
    """Comment marks, punctuation and invisible characters between the words do not hide an order."""
    return bool(_ADDRESSES_THE_MODEL.search(_NO_WORDS.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)))))


def _word_for_word(
    text: str, cited: Sequence[tuple[Evidence, str]], evidence: Mapping[int, Evidence], *, unmarked: bool
) -> Verdict:
    for quotation in claims.quotations(text):
        if not any(claims.occurs(quotation, source) for _, source in cited):
            return Verdict(False, f'quotes "{quotation}", which the cited lines do not say')
    for name in claims.code_names(text, unmarked=unmarked):
        if not any(_names(name, place, source) for place, source in cited):
            return Verdict(False, f"names {name}, which the cited lines do not")
    allowed = {place.url for place in evidence.values() if place.url}
    for url in claims.urls(text):
        if url not in allowed:
            return Verdict(False, f"links to {url}, which is no place of evidence")
    return Verdict(True)


def _names(name: str, place: Evidence, source: str) -> bool:
    around = "\n".join(filter(None, (source, place.path, place.symbol, place.label, place.repository)))
    abbreviated = len(name) >= 7 and place.commit.startswith(name.lower())
    return abbreviated or claims.names(name, around)


def _about_its_evidence(text: str, source: str, question: str, known: str) -> Verdict:
    numbers = claims.unknown_numbers(text, f"{source}\n{known}")
    if numbers:
        return Verdict(False, f"says {numbers[0]}, which the cited lines do not")
    names = claims.unknown_names(text, source, known, question)
    if names:
        return Verdict(False, f"names {names[0]}, which neither the cited lines nor the question do")
    said = words.stems(text)
    in_evidence = words.shared(said, words.stems(f"{source}\n{known}"))
    in_all = in_evidence | words.shared(said, words.stems(question))
    if len(in_evidence) + claims.count_numbers(text) < _LEAST_WORDS:
        return Verdict(False, "shares no two words with the cited lines")
    if len(in_all) < _FLOOR * len(said) or len(in_evidence) < _FLOOR_EVIDENCE * len(said):
        return Verdict(False, f"only {len(in_evidence)} of its {len(said)} words are in the cited lines")
    return Verdict(True)


def _joined(cited: Sequence[tuple[Evidence, str]]) -> str:
    return "\n".join(part for place, source in cited for part in (source, place.path or "", place.symbol or "", place.label))


def _check_owner(statement: Statement, owners: Sequence[Owner]) -> Verdict:
    named = any(owner.name in statement.text or (owner.handle and owner.handle in statement.text) for owner in owners)
    return Verdict(named, "" if named else "names nobody who is known to own the cited files")
