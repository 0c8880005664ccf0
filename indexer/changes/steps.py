"""What a story did to the main line, step by step."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from indexer.changes.types import Step, Story
from indexer.types import Commit, FileChange

Difference = Callable[[str, str], tuple[FileChange, ...]]
"""The net changes from one commit ("" for nothing) to another."""


def steps_of(story: Story, difference: Difference, cut: Collection[str] = ()) -> tuple[Step, ...]:
    """A story's steps, newest first.

    A merge is one step, with all that it brought in, and so is a run of commits of which each is the other's first parent; every
    other commit is a step of its own. Of the commits at which a shallow clone's history is `cut` off, nothing can be told.
    """
    by_sha = {commit.sha: commit for commit in story.commits if commit.sha not in cut}
    brought = _brought(by_sha)
    line = {sha: commit for sha, commit in by_sha.items() if sha not in brought}
    followed = {commit.parents[0] for commit in line.values() if commit.parents}
    return tuple(_step(_run(commit, line), difference) for sha, commit in line.items() if sha not in followed)


def _brought(by_sha: Mapping[str, Commit]) -> set[str]:
    """The commits that merges of the story brought in."""
    found: set[str] = set()
    waiting = [parent for commit in by_sha.values() for parent in commit.parents[1:]]
    while waiting:
        sha = waiting.pop()
        if sha in by_sha and sha not in found:
            found.add(sha)
            waiting.extend(by_sha[sha].parents)
    return found


def _run(newest: Commit, line: Mapping[str, Commit]) -> list[Commit]:
    """The commit and those of the story right below it, newest first."""
    run = [newest]
    while run[-1].parents and run[-1].parents[0] in line:
        run.append(line[run[-1].parents[0]])
    return run


def _step(run: Sequence[Commit], difference: Difference) -> Step:
    before, after = (run[-1].parents or ("",))[0], run[0].sha
    changes = run[0].changes if len(run) == 1 and len(run[0].parents) < 2 else difference(before, after)
    return Step(before, after, changes)
