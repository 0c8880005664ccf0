"""Passing over what lives long, and collecting what is garbage."""

from __future__ import annotations

import gc
import weakref

from indexer.memory import settle


class Ring:
    """Something that only the garbage collector can take away."""

    def __init__(self) -> None:
        self.me = self


def test_what_is_held_is_passed_over_and_garbage_is_collected_first() -> None:
    held, gone = Ring(), Ring()
    lost = weakref.ref(gone)
    settle()
    assert gc.get_freeze_count() > 0 and lost() is not None
    del gone
    settle()  # what was passed over before is garbage now
    assert lost() is None and held.me is held
    gc.unfreeze()
