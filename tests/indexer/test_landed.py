"""What landed in a period or a range, as the index reads it from git."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from indexer import remembering
from indexer.changes.stories import group_stories
from indexer.config import IndexerSettings, IndexingSettings
from indexer.errors import IndexMissing, QueryError, UnknownRepo
from indexer.index import Index
from indexer.kept import Latest
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import BOB, GitRepo
from tests.indexer.vcs.test_incomplete import partial_clone

CAROL = ("Carol Clay", "carol@example.com")


def opened(repo: GitRepo, folder: Path, web_url: str = "") -> Workspace:
    settings = IndexerSettings(data_dir=folder, repositories=(repo.settings("shop", web_url=web_url),))
    return Workspace.open_owner(settings, "docent index", HashEmbedder())


@pytest.fixture
def workspace(git_repo: GitRepo, tmp_path: Path) -> Iterator[Workspace]:
    one = opened(git_repo, tmp_path / "data", "https://github.com/acme/shop")
    yield one
    one.close()


@pytest.fixture
def index(workspace: Workspace) -> Index:
    return workspace.index


def test_the_head_is_the_indexed_one_even_where_more_was_fetched(workspace: Workspace, git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", "1\n")
    workspace.refresh("shop")
    second = git_repo.commit("a.py", "2\n")
    workspace.repository("shop").fetch()
    index = workspace.index
    assert index.revision("shop", "HEAD") == first
    assert index.revision("shop", "main") == second
    assert index.revision("shop", "no such thing") is None
    assert index.mainline_before("shop", datetime.now(UTC)) == first
    assert index.mainline_before("shop", datetime.now(UTC), second) == second


def test_what_landed_is_in_the_head_and_not_in_the_base_with_merges_and_lines(workspace: Workspace, git_repo: GitRepo) -> None:
    base = git_repo.commit("a.py", "1\n")
    git_repo.branch("topic")
    topic = git_repo.commit("t.py", "1\n2\n")
    git_repo.checkout("main")
    git_repo.commit("c.py", "1\n")
    merge = git_repo.merge("topic", message="Merge pull request #7 from ada/topic\n\nAdd a topic")
    workspace.refresh("shop")
    found = workspace.index.landed("shop", base, merge)
    assert found[0].sha == merge
    assert {commit.sha for commit in found} >= {merge, topic} and base not in {commit.sha for commit in found}
    assert {change.path: change.added for commit in found for change in commit.changes} == {"t.py": 2, "c.py": 1}
    assert len(workspace.index.landed("shop", "", merge)) == 4
    assert workspace.index.landed("shop", merge, merge) == []
    story = next(one for one in group_stories(found) if one.pull_request == 7)
    (step,) = workspace.index.steps("shop", story)
    assert (step.after, [change.path for change in step.changes]) == (merge, ["t.py"])
    assert [change.path for change in workspace.index.difference("shop", base, merge)] == ["c.py", "t.py"]


def test_a_commit_that_is_gone_is_said_to_be(workspace: Workspace, git_repo: GitRepo) -> None:
    head = git_repo.commit("a.py", "1\n")
    workspace.refresh("shop")
    with pytest.raises(QueryError, match="has no commit 1234123 any more"):
        workspace.index.landed("shop", "1234" * 10, head)
    with pytest.raises(QueryError):
        workspace.index.landed("shop", "", "1234" * 10)


def test_a_partial_and_a_shallow_clone_tell_what_they_have(git_repo: GitRepo, tmp_path: Path) -> None:
    base = git_repo.commit("a.py", "1\n")
    git_repo.commit("a.py", "2\n")
    head = git_repo.commit("b.py", "of its own\n")
    partial = GitRepo(partial_clone(git_repo, tmp_path / "partial"))
    shallow = GitRepo(partial_clone(git_repo, tmp_path / "shallow", "--depth=2"))
    for clone, folder in ((partial, "p"), (shallow, "s")):
        workspace = opened(clone, tmp_path / folder)
        workspace.refresh("shop")
        index = workspace.index
        newest, older = index.landed("shop", base if clone is partial else "", head)
        assert [(change.path, change.added) for change in newest.changes] == [("b.py", 1)]
        assert [(change.path, change.added) for change in older.changes] == ([("a.py", None)] if clone is partial else [])
        assert index.mainline_before("shop", newest.committed_at) == older.sha
        assert index.revision("shop", "HEAD~2") == (base if clone is partial else None)
        workspace.close()


def test_a_text_is_read_at_any_commit_and_nothing_else_is(workspace: Workspace, git_repo: GitRepo) -> None:
    first = git_repo.commit({"a.py": "1\n", "pic.bin": b"\0\1", "big.txt": "x" * 1_000_001, "fits.txt": "y" * 1_000_000, "é.txt": "ü\n"})
    second = git_repo.commit("a.py", "2\n")
    workspace.refresh("shop")
    index = workspace.index
    assert [index.text_at("shop", sha, "a.py") for sha in (first, second)] == ["1\n", "2\n"]
    assert index.text_at("shop", first, "é.txt") == "ü\n"
    for nothing in ("pic.bin", "big.txt", "none.py", "", "../a.py", "./a.py", "/a.py", ".", "a.py\nb.py"):
        assert index.text_at("shop", first, nothing) is None
    assert index.read_lines("shop", first, "pic.bin", 1, 1) is None
    assert len(index.text_at("shop", first, "fits.txt") or "") == 1_000_000
    assert index.text_at("shop", "0" * 40, "a.py") is None


def test_a_pull_request_has_its_page(index: Index) -> None:
    assert index.pull_request_url("shop", 12) == "https://github.com/acme/shop/pull/12"


def test_without_an_index_nothing_is_told(index: Index) -> None:
    for ask in (lambda: index.revision("shop", "HEAD"), lambda: index.mainline_before("shop", datetime.now(UTC) - timedelta(1))):
        with pytest.raises(IndexMissing):
            ask()
    with pytest.raises(UnknownRepo):
        index.landed("other", "", "1" * 40)


def grow(git_repo: GitRepo) -> list[str]:
    """Ada writes search, Bob ledger and once search long ago, in a file that is gone."""
    first = dict.fromkeys(("shop/search/find.py", "shop/search/old.py", "shop/ledger/book.py"), "1\n")
    shas = [git_repo.commit(first, message="Begin (#1)")]
    shas.append(git_repo.commit("shop/search/old.py", "2\n", author=BOB, message="Improve search (#2)"))
    shas.append(git_repo.commit({"shop/search/old.py": None}, message="Drop what is old (#3)"))
    for number in range(4, 12):
        text = f"{number}\n" * number
        shas.append(git_repo.commit("shop/search/find.py", text, message=f"Improve search (#{number})"))
        shas.append(git_repo.commit("shop/ledger/book.py", text, author=BOB, message=f"Improve the ledger (#{number + 20})"))
    return shas


def test_the_past_is_that_before_the_base_and_the_same_from_git(
    workspace: Workspace, git_repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    shas = grow(git_repo)
    newest = git_repo.commit({"shop/ledger/book.py": "x\n"}, author=CAROL, message="Improve the ledger (#50)")
    workspace.refresh("shop")
    index = workspace.index
    (story,) = group_stories(index.landed("shop", shas[-1], newest))
    against = index.past("shop", shas[-1]).against(story)
    assert [(one.person.name, one.area, one.earlier) for one in against.newcomers] == [("Carol Clay", "shop/ledger", 0)]
    assert index.past("shop", shas[-1]) is index.past("shop", shas[-1])
    assert index.past("shop", "").against(story).newcomers == ()
    monkeypatch.setattr(remembering.facts, "commits_by_sha", lambda *_: {})  # as where the catalog has only the newest commits
    workspace.index._pasts = Latest(1)
    assert index.past("shop", shas[-1]).against(story) == against


def test_whoever_worked_in_an_area_long_ago_is_not_new(
    workspace: Workspace, git_repo: GitRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembering, "_COMMITS", 16)  # so that the first three commits are of an older time
    shas = grow(git_repo)
    bob = git_repo.commit("shop/search/find.py", "y\n", author=("Bob Baker", "bob@home.example"), message="Improve search (#51)")
    carol = git_repo.commit("shop/search/find.py", "z\n", author=CAROL, message="Improve search (#52)")
    workspace.refresh("shop")
    index = workspace.index
    past = index.past("shop", shas[-1])
    by_sha = {story.commits[0].sha: story for story in group_stories(index.landed("shop", shas[-1], carol))}
    assert past.against(by_sha[bob]).newcomers == ()
    assert [one.person.name for one in past.against(by_sha[carol]).newcomers] == ["Carol Clay"]


def test_nobody_is_new_where_the_settings_leave_older_work_out(git_repo: GitRepo, tmp_path: Path) -> None:
    shas = grow(git_repo)
    newest = git_repo.commit("shop/search/find.py", "z\n", author=CAROL, message="Improve search (#52)")
    settings = IndexerSettings(
        data_dir=tmp_path / "few", repositories=(git_repo.settings("shop"),), indexing=IndexingSettings(max_commits=15)
    )
    workspace = Workspace.open_owner(settings, "docent index", HashEmbedder())
    workspace.refresh("shop")
    (story,) = group_stories(workspace.index.landed("shop", shas[-1], newest))
    assert workspace.index.past("shop", shas[-1]).against(story).newcomers == ()
    workspace.close()
