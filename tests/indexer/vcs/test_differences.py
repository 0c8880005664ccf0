"""What changed between two commits."""

from __future__ import annotations

from indexer.types import FileChange
from tests.git_repo import GitRepo
from tests.indexer.vcs.test_incomplete import partial_clone

LINES = "".join(f"line {number}\n" for number in range(20))


def changes(git_repo: GitRepo, before: str, after: str) -> dict[str, FileChange]:
    repository = git_repo.opened()
    repository.fetch()
    found = repository.difference(before, after)
    repository.close()
    return {change.path: change for change in found}


def test_the_difference_is_net_and_follows_renames(git_repo: GitRepo) -> None:
    before = git_repo.commit({"a.py": LINES, "gone.py": "quite another thing\n", "same.py": "1\n"})
    git_repo.commit({"a.py": LINES + "more\n", "back.py": "1\n", "same.py": "2\n"})
    git_repo.rename("a.py", "src/b.py")
    after = git_repo.commit({"back.py": None, "gone.py": None, "same.py": "1\n", "new name\t.py": "1\n2\n", "pic.bin": b"\0\1"})
    assert changes(git_repo, before, after) == {
        "src/b.py": FileChange("src/b.py", "R", "a.py", 1, 0),
        "gone.py": FileChange("gone.py", "D", None, 0, 1),
        "new name\t.py": FileChange("new name\t.py", "A", None, 2, 0),
        "pic.bin": FileChange("pic.bin", "A", None, None, None),
    }


def test_the_difference_from_nothing_is_everything(git_repo: GitRepo) -> None:
    git_repo.commit({"a.py": LINES, "d/b.py": "1\n"})
    after = git_repo.commit("a.py", LINES + "more\n")
    assert changes(git_repo, "", after) == {
        "a.py": FileChange("a.py", "A", None, 21, 0),
        "d/b.py": FileChange("d/b.py", "A", None, 1, 0),
    }


def test_equal_commits_do_not_differ(git_repo: GitRepo) -> None:
    sha = git_repo.commit("a.py", LINES)
    assert changes(git_repo, sha, sha) == {}


def test_a_partial_clone_tells_lines_only_where_all_files_are_there(git_repo: GitRepo) -> None:
    before = git_repo.commit({"a.py": LINES, "old.py": LINES + "x\n"})
    git_repo.rename("old.py", "new.py")
    after = git_repo.commit("a.py", LINES + "more\n")
    clone = GitRepo(partial_clone(git_repo, git_repo.path.with_name("partial")))
    assert changes(clone, before, after) == {
        "a.py": FileChange("a.py", "M", None, None, None),
        "new.py": FileChange("new.py", "R", "old.py", 0, 0),
    }
    assert changes(clone, "", after)["a.py"] == FileChange("a.py", "A", None, 21, 0)  # the newest files are in every such clone
