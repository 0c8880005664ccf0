"""Short turns and seldom a look for garbage while a refresh is at work, and all as before afterwards."""

from __future__ import annotations

import gc
import sys

import pytest

from indexer.interpreter import making_much


def test_settings_of_python_hold_for_a_refresh_alone() -> None:
    often, turn = gc.get_threshold(), sys.getswitchinterval()
    with pytest.raises(KeyError), making_much():
        assert gc.get_threshold()[0] >= often[0] and gc.get_threshold()[0] >= 50_000 and sys.getswitchinterval() < 0.001
        raise KeyError
    assert gc.get_threshold() == often and sys.getswitchinterval() == turn


def test_a_process_that_never_looks_for_garbage_still_does_not() -> None:
    often = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with making_much():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*often)
