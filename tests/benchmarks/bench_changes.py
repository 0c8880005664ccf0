"""What telling the changes of a period costs: `python -m tests.benchmarks.bench_changes REPO_PATH [--commits 1000]`.

Takes the newest period of about so many commits on the main line of the repository, indexes the repository into a temporary data
folder (not timed beyond a figure; a stand-in takes the embedding model's place, which changes do not use), and times each step on
its own, then `Docent.changes` as a whole in a Docent that has told of nothing yet, and once more. One figure a line. Run it on a
quiet machine. With `--git-only` nothing is indexed, and only reading, grouping and rating are timed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bot.changes.types import Period
from bot.render.changes import changes_json
from bot.render.json import dumps
from bot.service import Docent
from indexer.changes.flags import flags_of
from indexer.changes.notes import notes_of
from indexer.changes.ranking import rate
from indexer.changes.stories import group_stories
from indexer.changes.types import Rated
from indexer.types import Commit
from indexer.vcs.identity import Identities
from indexer.vcs.repository import Repository
from tests.benchmarks.bench_index import say
from tests.benchmarks.bench_owners import open_docent, peak

_NAME = "repository"
_TOLD = 5

T = TypeVar("T")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_changes", description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path, help="a git working copy or bare repository; it is never changed")
    parser.add_argument("--commits", type=int, default=1_000, help="how many commits the period should have (default 1000)")
    parser.add_argument("--git-only", action="store_true", help="index nothing, and time reading, grouping and rating alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch:
        docent = open_docent(Path(scratch), arguments.repository.absolute())
        try:
            repository, head = docent.fetched(_NAME)
            base = start_of(repository, head, arguments.commits)
            major = bench_rating(repository, base, head)
            if not arguments.git_only:
                report = docent.refresh_one(_NAME)
                say("first index, stand-in for the model", f"{report.seconds:.1f} s, {report.commits:,} commits")
                bench_looking(docent, major, base)
        finally:
            docent.close()
        if not arguments.git_only:
            bench_whole(Path(scratch), arguments.repository.absolute(), base, head)
    return 0


def start_of(repository: Repository, head: str, commits: int) -> str:
    """The commit of the main line since which about so many landed: the last one among the newest that their first parents reach."""
    newest = {commit.sha: commit for commit in repository.log(head, max_count=commits + 1)}
    sha = head
    while newest[sha].parents and newest[sha].parents[0] in newest:
        sha = newest[sha].parents[0]
    if sha == head:
        raise SystemExit("The newest commits are on no common line; try another --commits.")
    return sha


def bench_rating(repository: Repository, base: str, head: str) -> list[Rated]:
    """The steps that go over all commits of the period. Returns the few stories to look at."""
    commits: list[Commit] = timed("reading from git", lambda: list(repository.log(head, known=base)))
    say("commits of the period", f"{len(commits):,}, {base[:10]}..{head[:10]}")
    stories = timed("grouping into stories", lambda: group_stories(commits))
    people = timed("telling people apart", lambda: Identities((commit.author, 1, commit.committed_at) for commit in commits))
    rated = timed("rating all stories", lambda: rate(stories, people))
    major = [one for one in rated if one.fold is None]
    say("stories, of them not folded", f"{len(stories):,}, {len(major):,}")
    return major[:_TOLD]


def bench_looking(docent: Docent, major: list[Rated], base: str) -> None:
    """The closer look at the few stories that are told, part by part."""
    index = docent.index

    def read(commit: str, path: str) -> str | None:
        return index.text_at(_NAME, commit, path)

    past = timed("reading the history before, once", lambda: index.past(_NAME, base))
    steps = timed(f"steps of {len(major)} stories", lambda: [index.steps(_NAME, one.story) for one in major])
    timed("flags", lambda: [flags_of(one.story, step, read) for one, step in zip(major, steps, strict=True)])
    timed("notes", lambda: [notes_of(step, read) for step in steps])
    timed("against what is usual", lambda: [past.against(one.story) for one in major])


def bench_whole(folder: Path, repository: Path, base: str, head: str) -> None:
    """`docent changes`, but for starting the process, up to the text that `--json` prints."""
    docent = open_docent(folder, repository)
    period = Period(f"{base[:10]}..{head[:10]}", base=base, tip=head)
    try:
        for name in ("docent changes, the first time", "the same again"):
            said = timed(name, lambda: tell(docent, period))
            assert '"changes"' in said
    finally:
        docent.close()
    say("peak memory", f"{peak():,.0f} MiB")


def tell(docent: Docent, period: Period) -> str:
    return dumps(changes_json(docent.changes(period, limit=_TOLD, use_llm=False), docent.page))


def timed(name: str, work: Callable[[], T]) -> T:
    started = time.perf_counter()
    done = work()
    say(name, f"{time.perf_counter() - started:.2f} s")
    return done


if __name__ == "__main__":
    sys.exit(main())
