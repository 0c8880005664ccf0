"""Groups commits into stories: by pull request, by issue, by branch, or by one person's work of one day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from indexer.changes.issues import closed_issues, named_issues
from indexer.changes.merges import brought_in, merged_title, own_title, pull_request_number
from indexer.changes.parts import part_of
from indexer.changes.series import series_of
from indexer.changes.titles import is_minor
from indexer.changes.types import Story
from indexer.types import Commit, Role

__all__ = ["group_stories", "pull_request_number"]


def group_stories(commits: Sequence[Commit]) -> list[Story]:
    """Every commit in exactly one story, newest story first; only merges that gather several stories are in none.

    `commits` are newest first, merges among them without changes. What binds commits, strongest first: a pull request, squashed or
    merged; one issue that they close; the merge of a topic branch; one person's work of a day on the same place (series.py).
    """
    order = {commit.sha: place for place, commit in enumerate(commits)}
    brought = brought_in(commits)
    owned = {commit.sha for found in brought.values() for commit in found}
    numbered: dict[int, list[Commit]] = defaultdict(list)
    branches: list[list[Commit]] = []
    singles: list[Commit] = []
    for commit in commits:
        number = pull_request_number(commit)
        if commit.sha in owned or (len(commit.parents) > 1 and commit.sha not in brought):
            continue
        group = [commit, *brought.get(commit.sha, ())]
        if number is not None:
            numbered[number] += group  # the same one again is its copy on another branch
        elif len(group) > 1:
            branches.append(group)
        elif len(commit.parents) < 2:
            singles.append(commit)
    by_issue, rest = _by_issue(singles)
    stories = [_of_pull_request(number, group) for number, group in numbered.items()]
    stories += [_of_several(group) for group in (*by_issue, *branches, *series_of(rest))]
    return sorted(stories, key=lambda story: order[story.commits[0].sha])


def _by_issue(commits: Iterable[Commit]) -> tuple[list[list[Commit]], list[Commit]]:
    """Commits that close the same one issue, and the rest; whoever closes several at once belongs to none of them alone."""
    groups: dict[str, list[Commit]] = defaultdict(list)
    rest: list[Commit] = []
    for commit in commits:
        keys = closed_issues(commit.subject, commit.body)
        (groups[keys[0]] if len(keys) == 1 else rest).append(commit)
    return list(groups.values()), rest


def _of_pull_request(number: int, commits: Sequence[Commit]) -> Story:
    """Hosts put the title of a pull request into its merge; else the commit that says most names it."""
    newest = commits[0]
    title, body = merged_title(newest) if len(newest.parents) > 1 or newest.subject.startswith("Merged PR ") else ("", "")
    if not title:
        best = newest if pull_request_number(newest) and len(newest.parents) < 2 else _says_most(commits)
        title, body = best.subject, best.body
    return _story(title, body, commits, number)


def _of_several(commits: Sequence[Commit]) -> Story:
    title, body = merged_title(commits[0]) if len(commits[0].parents) > 1 and commits[0].subject.startswith('Merge "') else ("", "")
    if not title:
        best = _says_most(commits)
        title, body = best.subject, best.body
    return _story(title, body, commits, None)


def _story(title: str, body: str, commits: Sequence[Commit], number: int | None) -> Story:
    title = own_title(title).strip()
    texts = [(title, body), *((commit.subject, commit.body) for commit in commits if len(commit.parents) < 2)]
    issues = dict.fromkeys(issue for subject, text in texts for issue in named_issues(subject, text))
    return Story(title, body, tuple(commits), number, tuple(issue for issue in issues if issue != f"#{number}"))


def _says_most(commits: Sequence[Commit]) -> Commit:
    """The commit that changes most source among those that are not about tests, words or style; the oldest of equals."""
    own = [commit for commit in commits if len(commit.parents) < 2] or list(commits)
    return max(reversed(own), key=lambda commit: (not is_minor(commit.subject), _source_lines(commit), bool(commit.body)))


def _source_lines(commit: Commit) -> int:
    return sum((one.added or 0) + (one.deleted or 0) for one in commit.changes if part_of(one.path) is Role.SOURCE)
