"""Remembers what was handled, so that a second delivery or a double click does nothing."""

from __future__ import annotations

import threading
from collections import OrderedDict

_REMEMBERED = 2_000


class Once:
    """The last keys seen, in this process. Safe for many threads."""

    def __init__(self, remembered: int = _REMEMBERED) -> None:
        self._most = remembered
        self._seen: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()

    def first(self, key: str) -> bool:
        """True for the first caller only; an empty key is always new."""
        if not key:
            return True
        with self._lock:
            if key in self._seen:
                return False
            self._seen[key] = None
            while len(self._seen) > self._most:
                self._seen.popitem(last=False)
            return True

    def forget(self, key: str) -> None:
        """It came to nothing: the next one is the first again."""
        with self._lock:
            self._seen.pop(key, None)
