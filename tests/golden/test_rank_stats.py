"""The figures committed in rank_stats.txt are those of the code: every change of the ranking shows in review. Runs the real model."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from bot.evaluation.retrieval import RetrievalResult
from tests.golden.rank_stats import FILE, UPDATE, Remembered, measure, rank_stats


@pytest.fixture(scope="module")
def model() -> Remembered:
    return Remembered()


@pytest.fixture(scope="module")
def result(model: Remembered, tmp_path_factory: pytest.TempPathFactory) -> RetrievalResult:
    return measure(tmp_path_factory.mktemp("golden"), model)


def test_the_committed_figures_are_those_of_this_code(result):
    committed, now = FILE.read_text(encoding="utf-8"), rank_stats(result)
    changed = "\n".join(difflib.unified_diff(committed.splitlines(), now.splitlines(), "committed", "now", n=0, lineterm=""))
    if changed:
        pytest.fail(f"The ranking changed:\n{changed}\n\nIf that is meant, run `{UPDATE}` and commit {FILE.name}.", pytrace=False)


def test_every_question_can_be_asked(result):
    assert result.left_out == ()


def test_no_figure_hangs_on_the_last_digits_of_a_vector(model, result, tmp_path: Path):
    """Another processor gives other last digits (about 1e-7), and vectors are kept in half precision (a step is 3e-5)."""
    for number, size in enumerate((1e-6, 1e-5)):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert rank_stats(measure(folder, Remembered(size, model.known))) == rank_stats(result)
