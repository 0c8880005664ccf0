"""Likely technical words of a question, and the file they are told from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from indexer.embedding_hints import HintModel
from indexer.errors import ModelError


def model(folder: Path) -> HintModel:
    """"retri" lies along the first axis and goes with "pester", "cach" lies along the second, "login" is always a little likely, and
    nothing goes with "thing"."""
    tensors = {
        "of_vector": np.array([[127, 0, 0], [0, 127, 0], [-127, 0, 0]], np.int8), "vector_steps": np.full(3, 1 / 127, np.float32),
        "of_words": np.array([[100, 0, 0], [0, 0, 0]], np.int8), "word_steps": np.full(3, 0.001, np.float32),
        "usual": np.array([0.0, -0.5, 0.1], np.float32),
    }  # fmt: skip
    save_file(tensors, folder / "words.safetensors", metadata={"words": "retri cach login", "asked": "pester thing"})
    return HintModel(folder / "words.safetensors")


def test_the_likeliest_words_come_first_and_unlikely_ones_not_at_all(tmp_path: Path) -> None:
    found = model(tmp_path).hints("Things", np.array([0.8, 0.6, 0.0], np.float32))
    assert [word for word, _ in found] == ["retri", "cach", "login"]
    assert [likely for _, likely in found] == pytest.approx([0.8, 0.1, 0.1])
    assert model(tmp_path).hints("Things", np.array([0.0, 0.0, 1.0], np.float32)) == (("login", pytest.approx(0.1)),)
    assert model(tmp_path).hints("Things", np.array([2.0, 0.0, 0.0], np.float32))[0] == ("retri", 1.0)


def test_the_words_of_a_question_count_once_each(tmp_path: Path) -> None:
    found = model(tmp_path).hints("Pester, pestering and pestered", np.zeros(3, np.float32))
    assert found == (("retri", pytest.approx(0.1)), ("login", pytest.approx(0.1)))


def test_less_is_told_the_fewer_words_are_everyday_ones(tmp_path: Path) -> None:
    towards = np.array([0.8, 0.0, 0.0], np.float32)
    assert model(tmp_path).hints("thing mutex", towards)[0] == ("retri", pytest.approx(0.2))
    assert model(tmp_path).hints("mutex", towards) == model(tmp_path).hints("", towards) == ()


def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "words.safetensors").write_bytes(b"no")
    with pytest.raises(ModelError, match=r"words\.safetensors cannot be read") as caught:
        HintModel(tmp_path / "words.safetensors").hints("", np.zeros(3, np.float32))
    assert "Install" in caught.value.hint
