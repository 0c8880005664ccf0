"""Reading the best places once more, together with the question, and letting that judgement move them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from indexer.errors import ModelError
from indexer.types import Chunk, Hit

log = logging.getLogger(__name__)

_QUESTION, _TEXT = 500, 1_500  # characters: about 100 and 400 tokens


class Reranker(Protocol):
    """Judges how well texts answer a question. Threads may share it."""

    name: str

    def prepare(self) -> None:
        """Load what a first question would wait for. ModelError."""
        ...

    def scores(self, question: str, texts: Sequence[str], *, seconds: float) -> list[float]:
        """One number for each text, higher is better. ModelError where it fails, or is not done in time."""
        ...


def rerank(hits: Sequence[Hit], reranker: Reranker, question: str, *, top: int, weight: float, seconds: float) -> list[Hit]:
    """Hits of files in a new order, best first. ModelError.

    The first `top` are judged by their best chunk. The judgements, scaled to 0..1 among themselves, count by `weight`, and the
    score as a share of the best one by 1 - `weight`; the new scores keep the unit of the old ones.
    """
    judged, rest = hits[:top], hits[top:]
    if len(judged) < 2:
        return list(hits)
    reranker.prepare()  # the first question waits for it; that is not the model's slowness
    raw = reranker.scores(question[:_QUESTION], [_text(hit.chunk) for hit in judged], seconds=seconds)
    low, high = min(raw), max(raw)
    judgements = [(score - low) / (high - low) if high > low else 1.0 for score in raw]
    best = max(hit.score for hit in judged)
    moved = [
        replace(hit, score=(1.0 - weight) * hit.score + weight * best * said, signals={**hit.signals, "rerank": said})
        for hit, said in zip(judged, judgements, strict=True)
    ]
    moved += [replace(hit, score=(1.0 - weight) * hit.score) for hit in rest]
    return sorted(moved, key=lambda hit: -hit.score)


@dataclass(frozen=True, slots=True)
class Reranking:
    """A model that reranks, and how: see `rerank`."""

    reranker: Reranker
    top: int
    weight: float
    seconds: float

    def applied(self, hits: Sequence[Hit], question: str, k: int) -> tuple[list[Hit], tuple[str, ...]]:
        """At most `k` files in their new order and `k` commits; when the model fails, the old order and a notice that says so."""
        commits = [hit for hit in hits if hit.chunk.commit is not None][:k]
        files = [hit for hit in hits if hit.chunk.commit is None]
        notices: tuple[str, ...] = ()
        try:
            files = rerank(files, self.reranker, question, top=self.top, weight=self.weight, seconds=self.seconds)
        except ModelError as exc:
            log.warning("%s", exc)
            notices = (f"{exc.message} The places are ranked without it.",)
        commits_first = bool(hits) and hits[0].chunk.commit is not None
        ordered = [*commits, *files[:k]] if commits_first else [*files[:k], *commits]
        return [replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)], notices


def _text(chunk: Chunk) -> str:
    """A chunk as it is judged: where it stands, what it defines, and its source."""
    return "\n".join(part for part in (chunk.path, chunk.symbol, chunk.text) if part)[:_TEXT]
