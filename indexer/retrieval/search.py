"""Searching: files and commits that answer a question, over any number of repositories at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from indexer.retrieval.corpus import Corpus
from indexer.retrieval.described import with_own_text
from indexer.retrieval.files import file_hits, rank_files
from indexer.retrieval.history import commit_hits, gather_commits
from indexer.retrieval.recipe import RECIPE, Recipe
from indexer.retrieval.rewritten import blended, with_own_cosines
from indexer.types import Hit, Query

__all__ = ["Corpus", "search"]


def search(
    corpora: Sequence[Corpus],
    query: Query,
    vector: np.ndarray,
    k: int = 10,
    *,
    imagined: np.ndarray | None = None,
    recipe: Recipe = RECIPE,
) -> list[Hit]:
    """At most `k` files, each as its best chunk, and at most `k` commits; commits first for a question about history.

    `vector` is the question's embedding, float32 (d,), unit length, `imagined` that of `query.imagined` where there is one. Scores
    are comparable among files, and among commits.
    """
    asked = [corpus for corpus in corpora if not query.repos or corpus.repo in query.repos]
    commits = gather_commits(asked, query, vector, recipe)
    ranked = rank_files(asked, query, blended(vector, imagined, recipe.imagined), commits, recipe)
    files = with_own_text(file_hits(ranked, recipe, k), asked, vector)
    if imagined is not None:
        files = with_own_cosines(files, asked, vector)
    # path: and lang: speak of files, and no commit is one
    history = [] if query.paths or query.languages else commit_hits(commits, ranked.similarity, recipe, k)
    ordered = [*history, *files] if query.wants_history else [*files, *history]
    return [replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)]
