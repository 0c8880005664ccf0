"""What a refresh asks of Python itself: to look for garbage seldom, and to let threads take turns often."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_OBJECTS = 50_000  # made before cycles among them are looked for: a refresh makes millions, hardly any in cycles
_TURN = 0.0005  # seconds of a thread's turn while others wait. The model waits for one hundreds of times a batch: at Python's 5 ms,
# work beside it made it take 20 % more CPU (its cores wait for each other by spinning) and twice the time


@contextmanager
def making_much() -> Iterator[None]:
    """While in the block, garbage is looked for seldom and turns are short. For the whole process; a process
    refreshes one repository at a time."""
    often, turn = gc.get_threshold(), sys.getswitchinterval()
    if 0 < often[0] < _OBJECTS:  # 0: never
        gc.set_threshold(_OBJECTS, *often[1:])
    sys.setswitchinterval(min(turn, _TURN))
    try:
        yield
    finally:
        gc.set_threshold(*often)
        sys.setswitchinterval(turn)
