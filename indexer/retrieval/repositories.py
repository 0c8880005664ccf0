"""Which of many repositories a question is about: what each holds that is near to it, and whether the question names it.

What tells them apart was learned on 578 labelled questions over 17 repositories: the best passage of source, the best file as a
whole, and the best commit, each less the more there is to choose from. The words of a question tell next to nothing here, as
rare and common words are others in each repository.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from indexer.questions.naming import is_called
from indexer.retrieval.candidates import Gathered
from indexer.types import Query

_FILE, _COMMIT = 0.4, 0.5  # what a cosine of a file's mean and of a commit counts beside one of a passage
_SIZE = 0.025  # what the best of e times as many files is higher by chance
_STANDING_BACK = 0.05  # what a passage of a test or example is nearer by without being the answer
_NAMED, _CALLED = 0.3, 0.7  # what is left of the others where a question names one for certain, or by a word that may mean something else


def shares(found: Gathered, query: Query, means: np.ndarray, commits: Gathered, weight: float) -> dict[str, float]:
    """How much each repository's files and commits count, 0..1, 1 for the likeliest; nothing where there is one repository.

    `found` is what both legs find in the files of each, `means` (files,) the cosine of what files are searched with and each file.
    """
    if len(found.repos) < 2 or not weight:
        return {}
    files, numbers = found.corpora.files, found.repos.tolist()
    repos = [files.repos[number] for number in numbers]
    passages = found.nearest(np.where(files.sources[found.near.files], 0.0, _STANDING_BACK))
    wholes = {files.repos[number]: _best(means[files.starts[number] : files.starts[number + 1]]) for number in numbers}
    every = (passages, {repo: best for repo, best in wholes.items() if best is not None}, commits.nearest())
    floor = [min(best.values(), default=0.0) for best in every]
    evidence = {}
    for number, repo in zip(numbers, repos, strict=True):
        passage, file, message = (best.get(repo, least) for best, least in zip(every, floor, strict=True))
        evidence[repo] = passage + _FILE * file + _COMMIT * message - _SIZE * math.log(1 + int(files.sizes[number]))
    highest = max(evidence.values())
    likely = {repo: math.exp(weight * (value - highest)) for repo, value in evidence.items()}
    for repo, left in unnamed(query, repos).items():
        likely[repo] *= left
    most = max(likely.values())
    return {repo: value / most for repo, value in likely.items()}


def unnamed(query: Query, repos: Sequence[str]) -> dict[str, float]:
    """What is left of the repositories that a question does not name, where it names others."""
    certain = set(query.named) & set(repos)
    called = certain or {repo for repo in repos if is_called(query.text, repo)}
    return {repo: _NAMED if certain else _CALLED for repo in repos if repo not in called} if called else {}


def _best(scores: np.ndarray) -> float | None:
    return float(scores.max()) if len(scores) else None
