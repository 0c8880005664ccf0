"""Scaling and adding scores."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indexer.retrieval.fusion import fused, scaled

SCORES = st.dictionaries(st.integers(), st.floats(-1e3, 1e3), max_size=150)


def test_the_best_becomes_one_and_the_hundredth_and_all_below_zero() -> None:
    result = scaled({n: float(200 - n) for n in range(150)})
    assert result[0] == 1.0 and result[99] == result[149] == 0.0
    assert 0 < result[98] < result[1] < 1


def test_few_scores_are_scaled_to_their_last_and_equal_ones_are_all_best() -> None:
    assert scaled({"a": 4.0, "b": 3.0, "c": 2.0}) == {"a": 1.0, "b": 0.5, "c": 0.0}
    assert scaled({"a": 0.3, "b": 0.3}) == {"a": 1.0, "b": 1.0}
    assert scaled({}) == {}


@given(SCORES, st.floats(0.1, 10), st.floats(-100, 100))
def test_a_leg_in_other_units_is_scaled_the_same(scores: dict[int, float], factor: float, shift: float) -> None:
    scores = {key: round(score, 3) for key, score in scores.items()}
    result, other = scaled(scores), scaled({key: score * factor + shift for key, score in scores.items()})
    assert all(abs(result[key] - other[key]) < 1e-6 for key in scores)


@given(SCORES)
def test_scaling_keeps_the_order(scores: dict[int, float]) -> None:
    result = scaled(scores)
    ranked = sorted(scores, key=lambda key: scores[key])
    assert all(0 <= result[a] <= result[b] <= 1 for a, b in pairwise(ranked))


def test_a_key_that_a_leg_does_not_know_counts_nothing_there() -> None:
    assert fused([({"a": 1.0, "b": 0.5}, 0.5), ({"b": 1.0, "c": 1.0}, 0.25)]) == {"a": 0.5, "b": 0.5, "c": 0.25}
