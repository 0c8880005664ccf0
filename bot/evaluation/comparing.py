"""Two runs of the same labelled questions, case by case: what got better, what got worse, and how sure the difference is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.evaluation.metrics import MEASURES, Mean, Scores, mean, score, values
from bot.evaluation.retrieval import Judged
from indexer.errors import QueryError

_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Earlier:
    """A case as an earlier run judged it; `same` holds what must be equal for the two to be compared."""

    same: tuple[Any, ...]
    best: int | None
    scores: Scores


@dataclass(frozen=True, slots=True)
class Moved:
    """A case whose NDCG differs: the rank of its first right file or commit before (None: not found), and by how much it differs."""

    judged: Judged
    before: int | None
    gain: float


@dataclass(frozen=True, slots=True)
class Change:
    """One measure over the cases of both runs."""

    before: float
    after: float
    difference: Mean


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run beside an earlier one, over the cases that both have. Groups are named "files", "commits", or by kind.

    `only_before` and `only_now` count the cases of one run alone; one whose question, commit or gold was changed counts as both.
    """

    cases: int
    only_before: int
    only_now: int
    groups: Mapping[str, tuple[int, Mapping[str, Change]]]
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]


def read_run(text: str, name: str) -> dict[str, Earlier]:
    """The cases of a run saved by --out, by their ids. QueryError where the file is something else."""
    try:
        value = json.loads(text)
        if value["evaluation"] != "retrieval":
            raise ValueError
        return {case["id"]: _earlier(case) for case in value["cases"]}
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        raise QueryError(f"{name} is no saved run of `docent eval`.", "Save one with --out FILE, or with --json.") from exc


def _earlier(case: Mapping[str, Any]) -> Earlier:
    ranks = tuple(None if rank is None else int(rank) for rank in case["ranks"])
    gold = tuple(case["gold"])
    if len(ranks) != len(gold) or not gold:
        raise ValueError
    return Earlier((case["question"], case["commit"], gold), min((rank for rank in ranks if rank), default=None), score(ranks))


def compare(judged: Sequence[Judged], earlier: Mapping[str, Earlier]) -> Comparison:
    """Hold a run against an earlier one. QueryError where they have no case in common."""
    pairs = [
        (one, before) for one in judged
        if (before := earlier.get(one.placed.case.id)) and before.same == (one.placed.case.question, one.placed.commit, one.gold)
    ]  # fmt: skip
    if not pairs:
        raise QueryError("The two runs have no case in common.", "Compare runs of the same cases at the same commits.")
    moved = [Moved(one, before.best, one.scores.ndcg10 - before.scores.ndcg10) for one, before in pairs]
    return Comparison(
        cases=len(pairs),
        only_before=len(earlier) - len(pairs),
        only_now=len(judged) - len(pairs),
        groups={name: (len(members), _changes(members)) for name, members in _groups(pairs).items()},
        better=tuple(sorted((one for one in moved if one.gain > _SAME), key=lambda one: -one.gain)),
        worse=tuple(sorted((one for one in moved if one.gain < -_SAME), key=lambda one: one.gain)),
    )


def _groups(pairs: Sequence[tuple[Judged, Earlier]]) -> dict[str, list[tuple[Judged, Earlier]]]:
    groups: dict[str, list[tuple[Judged, Earlier]]] = {}
    for pair in pairs:
        groups.setdefault("commits" if pair[0].placed.case.of_commits else "files", []).append(pair)
    for pair in pairs:
        if not pair[0].placed.case.of_commits:
            groups.setdefault(pair[0].placed.case.kind, []).append(pair)
    return groups


def _changes(pairs: Sequence[tuple[Judged, Earlier]]) -> dict[str, Change]:
    now, before = [one.scores for one, _ in pairs], [one.scores for _, one in pairs]
    return {measure: _change(values(before, measure), values(now, measure)) for measure in MEASURES}


def _change(before: np.ndarray, now: np.ndarray) -> Change:
    return Change(float(before.mean()), float(now.mean()), mean(now - before))
