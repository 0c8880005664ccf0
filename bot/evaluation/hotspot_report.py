"""What an evaluation of hotspots found, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.evaluation.hotspots import PARTS, HotspotResult, Ranking
from bot.render.json import date_json
from bot.render.screen import Screen, clean_line, counted, day

_METHOD = "Ranked as of two years before the newest commit; judged by the fixes that landed since then."


def hotspots_text(results: Sequence[HotspotResult], least: float | None, screen: Screen) -> str:
    """A table per repository: which share of the fixes landed in the first files of each ranking, and how many lines these are."""
    blocks = [screen.wrap(_METHOD), *("\n".join(_result(result, screen)) for result in results)]
    if least is not None:
        missed = ", ".join(f"{clean_line(one.repo)} reaches {_reached(one)}" for one in missed_by(results, least))
        wanted = f"a gain over most lines of at least {least:g} on every repository"
        blocks.append(f"Missed: {wanted}; {missed}." if missed else f"Reached: {wanted}.")
    return "\n\n".join(blocks) + "\n"


def missed_by(results: Sequence[HotspotResult], least: float) -> list[HotspotResult]:
    """The repositories whose gain over size alone is below `least`, or unknown."""
    return [one for one in results if one.reason or one.gain() < least]


def _reached(one: HotspotResult) -> str:
    return "nothing" if one.reason else f"{one.gain():+.3f}"


def _result(one: HotspotResult, screen: Screen) -> list[str]:
    title = f"{screen.bold(clean_line(one.repo))} at {one.head[:7]}"
    if one.reason:
        return [f"{title}: {one.reason}"]
    since = f" since {day(one.day)} ({one.cut[:7]})" if one.day else ""
    lines = [f"{title}: {counted(one.files, 'file')}, {counted(one.fixes, 'fix', 'fixes')}{since}, {one.seconds:.1f} s"]
    lines.append(f"  {'share of':18}" + "".join(f"{'fixes':>8}{'lines':>8}" for _ in PARTS))
    lines.append(f"  {'in the first':18}" + "".join(f"{f'{part:.0%} of files':>16}" for part in PARTS))
    for ranking in Ranking:
        caught = (one.caught[ranking, part] for part in PARTS)
        lines.append(f"  {ranking.value:18}" + "".join(f"{got.fixes:>8.2f}{got.lines:>8.2f}" for got in caught))
    return lines


def hotspots_json(results: Sequence[HotspotResult], least: float | None) -> dict[str, Any]:
    """Shares are 0..1; `caught` is empty where `reason` says why a repository cannot be judged."""
    return {
        "evaluation": "hotspots",
        "repositories": [_result_json(one) for one in results],
        "bars": [] if least is None else [
            {"measure": "min_gain", "least": least, "missed": [one.repo for one in missed_by(results, least)]}
        ],
        "reached": least is None or not missed_by(results, least),
    }  # fmt: skip


def _result_json(one: HotspotResult) -> dict[str, Any]:
    return {
        "name": one.repo,
        "head": one.head,
        "cut": one.cut or None,
        "day": date_json(one.day),
        "files": one.files,
        "fixes": one.fixes,
        "reason": one.reason,
        "gain": None if one.reason else round(one.gain(), 4),
        "caught": [
            {"ranking": ranking.name.lower(), "part": part, "fixes": round(got.fixes, 4), "lines": round(got.lines, 4)}
            for (ranking, part), got in one.caught.items()
        ],
        "seconds": round(one.seconds, 3),
    }
