"""Commits without a repository, for what only reads their words and numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from indexer.changes.types import Story
from indexer.types import Commit, FileChange, Person

ADA, BOB = Person("Ada Lovelace", "ada@a.org"), Person("Bob Baker", "bob@b.org")
BOT = Person("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")
DAY = datetime(2025, 1, 1, tzinfo=UTC)


def commit(
    subject: str,
    *changes: FileChange,
    body: str = "",
    author: Person = ADA,
    sha: str = "",
    parents: tuple[str, ...] = ("0",),
    hours: float = 0,
) -> Commit:
    when = DAY + timedelta(hours=hours)
    return Commit(sha or subject, parents, author, author, when, when, subject, body, changes)


def lines(path: str, added: int, status: str = "M") -> FileChange:
    return FileChange(path, status, None, added, 0)


def story(title: str, *changes: FileChange, body: str = "", author: Person = ADA) -> Story:
    return Story(title, body, (commit(title, *changes, body=body, author=author),))


_SUBJECTS = (
    "Merge pull request #1 from x/y", "Merge pull request #2 from x/main", "Merge branch 'main'", "Merge branch 'topic'",
    "Add y", "Fix (#3)", "Fixes #7: x", "SHOP-3: y", "Release 1.2", "",
    "api: Speed up parsing of invoices", "api: Speed up printing of invoices",
)  # fmt: skip


@st.composite
def histories(draw: st.DrawFn) -> list[Commit]:
    """Random graphs, newest first: each commit has parents among those before it."""
    found: list[Commit] = []
    for number in range(draw(st.integers(0, 14))):
        parents = tuple(draw(st.lists(st.sampled_from([one.sha for one in found]), max_size=3, unique=True))) if found else ()
        paths = st.sampled_from(["a.py", "b/c.py", "docs/b.md", "tests/test_c.py"])
        changes = () if len(parents) > 1 else (lines(draw(paths), 100),)
        author, hours = draw(st.sampled_from([ADA, BOB, BOT])), number * draw(st.sampled_from([1, 20]))
        subject, body = draw(st.sampled_from(_SUBJECTS)), draw(st.sampled_from(["", "Closes #7", "See merge request a/b!4"]))
        found.append(commit(subject, *changes, body=body, author=author, sha=str(number), parents=parents, hours=hours))
    return found[::-1]
