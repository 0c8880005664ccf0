"""Groups commits into stories, one for each pull request (squashed or merged) or single commit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from indexer.changes.types import Story
from indexer.types import Commit

_MERGES = (  # how each host words the merge of a pull request; the group is its number
    re.compile(r"^Merge pull request #(\d+) from "),  # GitHub, Gitea
    re.compile(r"^Merged in \S+ \(pull request #(\d+)\)"),  # Bitbucket
    re.compile(r"^Merge pull request '.*' \(#(\d+)\) from "),  # Forgejo
    re.compile(r"^Merged PR (\d+): "),  # Azure DevOps
)
_GITLAB_MERGE = re.compile(r"^Merge branch '.*' into '.*'$")
_GITLAB_NUMBER = re.compile(r"^See merge request \S*!(\d+)$", re.MULTILINE)
_SQUASHED = re.compile(r"\s*\((?:#|!)(\d+)\)\s*$")


def group_stories(commits: Sequence[Commit]) -> list[Story]:
    """Every commit in exactly one story, newest story first. `commits` are newest first, merges among them without changes.

    A merge of a pull request takes the commits it brought in; any other merge is no story, and its commits stand alone.
    """
    by_sha = {commit.sha: commit for commit in commits}
    mainline = _mainline(commits, by_sha)
    taken: set[str] = set(mainline)
    brought: dict[str, list[Commit]] = {}
    for sha in reversed(mainline):  # oldest first, so that a commit belongs to the merge that brought it first
        merge = by_sha[sha]
        if len(merge.parents) > 1 and pull_request_number(merge) is not None:
            brought[sha] = _reachable(merge.parents[1:], by_sha, taken)
    owned = {commit.sha for group in brought.values() for commit in group}
    stories = []
    for commit in commits:
        if commit.sha in brought:
            stories.append(_merged(commit, [one for one in brought[commit.sha] if len(one.parents) < 2]))
        elif commit.sha not in owned and len(commit.parents) < 2:
            stories.append(Story(_plain_title(commit.subject), commit.body, (commit,), pull_request_number(commit)))
    return stories


def pull_request_number(commit: Commit) -> int | None:
    """The number of the pull request that a commit merges or is the squash of; None where it names none."""
    for pattern in _MERGES:
        if match := pattern.match(commit.subject):
            return int(match[1])
    may_tell = len(commit.parents) < 2 or _GITLAB_MERGE.match(commit.subject)
    if may_tell and (match := _GITLAB_NUMBER.search(commit.body)):
        return int(match[1])
    match = _SQUASHED.search(commit.subject)
    return int(match[1]) if match else None


def _mainline(commits: Sequence[Commit], by_sha: Mapping[str, Commit]) -> list[str]:
    """First parents from the newest commit on, as far as they are among `commits`; newest first."""
    line = []
    current = commits[0].sha if commits else ""
    while current in by_sha:
        line.append(current)
        parents = by_sha[current].parents
        current = parents[0] if parents else ""
    return line


def _reachable(start: Sequence[str], by_sha: Mapping[str, Commit], taken: set[str]) -> list[Commit]:
    """Commits reachable from `start` that nobody took yet, now taken; newest first."""
    found: list[Commit] = []
    waiting = list(start)
    while waiting:
        sha = waiting.pop()
        if sha in by_sha and sha not in taken:
            taken.add(sha)
            found.append(by_sha[sha])
            waiting.extend(by_sha[sha].parents)
    return sorted(found, key=lambda commit: (commit.committed_at, commit.sha), reverse=True)


def _merged(merge: Commit, commits: Sequence[Commit]) -> Story:
    """The story of a merged pull request. Hosts put its title first in the merge's body; else its oldest commit names it."""
    title, _, body = merge.body.partition("\n")
    if merge.subject.startswith("Merged PR "):
        title, body = merge.subject, merge.body
    if not title or _GITLAB_NUMBER.match(title):
        first = commits[-1] if commits else merge
        title, body = first.subject, first.body
    return Story(_plain_title(title.strip()), body.strip(), (merge, *commits), pull_request_number(merge))


def _plain_title(subject: str) -> str:
    return _SQUASHED.sub("", re.sub(r"^Merged PR \d+: ", "", subject))
