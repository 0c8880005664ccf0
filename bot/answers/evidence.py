"""From hits to what can be said about them: quotable sentences ranked for the question, related commits, connections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot.answers.claims import occurs
from bot.answers.sentences import Sentence, Source, plain_markup, quotable, sentences_of
from bot.answers.types import Evidence
from bot.answers.words import shared, stems
from indexer.index import Index
from indexer.types import Chunk, Commit, Hit, Kind, Query, Role

_FILES = 8  # hits read closely
_CHUNKS_PER_FILE = 4
_CANDIDATES = 14  # sentences compared with the question by meaning
_COMMITS = 6
_PER_CHUNK = 2
_EXCERPT_LINES = 14

# What a kind of sentence is worth beside its likeness to the question: purpose before mechanics.
_WORTH = {Source.DOC: 0.10, Source.PROSE: 0.06, Source.COMMENT: 0.03, Source.MESSAGE: 0.0}


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a chunk and how well it answers, about -0.1 to 1.1."""

    chunk: Chunk
    sentence: Sentence
    score: float
    likeness: float
    overlap: float


@dataclass(frozen=True, slots=True)
class Piece:
    """One place that matters: a chunk, how good a hit it was (1 is the best), and its quotes, best first."""

    chunk: Chunk
    score: float
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A commit that speaks of the question; `touches` says that it changed one of the pieces' files."""

    commit: Commit
    repo: str
    score: float
    touches: bool


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything found for one question. `coverage` is the share of the question's words, weighted, that the best places hold."""

    query: Query
    pieces: tuple[Piece, ...]
    reasons: tuple[Reason, ...]
    likeness: float
    coverage: float


def gather(index: Index, query: Query, hits: Sequence[Hit]) -> Gathered:
    """Read the hits closely."""
    places = [hit for hit in hits if hit.chunk.commit is None][:_FILES]
    commits = [hit for hit in hits if hit.chunk.commit is not None][: _COMMITS * 3]
    best = places[0].score if places else 1.0
    chunks = [(chunk, hit.score / (best or 1.0)) for hit in places for chunk in (hit.chunk, *hit.more[: _CHUNKS_PER_FILE - 1])]
    pieces = _pieces(index, query, chunks)
    reasons = _reasons(index, query, commits, [chunk.path for chunk, _ in chunks if chunk.path])
    likeness = max((hit.signals.get("cosine", 0.0) for hit in places), default=0.0)
    return Gathered(query, pieces, reasons, likeness, _coverage(query, [chunk for chunk, _ in chunks[:12]]))


def _pieces(index: Index, query: Query, chunks: Sequence[tuple[Chunk, float]]) -> tuple[Piece, ...]:
    wanted = stems(query.text)
    rough: list[Quote] = []
    for chunk, score in chunks:
        for sentence in sentences_of(chunk):
            if not _stands_there(chunk, sentence):
                continue
            said = stems(sentence.text)
            overlap = len(shared(wanted, said)) / max(1, len(wanted))
            rough.append(Quote(chunk, sentence, overlap + 0.3 * score + _WORTH[sentence.source], 0.0, overlap))
    rough.sort(key=lambda quote: -quote.score)
    chosen = _spread(_unrepeated(rough))[:_CANDIDATES]
    likeness = index.similarity(query.text, [plain_markup(quote.sentence.text) for quote in chosen])
    by_chunk: dict[str, list[Quote]] = {}
    hit_scores = {chunk.id: score for chunk, score in chunks}
    for quote, alike in zip(chosen, likeness, strict=True):
        score = 0.62 * alike + 0.30 * quote.overlap + 0.12 * hit_scores[quote.chunk.id] + _WORTH[quote.sentence.source]
        by_chunk.setdefault(quote.chunk.id, []).append(replace(quote, score=score, likeness=alike))
    pieces = []
    for chunk, score in chunks:
        quotes = sorted(by_chunk.get(chunk.id, ()), key=lambda quote: -quote.score)
        pieces.append(Piece(chunk, score, tuple(quotes)))
    return tuple(pieces)


def _stands_there(chunk: Chunk, sentence: Sentence) -> bool:
    """Whether the sentence as it would be quoted is what its lines say; markup inside it can stand in the way."""
    first = sentence.start_line - chunk.start_line
    lines = chunk.text.splitlines()[first : first + sentence.end_line - sentence.start_line + 1]
    return occurs(quotable(sentence), "\n".join(lines))


def _unrepeated(quotes: list[Quote]) -> list[Quote]:
    """Overlapping chunks of one file hold the same sentence: it counts once."""
    seen: set[tuple[str | None, int, str]] = set()
    kept = []
    for quote in quotes:
        key = (quote.chunk.path, quote.sentence.start_line, quote.sentence.text)
        if key not in seen:
            seen.add(key)
            kept.append(quote)
    return kept


def _spread(quotes: list[Quote]) -> list[Quote]:
    """The best two sentences of each chunk first, so that one long text does not crowd out the others."""
    taken: dict[str, int] = {}
    first, later = [], []
    for quote in quotes:
        taken[quote.chunk.id] = taken.get(quote.chunk.id, 0) + 1
        (first if taken[quote.chunk.id] <= _PER_CHUNK else later).append(quote)
    return first + later


def _reasons(index: Index, query: Query, hits: Sequence[Hit], paths: Sequence[str]) -> tuple[Reason, ...]:
    """The commits among the hits, those that changed the pieces' files first."""
    found: list[Reason] = []
    near = set(paths[:4])
    best = hits[0].score if hits else 1.0
    for repo in dict.fromkeys(hit.chunk.repo for hit in hits):
        of_repo = [hit for hit in hits if hit.chunk.repo == repo]
        commits = index.commits(repo, [hit.chunk.commit or "" for hit in of_repo])
        for hit in of_repo:
            commit = commits.get(hit.chunk.commit or "")
            if commit is not None:
                touches = any(change.path in near for change in commit.changes)
                found.append(Reason(commit, repo, hit.score / (best or 1.0), touches))
    if not query.wants_history:
        found.sort(key=lambda reason: -(reason.score + (0.3 if reason.touches else 0.0)))
    return tuple(found[:_COMMITS])


def _coverage(query: Query, chunks: Sequence[Chunk]) -> float:
    """The share of the question's words that stand in the best places, longer and so rarer words counting more."""
    wanted = stems(query.text)
    if not wanted:
        return 0.0
    there = stems(" ".join(f"{chunk.path} {chunk.symbol or ''} {chunk.doc} {chunk.text}" for chunk in chunks))
    weight = {word: min(len(word), 8) for word in wanted}
    return sum(weight[word] for word in shared(wanted, there) if word in weight) / sum(weight.values())


class EvidenceList:
    """Numbers the places an answer cites; the same lines cited twice get the same number."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._places: list[Evidence] = []

    @property
    def places(self) -> tuple[Evidence, ...]:
        return tuple(self._places)

    def cite(self, chunk: Chunk, start: int = 0, end: int = 0) -> int:
        """The number for these lines of a chunk (default: how it begins), at the commit that is indexed."""
        start = max(start or chunk.start_line, chunk.start_line)
        end = min(end or start + _EXCERPT_LINES - 1, chunk.end_line)
        assert chunk.path is not None
        lines = chunk.text.splitlines()[start - chunk.start_line : end - chunk.start_line + 1]
        while lines and not lines[-1].strip():
            lines.pop()
        end = start + max(len(lines), 1) - 1
        commit = self._index.head(chunk.repo)
        name = PurePosixPath(chunk.path).name
        return self._add(
            Evidence(
                number=len(self._places) + 1,
                repository=chunk.repo,
                path=chunk.path,
                start_line=start,
                end_line=end,
                commit=commit,
                url=self._index.file_url(chunk.repo, commit, chunk.path, start, end),
                excerpt="\n".join(lines),
                kind=chunk.kind,
                label=f"{name} {start}–{end}" if end > start else f"{name} {start}",
                symbol=chunk.symbol,
            )
        )

    def cite_quote(self, quote: Quote) -> int:
        """The lines of a quoted sentence, together with the definition they explain where that is near."""
        start, end = quote.sentence.start_line, quote.sentence.end_line
        if quote.sentence.source is Source.DOC and start - quote.chunk.start_line <= 8:
            start = quote.chunk.start_line
        return self.cite(quote.chunk, start, end)

    def cite_call(self, call: Call) -> int:
        """The line of a call, known by the name of the definition that holds it."""
        number = self.cite(call.chunk, call.line, call.line)
        self._places[number - 1] = replace(self._places[number - 1], symbol=call.caller)
        return number

    def cite_commit(self, repo: str, commit: Commit) -> int:
        return self._add(
            Evidence(
                number=len(self._places) + 1,
                repository=repo,
                path=None,
                start_line=1,
                end_line=1 + commit_text(commit).count("\n"),
                commit=commit.sha,
                url=self._index.commit_url(repo, commit.sha),
                excerpt=commit_text(commit),
                kind=Kind.COMMIT,
                label=f"commit {commit.short}",
            )
        )

    def _add(self, evidence: Evidence) -> int:
        for place in self._places:
            if replace(place, number=evidence.number) == evidence:
                return place.number
        self._places.append(evidence)
        return evidence.number


def commit_text(commit: Commit) -> str:
    """A commit as evidence: its message, author and date."""
    written = f"{commit.author.name}, {commit.authored_at:%d %b %Y}"
    return "\n\n".join(part for part in (commit.subject.strip(), commit.body.strip(), written) if part)


def reopen(index: Index, evidence: Evidence) -> str | None:
    """Read a cited place from git again, at the commit it is pinned to; None when there is no such place."""
    if evidence.kind is Kind.COMMIT:
        commit = index.commit_from_git(evidence.repository, evidence.commit)
        return commit_text(commit) if commit else None
    assert evidence.path is not None
    return index.read_lines(evidence.repository, evidence.commit, evidence.path, evidence.start_line, evidence.end_line)


_CALL = re.compile(r"([A-Za-z_]\w*)\s*\(")
_COMMON_NAME = 2  # a name defined more often than this says little about which definition is called


@dataclass(frozen=True, slots=True)
class Call:
    """`caller` (a symbol's name) calls the symbol of a piece, at a line of a chunk."""

    caller: str
    callee: Piece
    chunk: Chunk
    line: int


def with_callers(index: Index, gathered: Gathered) -> Gathered:
    """Also the places that call the best piece's symbol, found by its name: they tell how it is reached."""
    lead = next((piece for piece in gathered.pieces if piece.chunk.symbol_kind in ("function", "method")), None)
    if lead is None or lead.chunk.role is Role.TEST:
        return gathered
    name = (lead.chunk.symbol or "").rsplit(".", 1)[-1]
    known = {piece.chunk.id for piece in gathered.pieces}
    callers = [
        Piece(chunk, 0.0, ())
        for chunk in index.mentioning(lead.chunk.repo, name, limit=20)
        if chunk.id not in known and chunk.kind is Kind.CODE and chunk.role is Role.SOURCE
    ]
    return replace(gathered, pieces=(*gathered.pieces, *callers))


def calls_between(index: Index, pieces: Sequence[Piece]) -> list[Call]:
    """Which pieces' code calls another piece's symbol, where the name leaves no doubt about which one is meant."""
    callees = [piece for piece in pieces if piece.chunk.symbol_kind in ("function", "method") and piece.chunk.symbol]
    names = {(piece.chunk.symbol or "").rsplit(".", 1)[-1] for piece in callees}
    found = []
    for repo in dict.fromkeys(piece.chunk.repo for piece in callees):
        defined = Counter(symbol.name for symbol in index.definitions(repo, names))
        for callee in callees:
            name = (callee.chunk.symbol or "").rsplit(".", 1)[-1]
            if callee.chunk.repo == repo and not name.startswith("__") and 1 <= defined[name] <= _COMMON_NAME:
                found += [call for piece in pieces if piece.chunk.repo == repo for call in _call(index, piece.chunk, callee, name)]
    return found


def _call(index: Index, chunk: Chunk, callee: Piece, name: str) -> Iterator[Call]:
    """The first call of `name` in a chunk, by the innermost definition around it."""
    if chunk.kind is not Kind.CODE or chunk.role is not Role.SOURCE or chunk.path is None or name not in chunk.text:
        return
    for offset, line in enumerate(chunk.text.splitlines()):
        number, bare = chunk.start_line + offset, line.strip()
        if name not in _CALL.findall(line) or bare.startswith(_NO_CALL):
            continue
        around = [item for item in index.symbols_of(chunk.repo, chunk.path) if item.start_line < number <= item.end_line]
        if around and around[-1].qualified != callee.chunk.symbol:
            yield Call(around[-1].qualified, callee, chunk, number)
            return


_NO_CALL = ("def ", "async def ", "func ", "fn ", "pub fn ", "function ", "#", "//", "*", "/*", "--")
