"""Searching: files and commits that answer a question, over any number of repositories at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from indexer.retrieval.corpora import Corpora
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.described import with_own_text
from indexer.retrieval.files import file_hits, rank_files
from indexer.retrieval.history import commit_hits, gather_commits
from indexer.retrieval.recipe import RECIPE, Recipe
from indexer.retrieval.rewritten import blended, with_own_cosines
from indexer.types import Hint, Hit, Query

__all__ = ["Corpora", "Corpus", "search", "searched_with"]


def search(
    corpora: Corpora,
    query: Query,
    vector: np.ndarray,
    k: int = 10,
    *,
    imagined: np.ndarray | None = None,
    hints: Sequence[Hint] = (),
    recipe: Recipe = RECIPE,
) -> list[Hit]:
    """At most `k` files, each as its best chunk, and at most `k` commits; commits first for a question about history.

    `vector` is the question's embedding, float32 (d,), unit length; `imagined`, the embedding of `query.imagined`, changes the ranking
    of files, but how near a hit is to the question is told by `vector` alone. `hints` are words that questions like this one lead to,
    each with how likely it is, 0..1.
    Scores are comparable among files, and among commits.
    Of the chunks of hits only what ranking looks at is read; see `Corpus.chunks`.
    """
    asked = corpora.of(query)
    of_files, of_commits = searched_with(vector, imagined, recipe)
    commits = gather_commits(asked, query, of_commits, recipe, hints)
    ranked = rank_files(asked, query, of_files, commits, recipe, k, hints)
    files = with_own_text(file_hits(ranked, recipe), asked.each, vector)
    if imagined is not None:
        files = with_own_cosines(files, asked.each, vector)
    history = []
    if not query.paths and not query.languages:  # these speak of files, and no commit is one
        history = commit_hits(asked, query, commits, ranked.likeness(), recipe, k, ranked.likely)
    ordered = [*history, *files] if query.wants_history else [*files, *history]
    return [replace(hit, rank=rank) for rank, hit in enumerate(ordered, start=1)]


def searched_with(vector: np.ndarray, imagined: np.ndarray | None, recipe: Recipe) -> tuple[np.ndarray, np.ndarray]:
    """The vectors, float32 (d,) of unit length, that files and commits are searched with; see `search`."""
    return blended(vector, imagined, recipe.imagined), vector
