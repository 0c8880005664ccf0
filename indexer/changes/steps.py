"""What a story did to the main line, step by step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from indexer.changes.types import Step, Story
from indexer.types import Commit, FileChange


class Git(Protocol):
    """What is asked of git, as `indexer.vcs.repository.Repository` answers it."""

    def difference(self, before: str, after: str) -> tuple[FileChange, ...]: ...
    def between(self, base: str, head: str) -> list[str]: ...
    def boundary(self) -> Collection[str]: ...


def steps_of(story: Story, git: Git) -> tuple[Step, ...]:
    """A story's steps, newest first.

    A merge is one step, with all that it brought in, and so is a run of commits of which each is the other's first parent; every
    other commit is a step of its own. Of the commits at which a shallow clone's history is cut off, nothing can be told.
    """
    cut = git.boundary()
    commits = [commit for commit in story.commits if commit.sha not in cut]
    brought = _brought(commits, git)
    line = {commit.sha: commit for commit in commits if commit.sha not in brought}
    followed = {commit.parents[0] for commit in line.values() if commit.parents}
    return tuple(_step(_run(commit, line), git) for sha, commit in line.items() if sha not in followed)


def _brought(commits: Iterable[Commit], git: Git) -> set[str]:
    """The commits that merges of the story brought in: which are on the main line besides, the story alone does not show."""
    found: set[str] = set()
    for commit in commits:  # newest first, so merges within a branch are known to be brought in when it is their turn
        if len(commit.parents) > 1 and commit.sha not in found:
            found.update(sha for sha in git.between(commit.parents[0], commit.sha) if sha != commit.sha)
    return found


def _run(newest: Commit, line: Mapping[str, Commit]) -> list[Commit]:
    """The commit and those of the story right below it, newest first."""
    run = [newest]
    while run[-1].parents and run[-1].parents[0] in line:
        run.append(line[run[-1].parents[0]])
    return run


def _step(run: Sequence[Commit], git: Git) -> Step:
    before, after = (run[-1].parents or ("",))[0], run[0].sha
    changes = run[0].changes if len(run) == 1 and len(run[0].parents) < 2 else git.difference(before, after)
    return Step(before, after, changes)
