"""The evaluation of retrieval as JSON, which is also how a run is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.evaluation.comparing import Comparison, Moved
from bot.evaluation.metrics import MEASURES, Mean, mean, means, values
from bot.evaluation.retrieval import Judged, RetrievalResult, VariantScores
from bot.evaluation.retrieval_bars import Bar

_DIGITS = 6


def retrieval_json(result: RetrievalResult, bars: Sequence[Bar] = (), comparison: Comparison | None = None) -> dict[str, Any]:
    """Measures are 0..1 with their 95 % intervals, ranks count from 1 and are null beyond the first hundred.

    `signals` is null unless every signal was measured, `against` unless there is an earlier run.
    """
    return {
        "evaluation": "retrieval",
        "model": result.model,
        "repositories": [{"name": name, "commit": commit} for name, commit in repositories(result)],
        "files": _part(result, commits=False),
        "commits": _part(result, commits=True),
        "latency_ms": latency(result.judged),
        "signals": signals(result) if len(result.variants) > 1 else None,
        "against": _comparison(comparison) if comparison else None,
        "bars": [
            {"measure": "ndcg10", "kind": bar.kind or None, "least": bar.least, "value": _round(bar.reached(result)),
             "reached": not bar.missed(result)} for bar in bars
        ],
        "reached": not any(bar.missed(result) for bar in bars),
        "left_out": [
            {"id": one.placed.case.id, "file": one.placed.case.file, "line": one.placed.case.line, "reason": one.reason}
            for one in result.left_out
        ],
        "cases": [_case(one) for one in result.judged],
        "seconds": round(result.seconds, 3),
    }  # fmt: skip


def repositories(result: RetrievalResult) -> list[tuple[str, str]]:
    """The repositories that were asked, each with the commit it was asked at."""
    return list(dict.fromkeys((one.placed.repo, one.placed.commit) for one in result.judged))


def grouped(judged: Sequence[Judged], *, by_repo: bool) -> dict[str, list[Judged]]:
    """The cases by their kind or by their repository, in the order in which these first come."""
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(one.placed.repo if by_repo else one.placed.case.kind, []).append(one)
    return groups


def latency(judged: Sequence[Judged]) -> dict[str, float | None]:
    """Milliseconds of a search: the median, and what 95 of 100 stay below."""
    if not judged:
        return {"median": None, "p95": None}
    median, p95 = np.percentile([one.milliseconds for one in judged], (50, 95))
    return {"median": round(float(median), 2), "p95": round(float(p95), 2)}


def signals(result: RetrievalResult) -> list[dict[str, Any]]:
    """What every variant reaches, and the paired difference to the whole; by NDCG@10 for files and by MRR for commits."""
    rows = []
    for variant in result.variants:
        row: dict[str, Any] = {"name": variant.name}
        for part, measure in (("files", "ndcg10"), ("commits", "mrr")):
            kinds: dict[str, list[int]] = {}
            for place, one in enumerate(result.judged):
                if one.placed.case.of_commits is (part == "commits"):
                    kinds.setdefault(one.placed.case.kind, []).append(place)
            every = sorted(place for places in kinds.values() for place in places)
            row[part] = _beside_whole(result, variant, measure, every) if every else None
            row[f"{part}_kinds"] = {kind: _beside_whole(result, variant, measure, places) for kind, places in kinds.items()}
        rows.append(row)
    return rows


def _beside_whole(result: RetrievalResult, variant: VariantScores, measure: str, places: Sequence[int]) -> dict[str, Any]:
    """A variant's mean over the cases at `places`, and its difference to that of the whole."""
    here, whole = (values([one.scores[place] for place in places], measure) for one in (variant, result.variants[0]))
    return {measure: _round(float(here.mean())), "difference": _mean(mean(here - whole))}


def _part(result: RetrievalResult, *, commits: bool) -> dict[str, Any]:
    judged = result.of(commits=commits)
    return {
        **_measured(judged),
        "kinds": {name: _measured(members) for name, members in grouped(judged, by_repo=False).items()},
        "repositories": {name: _measured(members) for name, members in grouped(judged, by_repo=True).items()},
    }


def _measured(judged: Sequence[Judged]) -> dict[str, Any]:
    found = means([one.scores for one in judged])
    return {"cases": len(judged), **{measure: _mean(found[measure]) if found else None for measure in MEASURES}}


def _mean(found: Mean) -> dict[str, Any]:
    return {"value": _round(found.value), "interval": [_round(found.low), _round(found.high)]}


def _case(one: Judged) -> dict[str, Any]:
    case = one.placed.case
    return {
        "id": case.id,
        "repository": one.placed.repo,
        "commit": one.placed.commit,
        "kind": case.kind,
        "question": case.question,
        "gold": list(one.gold),
        "gold_commits": case.of_commits,
        "ranks": list(one.ranks),
        **{measure: _round(getattr(one.scores, measure)) for measure in MEASURES},
        "found": list(one.first),
        "took_ms": round(one.milliseconds, 2),
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "cases": found.cases,
        "only_before": found.only_before,
        "only_now": found.only_now,
        "groups": {
            name: {
                "cases": count,
                **{
                    measure: {"before": _round(change.before), "after": _round(change.after), "difference": _mean(change.difference)}
                    for measure, change in changes.items()
                },
            }
            for name, (count, changes) in found.groups.items()
        },
        "better": [_moved(one) for one in found.better],
        "worse": [_moved(one) for one in found.worse],
    }


def _moved(one: Moved) -> dict[str, Any]:
    case = one.judged.placed.case
    return {
        "id": case.id, "repository": one.judged.placed.repo, "kind": case.kind, "question": case.question,
        "before": one.before, "after": one.judged.best, "ndcg10": _round(one.gain),
    }  # fmt: skip


def _round(value: float) -> float:
    return round(value, _DIGITS) + 0.0  # no -0.0
