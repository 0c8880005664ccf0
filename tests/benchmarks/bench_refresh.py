"""Measures a refresh after one commit, and memory: `python -m tests.benchmarks.bench_refresh`.

Makes a git repository of `--files` files, indexes it by `docent index`, changes one function of one file in a commit and indexes again,
several times: by the command as people run it, beside `docent status`, which does nothing, and in one process that stays, as `docent serve`
does it. Then it tells the peak memory of the first index, of a refresh, and of a process that has warmed up and searches. 12,100 files make
100,000 chunks. Vectors come from an endpoint in this process that makes them of nothing, so that the model takes neither time nor memory;
`--builtin` takes the built-in model, which takes minutes. What the model adds to memory is told by itself.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

from bot.config import load_settings
from indexer.config import EmbeddingSettings
from indexer.embedding import open_embedder
from indexer.types import Query
from indexer.workspace import Workspace
from tests.benchmarks.bench_first_index import Clock
from tests.benchmarks.bench_index import Finished, report_of, run, say, write_settings
from tests.benchmarks.made_repository import MadeRepository
from tests.benchmarks.synthetic import DIMENSIONS, Topics
from tests.llm_server import scripted_model
from tests.model_endpoints import ModelEndpoints

_NAME = "made-up"
_BATCH = 32  # texts that the built-in model embeds at once, where its memory is told
_ENOUGH = 300  # texts that make the embedder load torch: a few take the light way
_LONG = "def charge(customer, amount, currency='EUR'):\n    return customer.account.withdraw(amount, currency)\n" * 60


class Vectors(ModelEndpoints):
    """An endpoint that is quick: any text has a vector of noise that belongs to it."""

    def reply(self, api: str, headers: Mapping[str, str], body: dict[str, Any]) -> tuple[int, Any]:
        found = [np.random.default_rng(zlib.crc32(text.encode())).integers(-99, 100, DIMENSIONS) for text in body["input"]]
        return 200, {"data": [{"index": number, "embedding": vector.tolist()} for number, vector in enumerate(found)]}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_refresh", description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=3_000)
    parser.add_argument("--commits", type=int, default=300, help="history before the first index (default 300)")
    parser.add_argument("--times", type=int, default=5, help="how often one commit is made and indexed, each way (default 5)")
    parser.add_argument("--builtin", action="store_true", help="embed by the built-in model")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch, scripted_model() as server:
        server.models = Vectors()
        made = MadeRepository(Path(scratch, "made"), arguments.files, arguments.commits)
        endpoint = f'[embedding]\nprovider = "openai"\nbase_url = "{server.url}/v1"\nmodel = "noise"\n'
        settings = write_settings(Path(scratch), made.path, _NAME, "" if arguments.builtin else endpoint)
        bench_first(settings)
        bench_refreshes(settings, made, arguments.times)
        say("beside it, in a process that stays", apart(refreshed_inside, settings, made, arguments.times))
        say("memory of searching after warm-up", apart(searched, settings))
    say("memory of the built-in model", apart(model_alone))
    return 0


def bench_first(settings: Path) -> None:
    first = run(settings, "index", "--json")
    report = report_of(first)
    say("files, chunks, commits", f"{report['files']:,}, {report['chunks']:,}, {report['commits']:,}")
    say("first index", f"{told([first])}; {first.memory:,.0f} MiB at most")


def bench_refreshes(settings: Path, made: MadeRepository, times: int) -> None:
    """In turns, so that all are measured on the same busy machine."""
    refreshes, idle, nothing = [], [], []
    for _ in range(times):
        made.commit_change()
        refreshes.append(run(settings, "index", "--json"))
        assert report_of(refreshes[-1])["embedded"] == 2, "the function and the commit"
        nothing.append(run(settings, "index", "--json"))
        idle.append(run(settings, "status"))
    ratio = statistics.median(one.cpu for one in refreshes) / statistics.median(one.cpu for one in idle)
    say("refresh after one commit", f"{told(refreshes)}, {ratio:.1f} x docent status; {max(one.memory for one in refreshes):,.0f} MiB")
    say("refresh with nothing new", told(nothing))
    say("docent status", told(idle))


def refreshed_inside(settings: Path, made: MadeRepository, times: int) -> str:
    """Refreshes by a workspace that stays open; the first one has warmed it up."""
    workspace = Workspace.open_owner(load_settings(str(settings), named=True).indexer, "docent serve")
    took = []
    try:
        for _ in range(times + 1):
            made.commit_change()
            clock = Clock()
            assert workspace.refresh(_NAME).changed
            took.append(clock.read())
    finally:
        workspace.close()
    cpu, wall = (statistics.median(times) for times in zip(*took[1:], strict=True))
    return f"{wall:.2f} s, {cpu:.2f} CPU s (the first {took[0][1]:.2f} s)"


def searched(settings: Path) -> str:
    """As `docent serve` does it."""
    workspace = Workspace.open_owner(load_settings(str(settings), named=True).indexer, "docent serve")
    try:
        opened = memory("VmRSS")
        workspace.warm_up()
        workspace.index.warm_up(_NAME)
        warm = memory("VmRSS")
        for text, _ in Topics(23).questions(50):
            workspace.index.search(Query(text))
        return f"{memory('VmHWM'):,.0f} MiB at most ({opened:,.0f} opened, {warm:,.0f} warm, {memory('VmRSS'):,.0f} after 50 questions)"
    finally:
        workspace.close()


def model_alone() -> str:
    """What a process grows by that loads the model, as a first index needs it, and embeds long texts."""
    before = memory("VmRSS")
    embedder = open_embedder(EmbeddingSettings())
    embedder.embed(["warm up"] * _ENOUGH)
    embedder.embed([f"{number} {_LONG}" for number in range(_BATCH)])
    return f"{memory('VmHWM') - before:,.0f} MiB at most, {memory('VmRSS') - before:,.0f} MiB stay"


def apart(work: Callable[..., str], *arguments: object) -> str:
    """Do it in a fresh process, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def memory(which: str) -> float:
    """MiB of this process: "VmRSS" now, "VmHWM" at its peak."""
    return int(re.search(rf"{which}:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024  # type: ignore[index]


def told(runs: list[Finished]) -> str:
    wall, cpu = statistics.median(one.seconds for one in runs), statistics.median(one.cpu for one in runs)
    return f"{wall:.2f} s, {cpu:.2f} CPU s" + (f", median of {len(runs)}" if len(runs) > 1 else "")


if __name__ == "__main__":
    sys.exit(main())
