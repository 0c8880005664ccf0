"""Retrieval quality of the product on labelled questions.

python -m tests.benchmarks.eval_files CASES.jsonl... --mirrors DIR --cache DIR

A line of a cases file holds `id`, `github` ("owner/name"), `commit`, `question`, for files a `kind`, and `gold_files` or
`gold_commits`. DIR/owner+name/repo is a bare clone of each repository. The index is kept in the cache folder, outside any
repository, so that a second run embeds nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from indexer.config import IndexerSettings, RepositorySettings
from indexer.corpus import RepoCorpus
from indexer.embedding import open_embedder
from indexer.retrieval.query import parse_query
from indexer.retrieval.recipe import RECIPE, Recipe
from indexer.retrieval.search import search
from indexer.stores.vectors import ExactVectors
from indexer.types import Hit, Query
from indexer.workspace import Workspace
from tests.benchmarks.cached_embedder import CachedEmbedder
from tests.benchmarks.eval_metrics import Scores, mean, score

_LEGS = replace(
    RECIPE, demotion=False, definition=0, definition_alone=0, path=0, file_mean=0, test_bridge=0, commit_bridge=0, docs_bridge=0
)
_BOOSTED = replace(RECIPE, file_mean=0, test_bridge=0, commit_bridge=0, docs_bridge=0)
RECIPES = {
    "words only": replace(_LEGS, words=(0, 1), names=(0, 1), code_evidence=0, commit_legs=(0, 1), noise=1),
    "meaning only": replace(_LEGS, words=(1, 0), names=(1, 0), code_evidence=0, commit_legs=(1, 0), noise=1),
    "both legs": replace(_LEGS, code_evidence=0, noise=1),
    "+ demotion": replace(_LEGS, demotion=True, code_evidence=0),
    "+ names and paths": _BOOSTED,
    "+ file mean, tests": replace(_BOOSTED, file_mean=RECIPE.file_mean, test_bridge=RECIPE.test_bridge),
    "+ commits": replace(RECIPE, docs_bridge=0),
    "all": RECIPE,
    "all but file mean": replace(RECIPE, file_mean=0),
    "all but tests": replace(RECIPE, test_bridge=0),
}


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what answers it: paths, or SHAs where `kind` is "commit"."""

    id: str
    github: str
    commit: str
    kind: str
    question: str
    gold: frozenset[str]

    @property
    def repo(self) -> str:
        return self.github.rpartition("/")[2]


Searcher = Callable[[Query], list[Hit]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", type=Path)
    parser.add_argument("--mirrors", type=Path, required=True, help="folder with the bare clones, one owner+name/repo each")
    parser.add_argument("--cache", type=Path, required=True, help="folder for the index, outside any repository")
    parser.add_argument("--ablate", action="store_true", help="measure each step of the ranking, with exact vectors")
    parser.add_argument("--together", action="store_true", help="ask all repositories at once")
    parser.add_argument("--misses", action="store_true", help="list the questions whose answer is not among the first ten")
    options = parser.parse_args()
    cases = [case for path in options.cases for case in read_cases(path)]
    settings = IndexerSettings(data_dir=options.cache / "index", repositories=pinned(cases, options.mirrors, options.cache))
    embedder = CachedEmbedder(open_embedder(settings.embedding), options.cache)
    workspace = Workspace.open_owner(settings, "eval", embedder)
    try:
        for name in workspace.names:
            report = workspace.refresh(name)
            print(f"{name}: {report.files} files, {report.chunks} chunks, {report.seconds:.0f} s", flush=True)
        for name, searcher in searchers(workspace, options.ablate):
            run(name, cases, searcher, together=options.together, misses=options.misses)
    finally:
        workspace.close()


def read_cases(path: Path) -> list[Case]:
    rows = [json.loads(line) for line in path.read_text().splitlines() if line.strip()]
    return [
        Case(
            row["id"], row["github"], row["commit"], row.get("kind", "commit"), row["question"],
            frozenset(row.get("gold_files") or row["gold_commits"]),
        )
        for row in rows
    ]  # fmt: skip


def pinned(cases: Iterable[Case], mirrors: Path, cache: Path) -> tuple[RepositorySettings, ...]:
    """A bare repository per project whose only branch ends at the commit that the cases speak of."""
    found = []
    for github, commit in sorted({(case.github, case.commit) for case in cases}):
        mirror = (mirrors / github.replace("/", "+") / "repo").resolve()
        target = cache / "pinned" / f"{github.replace('/', '+')}.git"
        if not target.exists():
            subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=pinned", target], check=True)
            (target / "objects/info/alternates").write_text(f"{mirror / 'objects'}\n")
        subprocess.run(["git", "--git-dir", target, "update-ref", "refs/heads/pinned", commit], check=True)
        found.append(RepositorySettings(name=github.rpartition("/")[2], url=str(target)))
    return tuple(found)


def searchers(workspace: Workspace, ablate: bool) -> Iterable[tuple[str, Searcher]]:
    """The product's search, or each step of it."""
    if not ablate:
        yield "product", lambda query: workspace.index.search(query, 10)
        return
    exact = ExactVectors(workspace.catalog)
    vectors: dict[str, np.ndarray] = {}

    def searching(query: Query, recipe: Recipe) -> list[Hit]:
        if query.text not in vectors:
            vectors[query.text] = workspace.embedder.embed_query(query.text)
        rows = [row for row in workspace.catalog.repo_rows() if not query.repos or row.name in query.repos]
        corpora = [RepoCorpus(workspace.catalog, row, exact, exact) for row in rows]
        return search(corpora, query, vectors[query.text], 10, recipe=recipe)

    for name, recipe in RECIPES.items():
        yield name, lambda query, recipe=recipe: searching(query, recipe)  # type: ignore[misc]


def run(name: str, cases: Sequence[Case], searcher: Searcher, *, together: bool, misses: bool) -> None:
    groups: dict[str, list[Scores]] = defaultdict(list)
    milliseconds = []
    for case in cases:
        query = parse_query(case.question)
        started = time.perf_counter()
        hits = searcher(query if together else replace(query, repos=(case.repo,)))
        milliseconds.append((time.perf_counter() - started) * 1000)
        is_commit = case.kind == "commit"
        result = score(
            [f"{hit.chunk.repo}/{place}" for hit in hits if (place := hit.chunk.commit if is_commit else hit.chunk.path)],
            {f"{case.repo}/{gold}" for gold in case.gold},
        )
        for group in (("commit",) if is_commit else ("files", case.kind, case.repo)):
            groups[group].append(result)
        if misses and not result.reciprocal_rank:
            print(f"  missed {case.id}: {case.question[:110]!r} {sorted(case.gold)[:3]}")
    print(f"\n{name}: {np.median(milliseconds):.0f} ms median, {np.percentile(milliseconds, 95):.0f} ms p95")
    print(f"  {'':14}{'n':>4}  NDCG@10    R@1    R@5   R@10    MRR")
    for group, scores in groups.items():
        m = mean(scores)
        measures = (m.ndcg10, m.recall1, m.recall5, m.recall10, m.reciprocal_rank)
        print(f"  {group:14}{len(scores):4}    " + "  ".join(f"{value:.3f}" for value in measures))


if __name__ == "__main__":
    main()
