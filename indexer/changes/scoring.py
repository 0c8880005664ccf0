"""How much a story matters, as a number with named parts.

score = N + ln(1 + s) + 0.2 ln((1 + S) / (1 + s)) - 2 [S = 0] + 1.5 [D >= 3] + 0.6 ln(1 + D) + 0.5 [T > 0] + 0.3 ln(1 + t) + [default]

S lines of source changed (at most 2,000) and s those up to 20, D lines of documentation added (at most 300), T lines of tests and t
those up to 150, N what it does (`_NATURES`), [default] whether its title speaks of a default, of what is an error now, or of what is
required. What users are told of elsewhere decides: whether a change is documented says more than how large it is, and beyond twenty
lines size says little. Changelogs are left out (`Noted` adds what they say).

Fitted by coordinate search on releases of five projects with written notes: sphinx, pytest and prometheus (the cases in
tests/benchmarks/change_cases), traefik and DPDK. The optimum is flat, so the weights are rounded; those found with one project left
out reach .73, .71, .61, .70 and .40 on it, against .77, .77, .63, .70 and .41. precision@10 on the 23 releases of the first three,
changelogs hidden: .74, most lines .34, chance .13. Trees and forests on the same features do no better.
"""

from __future__ import annotations

import math

from indexer.changes.fragments import Noted
from indexer.changes.natures import DOCUMENTED_LINES
from indexer.changes.titles import Title
from indexer.changes.types import Nature, Size
from indexer.changes.words import any_of

_LITTLE, _CAP = 20, 2000  # lines of source: up to the first each counts, beyond the second none
_LITTLE_SLOPE, _BEYOND_SLOPE = 1.0, 0.2
_NO_SOURCE = -2.0
_DOCUMENTED, _DOCS_SLOPE, _DOCS_CAP = 1.5, 0.6, 300
_TESTED, _TESTS_SLOPE, _TESTS_CAP = 0.5, 0.3, 150
_NATURES = {
    Nature.BREAKING: 3.0,
    Nature.DEPRECATION: 3.0,
    Nature.FEATURE: 2.5,
    Nature.SECURITY: 2.0,
    Nature.REMOVAL: 0.5,
    Nature.CHANGE: 0.0,
    Nature.REVERT: 0.0,
    Nature.FIX: -2.0,
    Nature.UPKEEP: -3.0,
}
_BEHAVIOUR = any_of(r"defaults? instead_of no_longer now requires? (is|are)_(an_)?errors? raises? no-?op")
_NOTED = {Noted.MAJOR: 3.0, Noted.ENTRY: 1.0, Noted.NONE: 0.0}


def score_of(title: Title, nature: Nature, size: Size, noted: Noted = Noted.NONE) -> float:
    """How much a story matters; see the formula above."""
    source, docs = min(size.source, _CAP), min(size.docs_added, _DOCS_CAP)
    little = min(source, _LITTLE)
    value = _NATURES[nature] + _LITTLE_SLOPE * math.log1p(little) + _BEYOND_SLOPE * math.log((1 + source) / (1 + little))
    value += _DOCS_SLOPE * math.log1p(docs) + _TESTS_SLOPE * math.log1p(min(size.tests, _TESTS_CAP))
    value += _NO_SOURCE * (not source) + _DOCUMENTED * (docs >= DOCUMENTED_LINES) + _TESTED * (size.tests > 0)
    return value + changes_behaviour(title) + _NOTED[noted]


def changes_behaviour(title: Title) -> bool:
    """Whether a title speaks of how the software behaves when nobody says otherwise."""
    return bool(_BEHAVIOUR.search(title.text))
