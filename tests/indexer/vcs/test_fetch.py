"""Fetching: whatever the source is and whatever happened before, the mirror ends up right and the source stays as it was."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexer.config import RepositorySettings
from indexer.errors import ConfigError, EmptyRepo, RepoUnreachable, StoreError, UnknownRepo
from indexer.vcs.repository import Head, Repository
from tests.git_repo import GitRepo
from tests.indexer.vcs.http_git import serve_git


def opened(url: Path | str, mirrors: Path, **more: object) -> Repository:
    return Repository(RepositorySettings.model_validate({"name": "demo", "url": str(url), **more}), mirrors)


def fingerprint(folder: Path) -> str:
    """A hash over every path, mode, modification time and content below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        stat = path.lstat()
        digest.update(f"{path} {stat.st_mode} {stat.st_mtime_ns}".encode())
        if path.is_file() and not path.is_symlink():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def test_follows_the_source_and_leaves_it_untouched(git_repo: GitRepo) -> None:
    git_repo.commit({"a.py": "x = 1\n", "docs/b.md": "# B\n"})
    repo = git_repo.opened()
    assert repo.head() is None
    before = fingerprint(git_repo.path)
    first = repo.fetch()
    assert first == Head(git_repo.head, "main")
    assert [entry.path for entry in repo.tree(first.sha)] == ["a.py", "docs/b.md"]
    assert fingerprint(git_repo.path) == before
    second = git_repo.commit("a.py", "x = 2\n")
    assert repo.fetch() == repo.head() == Head(second, "main")
    assert repo.read_at(second, "a.py") == b"x = 2\n"


def test_a_sub_folder_means_its_repository(git_repo: GitRepo, tmp_path: Path) -> None:
    sha = git_repo.commit("src/deep/a.py", "x = 1\n")
    assert opened(git_repo.path / "src" / "deep", tmp_path / "m").fetch().sha == sha


def test_bare_repositories_even_without_a_config_file(git_repo: GitRepo, tmp_path: Path) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    git_repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert opened(tmp_path / "bare.git", tmp_path / "m1").fetch() == Head(sha, "main")
    (tmp_path / "bare.git" / "config").unlink()
    snapshot = opened(tmp_path / "bare.git", tmp_path / "m2")
    assert snapshot.fetch() == Head(sha, "main")
    assert snapshot.web_url() == ""


def test_a_linked_worktree_is_followed_at_its_own_branch(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "x = 1\n")
    git_repo.git("remote", "add", "origin", "git@github.com:acme/shop.git")
    git_repo.git("worktree", "add", "--quiet", "-b", "feature", str(tmp_path / "tree"))
    (tmp_path / "tree" / "a.py").write_text("x = 2\n")
    git_repo.git("-C", str(tmp_path / "tree"), "commit", "--quiet", "-am", "On the branch")
    repo = opened(tmp_path / "tree", tmp_path / "m")
    assert repo.fetch() == Head(git_repo.git("rev-parse", "feature"), "feature")
    assert repo.web_url() == "https://github.com/acme/shop"


def test_detached_and_switched_heads_are_followed(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", "x = 1\n")
    second = git_repo.commit("a.py", "x = 2\n")
    repo = git_repo.opened()
    git_repo.checkout(first)
    assert repo.fetch() == Head(first, "")
    git_repo.checkout("main")
    assert repo.fetch() == Head(second, "main")
    git_repo.branch("topic/one")
    assert repo.fetch() == Head(second, "topic/one")


def test_a_branch_can_be_chosen(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "x = 1\n")
    git_repo.branch("release-2.x")
    sha = git_repo.commit("a.py", "x = 2\n")
    git_repo.checkout("main")
    assert git_repo.opened(branch="release-2.x").fetch() == Head(sha, "release-2.x")
    with pytest.raises(ConfigError, match=r"no branch 'releas-2\.x'.*release-2\.x"):
        git_repo.opened(branch="releas-2.x").fetch()


def test_a_head_without_commits_falls_back_to_a_branch_that_has_some(git_repo: GitRepo) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    git_repo.git("symbolic-ref", "HEAD", "refs/heads/nothing-yet")
    assert git_repo.opened().fetch() == Head(sha, "main")


def test_what_the_mirror_knows_of_each_commit_survives_a_force_push_and_a_clean_up(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", "x = 1\n")
    git_repo.commit("a.py", "x = 2\n")
    repo = git_repo.opened()
    repo.fetch()
    graphs = repo.git_dir / "objects" / "info"
    assert list(graphs.glob("commit-graph*"))
    git_repo.git("reset", "--quiet", "--hard", first)
    git_repo.commit("b.py", "y = 1\n")
    repo.fetch()
    subprocess.run(["git", "-C", str(repo.git_dir), "gc", "--quiet", "--prune=now"], check=True)
    last = git_repo.commit("a.py", "x = 1\nx = 3\n")
    assert repo.fetch().sha == last and list(graphs.glob("commit-graph*"))
    assert [commit.sha for commit in repo.log(last)][::2] == [last, first]
    assert repo.blame(last, "a.py", 1, 2) == {first: 1, last: 1}


def test_force_push_deleted_branches_and_a_branch_that_becomes_a_folder(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", "x = 1\n")
    lost = git_repo.commit("a.py", "x = 2\n")
    git_repo.git("branch", "topic")
    repo = git_repo.opened()
    repo.fetch()
    git_repo.git("reset", "--quiet", "--hard", first)
    git_repo.git("branch", "-D", "topic")
    git_repo.git("branch", "topic/one")
    rewritten = git_repo.commit("a.py", "x = 3\n")
    assert repo.fetch() == Head(rewritten, "main")
    assert not repo.is_ancestor(lost, rewritten)
    assert repo.is_ancestor(first, rewritten)
    assert not repo.is_ancestor("0" * 40, rewritten)


def test_nothing_there_is_said_clearly(git_repo: GitRepo, tmp_path: Path) -> None:
    with pytest.raises(EmptyRepo, match="no commit yet"):
        git_repo.opened().fetch()
    (tmp_path / "plain").mkdir()
    with pytest.raises(UnknownRepo, match="not in a git repository"):
        opened(tmp_path / "plain", tmp_path / "m").fetch()
    with pytest.raises(UnknownRepo, match="There is no folder"):
        opened(tmp_path / "gone", tmp_path / "m").fetch()


def test_shallow_sources_are_read_flagged_and_completed_later(git_repo: GitRepo, tmp_path: Path) -> None:
    for number in range(4):
        git_repo.commit("a.py", f"x = {number}\n")
    git_repo.git("clone", "--quiet", "--depth=2", git_repo.path.as_uri(), str(tmp_path / "shallow"))
    repo = opened(tmp_path / "shallow", tmp_path / "m")
    head = repo.fetch()
    assert repo.is_shallow()
    newest, boundary = repo.log(head.sha)
    assert newest.changes and not boundary.changes  # the cut-off commit would seem to have added everything
    git_repo.commit("a.py", "x = 9\n")
    git_repo.git("-C", str(tmp_path / "shallow"), "fetch", "--quiet", "--unshallow")
    git_repo.git("-C", str(tmp_path / "shallow"), "merge", "--quiet", "--ff-only", "FETCH_HEAD")
    assert len(list(repo.log(repo.fetch().sha))) == 5
    assert not repo.is_shallow()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_repositories_of_another_owner_can_be_read(git_repo: GitRepo) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    for path in (git_repo.path, *git_repo.path.rglob("*")):
        os.chown(path, 12345, 12345)
    assert git_repo.opened().fetch().sha == sha


def test_nothing_of_the_repositorys_own_configuration_runs(git_repo: GitRepo, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"
    run = f"touch {trap}; false"
    git_repo.commit({"a.py": "x = 1\n", ".gitattributes": "* diff=evil filter=evil\n"})
    sha = git_repo.commit({"a.py": "x = 2\n", ".lfsconfig": "[lfs]\n\turl = ext::sh\n"})
    for key in (
        "core.fsmonitor", "diff.evil.textconv", "diff.evil.command", "diff.external", "filter.evil.clean", "filter.evil.smudge",
        "core.pager", "core.sshCommand", "uploadpack.packObjectsHook", "core.alternateRefsCommand", "gpg.program",
    ):  # fmt: skip
        git_repo.git("config", key, run)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "pre-auto-gc", "post-index-change", "post-upload-pack"):
        (hooks / name).write_text(f"#!/bin/sh\n{run}\n")
        (hooks / name).chmod(0o755)
    git_repo.git("config", "core.hooksPath", str(hooks))
    trap.unlink(missing_ok=True)
    repo = git_repo.opened()
    assert repo.fetch().sha == sha
    assert len(list(repo.log(sha))) == 2
    assert repo.read_at(sha, "a.py") == b"x = 2\n"
    assert repo.tree(sha) and repo.web_url() == ""
    assert not trap.exists()
    subprocess.run(["git", "status"], cwd=git_repo.path, check=False, capture_output=True)
    assert trap.exists()  # so the trap is one


def test_an_outer_git_does_not_redirect_ours(git_repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    other = GitRepo(tmp_path / "other")
    other.commit("b.py", "y = 1\n")
    monkeypatch.setenv("GIT_DIR", str(other.path / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other.path / ".git" / "index"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.path / ".git" / "objects"))
    assert git_repo.opened().fetch().sha == sha


def test_locks_left_by_a_killed_git_do_not_block(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "x = 1\n")
    repo = git_repo.opened(tmp_path / "m")
    repo.fetch()
    mirror = tmp_path / "m" / "demo.git"
    (mirror / "refs" / "docent").mkdir(parents=True, exist_ok=True)
    for name in ("HEAD.lock", "packed-refs.lock", "config.lock", "shallow.lock", "refs/docent/head.lock", "refs/heads/main.lock"):
        (mirror / name).write_text("")
    (mirror / "objects" / "pack" / "tmp_pack_abc").write_text("half a pack")
    sha = git_repo.commit("a.py", "x = 2\n")
    assert repo.fetch().sha == sha
    assert not list(mirror.rglob("*.lock")) and not list(mirror.rglob("tmp_pack_*"))


@pytest.mark.parametrize("step", ["init", "fetch", "symbolic-ref"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_killed_first_fetch_is_completed_by_the_next(git_repo: GitRepo, tmp_path: Path, step: str, moment: str) -> None:
    sha = git_repo.commit({"a.py": "x = 1\n", "blob.bin": os.urandom(200_000)})
    script = f"""
        import os, signal
        from pathlib import Path
        from indexer.config import RepositorySettings
        from indexer.vcs import git_process
        from indexer.vcs.repository import Repository
        start = git_process.GitProcess.start
        def dying(self, *args, **kwargs):
            if args[0] != {step!r}:
                return start(self, *args, **kwargs)
            if {moment!r} == "after":
                running = start(self, *args, **kwargs)
                os.killpg(running.proc.pid, signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
        git_process.GitProcess.start = dying
        Repository(RepositorySettings(name="demo", url={str(git_repo.path)!r}), Path({str(tmp_path / "m")!r})).fetch()
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    repo = git_repo.opened(tmp_path / "m")
    assert repo.fetch() == Head(sha, "main")
    assert repo.read_at(sha, "a.py") == b"x = 1\n"


def test_a_data_folder_that_cannot_be_written_is_named(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "x = 1\n")
    (tmp_path / "m").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be written"):
        git_repo.opened(tmp_path / "m").fetch()


def test_a_source_that_is_gone_keeps_the_last_state(git_repo: GitRepo, tmp_path: Path) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    repo = git_repo.opened(tmp_path / "m")
    repo.fetch()
    shutil.rmtree(git_repo.path)
    again = git_repo.opened(tmp_path / "m")
    with pytest.raises(UnknownRepo):
        again.fetch()
    assert again.head() == Head(sha, "main")
    assert again.read_at(sha, "a.py") == b"x = 1\n"
    assert again.web_url() == ""


def test_http_with_a_token_that_stays_secret(git_repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    seen: list[str] = []
    monkeypatch.setenv("DOCENT_GIT_TOKEN", "s3cret/with%odd chars")
    with serve_git(tmp_path, password="s3cret/with%odd chars", seen=seen) as base:
        repo = opened(f"{base}/work/.git", tmp_path / "m")
        assert repo.fetch() == Head(sha, "main")
        monkeypatch.setenv("DOCENT_GIT_TOKEN", "wrong-token")
        git_repo.commit("a.py", "x = 2\n")
        with pytest.raises(RepoUnreachable, match="wants a login") as caught:
            repo.fetch()
        monkeypatch.delenv("DOCENT_GIT_TOKEN")
        with pytest.raises(RepoUnreachable, match="DOCENT_GIT_TOKEN"):
            repo.fetch()
    assert "x-access-token:s3cret/with%odd chars" in seen
    assert "wrong-token" not in str(caught.value) + repr(caught.value.__cause__)
    for path in (tmp_path / "m").rglob("*"):
        if path.is_file():
            assert b"s3cret" not in path.read_bytes()


def test_missing_and_unreachable_servers_are_told_apart(git_repo: GitRepo, tmp_path: Path) -> None:
    with serve_git(tmp_path) as base, pytest.raises(RepoUnreachable, match="no repository at"):
        opened(f"{base}/other.git", tmp_path / "m").fetch()
    with pytest.raises(RepoUnreachable, match="does not answer"):
        opened(f"{base}/work/.git", tmp_path / "m").fetch()


@pytest.mark.parametrize("address", ["git@example.com:{path}", "ssh://git@example.com:2222{path}"])
def test_ssh_uses_the_users_own_command(git_repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    (tmp_path / "ssh").write_text('#!/bin/sh\nfor last; do :; done\neval "$last"\n')
    (tmp_path / "ssh").chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(tmp_path / "ssh"))
    monkeypatch.setenv("GIT_SSH_VARIANT", "ssh")
    assert opened(address.format(path=git_repo.path), tmp_path / "m").fetch().sha == sha


def test_git_that_is_not_installed_is_named(git_repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git_repo.commit("a.py", "x = 1\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RepoUnreachable, match="git is not installed"):
        git_repo.opened().fetch()


def test_the_users_own_credential_helper_is_asked(git_repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    helper = '"!f() { test \\"$1\\" = get && echo username=me && echo password=from-helper; }; f"'
    (tmp_path / "gitconfig").write_text(f"[credential]\n\thelper = {helper}\n[core]\n\thooksPath = /nowhere\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.delenv("DOCENT_GIT_TOKEN", raising=False)
    with serve_git(tmp_path, password="from-helper") as base:
        assert opened(f"{base}/work/.git", tmp_path / "m").fetch().sha == sha


def test_a_redirect_never_takes_the_token_along(git_repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git_repo.commit("a.py", "x = 1\n")
    seen: list[str] = []
    monkeypatch.setenv("DOCENT_GIT_TOKEN", "s3cret")
    with serve_git(tmp_path, password="s3cret", seen=seen) as elsewhere, serve_git(tmp_path, redirect=elsewhere) as base:
        with pytest.raises(RepoUnreachable, match="wants a login"):
            opened(f"{base}/work/.git", tmp_path / "m").fetch()
        assert not seen
        opened(f"{elsewhere}/work/.git", tmp_path / "m").fetch()
        assert seen


def test_sha256_repositories(tmp_path: Path) -> None:
    source = GitRepo(tmp_path / "work")
    shutil.rmtree(source.path / ".git")
    source.git("init", "--quiet", "--object-format=sha256", "--initial-branch=main")
    sha = source.commit("a.py", "x = 1\n")
    repo = source.opened()
    assert repo.fetch() == Head(sha, "main") and len(sha) == 64
    assert repo.read_at(sha, "a.py") == b"x = 1\n"
    assert [commit.sha for commit in repo.log(sha)] == [sha]


def test_fetches_into_one_mirror_wait_for_each_other(git_repo: GitRepo, tmp_path: Path) -> None:
    for number in range(5):
        git_repo.commit(f"{number}.py", f"x = {number}\n")
        git_repo.git("branch", f"topic-{number}")
    with ThreadPoolExecutor(4) as pool:
        heads = list(pool.map(lambda _: git_repo.opened(tmp_path / "m").fetch(), range(8)))
    assert set(heads) == {Head(git_repo.head, "main")}


def test_a_mirror_that_lost_its_objects_is_made_anew(git_repo: GitRepo, tmp_path: Path) -> None:
    sha = git_repo.commit("a.py", "x = 1\n")
    repo = git_repo.opened(tmp_path / "m")
    repo.fetch()
    repo.close()
    shutil.rmtree(tmp_path / "m" / "demo.git" / "objects")
    again = git_repo.opened(tmp_path / "m")
    assert again.fetch().sha == sha
    assert again.read_at(sha, "a.py") == b"x = 1\n"
    again.close()


def test_a_new_tag_is_known_after_the_next_fetch(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", "x = 1\n")
    head = git_repo.commit("a.py", "x = 2\n")
    repo = git_repo.opened()
    repo.fetch()
    git_repo.git("tag", "-a", "-m", "One", "v1", first)
    repo.fetch()
    assert repo.revision("v1", head) == first
    git_repo.git("tag", "-f", "v1", head)
    repo.fetch()
    assert repo.revision("v1", head) == head
