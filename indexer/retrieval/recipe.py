"""How much each piece of evidence counts, in one value, so that each can be measured alone and together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """The numbers of a search. Weights of evidence are shares of the best file's score from the two legs; 0 switches it off."""

    pool: int = 400  # chunks taken from each leg and repository
    words: tuple[float, float] = (0.7, 0.3)  # dense and lexical leg of a question in plain words
    names: tuple[float, float] = (0.4, 0.6)  # of a question that holds names of code, which are found by their letters
    hints: float = 8.0  # what a likely word counts in the lexical leg, times its likelihood, beside one of the question
    hinted: tuple[float, float] = (0.6, 0.4)  # the legs of a question in plain words where there are such words
    demotion: bool = True  # tests, examples, docs, generated code and barrels stand back
    definition: float = 0.3  # the file that defines a name of the question; more, and tracebacks drown in the names they list
    definition_alone: float = 3.0  # the same where the question is that one name
    path: float = 0.3  # the file's and folder's name say words of the question
    file_mean: float = 0.25  # the mean of a file's vectors: what the file is about, beside its best passage
    test_bridge: float = 0.3  # a test lends its score to the file it tests
    commit_bridge: float = 0.15  # commits whose message answers vote for the files they touched
    docs_bridge: float = 0.15  # passages of documentation vote for the files that define what they name
    rewritten: float = 0.3  # a leg beside the two: the terms that a language model made of the question
    imagined: float = 0.5  # share of an imagined answer in the vector that is searched with
    traced: float = 1.5  # the repository's own files in pasted stack traces and logs
    repository: float = 1.5  # of many repositories, how much less one counts for the cosine by which its best is further away
    more: int = 3  # further chunks of a file shown beside its best

    commit_pool: int = 400  # commits taken from each leg and repository for a question about history
    commit_pool_aside: int = 100  # the same for any other question
    commit_hints: float = 5.0  # as `hints`, for the messages of commits
    commit_legs: tuple[float, float] = (0.7, 0.3)
    noise: float = 0.6  # what the score of a release, merge or version bump is multiplied by
    outside: float = 0.3  # what a commit's score is multiplied by where the question names a time and it is of another
    later: float = 0.7  # the same where it is of a time after the one named by "since", which it most likely happened in
    code_evidence: float = 0.4  # the best file of the question that a commit touched
    size: float = 0.15  # how much a commit changed, of which people know more
    parts: float = 0.05  # it touched source code, and it touched tests
    removal: float = 0.1  # it deleted more than it added, where the question is about something taken away


RECIPE = Recipe()
