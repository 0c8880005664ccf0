"""What somebody asks before a change is planned: how things hang together, where it is fragile, and what a change would touch."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bot.config import Settings
from indexer.index import Index


class Planning:
    """Answers from what is indexed. Holds no state of one question; safe for many threads."""

    def __init__(self, index: Index, settings: Settings, allowed: Callable[[Sequence[str]], tuple[str, ...]]) -> None:
        """`allowed` gives the repositories that a question about some of them is put to."""
        self._index = index
        self._settings = settings
        self._allowed = allowed
