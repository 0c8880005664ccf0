"""What the documentation says to a question, read for its own sake: for many questions a section of it is the answer.

The ranking of files judges places in code and lets documentation stand back. Here the sections nearest to the question are read
beside it, so that whoever asks how to use something hears what was written for users, and then where the code does it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.answers.gathering import Quote, definition_of, stands_there
from bot.answers.sentences import Sentence, Source, plain_markup, quotable, sentences_of
from bot.answers.words import shared, stems
from indexer.index import Index
from indexer.types import Chunk, Query

_SECTIONS = 3
_SENTENCES = 7  # of each section, compared with the question by meaning
_LEADS = 0.34  # from here on a section speaks of the question: 36 of 100 put to their own project, 8 to another one
_ASIDE = 0.43  # the same for one that is added to an answer about the code: 15 and 3
_LONGEST_LINE = 90
_BLOCK = 12  # lines of an example that are looked at
_PARAGRAPH = 5  # lines between a sentence and an example at the end of its paragraph
_EXAMPLE, _FIRST = 0.06, 0.08  # what a sentence gains that an example follows, or that opens its section
_NO_ANSWER = 0.30  # what it loses that only points elsewhere, or introduces what cannot be quoted
_INSTRUCTS = 0.06  # what it gains that tells how
_LEANS = 0.06  # what it loses that goes on from the sentence before it
_SAYS_WHAT = 0.15  # what it gains that begins with what is asked about, twice that where it says "X is a …"
_OF_SENTENCE = 0.5  # weight of the best sentence beside its section
_NEXT = 0.85  # a further section is told that has this share of the first one's worth

# Asked by somebody who wants to use the thing, not to know where its code does what.
_USAGE = re.compile(
    r"^\W*(?:(?:and|so|but|ok|hi|hello|hey|please)\b\W*)?(?:"
    r"how (?:do|can|could|should|would|must|to)\b"
    r"|(?:can|could|may|must|should|do|am) (?:i|you|one|people|users?|customers?)\b|(?:can|could) (?:it|this|that|they)\b"
    r"|does (?:it|this) (?:support|work|run|allow|offer|come)\b|is it possible\b|is there (?:an?|any|some) "
    r"|what(?:'s| is| are)\b|what does .{1,40} mean\b|where (?:do|can|should) (?:i|you|one)\b"
    r"|(?:which|what) (?:[\w-]+ ){1,3}do(?:es)? (?:it|i|you|one|this)\b"
    r"|(?:which|what) (?:\w+ )?(?:option|setting|command|flag|switch|parameter|key|variable|value)s?\b"
    r"|i (?:want|need|would like|'d like|wish)\b)",
    re.IGNORECASE,
)
_BUILT_BY_US = re.compile(r"^\W*how (?:do|can|could|should|would|must) (?:we|our)\b|\bour (?:code|system|service|app)\b", re.IGNORECASE)

_POINTS_ELSEWHERE = re.compile(
    r"^(?:for (?:more|further|full|details|information|an example)|see\b|refer to|read more|check out|click|visit|more information"
    r"|learn more|as (?:mentioned|described|shown)|(?:this|the following) (?:page|section|document|guide|part of))",
    re.IGNORECASE,
)
_INSTRUCTION = re.compile(
    r"^(?:to \w+|you can|you may|use|run|set|add|create|pass|install|call|put|specify|enable|disable|simply|just|start|write)\b",
    re.IGNORECASE,
)
_LEANING = re.compile(
    r"^(?:if(?! you\b)|when|in the event|in case|first|then|next|now|finally|also|however|but|and|so|otherwise|therefore|note that"
    r"|this|these|those|it|they|here)\b",
    re.IGNORECASE,
)
_FENCE = re.compile(r"^\s*(?:```|~~~)")
_DIRECTIVE = re.compile(r"^\s*\.\. (?:code|code-block|sourcecode|parsed-literal|prompt)::")
_INDENTED = re.compile(r"^(?: {2,}|\t)\s*\S")
_TABLE = re.compile(r"[|<>{}]|^\[ ")
_PROMPT = re.compile(r"^(?:>>>|\$)\s+")
_NO_EXAMPLE = re.compile(
    r"^(?:(?:import|from|using|use|require|class|def|func|function|package|namespace)\b|#|//|/\*|\.\.\.|:\w|--\s|\W+$|\w+:?$|[│├└┌+|])"
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A section of documentation and the sentence of it that says most. `score` is how well both fit the question, about 0 to 2;
    `example` is the line of code that follows the sentence, `example_line` where it stands; `leads` says that the answer may begin
    with it."""

    quote: Quote
    score: float
    leads: bool
    example: str = ""
    example_line: int = 0

    @property
    def chunk(self) -> Chunk:
        return self.quote.chunk


def asks_for_use(question: str) -> bool:
    """Whether it is asked how to use something, whether it can be done, or what it is, rather than how the code does it."""
    return bool(_USAGE.search(question)) and not _BUILT_BY_US.search(question)


def passages_for(index: Index, query: Query, question: str) -> tuple[Passage, ...]:
    """The sections of documentation that speak of the question, best first."""
    use = asks_for_use(question)
    floor = _LEADS if use else _ASIDE
    sections = [hit for hit in index.passages(query, _SECTIONS) if hit.score >= floor]
    rough = [quote for hit in sections for quote in _candidates(hit.chunk, query.text)]
    likeness = index.similarity(query.text, [quotable(quote.sentence) for quote in rough])
    quotes = [_judged(quote, alike, query.text) for quote, alike in zip(rough, likeness, strict=True)]
    found: dict[tuple[str | None, str | None], Passage] = {}
    for hit in sections:
        own = [one for one in quotes if one.quote.chunk.id == hit.chunk.id]
        if own:
            best = max(own, key=lambda one: one.quote.score)
            best = replace(best, score=hit.score + _OF_SENTENCE * best.quote.score, leads=use)
            section = (hit.chunk.path, hit.chunk.symbol)  # a long one is several chunks
            if section not in found or best.score > found[section].score:
                found[section] = best
    ranked = sorted(found.values(), key=lambda passage: -passage.score)
    ranked = [passage for passage in ranked if passage.score >= _NEXT * ranked[0].score]
    return tuple({passage.quote.sentence.text: passage for passage in reversed(ranked)}.values())[::-1]


def _candidates(chunk: Chunk, question: str) -> list[Quote]:
    """The section's sentences that share most with the question, and its first ones."""
    wanted = stems(question)
    quotes = [
        Quote(chunk, sentence, 0.0, 0.0, len(shared(wanted, stems(sentence.text))) / max(1, len(wanted)), place == 0)
        for place, sentence in enumerate(sentences_of(chunk))
        if sentence.source is Source.PROSE and stands_there(chunk, sentence) and not _TABLE.search(sentence.text)
    ]
    first = sorted(range(len(quotes)), key=lambda place: (-quotes[place].overlap, place))[:_SENTENCES]
    return [quotes[place] for place in sorted(first)]


def _judged(quote: Quote, alike: float, question: str) -> Passage:
    sentence = quote.sentence
    line, example = example_after(quote.chunk, sentence, stems(f"{question} {sentence.text}"))
    score = 0.62 * alike + 0.30 * quote.overlap + (_EXAMPLE if example else 0.0) + (_FIRST if quote.purpose else 0.0)
    if _POINTS_ELSEWHERE.match(sentence.text) or sentence.text.rstrip().endswith("?"):
        score -= _NO_ANSWER
    if sentence.text.rstrip().endswith(":") and not example:
        score -= _NO_ANSWER
    if _LEANING.match(sentence.text) or not sentence.text[:1].isupper():
        score -= _LEANS
    if _INSTRUCTION.match(sentence.text) and not definition_of(question):
        score += _INSTRUCTS
    if len(sentence.text.split()) < 5:
        score -= _EXAMPLE
    score += _SAYS_WHAT * _says_what(question, plain_markup(sentence.text))
    return Passage(replace(quote, score=score, likeness=alike, purpose=False), 0.0, False, example, line)


def _says_what(question: str, sentence: str) -> int:
    """For "What is X?": 2 where a sentence says that X is something, 1 where it begins with X."""
    defines = definition_of(question)
    if defines is None:
        return 0
    asked = stems(question)
    return 2 if defines.search(sentence) else int(bool(asked) and asked <= stems(" ".join(sentence.split()[: len(asked) + 2])))


def example_after(chunk: Chunk, sentence: Sentence, wanted: frozenset[str]) -> tuple[int, str]:
    """The line of the code block below a sentence's paragraph that shares most with the `wanted` stems, and its number; (0, "")
    where there is none."""
    lines = chunk.text.splitlines()
    at = sentence.end_line - chunk.start_line + 1
    ends = min(at + _PARAGRAPH, len(lines))
    at = next((place for place in range(at, ends) if not lines[place].strip() or _FENCE.match(lines[place])), ends)
    best: tuple[int, int, str] = (0, 0, "")
    for offset, line in _block(lines, at):
        code = " ".join(_PROMPT.sub("", line.strip()).split())
        if code and len(code) <= _LONGEST_LINE and "`" not in code and not _NO_EXAMPLE.match(code):
            fits = len(shared(stems(code), wanted))
            if fits > best[0]:
                best = (fits, chunk.start_line + offset, code)
    return best[1], best[2]


def _block(lines: Sequence[str], at: int) -> list[tuple[int, str]]:
    """The lines, with their places, of the code block that begins at `at` or below blank lines."""
    while at < len(lines) and not lines[at].strip():
        at += 1
    if at >= len(lines):
        return []
    if _FENCE.match(lines[at]):
        end = next((place for place in range(at + 1, len(lines)) if _FENCE.match(lines[place])), len(lines))
        return _shown(list(enumerate(lines))[at + 1 : min(end, at + 1 + _BLOCK)])
    if _DIRECTIVE.match(lines[at]):
        at += 1
    elif not _INDENTED.match(lines[at]):
        return []
    found = []
    for place in range(at, min(at + _BLOCK, len(lines))):
        if lines[place].strip() and not _INDENTED.match(lines[place]):
            break
        found.append((place, lines[place]))
    return _shown(found)


def _shown(block: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """What is typed, where a block also shows what comes back."""
    typed = [(place, line) for place, line in block if line.strip().startswith((">>> ", "$ "))]
    return typed or block
