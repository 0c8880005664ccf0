"""What an evaluation of retrieval has to reach."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.evaluation.metrics import values
from bot.evaluation.pinned import PinnedCase
from bot.evaluation.retrieval import RetrievalResult
from indexer.errors import QueryError


@dataclass(frozen=True, slots=True)
class Bar:
    """The mean NDCG@10 over the questions for files, or over those of a `kind`, that has to be at `least` 0..1."""

    kind: str
    least: float

    def reached(self, result: RetrievalResult) -> float:
        """The measure; 0 where no such case could be asked."""
        wanted = [one for one in result.judged if one.placed.case.kind == self.kind] if self.kind else result.of(commits=False)
        return float(values([one.scores for one in wanted], "ndcg10").mean()) if wanted else 0.0

    def missed(self, result: RetrievalResult) -> bool:
        return self.reached(result) < self.least - 1e-9


def check_kinds(bars: Sequence[Bar], cases: Sequence[PinnedCase]) -> None:
    """QueryError for a bar on a kind that no case is of."""
    kinds = dict.fromkeys(one.case.kind for one in cases)
    for bar in bars:
        if bar.kind and bar.kind not in kinds:
            raise QueryError(f'No case is of the kind "{bar.kind}".', f"Kinds of these cases: {', '.join(kinds)}.")
