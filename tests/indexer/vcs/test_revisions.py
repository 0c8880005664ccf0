"""Which commit a revision means, and where the main line stood when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indexer.errors import QueryError
from indexer.vcs.repository import Repository
from indexer.vcs.revisions import stood_before
from tests.git_repo import GitRepo

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def git_repo_of_all(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    return GitRepo(tmp_path_factory.mktemp("revisions") / "work")


@pytest.fixture(scope="module")
def history(git_repo_of_all: GitRepo) -> dict[str, str]:
    """Commits by name: main is a, b, c, the merge m of topic (t), d; v1.0 (annotated), light and release/2 are b."""
    repo = git_repo_of_all
    shas = {"a": repo.commit("a.py", "1\n")}
    shas["b"] = repo.commit("a.py", "2\n")
    repo.git("tag", "-a", "-m", "One", "v1.0")
    repo.git("tag", "light")
    repo.branch("release/2")
    repo.checkout("main")
    repo.branch("topic")
    shas["t"] = repo.commit("t.py", "1\n")
    repo.checkout("main")
    shas["c"] = repo.commit("c.py", "1\n")
    shas["m"] = repo.merge("topic")
    shas["d"] = repo.commit("d.py", "1\n")
    repo.git("tag", "blob", repo.git("rev-parse", "HEAD:a.py"))
    return shas


@pytest.fixture(scope="module")
def repository(git_repo_of_all: GitRepo, history: dict[str, str]) -> Iterator[Repository]:
    opened = git_repo_of_all.opened()
    opened.fetch()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("text", "commit"),
    [
        ("v1.0", "b"), ("light", "b"), ("tags/v1.0", "b"), ("refs/tags/v1.0", "b"), ("v1.0~1", "a"), ("v1.0^", "a"),
        ("main", "d"), ("heads/main", "d"), ("refs/heads/main", "d"), ("origin/main", "d"), ("remotes/origin/main", "d"),
        ("release/2", "b"), ("origin/release/2", "b"), (" main ", "d"),
        ("HEAD", "m"), ("@", "m"), ("HEAD~1", "c"), ("HEAD^2", "t"), ("HEAD^2~1", "b"), ("HEAD^^", "b"), ("HEAD~0", "m"),
    ],
)  # fmt: skip
def test_a_revision_means_what_git_takes_it_for(repository: Repository, history: dict[str, str], text: str, commit: str) -> None:
    assert repository.revision(text, history["m"]) == history[commit]  # the index stands at the merge, a commit behind


def test_a_sha_may_be_short_or_in_capitals_or_described(repository: Repository, history: dict[str, str]) -> None:
    sha = history["t"]
    for text in (sha, sha.upper(), sha[:7], sha[:10].upper(), f"v1.0-1-g{sha[:8]}"):
        assert repository.revision(text, history["d"]) == sha
    assert repository.revision(f"{sha[:8]}~1", history["d"]) == history["b"]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "nothing", "v1.0..main", "main...topic", "^main", "-n", "--all", "--output=/tmp/x", "main:a.py", ":a.py", ":/Change",
        "main^{/Change}", "main^{tree}", "v1.0^{}", "main@{1}", "main@{upstream}", "@{-1}", "main~999999", "main~99999999999999999999",
        "HEAD^3", "blob", "blob~1", "abc", "0000000", "0" * 40, "f" * 64, "main\n", "a\nb", "a\0b", "a b", "main/", "/main", "refs/heads",
        "heads", "tags", "rel*", "release", "main.lock", "é", "\ud800", "~1", "x" * 5_000, "refs/docent/head", "main" + "~1" * 30,
    ],
)  # fmt: skip
def test_what_is_no_commit_is_none(repository: Repository, history: dict[str, str], text: str) -> None:
    expected = history["d"] if text == "main\n" else None  # white space around it was typed by mistake
    assert repository.revision(text, history["d"]) == expected


def test_a_tag_goes_before_a_branch_and_a_name_before_a_short_sha(git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", "1\n")
    second = git_repo.commit("a.py", "2\n")
    git_repo.git("branch", "both", second)
    git_repo.git("tag", "both", first)
    git_repo.git("branch", first[:7], second)
    repository = git_repo.opened()
    repository.fetch()
    assert repository.revision("both", second) == first
    assert repository.revision(first[:7], second) == second
    assert repository.revision(first, second) == first
    repository.close()


def test_digits_that_begin_several_commits_are_refused(git_repo: GitRepo) -> None:
    git_repo.commit("a.py", "1\n")
    tree = git_repo.git("rev-parse", "HEAD^{tree}")
    seen: dict[str, bytes] = {}
    for number in count():
        content = f"tree {tree}\nauthor A <a@b.c> {number} +0000\ncommitter A <a@b.c> {number} +0000\n\nAgain\n".encode()
        digits = hashlib.sha1(b"commit %d\0" % len(content) + content).hexdigest()[:4]
        if digits in seen:
            break
        seen[digits] = content
    for branch, text in (("one", content), ("two", seen[digits])):
        git_repo.git("branch", branch, git_repo.git("hash-object", "-t", "commit", "-w", "--stdin", input=text.decode()))
    repository = git_repo.opened()
    head = repository.fetch().sha
    with pytest.raises(QueryError, match=f"Several commits of demo begin with {digits}"):
        repository.revision(digits, head)
    one = git_repo.git("rev-parse", "one")
    assert repository.revision(one[:12], head) == one
    repository.close()


@settings(max_examples=60)
@given(st.text(alphabet=st.sampled_from("-~^:@{}./*[]?\\ \tHEADmainv10.ab\"'$`\0\n"), max_size=12))
@example("--help")
@example("-")
def test_any_text_means_a_commit_or_none(repository: Repository, history: dict[str, str], text: str) -> None:
    assert repository.revision(text, history["d"]) in {*history.values(), None}


def test_the_main_line_before_a_moment_is_of_first_parents(
    repository: Repository, git_repo_of_all: GitRepo, history: dict[str, str]
) -> None:
    def date(name: str) -> datetime:
        return datetime.fromtimestamp(int(git_repo_of_all.git("log", "-1", "--format=%ct", history[name])), UTC)

    head = history["d"]
    assert repository.mainline_before(date("d"), head) == history["m"]
    assert repository.mainline_before(date("d") + DAY, head) == head
    assert repository.mainline_before(date("m"), head) == history["c"]
    assert repository.mainline_before(date("c"), head) == history["b"]  # the topic's commit is older, but landed with the merge
    assert repository.mainline_before(date("b") + timedelta(seconds=1), head) == history["b"]
    assert repository.mainline_before(date("a"), head) == ""


def test_the_main_line_is_found_in_a_real_history_with_a_commit_of_an_old_date(git_repo: GitRepo) -> None:
    day = datetime(2025, 3, 1, tzinfo=UTC)
    shas = [git_repo.commit("a.py", f"{number}\n", date=day + number * DAY) for number in range(5)]
    old = git_repo.commit("b.py", "of last year\n", date=day - 300 * DAY)
    repository = git_repo.opened()
    repository.fetch()
    assert repository.mainline_before(day + 3 * DAY, old) == shas[2]
    assert repository.mainline_before(day + 5 * DAY, old) == old
    repository.close()


def line(*dates: int) -> list[tuple[str, int]]:
    return [(str(number), date) for number, date in enumerate(dates)]


@pytest.mark.parametrize(
    ("dates", "moment", "found"),
    [
        ([9, 8, 7, 6, 5], 7, "3"),
        ([9, 8, 7, 6, 5], 10, "0"),
        ([9, 8, 7, 6, 5], 5, ""),
        ([], 5, ""),
        ([1, 8, 7, 6, 5], 7, "3"),  # the newest was pushed under an old date
        ([9, 1, 1, 1, 7, 6, 5], 7, "5"),  # so were three in the middle
        ([1, 1, 6, 5], 7, "0"),
        ([9, 6] + [5] * 50 + [99] + [4] * 50, 7, "1"),  # a clock was ahead, long before
        ([9, 9] + [5] * 3_000 + [99] * 200, 7, "2"),
    ],
)
def test_one_date_that_lies_hides_nothing(dates: list[int], moment: int, found: str) -> None:
    assert stood_before(line(*dates), moment) == found


def test_a_sha256_repository_is_read_as_well(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "new")
    (tmp_path / "new" / ".git").rename(tmp_path / "gone")
    repo.git("init", "--quiet", "--template=", "--initial-branch=main", "--object-format=sha256")
    first = repo.commit("a.py", "1\n")
    second = repo.commit("a.py", "1\n2\n")
    repository = repo.opened()
    repository.fetch()
    assert len(first) == 64
    assert repository.revision(first, second) == first
    assert repository.revision(first[:40], second) == first
    assert repository.revision("HEAD~1", second) == first
    assert [(change.path, change.added) for change in repository.difference("", second)] == [("a.py", 2)]
    repository.close()
