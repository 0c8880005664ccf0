"""Renames: every path of an old commit means the file that carries its history on today."""

from __future__ import annotations

from datetime import UTC, datetime

from indexer.types import Commit, FileChange, Person
from indexer.vcs.renames import follow_renames, names_today
from tests.git_repo import GitRepo

LINES = "".join(f"line {number}\n" for number in range(30))


def log(repo: GitRepo, known: str | None = None) -> list[Commit]:
    opened = repo.opened()
    return list(opened.log(opened.fetch().sha, known=known))


def test_a_file_renamed_twice(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", LINES)
    second = git_repo.rename("a.py", "b.py")
    third = git_repo.rename("b.py", "c.py")
    assert names_today(log(git_repo)) == {first: {"a.py": "c.py"}, second: {"b.py": "c.py"}}
    assert follow_renames(log(git_repo, known=second)).before == {"b.py": "c.py"}
    assert third not in names_today(log(git_repo))


def test_a_name_that_was_given_to_another_file(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", LINES)
    git_repo.rename("a.py", "b.py")
    again = git_repo.commit("a.py", "another\n")
    git_repo.commit("a.py", "another\nmore\n")
    found = names_today(log(git_repo))
    assert found[first] == {"a.py": "b.py"} and again not in found


def test_two_files_that_trade_their_names() -> None:
    ada, day = Person("Ada Lovelace", "ada@example.com"), datetime(2025, 1, 1, tzinfo=UTC)

    def commit(sha: str, *changes: FileChange) -> Commit:
        return Commit(sha, (), ada, ada, day, day, "x", changes=changes)

    traded = commit("new", FileChange("a.py", "R", "b.py"), FileChange("b.py", "R", "a.py"))
    before = commit("old", FileChange("a.py"), FileChange("b.py"))
    assert names_today([traded, before]) == {"old": {"a.py": "b.py", "b.py": "a.py"}}
    assert follow_renames([traded]).before == {"a.py": "b.py", "b.py": "a.py"}


def test_nothing_was_renamed(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", LINES)
    found = follow_renames(log(git_repo))
    assert (found.by_commit, found.before) == ({}, {})
