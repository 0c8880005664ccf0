"""Precision and recall of an order of stories, and what chance and the best order reach."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluation import change_metrics
from bot.evaluation.change_metrics import Ranking, Score, best, expected, gain, mean_scores, score


def test_precision_counts_stories_and_recall_counts_entries() -> None:
    named = [{0, 1}, {1}, {25}, {29}]
    assert score(list(range(30)), named) == Score(0.2, 0.5)
    assert score([*range(29, 0, -1), 0], named) == Score(0.2, 0.5)


def test_a_period_of_few_stories_is_not_held_against_a_ranking() -> None:
    assert score([0, 1, 2, 3], [{0}, {1}, {2}]) == Score(0.75, 1.0)
    assert score([], []) == Score(0.0, 0.0)


@pytest.mark.parametrize("named", [[{0}], [{0, 1}, {3}], [{0, 1, 2, 3, 4}], [{0}, {0}, {2, 4}]])
def test_chance_is_the_mean_of_all_orders(monkeypatch: pytest.MonkeyPatch, named: list[set[int]]) -> None:
    monkeypatch.setattr(change_metrics, "TOP", 2)
    monkeypatch.setattr(change_metrics, "DEPTH", 3)
    scores = [score(order, named) for order in permutations(range(5))]
    found = expected(5, named)
    assert found.precision == pytest.approx(sum(one.precision for one in scores) / len(scores))
    assert found.recall == pytest.approx(sum(one.recall for one in scores) / len(scores))


@given(st.lists(st.sets(st.integers(0, 39), min_size=1, max_size=3), min_size=1, max_size=30), st.permutations(range(40)))
def test_no_order_is_better_than_the_best_where_stories_tell_of_one_entry(named: list[set[int]], order: list[int]) -> None:
    single = [{min(places)} for places in named]
    reached, most = score(order, single), best(40, single)
    assert reached.precision <= most.precision and reached.recall <= most.recall


def test_the_best_order_is_bound_by_how_many_stories_are_looked_at() -> None:
    assert best(100, [{place} for place in range(40)]) == Score(1.0, 0.5)
    assert best(100, [{place} for place in range(4)]) == Score(0.4, 1.0)
    assert best(100, [{0, place} for place in range(1, 31)]) == Score(1.0, 1.0)


def test_the_gain_is_over_most_lines_with_changelogs_hidden() -> None:
    one = {ranking: Score(0.1, 0.1) for ranking in Ranking} | {Ranking.DOCENT: Score(0.6, 0.5), Ranking.WITH_NOTES: Score(0.9, 0.9)}
    two = {ranking: Score(0.3, 0.3) for ranking in Ranking}
    found = gain(mean_scores([one, two]))
    assert (found.precision, found.recall) == (pytest.approx(0.25), pytest.approx(0.2))
    assert mean_scores([]) == {}
