"""What commits are besides their words, worked out when it is first asked for: it does not depend on the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from indexer.retrieval.footprints import Footprint


class Footprints:
    """Of `count` commits by their places. Safe for many threads, as what two of them work out at once is the same."""

    def __init__(self, count: int, of: Callable[[Sequence[int]], Mapping[int, Footprint]]) -> None:
        self._of = of
        self._known = np.full((count, len(Footprint._fields)), np.nan)

    def at(self, places: np.ndarray) -> np.ndarray:
        """A row for each place, of the fields of a `Footprint`: float (n, fields); 0 for what a refresh has just taken away."""
        missing = places[np.isnan(self._known[places, 0])].tolist()
        if missing:
            found = self._of(missing)
            self._known[missing] = [found.get(place, (0.0,) * len(Footprint._fields)) for place in missing]
        return self._known[places]
