"""What asking for owners costs: `python -m tests.benchmarks.bench_owners REPO_PATH`.

Reads the history of the repository straight from git, then indexes it into a temporary data folder and calls `Docent.whoowns` for
many files, its largest folders and some patterns, in one process, up to the text that `--json` prints. One figure a line. Owners do
not depend on the embedding model, so a stand-in takes its place. Run it on a quiet machine.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.config import load_settings
from bot.render.json import dumps
from bot.render.owners import owners_json
from bot.service import Docent
from indexer.workspace import Workspace
from tests.benchmarks.bench_index import say
from tests.embedders import HashEmbedder

_NAME = "repository"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_owners", description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path, help="a git working copy or bare repository; it is never changed")
    parser.add_argument("--files", type=int, default=200, help="how many files are asked about (default 200)")
    parser.add_argument("--folders", type=int, default=20, help="how many of the largest folders and of patterns (default 20)")
    parser.add_argument("--history-only", action="store_true", help="read the history and index nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch:
        docent = open_docent(Path(scratch), arguments.repository.absolute())
        try:
            paths = bench_history(docent)
            if not arguments.history_only:
                bench_asking(docent, paths, arguments.files, arguments.folders)
        finally:
            docent.close()
    return 0


def open_docent(folder: Path, repository: Path) -> Docent:
    """The product on a data folder of its own, as its writer."""
    file = folder / "docent.toml"
    file.write_text(
        f"data_dir = {json.dumps(str(folder / 'data'))}\n"
        f"[[repositories]]\nname = {json.dumps(_NAME)}\nurl = {json.dumps(str(repository))}\n"
    )
    settings = load_settings(str(file))
    return Docent(settings, Workspace.open_owner(settings.indexer, "bench", HashEmbedder()), lambda: None)


def bench_history(docent: Docent) -> tuple[str, ...]:
    """What `docent eval` waits for. Returns the files of the head."""
    docent.reach(_NAME)
    started = time.perf_counter()
    history = docent.history(_NAME)
    seconds = time.perf_counter() - started
    say("commits, files, changes of them", f"{history.commits:,}, {len(history.paths):,}, {len(history.touches()):,}")
    say("history straight from git", f"{seconds:.1f} s, {history.commits / seconds:,.0f} commits/s, peak memory {peak():,.0f} MiB")
    return history.paths


def bench_asking(docent: Docent, paths: Sequence[str], files: int, folders: int) -> None:
    report = docent.refresh_one(_NAME)
    say("first index, stand-in for the model", f"{report.seconds:.1f} s, {report.commits:,} commits")
    say("refresh with nothing new", f"{docent.refresh_one(_NAME).seconds * 1000:.0f} ms")
    sample = sorted(paths)[:: max(1, len(paths) // files)][:files]
    say("the first question of a process", spread([ask(docent, sample[0])]))
    say(f"{len(sample)} files", spread([ask(docent, path) for path in sample]))
    largest = largest_folders(paths, folders)
    say(f"the {len(largest)} largest folders", spread([ask(docent, folder) for folder in largest]))
    patterns = [f"{folder}**/*{suffix}" for folder in largest for suffix in [Path(first_below(paths, folder)).suffix]]
    say(f"{len(patterns)} patterns below them", spread([ask(docent, pattern) for pattern in patterns]))
    say("the whole repository", spread([ask(docent, "/") for _ in range(3)]))
    say("peak memory", f"{peak():,.0f} MiB")


def ask(docent: Docent, query: str) -> float:
    """Milliseconds of one question, up to the text that `docent whoowns --json` prints."""
    started = time.perf_counter()
    dumps(owners_json(docent.whoowns(query, (_NAME,))))
    return (time.perf_counter() - started) * 1000


def largest_folders(paths: Sequence[str], count: int) -> list[str]:
    sizes = Counter(path[: end + 1] for path in paths for end, letter in enumerate(path) if letter == "/")
    return [folder for folder, _ in sizes.most_common(count)]


def first_below(paths: Sequence[str], folder: str) -> str:
    return next(path for path in paths if path.startswith(folder))


def spread(milliseconds: Sequence[float]) -> str:
    ordered = sorted(milliseconds)
    if len(ordered) == 1:
        return f"{ordered[0]:.1f} ms"
    late = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    return f"{statistics.median(ordered):.1f} ms median, {late:.1f} ms p95, {ordered[-1]:.1f} ms at most"


def peak() -> float:
    """MiB this process has used so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    sys.exit(main())
