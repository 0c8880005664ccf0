"""The evaluation of owners as lines for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.owner_metrics import NAMED, Figures, Hits, Judged, Predictor, Said, figures, known_to_history
from bot.evaluation.owners import OwnerResult
from bot.render.screen import Screen, clean_line, counted
from indexer.types import Person

_METHOD = "Who built what, told from history alone: files that declare owners are not read."
_SHOWN = 10  # unusable cases and misses beyond this are counted, unless every one is asked for


@dataclass(frozen=True, slots=True)
class Bar:
    """What every repository has to reach: `measure` "hit@1" or "hit@3", at `least` 0..1."""

    measure: str
    least: float

    def missed(self, results: Sequence[OwnerResult]) -> list[tuple[str, float]]:
        """The repositories below it, and what they reach; one without a usable case reaches 0."""
        reached = [(result.repo, self._of(figures(result.judged))) for result in results]
        return [(repo, value) for repo, value in reached if value < self.least]

    def _of(self, found: Figures) -> float:
        hits = found.hits.get(Predictor.DOCENT, Hits(0.0, 0.0))
        return hits.at1 if self.measure == "hit@1" else hits.at3


def owners_text(results: Sequence[OwnerResult], bars: Sequence[Bar], screen: Screen, *, verbose: bool = False) -> str:
    """A table per repository, one over all where there are several, and the bars."""
    blocks = [_METHOD]
    for result in results:
        title = f"{screen.bold(clean_line(result.repo))} at {result.head[:7]}"
        sizes = f"{counted(len(result.judged), 'case')}, {counted(result.commits, 'commit')}, {result.seconds:.1f} s"
        lines = [f"{title}: {sizes}", *(f"  {gap}" for gap in result.gaps), *_table(result.judged)]
        blocks.append("\n".join([*lines, *_unusable(result, verbose), *(_misses(result.judged) if verbose else [])]))
    if len(results) > 1:
        every = [one for result in results for one in result.judged]
        seconds = sum(result.seconds for result in results)
        title = f"{screen.bold(f'All {len(results)} repositories')}: {counted(len(every), 'case')}, {seconds:.1f} s"
        blocks.append("\n".join([title, *_table(every)]))
    blocks += ["\n".join(_bar_line(bar, results) for bar in bars)] if bars else []
    return "\n\n".join(blocks) + "\n"


def _table(judged: Sequence[Judged]) -> list[str]:
    """hit@1 and hit@3 of everybody, over all cases and over those that this history can answer."""
    every, known = figures(judged), figures(known_to_history(judged))
    if not every.cases:
        return ["  No case could be used."]
    columns = [every, known] if known.cases != every.cases and known.cases else [every]
    heads = ["every case", f"the {known.cases:,} with an owner history knows"][: len(columns)]
    lines = [f"  {'':16}" + "".join(f"{head:<22}" for head in heads).rstrip(), f"  {'':16}" + "hit@1   hit@3         " * len(columns)]
    lines += [f"  {one.value:16}" + "".join(_pair(found.hits[one], "6.2f") for found in columns) for one in Predictor]
    lines.append(f"  {'gain':16}" + "".join(_pair(found.gain(), "+6.2f") for found in columns) + "  docent's over most commits")
    unknown = every.cases - known.cases
    if unknown:
        lines.append(f"  {counted(unknown, 'case')} counted as missed with owners unknown to history.")
    return [line.rstrip() for line in lines] + [f"  {_said(every)}"]


def _pair(hits: Hits, form: str) -> str:
    return f"{hits.at1:{form}}{hits.at3:>{'+' if '+' in form else ''}8.2f}{'':8}"


def _said(found: Figures) -> str:
    told = [f'"{sureness.value}" said {said.times:,} times, right {_right(said)}' for sureness, said in found.said.items()]
    return "; ".join(told) + "."


def _right(said: Said) -> str:
    return f"{said.right:,} of {said.times:,}" + (f" ({said.right / said.times:.0%})" if said.times else "")


def _unusable(result: OwnerResult, verbose: bool) -> list[str]:
    shown = result.unusable if verbose else result.unusable[:_SHOWN]
    lines = [f"    line {one.case.line}: {clean_line(one.reason)}" for one in shown]
    if more := len(result.unusable) - len(shown):
        lines.append(f"    and {more:,} more; --verbose names them")
    return [f"  {counted(len(result.unusable), 'case')} passed over:", *lines] if lines else []


def _misses(judged: Sequence[Judged]) -> list[str]:
    missed = [one for one in judged if not one.hit(Predictor.DOCENT, 1)]
    lines = []
    for one in missed:
        named = ", ".join(person.name for person in one.named[Predictor.DOCENT]) or "nobody"
        known = "" if one.right else " (unknown to history)"
        text = f"{' '.join(one.case.paths)} is of {', '.join(one.case.owners)}{known}; {one.sureness.value}: {named}"
        lines.append(f"    line {one.case.line}: {clean_line(text)}")
    return [f"  {counted(len(missed), 'case')} with somebody else first:", *lines] if lines else []


def _bar_line(bar: Bar, results: Sequence[OwnerResult]) -> str:
    missed = ", ".join(f"{clean_line(repo)} reaches {value:.3f}" for repo, value in bar.missed(results))
    wanted = f"{bar.measure} of at least {bar.least:g} on every repository"
    return f"Missed: {wanted}; {missed}." if missed else f"Reached: {wanted}."


def owners_json(results: Sequence[OwnerResult], bars: Sequence[Bar]) -> dict[str, Any]:
    """Shares are 0..1 and null without cases; `known` is the same over cases with an owner whom history knows."""
    every = [one for result in results for one in result.judged]
    return {
        "evaluation": "owners",
        "source": "history",
        "repositories": [_result_json(result) for result in results],
        "overall": _scores_json(every) | {"seconds": round(sum(result.seconds for result in results), 3)},
        "bars": [_bar_json(bar, results) for bar in bars],
        "reached": not any(bar.missed(results) for bar in bars),
    }


def _result_json(result: OwnerResult) -> dict[str, Any]:
    return {
        "name": result.repo,
        "head": result.head,
        "commits": result.commits,
        "gaps": list(result.gaps),
        **_scores_json(result.judged),
        "skipped": [{"line": one.case.line, "paths": list(one.case.paths), "reason": one.reason} for one in result.unusable],
        "judged": [_judged_json(one) for one in result.judged],
        "seconds": round(result.seconds, 3),
    }


def _scores_json(judged: Sequence[Judged]) -> dict[str, Any]:
    known = known_to_history(judged)
    return {**_figures_json(figures(judged)), "known": _figures_json(figures(known)), "unknown_owners": len(judged) - len(known)}


def _figures_json(found: Figures) -> dict[str, Any]:
    return {
        "cases": found.cases,
        **{one.name.lower(): _hits_json(found.hits.get(one)) for one in Predictor},
        "gain": _hits_json(found.gain() if found.cases else None),
        "sureness": {sureness.value: {"said": said.times, "right": said.right} for sureness, said in found.said.items()},
    }


def _hits_json(hits: Hits | None) -> dict[str, float | None]:
    return {"hit1": round(hits.at1, 4), "hit3": round(hits.at3, 4)} if hits else {"hit1": None, "hit3": None}


def _judged_json(one: Judged) -> dict[str, Any]:
    return {
        "line": one.case.line,
        "paths": list(one.case.paths),
        "files": one.files,
        "owners": list(one.case.owners),
        "known": bool(one.right),
        "sureness": one.sureness.value,
        "hit1": one.hit(Predictor.DOCENT, 1),
        "hit3": one.hit(Predictor.DOCENT, NAMED),
        **{predictor.name.lower(): [_person_json(person) for person in one.named[predictor]] for predictor in Predictor},
    }


def _person_json(person: Person) -> str:
    return f"{person.name} <{person.email}>"


def _bar_json(bar: Bar, results: Sequence[OwnerResult]) -> dict[str, Any]:
    missed = [{"name": repo, "reached": round(value, 4)} for repo, value in bar.missed(results)]
    return {"measure": bar.measure, "least": bar.least, "missed": missed}
