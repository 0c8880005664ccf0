"""The evaluation of retrieval as lines for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bot.evaluation.comparing import Change, Comparison, Moved
from bot.evaluation.metrics import Mean, means
from bot.evaluation.retrieval import Judged, LeftOut, RetrievalResult
from bot.evaluation.retrieval_bars import Bar
from bot.evaluation.retrieval_json import grouped, latency, repositories, signals
from bot.evaluation.signals import WHOLE
from bot.render.screen import Screen, clean_line, counted

_METHOD = (
    "Rankings of labelled questions, by their first ten files or commits; behind a mean its 95 % interval (bootstrap over the cases)."
)
_NAME = 22
_VARIANT = 37
_FILE_COLUMNS = {"recall1": "R@1", "recall5": "R@5", "recall10": "R@10", "mrr": "MRR"}
_COMMIT_COLUMNS = {"hit1": "hit@1", "hit5": "hit@5", "hit10": "hit@10"}
_SHOWN = 10  # cases listed without --verbose
_CUT = 90  # characters of a question


def retrieval_text(
    result: RetrievalResult, bars: Sequence[Bar], screen: Screen, comparison: Comparison | None = None, *, verbose: bool = False
) -> str:
    """Tables of files and commits over all cases, by kind and by repository; then signals, the comparison, misses and the bars."""
    asked = ", ".join(f"{clean_line(name)} at {commit[:7]}" for name, commit in repositories(result))
    blocks = [screen.wrap(_METHOD) + (f"\n{screen.wrap(f'Asked: {asked}.')}" if asked else "")]
    files, commits = result.of(commits=False), result.of(commits=True)
    if files:
        blocks.append("\n".join(_table("files", files, "ndcg10", "NDCG@10", _FILE_COLUMNS, screen)))
    if commits:
        blocks.append("\n".join(_table("commits", commits, "mrr", "MRR", _COMMIT_COLUMNS, screen)))
    if not result.judged:
        blocks.append("No case could be used.")
    else:
        took = latency(result.judged)
        blocks.append(f"A search took {took['median']:.0f} ms (median), {took['p95']:.0f} ms (95 of 100); {result.seconds:.1f} s in all.")
    if len(result.variants) > 1 and result.judged:
        blocks.append("\n".join(_signals(result, screen)))
    if comparison:
        blocks.append("\n".join(_comparison(comparison, screen, verbose)))
    if verbose:
        blocks += ["\n".join(lines)] if (lines := list(_misses(result.judged))) else []
    blocks += ["\n".join(lines)] if (lines := list(_left_out(result.left_out, verbose))) else []
    blocks += ["\n".join(_bar(bar, result) for bar in bars)] if bars else []
    return "\n\n".join(blocks) + "\n"


def _table(title: str, judged: Sequence[Judged], main: str, head: str, columns: Mapping[str, str], screen: Screen) -> list[str]:
    lines = [f"{screen.bold(title)}{'cases':>{_NAME + 6 - len(title)}}  {head:<20}" + "".join(f"{name:>8}" for name in columns.values())]
    rows = [("all", list(judged))]
    for by_repo in (False, True):
        groups = grouped(judged, by_repo=by_repo)
        rows += list(groups.items()) if len(groups) > 1 else []
    for name, members in rows:
        found = means([one.scores for one in members])
        cells = "".join(f"{found[measure].value:8.3f}" for measure in columns)
        lines.append(f"{clean_line(name):{_NAME}.{_NAME}}{len(members):6,}  {_interval(found[main]):<20}{cells}")
    return lines


def _interval(found: Mean, sign: str = "") -> str:
    value, low, high = (round(number, 3) + 0.0 for number in (found.value, found.low, found.high))  # + 0.0: no "-0.000"
    return f"{value:{sign}.3f} ({low:{sign}.3f} {high:{sign}.3f})"


def _signals(result: RetrievalResult, screen: Screen) -> Iterator[str]:
    columns = [(part, measure, head) for part, measure, head in (
        ("files", "ndcg10", "NDCG@10 of files, difference"), ("commits", "mrr", "MRR of commits, difference")
    ) if result.of(commits=part == "commits")]  # fmt: skip
    yield f"{screen.bold('Signals')}{'':{_VARIANT - 7}}" + "".join(f"{head:33}" for _, _, head in columns).rstrip()
    for row in signals(result):
        line = f"{row['name']:{_VARIANT}}"
        for part, measure, _ in columns:
            found = row[part]["difference"]
            difference = "" if row["name"] == WHOLE else _interval(Mean(found["value"], *found["interval"]), "+")
            line += f"{f'{row[part][measure]:.3f}  {difference}':33}"
        yield line.rstrip()


def _comparison(found: Comparison, screen: Screen, verbose: bool) -> Iterator[str]:
    alone = f"; {found.only_before:,} only before, {found.only_now:,} only now" if found.only_before or found.only_now else ""
    yield f"{screen.bold('Against the earlier run')}, {counted(found.cases, 'case')}{alone}"
    for name, (count, changes) in found.groups.items():
        measure, head = ("mrr", "MRR") if name == "commits" else ("ndcg10", "NDCG@10")
        yield f"  {clean_line(name):{_NAME}.{_NAME}}{count:6,}  {head:8}{_changed(changes[measure])}"
    for title, moved in (("better", found.better), ("worse", found.worse)):
        yield f"  {counted(len(moved), 'case')} {title}{':' if moved else '.'}"
        yield from _listed([f"    {_moved(one)}" for one in moved], verbose)


def _changed(change: Change) -> str:
    return f"{change.before:.3f} -> {change.after:.3f}  {_interval(change.difference, '+')}"


def _moved(one: Moved) -> str:
    case = one.judged.placed.case
    return f"{_rank(one.before)} -> {_rank(one.judged.best)}  {one.gain:+.3f}  {clean_line(case.id)}: {_cut(case.question)}"


def _rank(rank: int | None) -> str:
    return f"{rank:4}" if rank is not None else " not"


def _misses(judged: Sequence[Judged]) -> Iterator[str]:
    missed = [one for one in judged if not one.scores.hit10]
    if missed:
        yield f"{counted(len(missed), 'question')} without a right answer among the first ten:"
    for one in missed:
        case = one.placed.case
        wanted = ", ".join(item[:10] if case.of_commits else item for item in one.gold[:3])
        yield f"    {_rank(one.best)}  {clean_line(case.id)}: {_cut(case.question)}"
        yield f"          wanted {clean_line(wanted)}; first is {clean_line(next(iter(one.first), 'nothing'))}"


def _left_out(left_out: Sequence[LeftOut], verbose: bool) -> Iterator[str]:
    if not left_out:
        return
    by_repo = Counter(one.placed.repo for one in left_out)
    where = ", ".join(f"{count:,} of {clean_line(repo)}" for repo, count in by_repo.items())
    yield f"{counted(len(left_out), 'case')} left out, since the label does not fit the commit: {where}."
    yield from _listed([f"    {one.placed.case.place}: {clean_line(one.reason)}" for one in left_out], verbose)


def _listed(lines: Sequence[str], verbose: bool) -> Iterator[str]:
    yield from lines if verbose else lines[:_SHOWN]
    if not verbose and len(lines) > _SHOWN:
        yield f"    and {len(lines) - _SHOWN:,} more; --verbose names them"


def _cut(question: str) -> str:
    text = clean_line(" ".join(question.split()))
    return text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"


def _bar(bar: Bar, result: RetrievalResult) -> str:
    over = f"of {clean_line(bar.kind)} questions" if bar.kind else "over all files"
    said = f"NDCG@10 of at least {bar.least:g} {over}; it is {bar.reached(result):.3f}."
    return f"{'Missed' if bar.missed(result) else 'Reached'}: {said}"
