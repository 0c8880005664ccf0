"""Measures warm searches over a made-up index: milliseconds of each kind of question, of a batch, and beside plain ways to search.

`python -m tests.benchmarks.bench_search` builds 200,000 chunks in 20 repositories (a minute) and prints, for each kind of question, wall
and CPU time (median and p95), after as many others have warmed it up. Each question is embedded by the built-in model, too, as one in
everyday words; `--without-model` leaves that out. "x the product" is the CPU time beside that of one product of a question's vector with
all vectors, which is the least an exact search can take; it is measured in turns with the questions, for on a busy machine only ratios
mean anything. A batch is told beside questions asked one by one. `--chroma` also puts all vectors into one Chroma collection (minutes)
and asks that.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from indexer.config import EmbeddingSettings
from indexer.embedding import open_embedder
from indexer.index import Index
from indexer.memory import settle
from indexer.stores.catalog import Catalog
from indexer.stores.vectors import ExactVectors
from indexer.types import Query
from tests.benchmarks.synthetic import TopicEmbedder, Topics, build
from tests.golden import rental

KINDS: dict[str, Callable[[str], dict[str, Any]]] = {  # what is asked for beside the words, given the name of a repository
    "question": lambda _: {},
    "question about history": lambda _: {"wants_history": True},
    "question with repo:": lambda repo: {"repos": (repo,)},
    "question with path:": lambda _: {"paths": ("src/b",)},
    "question with lang:": lambda _: {"languages": ("python",)},
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_search", description=__doc__.splitlines()[0])
    parser.add_argument("--chunks", type=int, default=200_000)
    parser.add_argument("--repositories", type=int, default=20)
    parser.add_argument("--questions", type=int, default=200, help="asked of each kind, after as many others (default 200)")
    parser.add_argument("--data", type=Path, help="keep the index in this folder, and use what is there")
    parser.add_argument("--without-model", action="store_true", help="do not embed each question by the built-in model")
    parser.add_argument("--chroma", action="store_true", help="ask one Chroma collection of all vectors, too")
    arguments = parser.parse_args()
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)  # as docent does
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch:
        folder = arguments.data or Path(scratch)
        built = (folder / "catalog.sqlite").exists()
        catalog = Catalog.in_folder(folder) if built else build(folder, Topics(), arguments.repositories, arguments.chunks)
        bench(catalog, arguments.questions, not arguments.without_model)
        if arguments.chroma:
            bench_chroma(catalog, folder, arguments.questions)
        catalog.close()
    return 0


def bench(catalog: Catalog, count: int, model: bool) -> None:
    """Every kind of question in turns, then a batch."""
    asked = Topics(23).questions((len(KINDS) + 2) * count)  # of each kind its own, as one that was asked before is not embedded again
    exact = ExactVectors(catalog)
    names = [row.name for row in catalog.repo_rows()]
    real = open_embedder(EmbeddingSettings()) if model else None
    embedder = TopicEmbedder(asked, real, [question for _, question, _ in rental.QUESTIONS])
    index = Index(catalog, exact, embedder, [SimpleNamespace(name=name) for name in names], lambda _: "f")  # type: ignore[misc]
    shelves = [exact.shelves.of(row, commits_only=commits) for row in catalog.repo_rows() for commits in (False, True)]
    say("chunks, repositories", f"{sum(len(shelf.rowids) for shelf in shelves):,}, {len(names)}")
    for name in names:
        index.warm_up(name)
    settle()  # as `docent serve` does
    for text, _ in asked[:count]:
        index.search(Query(text))
    took: dict[str, list[tuple[float, float]]] = {name: [] for name in ("product", "embedding", *KINDS)}
    for number in range(count):
        text, vector = asked[count + number]
        took["product"].append(measured(lambda vector=vector: [shelf.scores(vector) for shelf in shelves]))  # type: ignore[misc]
        took["embedding"].append(measured(lambda text=text: embedder.embed_query(text)))  # type: ignore[misc]
        for kind, (name, filters) in enumerate(KINDS.items(), start=1):
            query = Query(asked[kind * count + number][0], **filters(names[number % len(names)]))
            took[name].append(measured(partial(index.search, query)))
    least = statistics.median(cpu for _, cpu in took["product"])
    say("one product with all vectors", told(took["product"], 0))
    if model:
        say("embedding of one question", told(took["embedding"], 0))
    for name in KINDS:
        say(name, told(took[name], least))
    _, cpu = measured(partial(index.best_of_each, [Query(text) for text, _ in asked[-count:]]))
    alone = statistics.mean(cpu for _, cpu in took["question"])
    say("question of a batch", f"{cpu / count:.1f} ms of CPU, {cpu / count / alone:.2f} x a question alone")
    say("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")


def bench_chroma(catalog: Catalog, folder: Path, count: int) -> None:
    """One collection of all vectors, asked for 10: what a program that has only Chroma does."""
    import chromadb

    client = chromadb.PersistentClient(str(folder / "plain"), settings=chromadb.config.Settings(anonymized_telemetry=False))
    collection = client.get_or_create_collection("all", embedding_function=None, configuration={"hnsw": {"space": "cosine"}})
    if not collection.count():
        exact = ExactVectors(catalog)
        for row in catalog.repo_rows():
            matrix = exact.shelves.of(row, commits_only=False).matrix
            for start in range(0, len(matrix), 1000):
                page = matrix[start : start + 1000]
                ids = [f"{row.name}:{start + number}" for number in range(len(page))]
                collection.add(ids=ids, embeddings=page, metadatas=[{"repo": row.name}] * len(ids))  # type: ignore[arg-type]

    def ask(vector: np.ndarray, **where: Any) -> object:
        return collection.query(query_embeddings=[vector], n_results=10, include=["distances"], **where)

    vectors = [vector for _, vector in Topics(23).questions(count)]
    say("Chroma alone, 10 nearest", told([measured(partial(ask, vector)) for vector in vectors], 0))
    one = {"repo": catalog.repo_rows()[0].name}
    say("Chroma alone, where repo ==", told([measured(partial(ask, vector, where=one)) for vector in vectors[:20]], 0))


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of wall and CPU time of a piece of work."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000


def told(took: Sequence[tuple[float, float]], product: float) -> str:
    walls, cpus = (sorted(times) for times in zip(*took, strict=True))
    p95 = int(len(took) * 0.95)
    beside = f", {statistics.median(cpus) / product:.1f} x the product" if product else ""
    return (f"{statistics.median(walls):.1f} ms median, {walls[p95]:.1f} ms p95; "
            f"{statistics.median(cpus):.1f} / {cpus[p95]:.1f} ms of CPU{beside}")  # fmt: skip


def say(name: str, value: str) -> None:
    print(f"{name:38} {value}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
