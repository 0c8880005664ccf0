"""Measures of rankings against numbers worked out by hand, and what must hold for any ranking."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation.metrics import MEASURES, mean, means, score, values

RANKS = st.lists(st.none() | st.integers(1, 100), min_size=1, max_size=15)


def test_a_ranking_worked_out_by_hand():
    found = score([2, 7, None])  # two of three: at the second and the seventh place
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert found.ndcg10 == pytest.approx((1 / math.log2(3) + 1 / math.log2(8)) / ideal)
    assert (found.mrr, found.recall1, found.hit1) == (0.5, 0.0, 0.0)
    assert (found.recall5, found.recall10) == (pytest.approx(1 / 3), pytest.approx(2 / 3))
    assert (found.hit5, found.hit10) == (1.0, 1.0)


def test_nothing_counts_beyond_the_tenth_place():
    assert score([11]) == score([None])
    assert set(vars_of(score([11]))) == {0.0}
    assert score([10]).hit10 == 1.0


def test_more_than_ten_right_files_can_still_be_found_perfectly():
    assert score(list(range(1, 13))).ndcg10 == pytest.approx(1.0)


@given(RANKS)
def test_every_measure_lies_between_nothing_and_all(ranks):
    ranks = [rank if ranks.index(rank) == place else None for place, rank in enumerate(ranks)]  # no two things share a rank
    found = score(ranks)
    assert all(0 <= value <= 1 + 1e-12 for value in vars_of(found))
    assert found.hit1 <= found.hit5 <= found.hit10
    assert found.recall1 <= found.recall5 <= found.recall10 <= found.hit10


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_a_mean_lies_in_its_interval(sample):
    found = mean(np.array(sample))
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert mean(np.array(sample)) == found  # the same every time


def test_the_interval_is_the_one_that_theory_gives():
    sample = np.tile([0.0, 1.0], 200)  # the standard error of the mean is 0.025
    found = mean(sample)
    assert (found.low, found.high) == (pytest.approx(0.451, abs=0.006), pytest.approx(0.549, abs=0.006))


def test_a_sure_difference_is_told_from_none():
    random = np.random.default_rng(1)
    before = random.random(100)
    assert mean(before + 0.05 - before).low > 0.049
    shuffled = mean(random.permutation(before) - before)
    assert shuffled.low < 0 < shuffled.high


def test_large_samples_are_drawn_in_parts():
    assert mean(np.ones(500_000)).low == 1.0


def test_means_of_nothing():
    assert means([]) == {}
    assert set(means([score([1])])) == set(MEASURES)
    assert values([score([1]), score([None])], "mrr").tolist() == [1.0, 0.0]


def vars_of(found) -> list[float]:
    return [getattr(found, measure) for measure in MEASURES]
