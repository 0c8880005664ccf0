"""Long histories are read by several gits, and nothing shows of it."""

from __future__ import annotations

import pytest

from indexer.errors import StoreError
from indexer.vcs import whole_log
from tests.git_repo import BOB, GitRepo


@pytest.fixture
def long(git_repo: GitRepo) -> GitRepo:
    for number in range(7):
        git_repo.commit("a.py", f"{number}\n", author=BOB)
    git_repo.branch("topic")
    git_repo.rename("a.py", "b.py")
    git_repo.checkout("main")
    git_repo.commit(".mailmap", "Robert Baker <bob@example.com>\n")
    git_repo.merge("topic")
    return git_repo


@pytest.mark.parametrize("batch", [1, 2, 3, 10])
def test_batches_give_the_same_history(long: GitRepo, monkeypatch: pytest.MonkeyPatch, batch: int) -> None:
    repository = long.opened()
    head = repository.fetch().sha
    whole = list(repository.log(head))
    monkeypatch.setattr(whole_log, "_BATCH", batch)
    assert list(repository.log(head)) == whole and len(whole) == 10
    assert whole[-1].author.name == "Robert Baker"
    assert list(repository.log(head, known=whole[4].sha, max_count=4)) == list(repository.log(head, known=whole[4].sha))[:4]
    assert list(repository.log(head, max_count=5)) == whole[:5]


def test_a_batch_that_breaks_off_is_an_error(long: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = long.opened()
    head = repository.fetch().sha
    blob = long.git("rev-parse", "main~4:a.py")
    (repository.git_dir / "objects" / blob[:2] / blob[2:]).unlink()
    monkeypatch.setattr(whole_log, "_BATCH", 2)
    with pytest.raises(StoreError, match="damaged"):
        list(repository.log(head))


def test_a_reader_who_stops_early_leaves_no_git_behind(long: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole_log, "_BATCH", 1)
    repository = long.opened()
    commits = repository.log(repository.fetch().sha)
    next(commits)
    commits.close()  # type: ignore[attr-defined]
    assert len(list(repository.log(repository.fetch().sha))) == 10
