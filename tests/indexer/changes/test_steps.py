"""What stories did to the main line, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from indexer.changes.steps import steps_of
from indexer.changes.types import Step, Story
from indexer.vcs.repository import Repository
from tests.git_repo import GitRepo


@pytest.fixture
def repository(git_repo: GitRepo) -> Iterator[Repository]:
    opened = git_repo.opened()
    yield opened
    opened.close()


def story(repository: Repository, shas: Iterable[str] = ()) -> Story:
    """The story of these commits (all: none given) as git has them."""
    wanted = set(shas)
    commits = [commit for commit in repository.log(repository.fetch().sha) if not wanted or commit.sha in wanted]
    return Story("A change", "", tuple(commits))


def steps(repository: Repository, *shas: str) -> tuple[Step, ...]:
    return steps_of(story(repository, shas), repository)


def shown(step: Step) -> tuple[str, str, list[tuple[str, str]]]:
    return step.before, step.after, sorted((change.status, change.path) for change in step.changes)


def test_one_commit_is_one_step_and_the_first_one_comes_from_nothing(git_repo: GitRepo, repository: Repository) -> None:
    first = git_repo.commit("a.py", "1\n")
    second = git_repo.commit("b.py", "1\n")
    assert [shown(step) for step in steps(repository, second)] == [(first, second, [("A", "b.py")])]
    assert [shown(step) for step in steps(repository, first)] == [("", first, [("A", "a.py")])]


def test_a_merge_is_one_step_with_all_it_brought(git_repo: GitRepo, repository: Repository) -> None:
    git_repo.commit("a.py", "1\n")
    git_repo.branch("topic")
    one = git_repo.commit("t.py", "1\n")
    two = git_repo.commit({"t.py": None, "u.py": "1\n"})
    git_repo.checkout("main")
    before = git_repo.commit("c.py", "1\n")
    merge = git_repo.merge("topic", message="Merge pull request #1 from topic")
    assert [shown(step) for step in steps(repository, one, two, merge)] == [(before, merge, [("A", "u.py")])]


def test_commits_in_a_row_are_one_step_and_others_one_each(git_repo: GitRepo, repository: Repository) -> None:
    base = git_repo.commit("a.py", "1\n")
    one = git_repo.commit("b.py", "1\n")
    two = git_repo.commit("b.py", "1\n2\n")
    other = git_repo.commit("c.py", "1\n")
    late = git_repo.commit("b.py", "1\n2\n3\n")
    found = steps(repository, one, two, late)
    assert [shown(step) for step in found] == [(other, late, [("M", "b.py")]), (base, two, [("A", "b.py")])]


def test_of_several_merges_each_is_a_step(git_repo: GitRepo, repository: Repository) -> None:
    base = git_repo.commit("a.py", "1\n")
    shas = []
    for name in ("one", "two"):
        git_repo.branch(name)
        shas.append(git_repo.commit(f"{name}.py", "1\n"))
        git_repo.checkout("main")
        git_repo.commit(f"between-{name}.py", "1\n")
        shas.append(git_repo.merge(name))
    found = steps(repository, *shas)
    assert [step.after for step in found] == [shas[3], shas[1]]
    assert [[change.path for change in step.changes] for step in found] == [["two.py"], ["one.py"]]
    assert found[1].before != base


def test_a_branch_that_took_in_the_main_line_on_its_way_is_one_step(git_repo: GitRepo, repository: Repository) -> None:
    early = git_repo.commit("early.py", "1\n")
    git_repo.branch("topic")
    one = git_repo.commit("t.py", "1\n")
    git_repo.checkout("main")
    git_repo.commit("c.py", "1\n")
    git_repo.checkout("topic")
    inner = git_repo.merge("main")
    two = git_repo.commit("t.py", "2\n")
    git_repo.checkout("main")
    before = git_repo.commit("d.py", "1\n")
    merge = git_repo.merge("topic")
    found = steps(repository, early, one, inner, two, merge)
    assert [shown(step) for step in found] == [(before, merge, [("A", "t.py")]), ("", early, [("A", "early.py")])]


def test_where_a_shallow_clone_is_cut_off_nothing_is_told(git_repo: GitRepo, tmp_path: Path) -> None:
    for number in range(4):
        git_repo.commit("a.py", f"{number}\n")
    git_repo.git("clone", "--quiet", "--depth=2", git_repo.path.as_uri(), str(tmp_path / "cut"))
    clone = GitRepo(tmp_path / "cut").opened(tmp_path / "mirrors")
    whole = story(clone)
    assert len(whole.commits) == 2
    (step,) = steps_of(whole, clone)
    assert (step.before, step.after) == (whole.commits[1].sha, whole.commits[0].sha)
    assert [change.path for change in step.changes] == ["a.py"]
    clone.close()
