"""Repositories that lack objects, such as partial clones: what is there is read where it lies, what is missing is named."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer.config import RepositorySettings
from indexer.errors import MissingObject, RepoUnreachable, StoreError
from indexer.types import FileChange
from indexer.vcs.git_errors import explain
from indexer.vcs.repository import Head, Repository
from tests.git_repo import ADA, GitRepo
from tests.indexer.vcs.http_git import serve_git
from tests.indexer.vcs.test_fetch import fingerprint, opened


def partial_clone(git_repo: GitRepo, path: Path, *options: str) -> Path:
    git_repo.git("config", "uploadpack.allowFilter", "true")
    git_repo.git("clone", "--quiet", *(options or ["--filter=blob:none"]), git_repo.path.as_uri(), str(path))
    return path


def take_away(git_repo: GitRepo, name: str) -> tuple[Path, bytes]:
    """Remove a loose object; returns what to write back."""
    sha = git_repo.git("rev-parse", name)
    path = git_repo.path / ".git" / "objects" / sha[:2] / sha[2:]
    content = path.read_bytes()
    path.unlink()
    return path, content


def changes_of(repo: Repository, sha: str) -> tuple[FileChange, ...]:
    return next(commit.changes for commit in repo.log(sha, max_count=1))


def test_a_partial_clone_is_read_where_it_lies_and_never_fetches(git_repo: GitRepo, tmp_path: Path) -> None:
    first = git_repo.commit({"a.py": "x = 1\n", "b.py": "y = 1\n"})
    head = git_repo.commit("a.py", "x = 2\n")
    old = git_repo.git("rev-parse", f"{first}:a.py")
    clone = partial_clone(git_repo, tmp_path / "partial")
    trap = tmp_path / "sprung"
    (tmp_path / "upload-pack").write_text(f'#!/bin/sh\ntouch {trap}\nexec git-upload-pack "$@"\n')
    (tmp_path / "upload-pack").chmod(0o755)
    git_repo.git("-C", str(clone), "config", "remote.origin.uploadpack", str(tmp_path / "upload-pack"))
    before = fingerprint(clone)
    repo = opened(clone, tmp_path / "m")
    assert repo.fetch() == repo.fetch() == Head(head, "main")
    assert repo.lacks_objects()
    assert [(entry.path, entry.size) for entry in repo.tree(head)] == [("a.py", 6), ("b.py", 6)]
    assert [(entry.path, entry.size) for entry in repo.tree(first)] == [("a.py", -1), ("b.py", 6)]
    assert repo.read_at(head, "a.py") == b"x = 2\n"
    assert repo.read_at(first, "a.py") is None
    with pytest.raises(MissingObject, match="partial or damaged clone") as caught:
        repo.read(old)
    assert "--refetch" in caught.value.hint
    assert [commit.sha for commit in repo.log(head)] == [head, first]
    assert fingerprint(clone) == before and not trap.exists()
    git_repo.git("-C", str(clone), "cat-file", "-p", old)
    assert trap.exists()  # so git would have fetched it


def test_a_borrowing_mirror_follows_the_source(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "x = 1\n")
    git_repo.commit("a.py", "x = 2\n")
    git_repo.git("branch", "topic")
    take_away(git_repo, "HEAD~1:a.py")
    repo = git_repo.opened()
    repo.fetch()
    assert repo.read_at("refs/heads/topic", "a.py") == b"x = 2\n"
    git_repo.git("branch", "-D", "topic")
    git_repo.git("branch", "topic/one")
    head = git_repo.commit("a.py", "x = 3\n")
    assert repo.fetch() == repo.head() == Head(head, "main")
    assert repo.read_at(head, "a.py") == b"x = 3\n"
    assert repo.read_at("refs/heads/topic/one", "a.py") == b"x = 2\n"
    assert repo.read_at("refs/heads/topic", "a.py") is None
    assert not list((repo.git_dir / "objects").rglob("*.pack"))


def test_a_source_made_whole_is_copied_and_then_not_needed(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit({"a.py": "x = 1\n", "b.py": "y = 1\n"})
    head = git_repo.commit({"a.py": "x = 2\n", "b.py": "y = 2\n"})
    taken = [take_away(git_repo, f"HEAD~1:{name}") for name in ("a.py", "b.py")]
    repo = git_repo.opened(tmp_path / "m")
    repo.fetch()
    for path, content in taken:
        assert repo.lacks_objects()
        path.write_bytes(content)
        assert repo.fetch() == Head(head, "main")
    assert not repo.lacks_objects()
    shutil.rmtree(git_repo.path)
    again = git_repo.opened(tmp_path / "m")
    assert again.read_at(f"{head}~1", "b.py") == b"y = 1\n"
    assert [len(commit.changes) for commit in again.log(head)] == [2, 2]


def test_a_mirror_that_was_whole_borrows_what_comes_next(git_repo: GitRepo, tmp_path: Path) -> None:
    first = git_repo.commit("a.py", "x = 1\n")
    repo = git_repo.opened(tmp_path / "m")
    repo.fetch()
    assert repo.read_at(first, "a.py") == b"x = 1\n"  # its reader runs by now
    git_repo.commit("b.py", "y = 1\n")
    head = git_repo.commit("c.py", "z = 1\n")
    take_away(git_repo, "HEAD:b.py")
    assert repo.fetch() == Head(head, "main")
    assert repo.read_at(head, "c.py") == b"z = 1\n"
    assert [(entry.path, entry.size) for entry in repo.tree(head)] == [("a.py", 6), ("b.py", -1), ("c.py", 6)]


def test_only_commits_whose_files_are_missing_tell_no_lines(git_repo: GitRepo) -> None:
    git_repo.commit({"a.py": "1\n2\n3\n", "big.txt": "old\n"})
    git_repo.commit({"a.py": "1\n2\n", "big.txt": "lost\n", "odd\n:name": "x\n", "\x01strange": "y\n"})
    git_repo.rename("a.py", "moved.py")
    git_repo.commit({"moved.py": "1\n2\n4\n", "big.txt": None})
    git_repo.branch("side")
    git_repo.commit("side.py", "s\n")
    git_repo.checkout("main")
    git_repo.rename("moved.py", "again.py")
    merge = git_repo.merge("side")
    repo = git_repo.opened()
    whole = {commit.sha: commit for commit in repo.log(repo.fetch().sha)}
    shutil.rmtree(repo.git_dir)
    take_away(git_repo, "HEAD~3:big.txt")
    damaged = git_repo.opened()
    commits = list(damaged.log(damaged.fetch().sha))
    assert damaged.lacks_objects() and [commit.sha for commit in commits] == list(whole)
    lost = [commit.sha for commit in commits if commit != whole[commit.sha]]
    assert lost == [git_repo.git("rev-parse", f"{merge}~{back}") for back in (2, 4)]
    assert {(item.path, item.status, item.added) for item in changes_of(damaged, lost[0])} == {
        ("big.txt", "D", None), ("moved.py", "M", None),
    }  # fmt: skip
    assert {item.path: item.status for item in changes_of(damaged, lost[1])} == {
        "a.py": "M", "big.txt": "M", "odd\n:name": "A", "\x01strange": "A",
    }  # fmt: skip
    assert list(damaged.log(merge, known=lost[0])) == commits[:3]
    assert list(damaged.log(merge, max_count=4)) == commits[:4]
    assert list(damaged.log(merge, known=merge)) == []


def test_renames_of_unchanged_files_need_no_contents(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "x = 1\n")
    git_repo.rename("a.py", "b.py")
    head = git_repo.commit({"b.py": None, "c.py": "z\n"})
    repo = opened(partial_clone(git_repo, tmp_path / "partial"), tmp_path / "m")
    assert repo.fetch().sha == head
    _, rename, first = repo.log(head)
    assert rename.changes == (FileChange("b.py", "R", "a.py", 0, 0),)
    assert first.changes == (FileChange("a.py", "A", None, None, None),)


def test_shallow_partial_clones_and_their_worktrees(git_repo: GitRepo, tmp_path: Path) -> None:
    for number in range(4):
        git_repo.commit(f"a{number}.py", f"x = {number}\n")
    head = git_repo.commit({"a0.py": None, "a1.py": "x = 9\n"})
    clone = partial_clone(git_repo, tmp_path / "partial", "--filter=blob:none", "--depth=2")
    git_repo.git("-C", str(clone), "worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "tree"))
    for source, branch in ((clone, "main"), (tmp_path / "tree", "feature")):
        repo = opened(source, tmp_path / f"m-{branch}")
        assert repo.fetch() == repo.fetch() == Head(head, branch)
        assert repo.lacks_objects() and repo.is_shallow()
        newest, boundary = repo.log(head)
        assert newest.changes and not boundary.changes


def test_without_trees_history_has_no_changes_but_its_commits(git_repo: GitRepo, tmp_path: Path) -> None:
    shas = [git_repo.commit("dir/a.py", f"x = {number}\n", message=f"Step {number}") for number in range(3)]
    repo = opened(partial_clone(git_repo, tmp_path / "partial", "--filter=tree:0"), tmp_path / "m")
    head = repo.fetch().sha
    assert repo.read_at(head, "dir/a.py") == b"x = 2\n"
    commits = list(repo.log(head))
    assert [commit.sha for commit in commits] == shas[::-1]
    assert {commit.changes for commit in commits} == {()}
    assert (commits[0].subject, commits[0].author.name, commits[0].parents) == ("Step 2", ADA[0], (shas[1],))


@pytest.mark.parametrize("lost", ["HEAD~1", "HEAD^{tree}"])
def test_missing_commits_and_newest_trees_are_an_error_that_keeps_the_last_state(git_repo: GitRepo, lost: str) -> None:
    git_repo.commit("a.py", "x = 1\n")
    known = git_repo.opened().fetch()
    for number in range(3):
        git_repo.commit("a.py", f"y = {number}\n")
    take_away(git_repo, lost)
    repo = git_repo.opened()
    with pytest.raises(MissingObject, match="partial or damaged clone"):
        repo.fetch()
    assert repo.head() == known and not repo.lacks_objects()
    assert repo.read_at(known.sha, "a.py") == b"x = 1\n"


def test_a_damaged_repository_on_a_server_is_called_that(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "x = 1\n")
    git_repo.commit("a.py", "x = 2\n")
    path, content = take_away(git_repo, "HEAD~1:a.py")
    with serve_git(tmp_path) as base:
        repo = opened(f"{base}/work/.git", tmp_path / "m")
        with pytest.raises(MissingObject, match=r"damaged or incomplete, so it cannot be copied.*git fsck"):
            repo.fetch()
        assert not repo.lacks_objects()
        path.write_bytes(content)
        assert repo.fetch().sha == git_repo.head


def test_a_partial_clone_replaced_by_its_server_is_copied_whole(git_repo: GitRepo, tmp_path: Path) -> None:
    first = git_repo.commit("a.py", "x = 1\n")
    head = git_repo.commit("a.py", "x = 2\n")
    clone = partial_clone(git_repo, tmp_path / "partial")
    opened(clone, tmp_path / "m").fetch()
    shutil.rmtree(clone)
    with serve_git(tmp_path) as base:
        repo = opened(f"{base}/work/.git", tmp_path / "m")
        assert repo.fetch() == Head(head, "main")
    assert not repo.lacks_objects()
    assert repo.read_at(first, "a.py") == b"x = 1\n"


def test_tags_of_a_repository_that_lacks_objects_are_known(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", "x = 1\n")
    git_repo.git("tag", "-a", "-m", "One", "v1")
    head = git_repo.commit("a.py", "x = 2\n")
    take_away(git_repo, "HEAD~1:a.py")
    repo = git_repo.opened()
    repo.fetch()
    assert repo.revision("v1", head) == first
    git_repo.git("tag", "v2")
    git_repo.git("tag", "-d", "v1")
    repo.fetch()
    assert repo.revision("v2", head) == head and repo.revision("v1", head) is None


def test_what_only_a_tag_needs_is_not_missed(git_repo: GitRepo, tmp_path: Path) -> None:
    first = git_repo.commit("a.py", "x = 1\n")
    git_repo.branch("old")
    git_repo.commit("b.py", "y = 1\n")
    git_repo.git("tag", "v0")
    git_repo.checkout("main")
    git_repo.git("branch", "-D", "old")
    take_away(git_repo, "v0:b.py")
    git_repo.git("tag", "v1", first)
    repo = git_repo.opened(tmp_path / "m")
    assert repo.fetch() == Head(first, "main") and not repo.lacks_objects()
    assert repo.fetch() == Head(first, "main") and not repo.lacks_objects()
    assert repo.revision("v0", first) is None and repo.revision("v1", first) == first
    shutil.rmtree(git_repo.path)
    assert repo.read_at(first, "a.py") == b"x = 1\n"


def test_a_full_disk_here_is_no_damage_there() -> None:
    aborted = "fatal: git upload-pack: aborting due to possible repository corruption on the remote side."
    full = explain("demo", "/src", f"fatal: write error: No space left on device\n{aborted}\nfatal: early EOF")
    assert isinstance(full, StoreError) and "disk is full" in full.message
    lacking = explain("demo", "/src", f"remote: fatal: unable to read {'f' * 40}\n{aborted}\nfatal: early EOF")
    assert isinstance(lacking, MissingObject)


def test_what_is_missing_from_a_whole_mirror_is_its_own_damage(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "x = 1\n")
    repo = Repository(RepositorySettings(name="demo", url=str(git_repo.path)), tmp_path / "m")
    repo.fetch()
    with pytest.raises(RepoUnreachable, match="delete its mirror") as caught:
        repo.read("f" * 40)
    assert not isinstance(caught.value, MissingObject)
