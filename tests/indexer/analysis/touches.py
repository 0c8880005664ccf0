"""Touches for tests of ownership: who changed which file how much, in days before NOW."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from indexer.config import PersonSettings
from indexer.types import CommitFacts, Person, Touch
from indexer.vcs.identity import Identities

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ADA, BOB, CAROL = Person("Ada Lovelace", "ada@a.org"), Person("Bob Baker", "bob@b.org"), Person("Carol Clay", "carol@c.org")


def touch(
    who: Person,
    added: int | None = 10,
    days_ago: float = 30,
    *,
    path: str = "a.py",
    deleted: int = 0,
    created: bool = False,
    files: int = 1,
    of_commit: tuple[int, int] | None = None,
    co_authors: Sequence[Person] = (),
    reviewers: Sequence[Person] = (),
    integrators: Sequence[Person] = (),
    sha: str = "",
) -> Touch:
    """`added` None is a binary file; `of_commit` are the lines the whole commit added and deleted, else those of this file."""
    when = NOW - timedelta(days=days_ago)
    whole = of_commit or (added or 0, deleted)
    facts = CommitFacts(
        sha or f"{who.email} {added} {deleted} {days_ago} {path} {files} {created} {reviewers} {integrators} {co_authors}",
        who, when, when, tuple(co_authors), tuple(reviewers), tuple(integrators), files, *whole,
    )
    return Touch(path, facts, added, deleted if added is not None else None, created)


def identities(touches: Iterable[Touch], settings: Sequence[PersonSettings] = ()) -> Identities:
    """Of everybody in these commits, as an index or a history gives them."""
    commits = {one.commit.sha: one.commit for one in touches}.values()
    return Identities(
        (
            (person, 1, commit.committed_at)
            for commit in commits
            for person in (commit.author, *commit.co_authors, *commit.reviewers, *commit.integrators)
        ),
        settings,
    )
