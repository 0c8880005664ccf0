"""Which commits can be among the best, told over all at once, before any of them is looked at by itself. Leaving out changes no hit."""

from __future__ import annotations

import numpy as np

from indexer.retrieval.candidates import Gathered
from indexer.retrieval.fusion import TAIL

_FEW = 1_600  # candidates of two repositories: leaving out pays above


def pruned_commits(found: Gathered, k: int) -> Gathered | None:
    """The commits that a leg gives more than 0 to; None where the best `k` may be among others. Those that touched files near to the
    question come back when these are known: see `history.with_touching`. In the leg that does not tell for a commit it has 0."""
    if len(found.near.places) + len(found.worded.places) <= _FEW:
        return None
    floors, sure = [], 0
    for scores in (found.near.scores, found.worded.scores):
        best = np.partition(scores, -TAIL)[-TAIL:] if len(scores) > TAIL else scores
        floors.append(float(best.min(initial=np.inf)))
        if len(scores) > TAIL and best.max() == floors[-1]:  # then the leg tells nothing of any
            return None
        sure = max(sure, int(np.count_nonzero(scores > floors[-1])))
    if sure < k:
        return None
    near, worded = (leg.kept(leg.scores >= floor) for leg, floor in zip((found.near, found.worded), floors, strict=True))
    return Gathered(found.corpora, found.repos, near, worded, True)
