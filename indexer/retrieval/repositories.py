"""Which of many repositories a question is about: what each holds that is near to it, and whether the question names it.

What tells them apart was learned on 578 labelled questions over 17 repositories: the best passage of source, the best file as a
whole, and the best commit, each less the more there is to choose from. The words of a question tell next to nothing here, as
rare and common words are others in each repository.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from indexer.retrieval.candidates import FileKey, Pool
from indexer.retrieval.corpus import Corpus
from indexer.retrieval.naming import is_called
from indexer.types import Query, Role

_FILE, _COMMIT = 0.4, 0.5  # what a cosine of a file's mean and of a commit counts beside one of a passage
_SIZE = 0.025  # what the best of e times as many files is higher by chance
_STANDING_BACK = 0.05  # what a passage of a test or example is nearer by without being the answer
_NAMED, _CALLED = 0.3, 0.7  # what is left of the others where a question names one for certain, or by a word that may mean something else


def shares(
    corpora: Sequence[Corpus], query: Query, pool: Pool, means: Mapping[FileKey, float], commits: Pool, weight: float
) -> dict[str, float]:
    """How much each repository's files and commits count, 0..1, 1 for the likeliest; nothing where there is one repository."""
    if len(corpora) < 2 or not weight:
        return {}
    passages = _best(
        (key[0], score - (0.0 if pool.chunks[key].role is Role.SOURCE else _STANDING_BACK)) for key, score in pool.dense.items()
    )
    files = _best((repo, score) for (repo, _), score in means.items())
    messages = _best((key[0], score) for key, score in commits.dense.items())
    floor = [min(found.values(), default=0.0) for found in (passages, files, messages)]
    evidence = {}
    for corpus in corpora:
        passage, file, message = (
            found.get(corpus.repo, least) for found, least in zip((passages, files, messages), floor, strict=True)
        )
        size = math.log(1 + len(corpus.passages()))
        evidence[corpus.repo] = passage + _FILE * file + _COMMIT * message - _SIZE * size
    best = max(evidence.values())
    found = {repo: math.exp(weight * (value - best)) for repo, value in evidence.items()}
    for repo, left in unnamed(query, list(found)).items():
        found[repo] *= left
    highest = max(found.values())
    return {repo: value / highest for repo, value in found.items()}


def unnamed(query: Query, repos: Sequence[str]) -> dict[str, float]:
    """What is left of the repositories that a question does not name, where it names others."""
    certain = set(query.named) & set(repos)
    called = certain or {repo for repo in repos if is_called(query.text, repo)}
    return {repo: _NAMED if certain else _CALLED for repo in repos if repo not in called} if called else {}


def _best(scores: Iterable[tuple[str, float]]) -> dict[str, float]:
    found: dict[str, float] = {}
    for repo, score in scores:
        found[repo] = max(found.get(repo, score), score)
    return found
