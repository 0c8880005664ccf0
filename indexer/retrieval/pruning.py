"""Which candidates can be among the best, told over all files at once: thousands in a millisecond, where a look at each takes fifty.

Leaving out changes no hit. A leg gives 0 to all but its best hundred, so that a file beyond those has only what other evidence says,
and that is at most a share of the best file's score. Whoever gets less by it than the k-th best is sure of is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.retrieval.candidates import FileKey, Gathered
from indexer.retrieval.corpus import Corpus, Found
from indexer.retrieval.fusion import TAIL
from indexer.retrieval.ranking import MIN_SHARE

BRIDGE_PASSAGES = 8  # passages of documentation that vote
_FEW = 1_600  # candidates of two repositories: leaving out pays above
_SLACK = 1e-6  # sums in another order differ by less


@dataclass(frozen=True, slots=True)
class Priors:
    """What is known of files before the two legs are asked, each as the share of the best file's score from the legs that it may add.

    `evidence` is what a file gets for itself, `path` what it gets where its path says all of the `terms`, `lent` the share of a test's
    score that the file it tests gets. `weights` are those of the dense and the lexical leg; the best `k` files are wanted.
    """

    k: int
    weights: tuple[float, float]
    evidence: Mapping[FileKey, float]
    terms: Collection[str]
    path: float
    lent: float
    wants_tests: bool

    def pruned(self, found: Sequence[Gathered], likely: Mapping[str, float]) -> Sequence[Gathered] | None:
        """The candidates of the files that can be among the best; None where all have to be looked at. `likely` says what the files of
        each repository count, 0..1."""
        sizes = [len(one.corpus.paths()) for one in found]
        if _few(found) or self.k > min(TAIL, sum(sizes)):
            return None
        near, near_floor = _scaled(_best_of_files([one.near for one in found], sizes))
        worded, worded_floor = _scaled(_best_of_files([one.worded for one in found], sizes))
        legs = self.weights[0] * near + self.weights[1] * worded
        counted = [one.corpus.demotions(self.wants_tests) * likely.get(one.corpus.repo, 1.0) for one in found]
        told = legs * np.concatenate(counted)
        told = told[told > 0.0]
        if len(told) < self.k:
            return None
        least = np.partition(told, -self.k)[-self.k]
        needed = float(least / legs.max()) * (1.0 - _SLACK)
        more = self._beside([one.corpus for one in found])
        kept = (legs > 0.0) | near_floor | worded_floor | (more >= needed)
        lent = self.lent * float(more[~kept].max(initial=0.0))  # by a test that is left out, to a file that is
        kept |= more + lent >= needed
        parts = np.split(kept, np.cumsum(sizes)[:-1])
        for part, passages in zip(parts, _passages(found), strict=True):
            part[passages] = True
        return [one.of_files(part) for one, part in zip(found, parts, strict=True)]

    def _beside(self, corpora: Sequence[Corpus]) -> np.ndarray:
        """What each file can get beside the legs: float, one repository's files after another's."""
        told: dict[str, dict[str, float]] = {corpus.repo: {} for corpus in corpora}
        for (repo, path), share in self.evidence.items():
            if repo in told:
                told[repo][path] = share
        parts = []
        for corpus in corpora:
            said = corpus.said(self.terms) / max(1, len(self.terms))
            part = np.where(said >= MIN_SHARE, self.path * said, 0.0)
            numbers = corpus.numbers(told[corpus.repo])
            part[numbers[numbers >= 0]] += np.array(list(told[corpus.repo].values()), float)[numbers >= 0]
            parts.append(part)
        return np.concatenate(parts)


def pruned_commits(found: Sequence[Gathered], k: int) -> Sequence[Gathered] | None:
    """The commits that a leg gives more than 0 to; None where the best `k` may be among others. Those that touched files near to the
    question come back when these are known: see `history.with_touching`. In the leg that does not tell for a commit it has 0."""
    if _few(found):
        return None
    floors, sure = [], 0
    for legs in ([one.near for one in found], [one.worded for one in found]):
        scores = np.concatenate([leg.scores for leg in legs])
        best = np.partition(scores, -TAIL)[-TAIL:] if len(scores) > TAIL else scores
        floors.append(float(best.min(initial=np.inf)))
        if len(scores) > TAIL and best.max() == floors[-1]:  # then the leg tells nothing of any
            return None
        sure = max(sure, int(np.count_nonzero(scores > floors[-1])))
    if sure < k:
        return None
    near, worded = floors
    return [Gathered(one.corpus, one.near.kept(one.near.scores >= near), one.worded.kept(one.worded.scores >= worded), True)
            for one in found]  # fmt: skip


def _few(found: Sequence[Gathered]) -> bool:
    return sum(len(one.near.places) + len(one.worded.places) for one in found) <= _FEW


def _best_of_files(legs: Sequence[Found], sizes: Sequence[int]) -> np.ndarray:
    """The score of each file's best chunk in a leg, one repository's files after another's; -inf where it has none."""
    parts = [np.full(size, -np.inf) for size in sizes]
    for leg, part in zip(legs, parts, strict=True):
        part[leg.files[::-1]] = leg.scores[::-1]  # of a file's chunks, the best is written last
    return np.concatenate(parts)


def _scaled(best: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The scores as `fusion.scaled` scales them, and which files tell it how: the best hundred."""
    known = best[np.isfinite(best)]
    if not len(known):
        return np.zeros(len(best)), np.zeros(len(best), bool)
    floor = np.partition(known, -TAIL)[-TAIL] if len(known) > TAIL else known.min()
    span = known.max() - floor
    if not span:
        return np.isfinite(best).astype(float), np.isfinite(best)
    return np.maximum(best - floor, 0.0) / span, best >= floor


def _passages(found: Sequence[Gathered]) -> list[np.ndarray]:
    """The files of the passages of documentation that vote, by their numbers in each repository."""
    which = [one.corpus.passages()[one.near.files] for one in found]
    scores = np.concatenate([one.near.scores[mask] for one, mask in zip(found, which, strict=True)])
    least = np.partition(scores, -BRIDGE_PASSAGES)[-BRIDGE_PASSAGES] if len(scores) > BRIDGE_PASSAGES else -np.inf
    return [one.near.files[mask & (one.near.scores >= least)] for one, mask in zip(found, which, strict=True)]
