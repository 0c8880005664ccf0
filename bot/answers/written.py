"""An answer in a language model's prose: each sentence is checked before it is seen, and the composed answer stands behind it."""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from bot.answers import words
from bot.answers.citations import Reader, check_statement
from bot.answers.prompt import build_prompt
from bot.answers.types import Answer, Checked, Evidence, Part, Question, Statement, Status, TextSink
from bot.errors import LLMError
from bot.llm.base import LanguageModel
from indexer.types import Kind

log = logging.getLogger(__name__)

_ALONE = "This answer was composed from the evidence alone."
_LONGEST = 220  # words; what a model writes beyond this nobody reads

_MARK = r"\[\d+(?:\s*[,–-]\s*\d+)*\]"
_MARKS = re.compile(_MARK)
_BREAK = re.compile(
    rf"[.!?][\"”»)*_]*(?:\s*{_MARK})*\s+(?=[^\s\[])"  # a full stop, the marks after it, and what begins the next sentence
    rf"|(?:{_MARK})[.;]?\s+(?=[A-Z•*-])"  # marks without a full stop
    r"|\n\s*(?=[^\s\[])"
)
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|[A-Z])\.|^\s*\d+[.)])\s*$")
_BULLET = re.compile(r"^\s*(?:[-*•#>]+|\d+[.)])\s+")
_NOT_KNOWN = re.compile(
    r"\b(?:I|we) (?:do not|don['’]t|cannot|can['’]t) (?:know|tell|say|answer|determine)\b"
    r"|\bevidence (?:does not|doesn['’]t|do not|is not enough|is insufficient)",
    re.IGNORECASE,
)
_LEANS_BACK = re.compile(r"^(?:However|But|Otherwise|Instead|This|That|These|Those|Therefore|Thus|Hence|So)\b")


def write_answer(
    model: LanguageModel,
    question: Question,
    draft: Answer,
    read: Reader,
    *,
    timeout: float,
    on_text: TextSink | None = None,
    more: Sequence[Evidence] = (),
) -> Answer:
    """Have `model` tell the checked answer `draft` in plain words, over its evidence and `more` places with numbers of their own.

    `on_text` gets each sentence with its marks once it has passed the check. Whatever goes wrong ends in the draft with a notice,
    or, where the answering sentence had been written by then, in what was checked until then. Evidence is numbered anew, in the
    order in which the prose cites it. `timeout` is in seconds. Raises nothing of the model's.
    """
    if draft.status is not Status.ANSWERED or not draft.evidence or draft.statements[0].part is Part.WHO:
        return draft  # without evidence a model could only make something up, and who knows what is no matter of prose
    material = replace(draft, evidence=(*draft.evidence, *more))
    prompt = build_prompt(question, material)
    prose = _Prose(question, material, functools.cache(read), on_text)
    failure: LLMError | None = None
    try:
        with closing(_closable(model.stream(prompt.system, prompt.user, deadline=timeout))) as pieces:
            for sentence in sentences(pieces):
                if not prose.take(sentence):
                    break
    except LLMError as exc:
        log.warning("%s", exc)
        failure = exc
    if prose.kept:
        return prose.answer(model.name, failure)
    return replace(draft, notices=(*draft.notices, prose.why_not(model.name, failure)))


def sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Whole sentences with the marks behind them, as soon as the next one begins. A model's thinking aloud is left out."""
    buffer = ""
    for piece in pieces:
        buffer += piece
        if buffer.lstrip().startswith("<think>"):
            _, thought, buffer_after = buffer.partition("</think>")
            if not thought:
                continue
            buffer = buffer_after
        while end := _end_of_first(buffer):
            yield buffer[:end].strip()
            buffer = buffer[end:]
    if buffer.strip() and not buffer.lstrip().startswith("<think>"):
        yield buffer.strip()


def statement_of(sentence: str) -> Statement:
    """A sentence without its marks, and the numbers they name in the order in which they first stand."""
    text = _BULLET.sub("", sentence.replace("【", "[").replace("】", "]").replace("**", ""))
    numbers: list[int] = []
    parts = re.split(r"(`[^`]*`)", text)  # `items[0]` is code, no citation
    for at in range(0, len(parts), 2):
        for mark in _MARKS.findall(parts[at]):
            numbers += [number for number in _numbers(mark) if number not in numbers]
        parts[at] = _MARKS.sub("", parts[at])
    bare = re.sub(r"\s+([.,;:!?])", r"\1", " ".join("".join(parts).split()))
    return Statement(bare, tuple(numbers), Part.PROSE)


class _Prose:
    """The sentences of one answer while they arrive."""

    def __init__(self, question: Question, draft: Answer, read: Reader, on_text: TextSink | None) -> None:
        self._asked = " ".join([question.text, *(turn.text for turn in question.thread if not turn.by_docent)])
        self._draft = draft
        self._evidence = {place.number: place for place in draft.evidence}
        self._read = read
        self._on_text: Callable[[str], None] = on_text or (lambda _: None)
        self._answer_word = ""
        self._dropped_last = False
        self._counted = 0
        self._knows = True
        self._numbers: dict[int, int] = {}  # of evidence: as the model was given it, as the reader sees it
        self.kept: list[Statement] = []

    def take(self, sentence: str) -> bool:
        """Check one sentence and keep it if it holds; False when no more are wanted."""
        statement = statement_of(f"{self._answer_word} {sentence}".strip())
        if not statement.evidence and not words.stems(statement.text):
            self._answer_word = "" if self.kept else statement.text  # "No." belongs to the sentence that follows
            return True
        self._answer_word = ""
        if not statement.evidence and not self.kept:
            self._knows = not _NOT_KNOWN.search(statement.text)
            return self._knows  # an opening such as "Here is what I found:" is left out
        if statement.text in (kept.text for kept in self.kept):
            return True
        self._counted += 1
        if not self._holds(statement):
            self._dropped_last = True
            return bool(self.kept)  # without its first sentence the rest answers nothing
        self._keep(statement)
        return sum(len(kept.text.split()) for kept in self.kept) < _LONGEST

    def answer(self, name: str, failure: LLMError | None) -> Answer:
        """What was kept, with what the draft knows beyond it."""
        cites_history = any(self._evidence[number].kind is Kind.COMMIT for kept in self.kept for number in kept.evidence)
        beyond = [
            statement
            for statement in self._draft.statements
            if statement.part is Part.WHO or (statement.part is Part.WHY and not cites_history)
        ]
        statements = tuple(self._renumbered(statement) for statement in (*self.kept, *beyond))
        cut = (f"The answer breaks off here: {failure.message}",) if failure else ()
        return replace(
            self._draft,
            statements=statements,
            evidence=tuple(replace(self._evidence[old], number=new) for old, new in self._numbers.items()),
            checked=Checked(self._counted + len(beyond), len(statements)),
            notices=(*self._draft.notices, *cut),
            model=name,
        )

    def why_not(self, name: str, failure: LLMError | None) -> str:
        """Why there is no prose, in words for the reader."""
        if failure:
            return f"{failure.message} {_ALONE}"
        if not self._knows:
            return f"The language model {name} found no answer in this evidence. {_ALONE}"
        if self._counted:
            return f"What the language model {name} wrote is not supported by the evidence. {_ALONE}"
        return f"The language model {name} wrote nothing that cites the evidence. {_ALONE}"

    def _holds(self, statement: Statement) -> bool:
        if self._dropped_last and _LEANS_BACK.match(statement.text):
            return False
        known = self._draft.statements
        verdict = check_statement(statement, self._evidence, self._read, strict=True, question=self._asked, known=known)
        if not verdict.supported:
            log.debug("a sentence of the language model was dropped, because it %s: %s", verdict.reason, statement.text)
        return verdict.supported

    def _keep(self, statement: Statement) -> None:
        self._dropped_last = False
        self.kept.append(statement if self.kept else replace(statement, part=Part.LEAD))
        self._on_text(f"{statement.text} {''.join(f'[{number}]' for number in self._renumbered(statement).evidence)} ")

    def _renumbered(self, statement: Statement) -> Statement:
        for number in statement.evidence:
            self._numbers.setdefault(number, len(self._numbers) + 1)
        return replace(statement, evidence=tuple(sorted(self._numbers[number] for number in statement.evidence)))


def _end_of_first(buffer: str) -> int:
    """Where the first whole sentence ends, 0 while that cannot be told."""
    for match in _BREAK.finditer(buffer):
        head = buffer[: match.end()]
        in_literal = head.count("`") % 2 or head.count('"') % 2 or head.count("“") != head.count("”")
        if head.strip() and not _NO_END.search(head) and (not in_literal or match.group().startswith("\n")):
            return match.end()
    return 0


def _numbers(mark: str) -> list[int]:
    """The numbers of "[1]", "[1, 3]" or "[2–4]"; a range that is too long to be meant is taken as its ends."""
    first, *rest = [int(digits) for digits in re.findall(r"\d+", mark)]
    if len(rest) == 1 and re.search(r"[–-]", mark) and 0 < rest[0] - first < 10:
        return list(range(first, rest[0] + 1))
    return [first, *rest]


def _closable(pieces: Iterator[str]) -> Generator[str, None, None]:
    """A generator around any iterator, so that leaving early closes what it came from."""
    yield from pieces
