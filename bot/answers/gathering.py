"""From hits to what can be said about them: quotable sentences ranked for the question, related commits, connections."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.answers.claims import occurs
from bot.answers.sentences import Sentence, Source, plain_markup, quotable, sentences_of
from bot.answers.words import shared, stems
from indexer.index import Index
from indexer.tokens import identifiers
from indexer.types import Chunk, Commit, Hit, Kind, Query, Role

_FILES = 8  # hits read closely
_CHUNKS_PER_FILE = 4
_CANDIDATES = 12  # sentences compared with the question by meaning
_COMMITS = 6
_PER_CHUNK = 2
_HISTORY = 5000  # commits of one file looked at
_BY_NAME = 0.45  # what a commit that names the place is worth beside those found by the question
_TELLING_NAME = re.compile(r"[a-z0-9]_[a-z]|[a-z][A-Z]")  # of two words or more
_FEW_DEFINITIONS = 3  # a name defined more often means none of them in particular
_MEANT = 0.25  # worth of the documentation of what was asked about by name
_PROPER = re.compile(r"(?<=[a-z,] )[A-Z]\w+")  # a capital inside the question can be a type's name
_PURPOSE = 0.05
_FAR = 1.0  # what a sentence loses for the cosine by which its chunk is further from the question than the nearest
_ASIDE = 0.06  # what documentation is further away by than code that answers as well
_WHOLE = 0.08  # what a whole file is nearer by than its part that answers
_DEFINES = 0.8  # worth of a sentence that says what the thing asked about is

# What a kind of sentence is worth beside its likeness to the question: purpose before mechanics.
_WORTH = {Source.DOC: 0.10, Source.PROSE: 0.06, Source.COMMENT: 0.03, Source.MESSAGE: 0.0}


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a chunk and how well it answers, about -0.1 to 1.1; `purpose` marks the first of a docstring."""

    chunk: Chunk
    sentence: Sentence
    score: float
    likeness: float
    overlap: float
    purpose: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """One place that matters: a chunk, how good a hit it was (1 is the best), and its quotes, best first."""

    chunk: Chunk
    score: float
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A commit that speaks of the question; `touches` says that it changed one of the pieces' files, `names_it` that it
    speaks of the best piece by its name, `timely` that it is of the time that the question names."""

    commit: Commit
    repo: str
    score: float
    touches: bool
    names_it: bool = False
    timely: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything found for one question. `likeness` is the best place's cosine with the question, `named` says that the question
    holds a name of code that the repository defines; `meant` are the ids of the chunks that define it."""

    query: Query
    pieces: tuple[Piece, ...]
    reasons: tuple[Reason, ...]
    likeness: float
    named: bool
    meant: frozenset[str] = frozenset()

    @property
    def quote_likeness(self) -> float:
        """The cosine of the question and the sentence nearest to it."""
        return max((quote.likeness for piece in self.pieces for quote in piece.quotes), default=0.0)


def gather(index: Index, query: Query, hits: Sequence[Hit]) -> Gathered:
    """Read the hits closely."""
    places = [hit for hit in hits if hit.chunk.commit is None][:_FILES]
    commits = [hit for hit in hits if hit.chunk.commit is not None][: _COMMITS * 3]
    best = places[0].score if places else 1.0
    chunks = [(chunk, hit.score / (best or 1.0)) for hit in places for chunk in (hit.chunk, *hit.more[: _CHUNKS_PER_FILE - 1])]
    meant = _definitions_meant(index, query, [chunk for chunk, _ in chunks])
    chunks = [(chunk, 1.0) for chunk in meant] + [item for item in chunks if item[0] not in meant]
    pieces = _pieces(index, query, chunks, {chunk.id for chunk in meant})
    reasons = _reasons(index, query, commits, [chunk.path for chunk, _ in chunks if chunk.path])
    reasons += _reasons_by_name(index, pieces, {reason.commit.sha for reason in reasons})
    likeness = max((hit.signals.get("cosine", 0.0) for hit in places), default=0.0)
    named = bool(meant) or any(hit.signals.get("definition", 0.0) > 0.0 for hit in places)
    return Gathered(query, pieces, reasons, likeness, named, frozenset(chunk.id for chunk in meant))


def _definitions_meant(index: Index, query: Query, chunks: Sequence[Chunk]) -> list[Chunk]:
    """The chunks that define a name of code in the question: whoever asks about a name wants its definition first."""
    names = {*identifiers(query.text), *_PROPER.findall(query.text)}
    joined = {name for name in names if "." in name}
    if not names:
        return []
    found: list[Chunk] = []
    for repo in dict.fromkeys(chunk.repo for chunk in chunks):
        defined = [item for item in index.definitions(repo, names) if item.kind not in ("constant", "module")]
        whole = [item for item in defined if any(f".{item.qualified}".endswith(f".{name}") for name in joined)]
        places = [chunk for item in whole or defined for chunk in _chunk_at(index, repo, item.path, item.start_line)]
        if len(places) <= _FEW_DEFINITIONS:
            found += places
    return found


def _chunk_at(index: Index, repo: str, path: str, line: int) -> list[Chunk]:
    around = [chunk for chunk in index.chunks_of_file(repo, path) if chunk.start_line <= line <= chunk.end_line]
    return [chunk for chunk in around[:1] if chunk.role is not Role.TEST]


def _reasons_by_name(index: Index, pieces: Sequence[Piece], known: set[str]) -> tuple[Reason, ...]:
    """Commits that speak by name of what the best place defines, where the name is not everybody's."""
    best = next((piece.chunk for piece in pieces if piece.quotes and piece.chunk.symbol), None)
    name = (best.symbol or "").rsplit(".", 1)[-1] if best else ""
    if best is None or not _TELLING_NAME.search(name):
        return ()
    found = index.commits_mentioning(best.repo, name, limit=_COMMITS)
    touching = set(index.commits_touching(best.repo, best.path or "", limit=_HISTORY))
    return tuple(Reason(commit, best.repo, _BY_NAME, True, True) for commit in found if commit.sha in touching - known)


def _pieces(
    index: Index, query: Query, chunks: Sequence[tuple[Chunk, float]], meant: Collection[str]
) -> tuple[Piece, ...]:
    wanted = stems(query.text)
    defines = definition_of(query.text)
    rough: list[Quote] = []
    for chunk, score in chunks:
        for place, sentence in enumerate(sentences_of(chunk)):
            if not stands_there(chunk, sentence):
                continue
            said = stems(sentence.text)
            overlap = len(shared(wanted, said)) / max(1, len(wanted))
            if defines and defines.search(plain_markup(sentence.text)):
                overlap += _DEFINES
            purpose = place == 0 and sentence.source is Source.DOC
            worth = overlap + 0.3 * score + _WORTH[sentence.source] + _MEANT * (purpose and chunk.id in meant)
            rough.append(Quote(chunk, sentence, worth, 0.0, overlap, purpose))
    rough.sort(key=lambda quote: -quote.score)
    chosen = _spread(_unrepeated(rough))[:_CANDIDATES]
    likeness = index.similarity(query.text, [quotable(quote.sentence) for quote in chosen])
    by_chunk: dict[str, list[Quote]] = {}
    hit_scores = {chunk.id: score for chunk, score in chunks}
    near = _nearness(index, query, [chunk for chunk, _ in chunks])
    nearest = max(near.values(), default=0.0)
    for quote, alike in zip(chosen, likeness, strict=True):
        score = 0.62 * alike + 0.30 * quote.overlap + 0.12 * hit_scores[quote.chunk.id] + _WORTH[quote.sentence.source]
        score += (_PURPOSE + _MEANT * (quote.chunk.id in meant)) * quote.purpose
        score -= _FAR * (nearest - near.get(quote.chunk.id, nearest))
        by_chunk.setdefault(quote.chunk.id, []).append(replace(quote, score=score, likeness=alike))
    pieces = []
    for chunk, score in chunks:
        quotes = sorted(by_chunk.get(chunk.id, ()), key=lambda quote: -quote.score)
        pieces.append(Piece(chunk, score, tuple(quotes)))
    return tuple(pieces)


def _nearness(index: Index, query: Query, chunks: Sequence[Chunk]) -> dict[str, float]:
    """How near each chunk lies to the question, by its id."""
    near = index.nearness(query.text, chunks)
    return {chunk.id: near[chunk.id] + _leaning(chunk) for chunk in chunks if chunk.id in near}


def _leaning(chunk: Chunk) -> float:
    if chunk.kind is Kind.DOC:
        return _ASIDE
    return 0.0 if chunk.symbol else -_WHOLE


def definition_of(question: str) -> re.Pattern[str] | None:
    """For "What is X?" what a sentence looks like that says so: "X is a …"; the words of X may be joined or apart."""
    match = re.match(r"^\W*what(?:'s| is| are) (?:an? |the )?([\w .-]{2,40}?)\W*$", question, re.IGNORECASE)
    if not match:
        return None
    letters = r"[\s_-]?".join(re.escape(char) for char in re.sub(r"[\s_.-]", "", match[1]))
    return re.compile(rf"\b{letters}s?\b.{{0,40}}?\b(?:is|are) (?:an?|the|how|what|used)\b", re.IGNORECASE)


def stands_there(chunk: Chunk, sentence: Sentence) -> bool:
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
    first: list[Quote] = []
    later: list[Quote] = []
    for quote in quotes:
        taken[quote.chunk.id] = taken.get(quote.chunk.id, 0) + 1
        (first if taken[quote.chunk.id] <= _PER_CHUNK else later).append(quote)
    return first + later


def _reasons(index: Index, query: Query, hits: Sequence[Hit], paths: Sequence[str]) -> tuple[Reason, ...]:
    """The commits among the hits, those that changed the pieces' files first."""
    found: list[Reason] = []
    best = hits[0].score if hits else 1.0
    for repo in dict.fromkeys(hit.chunk.repo for hit in hits):
        of_repo = [hit for hit in hits if hit.chunk.repo == repo]
        near = {sha for path in dict.fromkeys(paths[:4]) for sha in index.commits_touching(repo, path, limit=_HISTORY)}
        commits = index.commits(repo, [hit.chunk.commit or "" for hit in of_repo])
        for hit in of_repo:
            commit = commits.get(hit.chunk.commit or "")
            if commit is not None:
                timely = hit.signals.get("time", 0.0) > 0.0
                found.append(Reason(commit, repo, hit.score / (best or 1.0), commit.sha in near, timely=timely))
    if not query.wants_history:
        found.sort(key=lambda reason: -(reason.score + (0.3 if reason.touches else 0.0)))
    return tuple(found[:_COMMITS])
