"""Answers composed from the evidence alone: quoted where the source has words, described from structure where it has none."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath

from bot.answers.connections import calls_between
from bot.answers.evidence import EvidenceList
from bot.answers.gathering import Gathered, Piece, Quote, Reason
from bot.answers.passages import Passage
from bot.answers.people import KnownPerson
from bot.answers.sentences import Source, quotable, shortened, split
from bot.answers.tracing import traced_lead, traced_place
from bot.answers.types import Part, Statement
from bot.answers.words import shared, stems
from bot.render.screen import day
from indexer.index import Index
from indexer.types import Kind, Role

_POINTS = 3
_MUCH = 0.15
_PASSAGES, _BESIDE_PASSAGES = 2, 2  # sections of documentation that lead, and pieces of code beside them
_WORDS = 190  # of the whole answer, sources not counted
_GOOD_QUOTE = 0.30  # below it a sentence has little to do with the question
_GOOD_PIECE = 0.45  # share of the best hit's score
_GOOD_REASON = 0.42
_OF_LEAD = 0.7  # a further piece is worth showing when its sentence has this share of the first one's worth
_TELLING_SUBJECT = 4  # words; a shorter one explains nothing without a body
_SAYS_IT = 0.4  # what a commit gains that says all the words of the question
_BECAUSE = re.compile(
    r"\b(?:because|since|so that|so as|in order to|to (?:avoid|prevent|allow|make|fix|keep|support|let)|otherwise|fixes|causes?d?"
    r"|instead of|no longer|reason)\b",
    re.IGNORECASE,
)
_ASKS_WHY = re.compile(r"\bwhy\b|\breason\b", re.IGNORECASE)
_POINTS_ELSEWHERE = re.compile(
    r"^(?:for (?:more|further|full|details)|see\b|refer to|read more|check out|click|visit|more information)", re.IGNORECASE
)
_RELEASE_NOTES = re.compile(r"(?:^|/)(?:changelog|changes|history|news|release[-_ ]?notes|releases?)(?:\.\w+)?$", re.IGNORECASE)
_ABOUT_THE_PROJECT = re.compile(
    r"(?:^|/)(?:code[-_]of[-_]conduct|contributing|security|authors|licen[sc]e|governance|\.github/\S*)(?:\.\w+)?$", re.IGNORECASE
)  # how people work together says little about the product
_TITLE_MARKS = re.compile(r"\{[:#][^}]*\}|<[^<>]+>")
_NOISE = re.compile(r"^(?:merge\b|bump\b|release\b|v?\d+\.\d+|revert \"?merge|update changelog|prepare)", re.IGNORECASE)


def place_answer(
    index: Index, gathered: Gathered, evidence: EvidenceList, *, sure: bool = True, told: Sequence[Passage] = ()
) -> list[Statement]:
    """How or where something is done: the sentence that answers best, the pieces that matter, how they connect.

    `told` is what the documentation says to the question, which comes first where it may.
    """
    lead_quote = _definition_quote(gathered) or _lead_quote(gathered.pieces)
    pieces = [piece for piece in gathered.pieces if piece.score >= _GOOD_PIECE]
    statements: list[Statement] = []
    used: list[Piece] = []
    traced = traced_place(gathered.pieces, gathered.query.frames)
    leading = [] if traced else [passage for passage in told if passage.leads][:_PASSAGES]
    if leading and lead_quote is not None and _says_more(lead_quote, leading[0].quote):
        leading = []
    for passage in leading:
        part = Part.POINT if statements else Part.LEAD
        statements.append(Statement(_told(passage, lead=part is Part.LEAD, sure=sure), (_cite_passage(passage, evidence),), part))
        used.append(Piece(passage.chunk, passage.score, (passage.quote,)))
    if leading:
        pieces = [piece for piece in pieces if piece.chunk.kind is not Kind.DOC]  # the best of the documentation has been heard
        lead_quote = _definition_quote(gathered) or _lead_quote(pieces)
    elif traced is not None:
        statements.append(Statement(traced_lead(traced), (evidence.cite(traced.chunk),), Part.LEAD))
        used.append(traced)
    elif lead_quote is not None:
        statements.append(Statement(_lead(lead_quote, sure=sure), (evidence.cite_quote(lead_quote),), Part.LEAD))
        used.append(next(piece for piece in gathered.pieces if piece.chunk.id == lead_quote.chunk.id))
        second = _supporting(lead_quote, used[0])
        if second is not None:
            says = "A comment there adds" if second.sentence.source is Source.COMMENT else "It also says"
            statements.append(Statement(ended(f"{says}: “{quoted(second)}”"), (evidence.cite_quote(second),), Part.POINT))
    elif pieces:
        statements.append(Statement(_bare_lead(pieces[0]), (evidence.cite(pieces[0].chunk),), Part.LEAD))
        used.append(pieces[0])
    if told and not leading and not any(piece.chunk.kind is Kind.DOC for piece in used):
        statements.append(Statement(_told(told[0], lead=False), (_cite_passage(told[0], evidence),)))
        used.append(Piece(told[0].chunk, told[0].score, (told[0].quote,)))
    floor = max(_GOOD_QUOTE, _OF_LEAD * _lead_worth(lead_quote, False)) if lead_quote else _GOOD_QUOTE
    for piece in _other_pieces(pieces, used, floor)[: _BESIDE_PASSAGES if leading else _POINTS]:
        statements.append(_point(piece, evidence))
        used.append(piece)
    if leading and not any(piece.chunk.kind is Kind.CODE for piece in used):
        statements += [_closest_code(piece, evidence) for piece in pieces if piece.chunk.role is not Role.TEST][:1]
    statements.extend(_links(index, used, gathered.pieces, evidence))
    return statements


def history_answer(index: Index, gathered: Gathered, evidence: EvidenceList) -> list[Statement]:
    """When or why something changed: the commit that speaks of it, then the others, then what the code says today.

    Where the question names a time and a commit of it was found, no other is told.
    """
    wanted = _wanted(gathered)
    reasons = [reason for reason in _of_its_time(gathered) if reason.score >= 0.5 and not _NOISE.match(reason.commit.subject)]
    if not reasons:
        return place_answer(index, gathered, evidence)
    first, *rest = sorted(reasons, key=lambda reason: -(reason.score + _SAYS_IT * _share_said(wanted, reason)))
    cited = (evidence.cite_commit(first.repo, first.commit),)
    fits = len(shared(wanted, stems(f"{first.commit.subject} {first.commit.body}"))) >= min(2, len(wanted))
    told = f"on {day(first.commit.authored_at)} by {first.commit.author.name}: “{_subject(first.commit.subject)}”."
    lead = f"This changed {told}" if fits else f"I am not sure which change this was. The closest one was made {told}"
    statements = [Statement(lead, cited, Part.LEAD)]
    why = _why_sentence(first.commit.body, wanted)
    if why:
        statements.append(Statement(f"“{why}”, as its message explains.", cited, Part.WHY))
    elif _ASKS_WHY.search(gathered.query.text):
        statements.append(Statement("The message of that commit gives no further reason.", cited))
    for reason in rest[: _POINTS - 1]:
        commit = reason.commit
        if len(shared(wanted, stems(f"{commit.subject} {commit.body}"))) >= min(2, len(wanted)):
            text = f"Related, {day(commit.authored_at)}, {commit.author.name}: “{_subject(commit.subject)}”."
            statements.append(Statement(text, (evidence.cite_commit(reason.repo, commit),)))
    quote = _lead_quote(gathered.pieces, history=True)
    if quote is not None:
        statements.append(Statement(f"Today: {_lead(quote)}", (evidence.cite_quote(quote),)))
    return statements


def history_fit(gathered: Gathered) -> float:
    """How well the best commit's message fits the question, 0..1: the share of the question's words that it says."""
    wanted = _wanted(gathered)
    shares = [_share_said(wanted, reason) for reason in _of_its_time(gathered)[:3]]
    return max((share for share in shares if share * len(wanted) >= 2), default=0.0)


def _of_its_time(gathered: Gathered) -> Sequence[Reason]:
    return [reason for reason in gathered.reasons if reason.timely] or gathered.reasons


def _wanted(gathered: Gathered) -> frozenset[str]:
    """The words that a message should say: the question's, without those for its time, which no message repeats."""
    query = gathered.query
    return stems(query.text.replace(query.when.words, " ") if query.when and any(one.timely for one in gathered.reasons) else query.text)


def _share_said(wanted: Collection[str], reason: Reason) -> float:
    """The share of the question's words that a commit's message says."""
    said = shared(wanted, stems(f"{reason.commit.subject} {reason.commit.body}"))
    return len(said) / len(wanted) if wanted else 0.0


def why_statement(gathered: Gathered, evidence: EvidenceList) -> Statement | None:
    """What history says about the reason for what the answer shows; None where no commit speaks of it."""
    wanted = stems(gathered.query.text)
    for reason in gathered.reasons:
        commit = reason.commit
        if not reason.touches or reason.score < _GOOD_REASON or _NOISE.match(commit.subject):
            continue
        if len(shared(wanted, stems(f"{commit.subject} {commit.body}"))) < min(2, len(wanted)) and not reason.names_it:
            continue
        text = f"“{_subject(commit.subject)}” ({commit.author.name}, {commit.authored_at:%b %Y})"
        why = _why_sentence(commit.body, wanted)
        if not why and len(commit.subject.split()) < _TELLING_SUBJECT:
            continue
        if why:
            text += f": “{why}”"
        return Statement(ended(text), (evidence.cite_commit(reason.repo, commit),), Part.WHY)
    return None


def who_statement(people: Sequence[KnownPerson], evidence: EvidenceList) -> Statement | None:
    """Whom to ask, with the reasons and the latest commit that shows it."""
    if not people:
        return None
    first = people[0]
    text = f"{first.owner.name}: {', '.join(first.owner.reasons)}"
    if all(person.long_ago for person in people):
        text += "; nobody who worked on it has been active for more than a year"
    return Statement(ended(text), (evidence.cite_commit(first.repo, first.latest),), Part.WHO)


def trimmed(statements: Sequence[Statement]) -> list[Statement]:
    """At most about 190 words: the least important points go first, from the end; lead, why and who stay."""
    kept = list(statements)
    while sum(len(item.text.split()) for item in kept) > _WORDS:
        spare = [item for item in kept if item.part in (Part.POINT, Part.LINK)]
        if not spare:
            break
        kept.remove(spare[-1])
    return kept


def _definition_quote(gathered: Gathered) -> Quote | None:
    """What the definition says of itself that the question names."""
    quotes = [quote for piece in gathered.pieces if piece.chunk.id in gathered.meant for quote in piece.quotes if quote.purpose]
    return max(quotes, key=lambda quote: quote.score, default=None)


def _lead_quote(pieces: Sequence[Piece], *, history: bool = False) -> Quote | None:
    """The sentence that answers best, with tests, examples and release notes standing back."""
    quotes = [quote for piece in pieces for quote in piece.quotes if quote.score >= _GOOD_QUOTE]
    return max(quotes, key=lambda quote: _lead_worth(quote, history), default=None)


def _lead_worth(quote: Quote, history: bool) -> float:
    sentence, chunk = quote.sentence, quote.chunk
    worth = quote.score
    if chunk.role in (Role.TEST, Role.EXAMPLE):
        worth -= 0.15
    if is_release_notes(chunk.path) and not history:
        worth -= 0.30  # what was once new says little about how it is
    if chunk.kind is Kind.CODE and chunk.symbol is None:
        worth -= 0.08  # what a whole file is for is said better by its part that answers
    if sentence.source is Source.COMMENT and len(sentence.text.split()) < 7:
        worth -= 0.10  # "Create the Request." says what the next line does, not what happens
    if _ABOUT_THE_PROJECT.search(chunk.path or ""):
        worth -= 0.20
    if sentence.text.rstrip().endswith(("?", ":")):
        worth -= 0.30
    if _POINTS_ELSEWHERE.match(sentence.text):
        worth -= 0.30
    if len(sentence.text.split()) < 5:
        worth -= 0.08
    if not sentence.text[:1].isupper():
        worth -= 0.05
    return worth


def is_release_notes(path: str | None) -> bool:
    return bool(_RELEASE_NOTES.search(path or ""))


def _lead(quote: Quote, *, sure: bool = True) -> str:
    """The first sentence: what the source says about it, then where it says so."""
    source = quote.sentence.source
    text, where = quoted(quote), _where(quote)
    hedge = "" if sure else "Most likely this: "
    if source is Source.PROSE:
        return f"{hedge}“{text}”, says the documentation ({_doc_title(quote)})."
    if source is Source.DOC:
        return f"{hedge}“{text}”: that is the job of {where}."
    if source is Source.MESSAGE:
        return f"{hedge}{where} takes care of this; when something goes wrong it says “{text}”."
    return f"{hedge}“{text}”, says a comment in {where}."


def _says_more(found: Quote, passage: Quote) -> bool:
    """Whether a sentence of documentation among the hits says so much more of the question that its section matters less."""
    return found.chunk.kind is Kind.DOC and _lead_worth(found, False) >= passage.score + _MUCH


def _told(passage: Passage, *, lead: bool, sure: bool = True) -> str:
    """What the documentation says, with the example it gives."""
    text = quoted(passage.quote).rstrip(" :")
    example = f", as in `{passage.example}`" if passage.example else ""
    if lead:
        return f"{'' if sure else 'Most likely this: '}“{text}”, says the documentation ({_doc_title(passage.quote)}){example}."
    return ended(f"The documentation ({_doc_title(passage.quote)}) says: “{text}”{example}")


def _cite_passage(passage: Passage, evidence: EvidenceList) -> int:
    sentence = passage.quote.sentence
    return evidence.cite(passage.chunk, sentence.start_line, max(sentence.end_line, passage.example_line))


def _supporting(lead: Quote, piece: Piece) -> Quote | None:
    """A second sentence of the same place that adds something."""
    said = stems(lead.sentence.text)
    for quote in piece.quotes:
        words = stems(quote.sentence.text)
        new = len(words) - len(shared(words, said))
        if quote is not lead and quote.score >= _GOOD_QUOTE + 0.08 and new >= 4 and len(quote.sentence.text.split()) >= 7:
            return quote
    return None


def _closest_code(piece: Piece, evidence: EvidenceList) -> Statement:
    """Where the code of what the documentation tells stands, when it says nothing of itself."""
    name = PurePosixPath(piece.chunk.path or "").name
    where = f"`{piece.chunk.symbol}` in `{name}`" if piece.chunk.symbol else f"`{name}`"
    return Statement(f"The closest place in the code is {where}.", (evidence.cite(piece.chunk),))


def _bare_lead(piece: Piece) -> str:
    """Where no sentence answers, the names have to."""
    chunk = piece.chunk
    name = PurePosixPath(chunk.path or "").name
    if chunk.kind is Kind.DOC:
        return f"The closest passage is “{_title(piece)}” in `{name}`."
    if chunk.symbol:
        what = f"the {chunk.symbol_kind or 'definition'} `{chunk.symbol}` in `{name}`"
        return f"The closest place is {what}; it has no description of its own."
    return f"The closest place is `{name}`; it has no description of its own."


def _other_pieces(pieces: Sequence[Piece], used: Sequence[Piece], floor: float) -> list[Piece]:
    """Further pieces that say something new: other symbols, at most two of one file."""
    chosen: list[Piece] = []
    symbols = {(piece.chunk.path, piece.chunk.symbol) for piece in used}
    texts = {quote.sentence.text for piece in used for quote in piece.quotes[:1]}
    per_file: dict[str | None, int] = {}
    ranked = sorted(pieces, key=lambda piece: -(0.5 * piece.score + (piece.quotes[0].score if piece.quotes else 0.0)))
    for piece in ranked:
        key = (piece.chunk.path, piece.chunk.symbol)
        if piece.chunk.role is Role.TEST or is_release_notes(piece.chunk.path) or per_file.get(piece.chunk.path, 0) >= 2:
            continue
        best = next(iter(piece.quotes), None)
        if key in symbols or best is None or best.sentence.text in texts or _lead_worth(best, False) < floor:
            continue
        symbols.add(key)
        texts.add(best.sentence.text)
        per_file[piece.chunk.path] = per_file.get(piece.chunk.path, 0) + 1
        chosen.append(piece)
    return chosen[:_POINTS]


def _point(piece: Piece, evidence: EvidenceList) -> Statement:
    quote = piece.quotes[0]
    text = quoted(quote)
    cited = (evidence.cite_quote(quote),)
    name = PurePosixPath(piece.chunk.path or "").name
    if quote.sentence.source is Source.PROSE:
        return Statement(ended(f"The documentation ({_doc_title(quote)}) says: “{text}”"), cited)
    if piece.chunk.symbol:
        return Statement(ended(f"`{piece.chunk.symbol}` in `{name}`: “{text}”"), cited)
    return Statement(ended(f"`{name}`: “{text}”"), cited)


def _links(index: Index, used: Sequence[Piece], pieces: Sequence[Piece], evidence: EvidenceList) -> list[Statement]:
    """How the pieces connect: a call that leads to one that is shown, from among all that was found."""
    shown = [piece.chunk.symbol for piece in used]
    calls = [call for call in calls_between(index, pieces) if call.callee.chunk.symbol in shown]
    for call in sorted(calls, key=lambda call: shown.index(call.callee.chunk.symbol)):
        name = (call.callee.chunk.symbol or "").rsplit(".", 1)[-1]
        where = "" if call.chunk.path == call.callee.chunk.path else f" in `{PurePosixPath(call.chunk.path or '').name}`"
        return [Statement(f"`{call.caller}`{where} calls `{name}`.", (evidence.cite_call(call),), Part.LINK)]
    return []


def _where(quote: Quote) -> str:
    chunk = quote.chunk
    name = PurePosixPath(chunk.path or "").name
    return f"`{chunk.symbol}` in `{name}`" if chunk.symbol else f"`{name}`"


def _doc_title(quote: Quote) -> str:
    title = _TITLE_MARKS.sub("", (quote.chunk.symbol or "").split(" > ")[-1]).strip() or quote.chunk.about
    name = PurePosixPath(quote.chunk.path or "").name
    return f"{title}, `{name}`" if title and "`" not in title and '"' not in title else f"`{name}`"


def _title(piece: Piece) -> str:
    return (piece.chunk.symbol or piece.chunk.about or "").split(" > ")[-1].strip()


def quoted(quote: Quote) -> str:
    return quotable(quote.sentence)


def _subject(subject: str) -> str:
    return shortened(subject.strip().replace("“", '"').replace("”", '"'), 20).rstrip(" .")


def _why_sentence(body: str, wanted: Collection[str]) -> str:
    """The sentence of a commit's message that gives a reason, or speaks of the question."""
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", body)]
    sentences = [item for part in paragraphs for item in split(part) if 5 <= len(item.split()) <= 60]
    sentences = [item for item in sentences if not re.match(r"^(?:[-*#>]|Signed-off|Co-authored|https?:)", item)]

    def worth(sentence: str) -> float:
        return len(shared(wanted, stems(sentence))) + (1.5 if _BECAUSE.search(sentence) else 0.0)

    best = max(sentences, key=worth, default="")
    return shortened(best.replace("“", '"').replace("”", '"')).rstrip(" .") if best and worth(best) >= 1.5 else ""


def ended(text: str) -> str:
    return text if text.endswith((".", "!", "?", "…”", ".”")) else text + "."
