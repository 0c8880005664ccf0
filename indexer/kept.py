"""Keeps what takes long to work out, for as long as it holds."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_T = TypeVar("_T")


class Kept:
    """What was worked out for a state of a repository, until it is asked for another state. Safe for many threads."""

    def __init__(self) -> None:
        self._values: dict[Hashable, tuple[Hashable, Any]] = {}
        self._lock = threading.Lock()

    def get(self, what: Hashable, state: Hashable, make: Callable[[], _T]) -> _T:
        with self._lock:
            kept = self._values.get(what)
        if kept is None or kept[0] != state:
            kept = (state, make())
            with self._lock:
                self._values[what] = kept
        return kept[1]


class Latest:
    """What was worked out for the last few things asked about, each until it is asked for another state. Safe for many threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Hashable, tuple[Hashable, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, what: Hashable, make: Callable[[], _T], state: Hashable = None) -> _T:
        with self._lock:
            if what in self._values and self._values[what][0] == state:
                self._values.move_to_end(what)
                return self._values[what][1]
        made = make()
        with self._lock:
            self._values[what] = (state, made)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return made
