"""A history read straight from git tells the same as the index, without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.analysis.history import History
from indexer.config import IndexerSettings, PersonSettings
from indexer.types import Touch
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import ADA, BOB, GitRepo

ADA_AT_HOME = ("Ada Lovelace", "ada@home.example")


@pytest.fixture
def repo(git_repo: GitRepo) -> GitRepo:
    """Renames, a removed file, a merged branch, a reformatting that is to be ignored, a binary file."""
    git_repo.commit({"app.py": "x = 1\ny = 2\nz = 3\n", "old.py": "gone = True\n", ".mailmap": ""}, message="Begin")
    git_repo.commit("app.py", "x = 1\ny = 2\nz = 3\nw = 4\n", message="Add w", author=BOB)
    git_repo.rename("app.py", "core/app.py", author=BOB)
    git_repo.commit({"old.py": None, "logo.png": b"\x89PNG\0\0"}, message="Drop the old one")
    git_repo.branch("feature")
    trailer = "Add a feature\n\nReviewed-by: Rita Reviewer <rita@example.com>"
    git_repo.commit("core/feature.py", "f = 1\n", message=trailer, author=ADA_AT_HOME)
    git_repo.checkout("main")
    git_repo.merge("feature", author=BOB)
    reformat = git_repo.commit("core/app.py", "x=1\ny=2\nz=3\nw=4\n", message="Reformat", author=BOB)
    git_repo.commit(".git-blame-ignore-revs", f"{reformat}  # black\n", message="Ignore the reformatting")
    return git_repo


def read(repo: GitRepo, **options: object) -> History:
    repository = repo.opened()
    head = repository.fetch()
    try:
        return History.read(repository, head.sha, **options)  # type: ignore[arg-type]
    finally:
        repository.close()


def told(touches: list[Touch]) -> list[tuple[str, str, int | None, int | None, bool]]:
    return [(touch.path, touch.commit.author.name, touch.added, touch.deleted, touch.created) for touch in touches]


def test_changes_are_those_of_the_files_of_the_head_newest_first_under_their_name_today(repo: GitRepo) -> None:
    history = read(repo)
    assert history.paths == (".git-blame-ignore-revs", ".mailmap", "core/app.py", "core/feature.py", "logo.png")
    assert told(history.touches(["core/app.py"])) == [
        ("core/app.py", "Bob Baker", 0, 0, False),
        ("core/app.py", "Bob Baker", 1, 0, False),
        ("core/app.py", "Ada Lovelace", 3, 0, True),
    ]
    assert told(history.touches(["logo.png"])) == [("logo.png", "Ada Lovelace", None, None, True)]
    assert told(history.touches(["old.py"])) == [("old.py", "Ada Lovelace", 0, 1, False), ("old.py", "Ada Lovelace", 1, 0, True)]
    assert {touch.path for touch in history.touches()} == set(history.paths)


def test_revisions_that_blame_ignores_are_left_out(repo: GitRepo) -> None:
    subjects = repo.git("log", "--format=%s", "--", "core/app.py").splitlines()
    assert "Reformat" in subjects
    assert [touch.added for touch in read(repo).touches(["core/app.py"])] == [0, 1, 3]


def test_reviewers_and_who_merged_are_told_and_people_are_one_across_addresses(repo: GitRepo) -> None:
    history = read(repo)
    (touch,) = history.touches(["core/feature.py"])
    assert [person.name for person in touch.commit.reviewers] == ["Rita Reviewer"]
    assert [person.name for person in touch.commit.integrators] == ["Bob Baker"]
    assert touch.commit.author.email == "ada@home.example"
    assert {one.email for one in history.identities.all_of(touch.commit.author)} == {"ada@example.com", "ada@home.example"}
    assert {person.name for person in history.identities.people()} == {"Ada Lovelace", "Bob Baker", "Rita Reviewer"}


def test_settings_join_people(repo: GitRepo) -> None:
    joined = PersonSettings(name="Bob Baker", emails=(BOB[1], ADA[1]))
    history = read(repo, people=(joined,))
    assert {person.name for person in history.identities.people()} == {"Bob Baker", "Rita Reviewer"}


def test_a_limit_reads_the_newest_commits_and_says_so(repo: GitRepo) -> None:
    whole, part = read(repo), read(repo, max_commits=3)
    assert (whole.commits, whole.gaps) == (8, ())
    assert part.commits == 3 and "newest 3 commits" in part.gaps[0]
    assert part.newest == whole.newest
    assert [touch.added for touch in part.touches(["core/app.py"])] == [4]  # the reformatting, for want of any other


def test_a_shallow_clone_is_said(repo: GitRepo, tmp_path: Path) -> None:
    shallow = tmp_path / "shallow"
    repo.git("clone", "--quiet", "--depth=1", f"file://{repo.path}", str(shallow))
    history = read(GitRepo(shallow))
    assert history.commits == 1 and "shallow" in history.gaps[0]
    assert history.touches() == []


def as_a_set(touches: list[Touch]) -> list[tuple[object, ...]]:
    return sorted(
        (touch.path, touch.commit.sha, touch.added is None, touch.added or 0, touch.deleted or 0, touch.created, repr(touch.commit))
        for touch in touches
    )


def test_the_index_tells_the_same(repo: GitRepo, tmp_path: Path) -> None:
    settings = IndexerSettings(data_dir=tmp_path / "data", repositories=(repo.settings("shop"),))
    workspace = Workspace.open_owner(settings, "docent index", HashEmbedder())
    try:
        workspace.refresh("shop")
        index, history = workspace.index, read(repo)
        assert sorted(index.tree_paths("shop")) == sorted(history.paths)
        assert as_a_set(index.touches("shop")) == as_a_set(history.touches())
        some = ["core/app.py", "logo.png", "old.py"]
        assert as_a_set(index.touches("shop", some)) == as_a_set(history.touches(some))
        assert set(index.identities(["shop"]).people()) == set(history.identities.people())
    finally:
        workspace.close()
