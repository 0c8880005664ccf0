"""What planning questions cost: `python -m tests.benchmarks.bench_planning [REPO_PATH]`.

Without a repository one of 3,000 files and 6,000 commits is made: packages that import each other, changed by twenty people, every
fourth change a fix. It is indexed into a temporary data folder (a stand-in takes the embedding model's place, which planning does
not use), and each question is asked in a Docent that was asked nothing yet, and then again. Wall and CPU seconds, one question a
line; on a busy machine trust the CPU's.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bot.map.command import picture_of
from bot.service import Docent
from tests.benchmarks.bench_index import say
from tests.benchmarks.bench_owners import open_docent, peak

_NAME = "repository"
_FILES, _COMMITS, _PEOPLE, _PACKAGE = 3_000, 6_000, 20, 25
_START, _STEP = 1_640_995_200, 21_600  # seconds since 1970 of the first commit, and from one to the next

QUESTIONS: dict[str, Callable[[Docent], object]] = {
    "hotspots": lambda docent: docent.planning.hotspots((_NAME,)),
    "hotspots of a folder": lambda docent: docent.planning.hotspots((_NAME,), topic=_folder(docent)),
    "map": lambda docent: docent.planning.map("", (_NAME,)),
    "map, drawn": lambda docent: picture_of(docent.planning.map("", (_NAME,)), ".png"),
    "impact of a file": lambda docent: docent.planning.impact(_file(docent), (_NAME,)),
    "impact of a folder": lambda docent: docent.planning.impact(_folder(docent), (_NAME,)),
}
"""By name: what is asked. Further questions of planning are one more line each."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_planning", description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path, nargs="?", help="a git working copy or bare repository; it is never changed")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch:
        folder = Path(scratch)
        repository = arguments.repository.absolute() if arguments.repository else make_repository(folder / "made")
        docent = open_docent(folder, repository)
        try:
            report = docent.refresh_one(_NAME)
        finally:
            docent.close()
        say("first index, stand-in for the model", f"{report.seconds:.1f} s, {report.files:,} files, {report.commits:,} commits")
        for name, ask in QUESTIONS.items():
            bench(folder, repository, name, ask)
    say("peak memory", f"{peak():,.0f} MiB")
    return 0


def bench(folder: Path, repository: Path, name: str, ask: Callable[[Docent], object]) -> None:
    """One question, first and again."""
    docent = open_docent(folder, repository)
    try:
        docent.index.head(_NAME)
        first, again = timed(lambda: ask(docent)), timed(lambda: ask(docent))
    finally:
        docent.close()
    say(name, f"first {first[0]:.2f} s ({first[1]:.2f} CPU), again {again[0] * 1000:.0f} ms ({again[1] * 1000:.0f} CPU)")


def timed(run: Callable[[], object]) -> tuple[float, float]:
    """Wall and CPU seconds."""
    wall, cpu = time.monotonic(), time.process_time()
    run()
    return time.monotonic() - wall, time.process_time() - cpu


def make_repository(folder: Path, seed: int = 7) -> Path:
    """A bare repository of made-up Python packages; the same for the same seed."""
    folder.mkdir()
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", folder], check=True)
    stream = "".join(_stream(random.Random(seed))).encode()
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=stream, check=True)
    return folder


def _stream(chance: random.Random) -> Iterator[str]:
    """For git-fast-import(1). Files are chosen by Zipf's law, so that some are changed much more often than others."""
    paths = [f"src/part_{number // _PACKAGE}/module_{number}.py" for number in range(_FILES)]
    likely = [1 / (1 + place) for place in chance.sample(range(_FILES), _FILES)]
    sizes = {path: chance.randint(5, 60) for path in paths}
    imports = {path: chance.choice(paths) for path in paths}
    for number in range(_COMMITS):
        new = paths[number * 5 : number * 5 + 5]  # five at a time until all are there
        known = min(_FILES, number * 5)
        changed = chance.choices(paths[:known], likely[:known], k=chance.randint(1, 4)) if known else []
        title = "Fix what was wrong" if number % 4 == 0 else "Improve things"
        who, when = number * number % _PEOPLE, _START + number * _STEP
        yield f"commit refs/heads/main\ncommitter Person {chr(65 + who)} Smith <person{who}@example.com> {when} +0000\n"
        yield _data(f"{title} {number}")
        for path in dict.fromkeys([*new, *changed]):
            sizes[path] += 1
            yield f"M 100644 inline {path}\n{_data(_source(path, imports[path], sizes[path]))}"


def _source(path: str, other: str, size: int) -> str:
    module = other.removesuffix(".py").replace("/", ".")
    body = "".join(f"\n\ndef step_{number}(value):\n    if value:\n        return value + {number}\n" for number in range(size // 5))
    return f'"""What {path} does."""\n\nfrom {module} import step_0\n{body}'


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"


def _file(docent: Docent) -> str:
    """The hottest file."""
    return docent.planning.hotspots((_NAME,), limit=1).spots[0].spot.path


def _folder(docent: Docent) -> str:
    return _file(docent).rpartition("/")[0]


if __name__ == "__main__":
    raise SystemExit(main())
