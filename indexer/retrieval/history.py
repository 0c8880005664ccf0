"""Ranking commits: their messages, and the files they touched that answer the question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nsmallest

import numpy as np

from indexer.retrieval.candidates import FileKey, Gathered, find
from indexer.retrieval.corpora import Corpora
from indexer.retrieval.footprints import asks_for_removal
from indexer.retrieval.fusion import top
from indexer.retrieval.recipe import Recipe
from indexer.retrieval.when import fits
from indexer.types import Hint, Hit, Query, When

# What people say a change did, and what those who made it write. General words only; nothing about any one project.
_SAID_AND_WRITTEN = (
    (r"\b(?:stop|give up|gave up|quit|no longer|cease|not .{0,20} any ?more|do away)\w*", "drop remove deprecate unsupported"),
    (r"\b(?:take|took|taken|threw|thrown|throw) (?:\w+ )?(?:out|away)\b|\bgot rid\b", "remove delete drop"),
    (r"\b(?:start|begin|began|first)\w*", "add support introduce allow new"),
    (r"\b(?:swap|exchang|instead of|another one|switch|mov\w* to)\w*", "replace switch use migrate"),
    (r"\b(?:mend|repair|broke|wrong|mistake|crash|trouble|problem)\w*", "fix bug"),
    (r"\b(?:undo|undone|took back|taken back|change\w* .{0,20} back)\b", "revert"),
    (r"\b(?:attack|hacker|leak|danger|unsafe)\w*", "security vulnerability cve prevent"),
    (r"\b(?:faster|quick|slow|speed)\w*", "performance optimize improve cache"),
    (r"\b(?:tidy|tidied|clean\w* up|reorgani[sz])\w*", "refactor cleanup move"),
    (r"\bversions? \d", "support python go node drop"),
)


@dataclass(frozen=True, slots=True)
class Commits:
    """The commits that may answer a question."""

    found: Gathered
    timely: Timely | None = None


@dataclass(frozen=True, slots=True)
class Timely:
    """The commits of the time that the question names, of which each `fits` it more or less, above 0 to 1, by repository and SHA."""

    found: Gathered
    fits: Mapping[str, Mapping[str, float]]


def gather_commits(
    corpora: Corpora, query: Query, vector: np.ndarray, recipe: Recipe, hints: Sequence[Hint] = ()
) -> Commits:
    """The commits whose messages are nearest to the question; `hints` as in `search`."""
    asked = query.text.replace(query.when.words, " ") if query.when and not query.when.releases else query.text
    text = in_words_of_commits(asked)
    k = recipe.commit_pool if query.wants_history else recipe.commit_pool_aside
    likely = [(word, recipe.commit_hints * share) for word, share in hints] if recipe.commit_hints else ()
    found = find(corpora, text, vector, k, commits=True, hints=likely)
    timely = _timely(corpora, query.when, text, vector, k, recipe) if query.when and recipe.outside < 1.0 else None
    return Commits(found, timely)


def _timely(corpora: Corpora, when: When, text: str, vector: np.ndarray, k: int, recipe: Recipe) -> Timely | None:
    """None where no commit is of that time, which then says nothing."""
    known = {corpus.repo: fits(corpus, when, recipe) for corpus in corpora.each}
    if not any(known.values()):
        return None
    found = find(corpora, text, vector, k, commits=True, among={repo: shas.keys() for repo, shas in known.items()})
    return Timely(found, known)


def commit_hits(
    corpora: Corpora, query: Query, commits: Commits, files: Mapping[FileKey, float], recipe: Recipe, k: int,
    likely: Mapping[str, float],
) -> list[Hit]:  # fmt: skip
    """The best `k` commits. `files` says how near each file is to the question, `likely` how much each repository counts, both 0..1.

    Where the question names a time, its commits are ranked among themselves, since what else was done then is little; the others
    stand back, and all the more where nothing else is asked for.
    """
    ranked = _ranked(corpora, query, commits.found, files, recipe, k, likely)
    timely = commits.timely
    if timely is None:
        return ranked
    outside = recipe.outside**2 if query.when and query.when.strict else recipe.outside
    found = {(hit.chunk.repo, hit.chunk.id): replace(hit, score=hit.score * outside) for hit in ranked}
    for hit in _ranked(corpora, query, timely.found, files, recipe, len(timely.found.places()), likely):
        key, fit = (hit.chunk.repo, hit.chunk.id), timely.fits[hit.chunk.repo].get(hit.chunk.commit or "", 0.0)
        score = (hit.score + recipe.outside) * fit  # of few commits the last one scores 0, and is still of that time
        if key not in found or score > found[key].score:
            found[key] = replace(hit, score=score, signals={**hit.signals, "time": fit})
    return nsmallest(k, found.values(), key=lambda hit: (-hit.score, hit.chunk.repo, hit.chunk.id))


def _ranked(
    corpora: Corpora, query: Query, found: Gathered, files: Mapping[FileKey, float], recipe: Recipe, k: int, likely: Mapping[str, float]
) -> list[Hit]:
    """The best `k` by their messages, by the files that they touched, and by what they did besides."""
    places = found.places()
    messages, evidence = _messages(found, places, recipe), corpora.likeness(places, _by_repo(files))
    told = np.flatnonzero((messages > 0.0) | (evidence > 0.0))
    footprints = corpora.footprints(places[told])
    messages[told] = np.where(footprints.noise, messages[told] * recipe.noise, messages[told])
    evidence[told] *= footprints.spread
    total = np.zeros(len(places))
    total[told] = messages[told] + recipe.code_evidence * evidence[told] + footprints.worth(recipe, removal=asks_for_removal(query.text))
    if likely:
        total *= np.array([likely.get(corpus.repo, 1.0) for corpus in corpora.each])[corpora.repos_of(places, commits=True)]
    which = told if len(told) >= k else np.arange(len(places))
    if len(which) > k:
        which = which[total[which] >= np.partition(total[which], -k)[-k]]
    known = corpora.at(places[which], commits=True)
    hits = [
        Hit(known[place], score, signals={"message": message, "code": code})
        for place, score, message, code in zip(
            places[which].tolist(), total[which].tolist(), messages[which].tolist(), evidence[which].tolist(), strict=True
        ) if place in known
    ]  # fmt: skip
    return nsmallest(k, hits, key=lambda hit: (-hit.score, hit.chunk.repo, hit.chunk.id))


def _messages(found: Gathered, places: np.ndarray, recipe: Recipe) -> np.ndarray:
    """What the message of the commit at each of these places, which rise, says for it, in both legs: float (n,)."""
    messages = np.zeros(len(places))
    for leg, weight in zip((found.near, found.worded), recipe.commit_legs, strict=True):
        messages[np.searchsorted(places, leg.places)] += weight * top(leg.scores)
    return messages


def _by_repo(files: Mapping[FileKey, float]) -> dict[str, dict[str, float]]:
    near: dict[str, dict[str, float]] = {}
    for (repo, path), likeness in files.items():
        near.setdefault(repo, {})[path] = likeness
    return near


def in_words_of_commits(question: str) -> str:
    """The question, with the words that commit messages use for what it says was done."""
    added = [written for said, written in _SAID_AND_WRITTEN if re.search(said, question, re.IGNORECASE)]
    return " ".join([question, *added])
