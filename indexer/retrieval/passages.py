"""Documentation as answers of its own: the sections nearest to a question, whatever place their files have beside the code.

A ranking of files puts code first, and each file speaks once in it. Who asks how to use something wants the section that says it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from indexer.retrieval.candidates import ChunkKey, allowed_paths
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.fusion import scaled
from indexer.retrieval.ranking import is_paper
from indexer.retrieval.tokens import query_terms, tokenize
from indexer.types import Chunk, Hit, Query, Role

_PROSE = frozenset({"markdown", "rst", "asciidoc"})  # cut by headings; plain text is as often data
_ROLES = frozenset({Role.DOCS, Role.SOURCE})
_POOL = 40  # sections of each repository
_TITLE, _WORDS = 0.15, 0.10  # what a title, and a text, that says the words of the question adds to the cosine
_NEWS = re.compile(
    r"(?:^|/)(?:announce(?:ments?)?|_posts|blog|news|releases?|proposals|rfcs?|adrs?)/|(?:^|/)(?:releases?|what'?s[-_]?new|history|change-?log)\b[^/]*$",
    re.IGNORECASE,
)  # what was once new or meant says little about how it is


def passages(corpora: Sequence[Corpus], query: Query, vector: np.ndarray, k: int) -> list[Hit]:
    """At most `k` sections of documentation within the query's filters, best first; papers about the project and news are none.

    `vector` is the question's embedding, float32 (d,), unit length. A hit's score is its cosine, which is also among its signals,
    and a little for the words that its title and its text share with the question.
    """
    asked = query_terms(query.text)
    scores: dict[ChunkKey, float] = {}
    found: dict[ChunkKey, tuple[Chunk, float]] = {}
    for corpus in corpora:
        paths = _documentation(corpus, query)
        near = dict(corpus.dense(vector, _POOL, paths=paths)) if paths else {}
        words = scaled(dict(corpus.lexical(query.text, _POOL, paths=paths))) if near else {}
        for chunk in corpus.chunks(near).values():
            if chunk.role in _ROLES:
                key = (corpus.repo, chunk.id)
                found[key] = (chunk, near[chunk.id])
                scores[key] = near[chunk.id] + _TITLE * _said(asked, chunk.symbol) + _WORDS * words.get(chunk.id, 0.0)
    best = sorted(scores, key=lambda key: (-scores[key], key))[:k]
    read = {corpus.repo: corpus.read([chunk_id for repo, chunk_id in best if repo == corpus.repo]) for corpus in corpora}
    whole = [(key, read[key[0]][key[1]]) for key in best if key[1] in read[key[0]]]
    return [Hit(chunk, scores[key], rank, signals={"cosine": found[key][1]}) for rank, (key, chunk) in enumerate(whole, start=1)]


def _documentation(corpus: Corpus, query: Query) -> frozenset[str]:
    allowed = allowed_paths(corpus, query)
    prose = (path for path, language in corpus.languages().items() if language in _PROSE)
    return frozenset(path for path in prose if (allowed is None or path in allowed) and not is_paper(path) and not _NEWS.search(path))


def _said(asked: Sequence[str], titles: str | None) -> float:
    """The share of the question's words that a section's own title says."""
    said = set(tokenize((titles or "").rpartition(" > ")[2]))
    return sum(term in said for term in asked) / max(len(asked), 1)
