"""What asking for impact costs, first and repeated: `python -m tests.benchmarks.bench_impact REPO_PATH`.

Indexes the repository into a temporary data folder and asks in one process, up to the text that `--json` prints. The embedding model is
left out, so a stand-in takes its place. One figure a line; run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bot.render.impact import impact_json
from bot.render.json import dumps
from bot.service import Docent
from tests.benchmarks.bench_index import say
from tests.benchmarks.bench_owners import open_docent, peak

_NAME = "repository"
_REPEATED = 30


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_impact", description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path, help="a git working copy or bare repository; it is never changed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch:
        docent = open_docent(Path(scratch), arguments.repository.absolute())
        try:
            docent.refresh_one(_NAME)
            bench(docent)
        finally:
            docent.close()
    return 0


def bench(docent: Docent) -> None:
    files, commits = docent.index.tree_paths(_NAME), docent.index.recent_commits(_NAME, limit=2_000)
    say("files", f"{len(files):,}")
    often = Counter(change.path for commit in commits for change in commit.changes if change.path in set(files))
    paths = [path for path, _ in often.most_common(200)]
    timed("structure, first", lambda: docent.index.structure(_NAME))
    timed("impact, first", lambda: asked(docent, paths[0]))
    repeated("impact of a file, repeated", [*paths[:_REPEATED]], lambda path: asked(docent, path))
    folders = sorted({path.rpartition("/")[0] for path in paths if "/" in path})
    repeated("impact of a folder", folders[:_REPEATED], lambda path: asked(docent, path))
    plans = ["add a second payment provider", "let people sign in with another account", "send a weekly summary by mail"]
    repeated("impact of a plan in words", plans * 3, lambda plan: asked(docent, plan))
    say("peak memory", f"{peak():,.0f} MiB")


def asked(docent: Docent, text: str) -> str:
    return dumps(impact_json(docent.planning.impact(text, [_NAME]), docent.page))


def timed(what: str, work: Callable[[], object]) -> None:
    started = time.perf_counter()
    work()
    say(what, f"{time.perf_counter() - started:.2f} s")


def repeated(what: str, asked_about: list[str], work: Callable[[str], object]) -> None:
    seconds = []
    for one in asked_about:
        started = time.perf_counter()
        work(one)
        seconds.append(time.perf_counter() - started)
    say(what, f"median {statistics.median(seconds) * 1000:,.0f} ms, slowest {max(seconds) * 1000:,.0f} ms")


if __name__ == "__main__":
    sys.exit(main())
