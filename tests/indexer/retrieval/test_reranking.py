"""The best places judged once more: how a judgement moves them, and what is left when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from indexer.errors import ModelError
from indexer.retrieval.reranking import Reranking
from indexer.types import Chunk, Hit, Kind
from tests.indexer.retrieval.test_search import code


class Judge:
    """Gives the scores it is told, by path, and remembers what it read."""

    name = "judge"

    def __init__(self, **scores: float) -> None:
        self.told = scores
        self.read: list[str] = []
        self.fails = ""

    def prepare(self) -> None: ...

    def scores(self, question: str, texts: Sequence[str], *, seconds: float) -> list[float]:
        if self.fails:
            raise ModelError(self.fails, "hint")
        self.read = list(texts)
        return [self.told[text.partition(".")[0]] for text in texts]


def hit(name: str, score: float) -> Hit:
    return Hit(code(f"{name}.py", f"text of {name}", symbol=name.upper()), score)


COMMIT = Hit(Chunk("c", "shop", None, 1, 1, "message", Kind.COMMIT, "", commit="a" * 40), 5.0)
HITS = [hit("a", 2.0), hit("b", 1.9), hit("c", 1.0), hit("d", 0.9)]


def moved(judge: Judge, hits: Sequence[Hit] = HITS, k: int = 10, top: int = 3, weight: float = 0.5) -> list[tuple[str, float]]:
    found, notices = Reranking(judge, top, weight, 1.0).applied(hits, "why?", k)
    assert not notices and [one.rank for one in found] == list(range(1, len(found) + 1))
    return [((one.chunk.path or "commit").removesuffix(".py"), one.score) for one in found]


def test_a_judgement_counts_by_its_weight_in_the_unit_of_the_scores() -> None:
    judge = Judge(a=-7.0, b=-5.0, c=-3.0)
    assert moved(judge) == [("c", 1.5), ("b", 1.45), ("a", 1.0), ("d", 0.45)]
    assert judge.read[0] == "a.py\nA\ntext of a"


@pytest.mark.parametrize(("weight", "order"), [(0.0, "abcd"), (1.0, "cbad")])
def test_the_weight_reaches_from_nothing_to_everything(weight: float, order: str) -> None:
    assert "".join(name for name, _ in moved(Judge(a=-7.0, b=-5.0, c=-3.0), weight=weight)) == order


def test_equal_judgements_change_no_order() -> None:
    assert [name for name, _ in moved(Judge(a=1.0, b=1.0, c=1.0))] == ["a", "b", "c", "d"]


def test_commits_keep_their_place_and_only_k_of_each_are_left() -> None:
    judge = Judge(a=0.0, b=1.0, c=2.0)
    assert [name for name, _ in moved(judge, [COMMIT, *HITS, COMMIT, COMMIT], k=2)] == ["commit", "commit", "c", "b"]
    assert [name for name, _ in moved(judge, [*HITS, COMMIT], k=2)] == ["c", "b", "commit"]


def test_one_file_or_none_needs_no_judge() -> None:
    assert moved(Judge(), [HITS[0], COMMIT]) == [("a", 2.0), ("commit", 5.0)]
    assert moved(Judge(), []) == []


def test_a_failure_leaves_the_order_and_says_so() -> None:
    judge = Judge()
    judge.fails = "The judge is ill."
    found, notices = Reranking(judge, 3, 0.5, 1.0).applied([*HITS, COMMIT], "why?", 3)
    assert found == [replace(one, rank=rank) for rank, one in enumerate([*HITS[:3], COMMIT], start=1)]
    assert notices == ("The judge is ill. The places are ranked without it.",)
