"""The evaluation of changes as lines for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.evaluation.change_metrics import DEPTH, TOP, Ranking, Score, gain, mean_scores
from bot.evaluation.changes import JudgedRelease, Placed, ProjectResult
from bot.render.screen import Screen, clean_line, counted

_METHOD = (
    f"What a release's own notes name as major, among the first {TOP} stories (precision) and within the first {DEPTH} (recall)."
    " The notes are hidden from docent."
)
_MEASURES = {"min_precision": f"precision@{TOP}", "min_gain": f"precision@{TOP} above most lines"}


@dataclass(frozen=True, slots=True)
class Bar:
    """What the mean over projects, each the mean over its releases, has to reach: `option` names the measure, at `least` 0..1."""

    option: str  # "min_precision" or "min_gain"
    least: float

    @property
    def measure(self) -> str:
        return _MEASURES[self.option]

    def reached(self, results: Sequence[ProjectResult]) -> float:
        """The measure; a project without a usable release counts with nothing, as if no story had been right."""
        found = [_project_mean(result) for result in results]
        values = [_value(scores, self.option) if scores else 0.0 for scores in found]
        return sum(values) / len(values) if values else 0.0

    def missed(self, results: Sequence[ProjectResult]) -> bool:
        return self.reached(results) < self.least - 1e-9


def changes_text(results: Sequence[ProjectResult], bars: Sequence[Bar], screen: Screen, *, verbose: bool = False) -> str:
    """A table per project with a line for each release, the means over projects and over releases, and the bars."""
    blocks = [screen.wrap(_METHOD)]
    for result in results:
        blocks.append("\n".join(_project(result, screen, verbose)))
    judged = [one for result in results for one in result.judged]
    if len(results) > 1 and judged:
        seconds = sum(result.seconds for result in results)
        title = f"{screen.bold(f'All {len(results)} projects')}: {counted(len(judged), 'release')}, {seconds:.1f} s"
        projects = mean_scores([scores for result in results if (scores := _project_mean(result))])
        releases = mean_scores([one.scores for one in judged])
        blocks.append("\n".join([title, _heads(), _row("mean over projects", projects), _row("mean over releases", releases)]))
    blocks += ["\n".join(_bar_line(bar, results) for bar in bars)] if bars else []
    return "\n\n".join(blocks) + "\n"


_COLUMNS = {
    Ranking.DOCENT: "docent", Ranking.WITH_NOTES: "+ notes", Ranking.MOST_LINES: "lines", Ranking.RANDOM: "random", Ranking.BEST: "at best",
}


def _project(result: ProjectResult, screen: Screen, verbose: bool) -> list[str]:
    title = f"{screen.bold(clean_line(result.repo))} at {result.head[:7]}"
    lines = [f"{title}: {counted(len(result.judged), 'release')}, {result.seconds:.1f} s", *(f"  {gap}" for gap in result.gaps)]
    if not result.judged:
        lines.append("  No release could be used.")
    else:
        lines.append(_heads())
    for one in result.judged:
        name = clean_line(one.case.release)
        lines.append(_row(name, one.scores, f"{one.named:4} named {one.stories:5,} stories"))
        lines += _details(one) if verbose else []
    if len(result.judged) > 1:
        lines.append(_row("mean", mean_scores([one.scores for one in result.judged])))
    if lost := sum(len(one.lost) for one in result.judged):
        lines.append(f"  {counted(lost, 'entry', 'entries')} left out, since nothing that landed is what they name.")
    if result.unusable:
        lines.append(f"  {counted(len(result.unusable), 'release')} passed over:")
        lines += [f"    line {one.case.line}, {clean_line(one.case.release)}: {clean_line(one.reason)}" for one in result.unusable]
    return lines


def _heads() -> str:
    return f"  {'':20}" + "".join(f"{head:>10}" for head in _COLUMNS.values())


def _row(name: str, scores: Mapping[Ranking, Score], tail: str = "") -> str:
    cells = "".join(f" {_short(scores[one])}" for one in _COLUMNS)
    return f"  {name:20.20}{cells}  {tail}".rstrip()


def _short(score: Score) -> str:
    return f"{score.precision:4.2f}/{score.recall:4.2f}"


def _details(one: JudgedRelease) -> list[str]:
    lines = [f"    in the first {TOP}, not named:"] if one.wrong else []
    lines += [f"      {_placed(placed)}" for placed in one.wrong]
    lines += [f"    named, not in the first {DEPTH}:"] if one.missed else []
    lines += [f"      {_placed(placed)}" for placed in one.missed]
    lost = ", ".join(" or ".join(map(str, entry)) for entry in one.lost)
    return [*lines, f"    named, not found among what landed: {lost}"] if lost else lines


def _placed(placed: Placed) -> str:
    rated = placed.rated
    number = f"#{rated.story.pull_request}" if rated.story.pull_request is not None else rated.story.commits[0].short
    told = "; ".join(rated.reasons) or "no reason"
    folded = f", folded as {rated.fold.value}" if rated.fold else ""
    text = f'{placed.rank:4} {rated.score:6.2f} {number} "{rated.story.title}" ({rated.nature.value}{folded}: {told})'
    return clean_line(text)


def _bar_line(bar: Bar, results: Sequence[ProjectResult]) -> str:
    wanted = f"{bar.measure} of at least {bar.least:g} on the mean over projects"
    reached = f"it is {bar.reached(results):.3f}"
    return f"Missed: {wanted}; {reached}." if bar.missed(results) else f"Reached: {wanted}; {reached}."


def _project_mean(result: ProjectResult) -> dict[Ranking, Score]:
    return mean_scores([one.scores for one in result.judged])


def _value(scores: Mapping[Ranking, Score], option: str) -> float:
    return scores[Ranking.DOCENT].precision if option == "min_precision" else gain(scores).precision


def changes_json(results: Sequence[ProjectResult], bars: Sequence[Bar]) -> dict[str, Any]:
    """Shares are 0..1 and null without releases; `mean` is over projects, `mean_releases` over all releases alike."""
    judged = [one for result in results for one in result.judged]
    return {
        "evaluation": "changes",
        "source": "history",
        "projects": [_project_json(result) for result in results],
        "releases": len(judged),
        "mean": _scores_json(mean_scores([scores for result in results if (scores := _project_mean(result))])),
        "mean_releases": _scores_json(mean_scores([one.scores for one in judged])),
        "seconds": round(sum(result.seconds for result in results), 3),
        "bars": [
            {"measure": bar.measure, "least": bar.least, "value": round(bar.reached(results), 4), "reached": not bar.missed(results)}
            for bar in bars
        ],
        "reached": not any(bar.missed(results) for bar in bars),
    }


def _project_json(result: ProjectResult) -> dict[str, Any]:
    return {
        "name": result.repo,
        "head": result.head,
        "gaps": list(result.gaps),
        "mean": _scores_json(_project_mean(result)),
        "releases": [_release_json(one) for one in result.judged],
        "skipped": [{"line": one.case.line, "release": one.case.release, "reason": one.reason} for one in result.unusable],
        "seconds": round(result.seconds, 3),
    }


def _release_json(one: JudgedRelease) -> dict[str, Any]:
    case = one.case
    return {
        "line": case.line,
        "release": case.release,
        "since": case.since,
        "until": case.until,
        "commits": one.commits,
        "stories": one.stories,
        "major_stories": one.major,
        "named": one.named,
        "not_found": [[str(reference) for reference in entry] for entry in one.lost],
        **_scores_json(one.scores),
        "missed": [_placed_json(placed) for placed in one.missed],
        "wrong": [_placed_json(placed) for placed in one.wrong],
        "seconds": round(one.seconds, 3),
    }


def _scores_json(scores: Mapping[Ranking, Score]) -> dict[str, Any]:
    """The keys are those of `Ranking`, in lower case; `gain` is docent's over most lines."""
    each = {one.name.lower(): _score_json(scores.get(one)) for one in Ranking}
    return each | {"gain": _score_json(gain(scores) if scores else None)}


def _score_json(score: Score | None) -> dict[str, float | None]:
    precision, recall = (round(score.precision, 4), round(score.recall, 4)) if score else (None, None)
    return {f"precision_at_{TOP}": precision, f"recall_at_{DEPTH}": recall}


def _placed_json(placed: Placed) -> dict[str, Any]:
    rated = placed.rated
    return {
        "rank": placed.rank,
        "title": rated.story.title,
        "commit": rated.story.commits[0].sha,
        "pull_request": rated.story.pull_request,
        "score": round(rated.score, 4),
        "nature": rated.nature.value,
        "fold": rated.fold.value if rated.fold else None,
        "reasons": list(rated.reasons),
        "entries": [[str(reference) for reference in entry] for entry in placed.entries],
    }
