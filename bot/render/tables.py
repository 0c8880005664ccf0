"""Search hits, index states and refresh reports as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.render.screen import Screen, ago, clean, clean_line, counted
from indexer.types import Hit, IndexState, RefreshReport, RepoStatus, Skipped

_STATES = {
    IndexState.READY: "ready",
    IndexState.MISSING: "not indexed yet: run `docent index`",
    IndexState.OUTDATED: "made with another model or version: run `docent index`",
    IndexState.FAILED: "the last refresh failed",
}


def hits_text(hits: Sequence[Hit], urls: Sequence[str | None], screen: Screen) -> str:
    """A ranking: place, name, and a line of what stands there."""
    lines: list[str] = []
    for rank, (hit, url) in enumerate(zip(hits, urls, strict=True), 1):
        chunk = hit.chunk
        place = f"commit {chunk.commit[:7]}" if chunk.commit else f"{chunk.path}:{chunk.start_line}–{chunk.end_line}"
        name = f"  {chunk.symbol}" if chunk.symbol else ""
        label = screen.link(clean_line(place), url) if screen.links else clean_line(place)
        lines.append(f"{rank:>2} {screen.bold(label)}{clean(name)}  [{chunk.repo}]")
        summary = ("" if chunk.commit else _first_line(chunk.doc)) or _first_line(chunk.text)
        if summary:
            lines.append(f"   {summary[: max(20, screen.width - 3)]}")
    return "\n".join(lines) + "\n"


def statuses_text(statuses: Sequence[RepoStatus], skipped: Mapping[str, Sequence[Skipped]], screen: Screen) -> str:
    """One block per repository; `skipped` adds the files by name where they were asked for."""
    blocks = [_status_text(status, skipped.get(status.repo, ()), screen) for status in statuses]
    return "\n".join(blocks) if blocks else "No repository is indexed. Run `docent index --repo PATH`, or write a docent.toml.\n"


def _status_text(status: RepoStatus, skipped: Sequence[Skipped], screen: Screen) -> str:
    lines = [f"{screen.bold(clean(status.repo))}: {_STATES[status.state]}"]
    if status.commit:
        branch = f" on {clean(status.branch)}" if status.branch else ""
        shallow = ", shallow: history is incomplete" if status.shallow else ""
        lines.append(f"  commit {status.commit[:7]}{branch}, read {ago(status.indexed_at)}{shallow}")
        sizes = (counted(status.files, "file"), counted(status.chunks, "chunk"), counted(status.commits, "commit"))
        lines.append(f"  {', '.join(sizes)}")
        if status.described is not None:
            lines.append(f"  {status.described[0]} of {counted(status.described[1], 'source file')} described")
    if status.skipped:
        lines.append(f"  skipped {_reasons(status.skipped)}")
    for item in skipped:
        lines.append(f"    {clean_line(item.path)}: {item.reason.value}{f' ({clean(item.detail)})' if item.detail else ''}")
    if status.failure:
        lines.append(screen.wrap(clean(status.failure), f"  failed {ago(status.failed_at)}: ", "    "))
    return "\n".join(lines) + "\n"


def reports_text(reports: Sequence[RefreshReport], screen: Screen) -> str:
    """What a refresh did, one or two lines per repository."""
    return "".join(_report_text(report, screen) for report in reports)


def _report_text(report: RefreshReport, screen: Screen) -> str:
    name = screen.bold(clean(report.repo))
    if report.error:
        return screen.wrap(clean(report.error), f"{name}: failed: ", "  ") + "\n"
    head = f"{report.head[:7]}{f' on {clean(report.branch)}' if report.branch else ''}"
    if not report.changed:
        return f"{name}: {head}, nothing new ({report.seconds:.1f} s)\n"
    model = f", {report.seconds_model:.1f} s of them in the model" if report.seconds_model >= 0.05 else ""
    lines = [
        f"{name}: {head}, {counted(report.files, 'file')}, {counted(report.commits, 'commit')}, "
        f"{counted(report.embedded, 'chunk')} embedded, {report.reused:,} reused, {report.seconds:.1f} s{model}"
    ]
    if report.skipped:
        lines.append(f"  skipped {_reasons(Counter(item.reason.value for item in report.skipped))}")
    return "\n".join(lines) + "\n"


def _reasons(counts: Mapping[str, int]) -> str:
    ordered: Iterable[tuple[str, int]] = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    parts = ", ".join(f"{number:,} {reason}" for reason, number in ordered)
    return f"{counted(sum(counts.values()), 'file')}: {parts}"


def _first_line(text: str) -> str:
    return next((clean(line).strip() for line in text.splitlines() if line.strip(" \t#/*\"'-=")), "")
