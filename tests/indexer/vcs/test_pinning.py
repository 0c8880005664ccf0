"""A repository as it was at one commit, made from one that went on."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from indexer.config import RepositorySettings
from indexer.errors import StoreError
from indexer.vcs.pinning import BRANCH, find_commit, pin
from indexer.vcs.repository import Repository
from tests.git_repo import GitRepo


def pinned(repo: GitRepo, commit: str, tmp_path: Path) -> Repository:
    pin("demo", repo.path, commit, tmp_path / "pinned.git")
    settings = RepositorySettings(name="demo", url=str(tmp_path / "pinned.git"), branch=BRANCH)
    return Repository(settings, tmp_path / "mirrors")


def test_nothing_later_can_be_read(git_repo, tmp_path):
    first = git_repo.commit("a.py", "x = 1\n", message="One")
    second = git_repo.commit("b.py", "y = 1\n", message="Two")
    git_repo.git("tag", "v2")
    repository = pinned(git_repo, first, tmp_path)
    assert repository.fetch().sha == first
    assert [entry.path for entry in repository.tree(first)] == ["a.py"]
    assert [commit.subject for commit in repository.log(first)] == ["One"]
    assert not repository.has(second) and repository.tags() == [] and repository.revision("v2", first) is None
    repository.close()
    pin("demo", git_repo.path, second, tmp_path / "pinned.git")  # the same folder, at another commit
    assert repository.fetch().sha == second
    repository.close()
    assert git_repo.git("status", "--porcelain") == ""
    assert git_repo.git("for-each-ref", "--format=%(refname)", "refs/heads") == "refs/heads/main"


def test_a_shallow_source_stays_cut_off(git_repo, tmp_path):
    for number in range(4):
        git_repo.commit("a.py", f"x = {number}\n")
    shallow = tmp_path / "shallow"
    subprocess.run(["git", "clone", "--quiet", "--depth=2", f"file://{git_repo.path}", str(shallow)], check=True, capture_output=True)
    pin("demo", shallow, git_repo.head, tmp_path / "pinned.git")
    repository = Repository(RepositorySettings(name="demo", url=str(tmp_path / "pinned.git"), branch=BRANCH), tmp_path / "mirrors")
    repository.fetch()
    assert repository.is_shallow() and len(repository.newest(git_repo.head, 0)) == 2
    repository.close()


def test_what_a_revision_means(git_repo, tmp_path):
    first = git_repo.commit("a.py", "x = 1\n")
    second = git_repo.commit("a.py", "x = 2\n")
    git_repo.git("tag", "v1", first)
    for text, expected in (("HEAD", second), ("v1", first), (second[:8], second), ("HEAD~1", first), ("v9", None), ("-x", None)):
        assert find_commit("demo", git_repo.path, text) == expected
    assert find_commit("demo", GitRepo(tmp_path / "empty").path, "HEAD") is None


def test_a_folder_that_cannot_be_written(git_repo, tmp_path):
    first = git_repo.commit("a.py", "x = 1\n")
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        pin("demo", git_repo.path, first, tmp_path / "file" / "pinned.git")
