"""Measures warm searches over a made-up index: milliseconds of each kind of question, of a batch, and beside plain ways to search.

`python -m tests.benchmarks.bench_search` builds 200,000 chunks in 20 repositories (a minute) and prints, for each kind of question, wall
time (median and p95) and CPU time (median), after as many others have warmed it up. "x the product" is the CPU time beside that of one
product of a question's vector with all vectors, which is the least an exact search can take; it is measured in the same run, for on a
busy machine only ratios mean anything. `--chroma` also puts all vectors into one Chroma collection (minutes) and asks that. With
`--model` each question is embedded by the built-in model as well.
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

from indexer.index import Index
from indexer.stores.catalog import Catalog
from indexer.stores.vectors import ExactVectors
from indexer.types import Query
from tests.benchmarks.synthetic import DIMENSIONS, TopicEmbedder, Topics, build


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_search", description=__doc__.splitlines()[0])
    parser.add_argument("--chunks", type=int, default=200_000)
    parser.add_argument("--repositories", type=int, default=20)
    parser.add_argument("--questions", type=int, default=200, help="asked of each kind, after as many others (default 200)")
    parser.add_argument("--data", type=Path, help="keep the index in this folder, and use what is there")
    parser.add_argument("--model", action="store_true", help="embed each question by the built-in model, too")
    parser.add_argument("--chroma", action="store_true", help="ask one Chroma collection of all vectors, too")
    arguments = parser.parse_args()
    ThreadpoolController().select(internal_api="openblas").limit(limits=1)  # as docent does
    with tempfile.TemporaryDirectory(prefix="docent-bench-") as scratch:
        folder = arguments.data or Path(scratch)
        built = (folder / "catalog.sqlite").exists()
        catalog = Catalog.in_folder(folder) if built else build(folder, Topics(), arguments.repositories, arguments.chunks)
        bench(catalog, arguments.questions, arguments.model)
        if arguments.chroma:
            bench_chroma(catalog, folder, arguments.questions)
        catalog.close()
    return 0


def bench(catalog: Catalog, count: int, model: bool) -> None:
    """Every kind of question, then a batch."""
    asked = Topics(23).questions(2 * count)
    exact = ExactVectors(catalog)
    names = [row.name for row in catalog.repo_rows()]
    embedder = TopicEmbedder(asked, _real_embedding() if model else None)
    index = Index(catalog, exact, embedder, [SimpleNamespace(name=name) for name in names], lambda _: "f")  # type: ignore[misc]
    shelves = [exact.shelves.of(row, commits_only=commits) for row in catalog.repo_rows() for commits in (False, True)]
    say("chunks, repositories", f"{sum(len(shelf.rowids) for shelf in shelves):,}, {len(names)}")
    for text, _ in asked[:count]:
        index.search(Query(text))

    def product(vector: np.ndarray) -> list[np.ndarray]:
        return [shelf.scores(vector) for shelf in shelves]

    products = measured([partial(product, vector) for _, vector in asked[:50]])
    say("one product with all vectors", told(products, 0))
    least = statistics.median(cpu for _, cpu in products)
    texts = [text for text, _ in asked[count:]]
    kinds: dict[str, Callable[[int, str], Query]] = {
        "question": lambda _, text: Query(text),
        "question about history": lambda _, text: Query(text, wants_history=True),
        "question with repo:": lambda number, text: Query(text, repos=(names[number % len(names)],)),
        "question with path:": lambda _, text: Query(text, paths=("src/b",)),
        "question with lang:": lambda _, text: Query(text, languages=("python",)),
    }
    alone = 0.0
    for name, query in kinds.items():
        took = measured([partial(index.search, query(number, text)) for number, text in enumerate(texts)])
        alone = alone or statistics.median(cpu for _, cpu in took)
        say(name, told(took, least))
    began = time.process_time()
    index.best_of_each([Query(text) for text in texts])
    each = (time.process_time() - began) * 1000 / len(texts)
    say("question of a batch", f"{each:.1f} ms of CPU, {each / alone:.2f} x a question alone")
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
    say("Chroma alone, 10 nearest", told(measured([partial(ask, vector) for vector in vectors]), 0))
    one = {"repo": catalog.repo_rows()[0].name}
    say("Chroma alone, where repo ==", told(measured([partial(ask, vector, where=one) for vector in vectors[:20]]), 0))


def measured(work: Sequence[Callable[[], object]]) -> list[tuple[float, float]]:
    """Milliseconds of wall and CPU time of each piece of work."""
    took = []
    for piece in work:
        wall, cpu = time.perf_counter(), time.process_time()
        piece()
        took.append(((time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000))
    return took


def told(took: Sequence[tuple[float, float]], product: float) -> str:
    walls = sorted(wall for wall, _ in took)
    cpu = statistics.median(cpu for _, cpu in took)
    beside = f", {cpu / product:.1f} x the product" if product else ""
    return f"{statistics.median(walls):.1f} ms median, {walls[int(len(walls) * 0.95)]:.1f} ms p95, {cpu:.1f} ms of CPU{beside}"


def say(name: str, value: str) -> None:
    print(f"{name:38} {value}", flush=True)


def _real_embedding() -> Callable[[str], np.ndarray]:
    from indexer.config import EmbeddingSettings
    from indexer.embedding import open_embedder

    embedder = open_embedder(EmbeddingSettings())
    assert embedder.dimensions == DIMENSIONS
    return embedder.embed_query


if __name__ == "__main__":
    sys.exit(main())
