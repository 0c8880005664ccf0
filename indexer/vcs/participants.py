"""Who took part in each commit: its author and helpers, its reviewers, and those who brought it in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from indexer.types import Commit, CommitFacts, Person
from indexer.vcs.bots import is_person
from indexer.vcs.dates import mended_dates
from indexer.vcs.mailmap import Mailmap
from indexer.vcs.trailers import named_in

_UNMAPPED = Mailmap()
_SEVERAL = 16_384  # the same few people take part together again and again


def commit_facts(commits: Sequence[Commit], mailmap: Mailmap = _UNMAPPED) -> dict[str, CommitFacts]:
    """SHA -> facts of these commits: newest first, any connected part of history, merges included.

    `mailmap` is for the people named in messages; authors and committers are mapped by git already.
    """
    merged_by = mergers(commits, commits[0].sha) if commits else {}
    dates = mended_dates(commits)
    return {commit.sha: facts_of(commit, mailmap, merged_by.get(commit.sha), dates.get(commit.sha)) for commit in commits}


def unmerged_facts(
    commits: Sequence[Commit], mailmap: Mailmap = _UNMAPPED, since: datetime | None = None
) -> dict[str, CommitFacts]:
    """The same without those who merged, for a part of history; `since` is the date of what came before it."""
    dates = mended_dates(commits, since)
    return {commit.sha: facts_of(commit, mailmap, dates=dates.get(commit.sha)) for commit in commits}


def facts_of(
    commit: Commit, mailmap: Mailmap = _UNMAPPED, merged_by: Person | None = None, dates: tuple[datetime, datetime] | None = None
) -> CommitFacts:
    """One commit's facts; `merged_by` is who made the merge that brought it in, `dates` when it was written and committed if its
    own dates are not to be believed."""
    authored_at, committed_at = dates or (commit.authored_at, commit.committed_at)
    named = named_in(commit)
    helped = others(named.helpers, (commit.author,), mailmap)
    brought = (commit.committer, *map(mailmap.of, named.signers), *([merged_by] if merged_by else []))
    return CommitFacts(
        sha=commit.sha,
        author=commit.author,
        authored_at=authored_at,
        committed_at=committed_at,
        co_authors=helped,
        reviewers=others(named.reviewers, (commit.author,), mailmap),
        integrators=others(brought, (commit.author, *helped)),
        files=len(commit.changes),
        added=sum(change.added or 0 for change in commit.changes),
        deleted=sum(change.deleted or 0 for change in commit.changes),
    )


class Merge(Protocol):
    """What tells who merged what: a commit, or as much of it."""

    @property
    def sha(self) -> str: ...
    @property
    def parents(self) -> tuple[str, ...]: ...
    @property
    def author(self) -> Person: ...


def mergers(commits: Iterable[Merge], head: str) -> dict[str, Person]:
    """SHA -> who made the merge on the first-parent line of `head` that brought the commit in; commits made on that line have none.

    The oldest merge that reaches a commit brought it in, so every commit is looked at once. Parents outside are ignored.
    """
    by_sha = {commit.sha: commit for commit in commits}
    line = _first_parents(by_sha, head)
    claimed = {commit.sha for commit in line}
    found: dict[str, Person] = {}
    for merge in reversed(line):
        waiting = list(merge.parents[1:])
        while waiting:
            sha = waiting.pop()
            if sha in claimed or sha not in by_sha:
                continue
            claimed.add(sha)
            found[sha] = merge.author
            waiting.extend(by_sha[sha].parents)
    return found


def _first_parents(by_sha: Mapping[str, Merge], head: str) -> list[Merge]:
    """The line from a commit along first parents, as far as it is known."""
    line = []
    commit = by_sha.get(head)
    while commit is not None:
        line.append(commit)
        commit = by_sha.get(commit.parents[0]) if commit.parents else None
    return line


def others(people: Sequence[Person], than: Sequence[Person], mailmap: Mailmap = _UNMAPPED) -> tuple[Person, ...]:
    """The people, mapped and each once, who are neither programs nor, by address or name, one of `than`: within one commit, the same
    name is the same person, be it of one word."""
    if not people or all(one in than for one in people):
        return ()
    return _others(tuple(people), tuple(than), mailmap)


@lru_cache(maxsize=_SEVERAL)
def _others(people: tuple[Person, ...], than: tuple[Person, ...], mailmap: Mailmap) -> tuple[Person, ...]:
    mails, names = {one.email.lower() for one in than}, {one.name.lower() for one in than}
    mapped = dict.fromkeys(map(mailmap.of, people))
    return tuple(
        one for one in mapped if one.email.lower() not in mails and one.name.lower() not in names and is_person(one)
    )
