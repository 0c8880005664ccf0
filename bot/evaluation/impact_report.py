"""The evaluation of impact as lines for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.impact import Figures, ImpactResult, Judged, Predictor, figures
from bot.render.screen import Screen, clean_line, counted

_METHOD = (
    "Of a held-out commit one file is told, and the others are looked for. Files, imports and history are read at several commits of"
    " the held-out period, for each case at the last one before it: nothing is known of the commit or of what came after."
)
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Bar:
    """By how much (0..1) docent's hit@5 has to be above that of the better of the other two, on every repository."""

    least: float

    def missed(self, results: Sequence[ImpactResult]) -> list[tuple[str, float]]:
        """The repositories below it, and what they reach."""
        return [(result.repo, result.gain) for result in results if result.gain < self.least or not result.judged]


def impact_text(results: Sequence[ImpactResult], bar: Bar | None, screen: Screen, *, verbose: bool = False) -> str:
    """A table per repository, and the bar."""
    blocks = [screen.wrap(_METHOD)]
    for result in results:
        title = f"{screen.bold(clean_line(result.repo))} at {result.head[:7]}"
        sizes = f"{counted(len(result.judged), 'case')}, {counted(result.commits, 'commit')}, {counted(result.files, 'file')}"
        points = f"  Facts read at {', '.join(sha[:7] for sha in result.points) or 'no commit: the history is too short'}."
        lines = [f"{title}: {sizes}, {result.seconds:.1f} s", points, *_table(result)]
        blocks.append("\n".join([*lines, *(_misses(result.judged) if verbose else [])]))
    if bar is not None:
        blocks.append(_bar_line(bar, results))
    return "\n\n".join(blocks) + "\n"


def _table(result: ImpactResult) -> list[str]:
    if not result.judged:
        return ["  No case could be made."]
    found = figures(result.judged)
    lines = [f"  {'':20}hit@1   hit@5   recall@10"]
    lines += [f"  {one.value:20}{found[one].hit1:5.2f}{found[one].hit5:8.2f}{found[one].recall10:10.2f}" for one in Predictor]
    return [*lines, f"  {'gain':20}{'':5}{result.gain:+8.2f}  over the better of the two"]


def _misses(judged: Sequence[Judged]) -> list[str]:
    missed = [one for one in judged if one.case.others.isdisjoint(one.named[Predictor.DOCENT][:5])]
    lines = [f"    {one.case.sha[:7]} {one.case.asked} with {', '.join(sorted(one.case.others)[:3])}" for one in missed[:_SHOWN]]
    more = [f"    and {len(missed) - _SHOWN:,} more"] if len(missed) > _SHOWN else []
    return [f"  {counted(len(missed), 'case')} with no right file among the first five:", *map(_harmless, lines), *more]


def _harmless(line: str) -> str:
    """A line from a repository made harmless, its indent kept."""
    return line[: len(line) - len(line.lstrip())] + clean_line(line.strip())


def _bar_line(bar: Bar, results: Sequence[ImpactResult]) -> str:
    missed = ", ".join(f"{clean_line(repo)} reaches {value:+.3f}" for repo, value in bar.missed(results))
    wanted = f"hit@5 at least {bar.least:g} above the better of the other two on every repository"
    return f"Missed: {wanted}; {missed}." if missed else f"Reached: {wanted}."


def impact_json(results: Sequence[ImpactResult], bar: Bar | None) -> dict[str, Any]:
    """Shares are 0..1."""
    return {
        "evaluation": "impact",
        "repositories": [_result_json(result) for result in results],
        "bar": bar.least if bar else None,
        "reached": not (bar and bar.missed(results)),
    }


def _result_json(result: ImpactResult) -> dict[str, Any]:
    found = figures(result.judged)
    return {
        "name": result.repo,
        "head": result.head,
        "commits": result.commits,
        "files": result.files,
        "read_at": list(result.points),
        "cases": len(result.judged),
        **{one.name.lower(): _figures_json(found[one]) for one in Predictor},
        "gain": round(result.gain, 4),
        "judged": [_judged_json(one) for one in result.judged],
        "seconds": round(result.seconds, 3),
    }


def _figures_json(one: Figures) -> dict[str, float]:
    return {"hit1": round(one.hit1, 4), "hit5": round(one.hit5, 4), "recall10": round(one.recall10, 4)}


def _judged_json(one: Judged) -> dict[str, Any]:
    named = {predictor.name.lower(): list(paths) for predictor, paths in one.named.items()}
    return {"commit": one.case.sha, "asked": one.case.asked, "others": sorted(one.case.others), **named}
