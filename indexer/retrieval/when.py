"""How well commits fit the time that a question names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from indexer.retrieval.corpus import Corpus
from indexer.retrieval.recipe import Recipe
from indexer.types import When

_FIRST, _LAST = 0.0, 253_402_300_799.0  # 1970 and 9999, in seconds since 1970
_SHORT = timedelta(days=2).total_seconds()  # people name the day on which a change was released or merged, or wrote it elsewhere
_OPEN = timedelta(days=90).total_seconds()  # how far a loose end reaches of a time without the other one
_REACH, _LOOSE_REACH = 0.05, 0.5  # how far the ends reach, as shares of the whole


def fits(corpus: Corpus, when: When, recipe: Recipe) -> dict[str, float]:
    """SHA to how well it fits, above 0 to 1; commits that do not fit at all are left out."""
    for repo, base, tip in when.releases:
        if repo == corpus.repo:
            return dict.fromkeys(corpus.reached(base, tip), 1.0)
    if when.since is None and when.until is None:
        return {}
    since, until = _seconds(when.since, _FIRST), _seconds(when.until, _LAST)
    reach = _reach(when, until - since)
    return _weighed(corpus.dated(since - reach, until + reach), when, reach, recipe)


def _weighed(dates: Mapping[str, tuple[float, float]], when: When, reach: float, recipe: Recipe) -> dict[str, float]:
    since, until, soon = _seconds(when.since, _FIRST), _seconds(when.until, _LAST), _seconds(when.soon, _LAST)

    def fit(moment: float) -> float:
        beyond = max(since - moment, moment - until, 0.0)
        if beyond:
            return max(0.0, 1.0 - beyond / reach)
        return 1.0 if moment < soon else recipe.later

    found = {sha: max(fit(written), fit(brought)) for sha, (written, brought) in dates.items()}
    return {sha: value for sha, value in found.items() if value > 0.0}


def _reach(when: When, length: float) -> float:
    if when.strict:
        return _SHORT / 2
    if when.since is None or when.until is None:
        return _OPEN if when.loose else _SHORT
    return max(_SHORT, length * (_LOOSE_REACH if when.loose else _REACH))


def _seconds(moment: datetime | None, otherwise: float) -> float:
    return moment.timestamp() if moment else otherwise
