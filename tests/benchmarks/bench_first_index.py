"""Measures what a first index costs beside the model alone, and beside a plain pipeline of windows and Chroma.

`python -m tests.benchmarks.bench_first_index REPOSITORY` indexes the repository in this process with the settings' defaults, then
embeds the same texts by the same model and nothing else, then, with `--plain`, runs the plain pipeline: every text file in windows of
60 lines through the model as published (float32, 256 tokens, batches of 32) into one Chroma collection. "CPU s" are the CPU seconds of
this process and of the git processes it ran; ratios are of one run. "Beside the model alone" is the price of everything that is not
the model. `--commits 0` leaves history's vectors out, so that docent and the plain pipeline embed the same files.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from indexer.config import EmbeddingSettings, IndexerSettings, IndexingSettings, RepositorySettings
from indexer.embedding import SentenceEmbedder
from indexer.embedding_models import builtin_folder
from indexer.types import RefreshReport
from indexer.workspace import Workspace

_WINDOW = 60  # lines
_ENOUGH = 300  # texts that make the embedder load torch, whose start-up is no part of what is compared


class Noting(SentenceEmbedder):
    """The built-in model; notes the texts it embeds, page by page."""

    def __init__(self) -> None:
        super().__init__(EmbeddingSettings())
        super().embed(["warm up"] * _ENOUGH)
        self.pages: list[list[str]] = []

    def embed(self, texts: Sequence[str], on_done: Callable[[int], None] | None = None) -> np.ndarray:
        self.pages.append(list(texts))
        return super().embed(texts, on_done)


class Clock:
    """CPU and wall seconds since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = time.perf_counter(), _cpu_seconds()

    def read(self) -> tuple[float, float]:
        return _cpu_seconds() - self._cpu, time.perf_counter() - self._wall


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_first_index", description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path, help="a git working copy or bare repository; it is only read")
    parser.add_argument("--commits", type=int, help="how many commits get vectors (default: the settings' default)")
    parser.add_argument("--plain", action="store_true", help="run the plain pipeline, too")
    arguments = parser.parse_args()
    embedder = Noting()
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch:
        report, cpu, wall = index(Path(scratch), arguments.repository.absolute(), embedder, arguments.commits)
        say("files, chunks, texts embedded", f"{report.files:,}, {report.chunks:,}, {report.embedded:,}")
        say("first index", f"{cpu:.1f} CPU s, {wall:.1f} s; {1000 * cpu / max(report.files, 1):.0f} CPU s per 1,000 files")
        say("peak memory of a first index", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
        pages, clock = list(embedder.pages), Clock()
        for page in pages:
            embedder.embed(page)
        model_cpu, model_wall = clock.read()
        say("the model alone, same texts", f"{model_cpu:.1f} CPU s, {model_wall:.1f} s; {report.embedded / model_cpu:.1f} texts per CPU s")
        say("first index beside the model alone", f"{cpu / model_cpu:.2f} x the CPU, {wall / model_wall:.2f} x the time")
        if arguments.plain:
            plain_cpu, plain_wall, windows = plain(Path(scratch), arguments.repository.absolute())
            say("plain windows and Chroma", f"{plain_cpu:.1f} CPU s, {plain_wall:.1f} s for {windows:,} windows")
            say("first index beside the plain pipeline", f"{cpu / plain_cpu:.2f} x the CPU, {wall / plain_wall:.2f} x the time")
    return 0


def index(folder: Path, repository: Path, embedder: Noting, commits: int | None) -> tuple[RefreshReport, float, float]:
    limits = IndexingSettings() if commits is None else IndexingSettings(embed_commits=commits)
    one = RepositorySettings(name="repository", url=str(repository))
    settings = IndexerSettings(data_dir=folder / "data", repositories=(one,), indexing=limits)
    workspace = Workspace.open_owner(settings, "bench_first_index", embedder)
    clock = Clock()
    report = workspace.refresh("repository")
    cpu, wall = clock.read()
    workspace.close()
    return report, cpu, wall


def plain(folder: Path, repository: Path) -> tuple[float, float, int]:
    """What a program of twenty lines does."""
    import chromadb
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(builtin_folder()), device="cpu", local_files_only=True)
    model.encode(["warm up"])
    clock = Clock()
    client = chromadb.PersistentClient(str(folder / "plain"), settings=chromadb.config.Settings(anonymized_telemetry=False))
    collection = client.create_collection("plain", embedding_function=None)
    windows = list(_windows(repository))
    for start in range(0, len(windows), 1000):
        page = windows[start : start + 1000]
        vectors = model.encode(page, batch_size=32, normalize_embeddings=True, show_progress_bar=False)
        collection.add(ids=[str(start + number) for number in range(len(page))], embeddings=vectors, documents=page)  # type: ignore[arg-type]
    return *clock.read(), len(windows)


def _windows(repository: Path) -> Iterator[str]:
    def git(*arguments: str) -> bytes:
        return subprocess.run(["git", *arguments], cwd=repository, capture_output=True, check=True).stdout

    for line in git("ls-tree", "-r", "-l", "-z", "HEAD").decode(errors="replace").split("\0"):
        about, _, path = line.partition("\t")
        mode, kind, blob, size = (*about.split(), "", "", "", "")[:4]
        if kind != "blob" or mode == "120000" or int(size) > 1_000_000:
            continue
        try:
            lines = git("cat-file", "blob", blob).decode().split("\n")
        except UnicodeDecodeError:
            continue
        for start in range(0, len(lines), _WINDOW):
            text = "\n".join(lines[start : start + _WINDOW])
            if text.strip() and "\0" not in text:
                yield f"{path}\n{text}"


def _cpu_seconds() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def say(name: str, value: str) -> None:
    print(f"{name:38} {value}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
