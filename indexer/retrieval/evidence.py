"""What is said of every file at once, as arrays in the order of their numbers."""

from __future__ import annotations

import numpy as np

from indexer.retrieval.corpus import Found
from indexer.retrieval.filings import Filings
from indexer.retrieval.fusion import TAIL
from indexer.retrieval.ranking import MIN_SHARE
from indexer.tokens import query_terms


def scaled_of_files(leg: Found, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Each file's best chunk in a leg, scaled to 0..1 over the files of all repositories as `fusion.scaled` does; and which files it
    found: float and bool (count,)."""
    best = np.full(count, -np.inf)
    best[leg.files[::-1]] = leg.scores[::-1]  # of a file's chunks, the best is written last
    found = np.isfinite(best)
    known = best[found]
    if not len(known):
        return np.zeros(count), found
    floor = np.partition(known, -TAIL)[-TAIL] if len(known) > TAIL else known.min()
    span = known.max() - floor
    return (np.maximum(best - floor, 0.0) / span if span else found.astype(float)), found


def path_shares(question: str, files: Filings) -> np.ndarray:
    """How much of the question the name and folder of each file say, 0..1: float (files,)."""
    terms = query_terms(question)
    shares = files.said(terms) / max(1, len(terms))
    return np.where(shares >= MIN_SHARE, shares, 0.0)


def lent_by_tests(scores: np.ndarray, which: np.ndarray, files: Filings) -> np.ndarray:
    """For each of these files, bool (files,), the best score of one of the tests among them that test it by their names: float (files,)."""
    lent = np.zeros(len(files))
    own, tested = files.names
    tests = np.flatnonzero(which & files.tests & (tested >= 0))
    if len(tests):
        best = np.zeros(len(files))  # by the number of a name
        np.maximum.at(best, tested[tests], scores[tests])
        others = np.flatnonzero(which & ~files.tests)
        lent[others] = best[own[others]]
    return lent
