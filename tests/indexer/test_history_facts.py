"""Who changed what, as the index tells it: the same however often it was refreshed on the way, and as git has it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from indexer.config import IndexerSettings, IndexingSettings, PersonSettings
from indexer.errors import IndexMissing, UnknownRepo
from indexer.stores import touches as stored_touches
from indexer.stores.commit_sizes import CommitSizes
from indexer.types import CommitFacts, Person, Touch
from indexer.vcs.ignored import counted
from indexer.vcs.mailmap import Mailmap
from indexer.vcs.participants import commit_facts
from indexer.vcs.renames import names_today
from indexer.workspace import Workspace
from tests.embedders import HashEmbedder
from tests.git_repo import ADA, BOB, GitRepo

CAROL = ("Carol Clay", "carol@example.com")
LINES = "".join(f"line {number}\n" for number in range(40))


def opened(git_repo: GitRepo, folder: Path, people: tuple[PersonSettings, ...] = (), **indexing: int) -> Workspace:
    settings = IndexerSettings(
        data_dir=folder, repositories=(git_repo.settings("shop"),), indexing=IndexingSettings(**indexing), people=people
    )
    return Workspace.open_owner(settings, "docent index", HashEmbedder())


@pytest.fixture
def owner(git_repo: GitRepo, tmp_path: Path) -> Iterator[Workspace]:
    workspace = opened(git_repo, tmp_path / "data")
    yield workspace
    workspace.close()


def straight_from_git(git_repo: GitRepo, mirrors: Path) -> list[Touch]:
    """What the touches should be, worked out without a database."""
    repository = git_repo.opened(mirrors)
    head = repository.fetch().sha
    commits = list(repository.log(head))
    paths = {entry.path for entry in repository.tree(head)}
    facts = commit_facts(commits, Mailmap((repository.read_at(head, ".mailmap") or b"").decode()))
    names = names_today(commits)
    found = [
        Touch(path, facts[commit.sha], change.added, change.deleted, change.status == "A")
        for commit in commits
        for change in commit.changes
        if (path := names.get(commit.sha, {}).get(change.path, change.path)) in paths
    ]
    repository.close()
    return sorted(found, key=lambda touch: (touch.path, -touch.commit.committed_at.timestamp(), touch.commit.sha))


def told(workspace: Workspace) -> list[Touch]:
    found = workspace.index.touches("shop")
    return sorted(found, key=lambda touch: (touch.path, -touch.commit.committed_at.timestamp(), touch.commit.sha))


def grow(git_repo: GitRepo) -> Iterator[None]:
    """A history with everything in it, a step at a time."""
    git_repo.commit({"a.py": LINES, "pic.bin": b"\0\1"}, message="Begin\n\nReviewed-by: Bob Baker <bob@example.com>")
    yield
    git_repo.commit({"b.py": "1\n", "a.py": LINES + "x\n"}, author=BOB, message="Add b\n\nCo-authored-by: Carol Clay <carol@example.com>")
    git_repo.rename("a.py", "src/a.py", author=BOB)
    yield
    git_repo.branch("topic")
    git_repo.commit("t.py", "1\n", author=BOB, message="Topic\n\nSigned-off-by: Carol Clay <carol@example.com>")
    git_repo.checkout("main")
    git_repo.commit("a.py", "a new one\n", author=CAROL)
    git_repo.merge("topic", author=CAROL)
    yield
    git_repo.rename("src/a.py", "core.py", author=CAROL)
    git_repo.commit({"b.py": None, "pic.bin": b"\0\2"}, author=BOB)
    yield
    git_repo.branch("mine")  # a branch that swallows the line it came from: what was the line is now merged
    git_repo.checkout("main")
    git_repo.commit("late.py", "1\n", author=BOB)
    yield
    git_repo.checkout("mine")
    git_repo.commit("mine.py", "1\n", author=ADA)
    git_repo.merge("main", author=CAROL)
    git_repo.git("branch", "--force", "main", "mine")
    git_repo.checkout("main")
    yield
    git_repo.commit(".mailmap", "Robert Baker <robert@example.com> <bob@example.com>\n", author=CAROL)
    yield
    git_repo.git("reset", "--quiet", "--hard", "HEAD~2")
    git_repo.commit("forced.py", "1\n", author=BOB)
    yield


def test_every_refresh_tells_what_git_has(git_repo: GitRepo, owner: Workspace, tmp_path: Path) -> None:
    for step, _ in enumerate(grow(git_repo)):
        owner.refresh("shop")
        expected = straight_from_git(git_repo, tmp_path / f"mirrors{step}")
        assert told(owner) == expected and expected


def test_refreshing_often_or_once_is_the_same(git_repo: GitRepo, owner: Workspace, tmp_path: Path) -> None:
    for number, _ in enumerate(grow(git_repo)):
        owner.refresh("shop")
        once = opened(git_repo, tmp_path / f"once{number}")
        once.refresh("shop")
        assert told(owner) == told(once)
        assert seen(owner) == seen(once)
        once.close()


def seen(workspace: Workspace) -> set[tuple[Person, int, datetime]]:
    row = workspace.catalog.repo("shop")
    assert row is not None
    return set(stored_touches.seen(workspace.catalog, row))


def test_files_are_answered_by_name_and_unknown_ones_are_none(git_repo: GitRepo, owner: Workspace) -> None:
    for _ in grow(git_repo):
        pass
    odd = 'q"uo\te\u2028.py'
    git_repo.commit(odd, "1\n")
    owner.refresh("shop")
    found = owner.index.touches("shop", ["mine.py", "core.py", odd, "core.py", "not there"])
    assert [*dict.fromkeys(touch.path for touch in found)] == ["core.py", "mine.py", odd]
    assert found == [touch for touch in owner.index.touches("shop") if touch.path in ("core.py", "mine.py", odd)]
    assert owner.index.touches("shop", []) == []


def test_one_commit_is_one_value_in_all_its_touches(git_repo: GitRepo, owner: Workspace) -> None:
    git_repo.commit({"a.py": "1\n", "b.py": "1\n2\n"})
    owner.refresh("shop")
    one, other = owner.index.touches("shop")
    assert one.commit is other.commit and (one.commit.files, one.commit.added) == (2, 3)
    assert one.created and (one.path, other.path) == ("a.py", "b.py")


def test_touches_of_a_file_come_newest_first(git_repo: GitRepo, owner: Workspace) -> None:
    shas = [git_repo.commit("a.py", f"{number}\n") for number in range(3)]
    owner.refresh("shop")
    shas.append(git_repo.commit("a.py", "last\n"))
    owner.refresh("shop")
    assert [touch.commit.sha for touch in owner.index.touches("shop", ["a.py"])] == shas[::-1]


def test_commits_of_no_account_are_left_out_unless_a_file_has_no_others(git_repo: GitRepo, owner: Workspace) -> None:
    git_repo.commit("a.py", "x=1\n")
    reformatted = git_repo.commit({"a.py": "x = 1\n", "made.py": "y = 1\n"}, author=BOB)
    git_repo.commit(".git-blame-ignore-revs", f"# black\n{reformatted}\n{'f' * 40}\n")
    owner.refresh("shop")
    who = {(touch.path, touch.commit.author.name) for touch in owner.index.touches("shop", ["a.py", "made.py"])}
    assert who == {("a.py", "Ada Lovelace"), ("made.py", "Bob Baker")}
    git_repo.commit(".git-blame-ignore-revs", "")
    owner.refresh("shop")
    assert len(owner.index.touches("shop", ["a.py"])) == 2


def test_who_wrote_some_lines(git_repo: GitRepo, owner: Workspace) -> None:
    git_repo.commit("a.py", "def f():\n    return 1\n\n\ndef g():\n    return 2\n")
    more = "def f():\n    return 1\n\n\ndef g():\n    x = 3\n    y = 4\n    return x + y\n"
    sha = git_repo.commit("a.py", more, author=BOB)
    git_repo.rename("a.py", "b.py")
    changed = more.replace("    return 1", "  return 1").replace("x + y", "x + y  # sum")
    reindented = git_repo.commit("b.py", changed, author=CAROL)
    git_repo.commit(".git-blame-ignore-revs", f"{reindented}\n{'f' * 40}\n")
    owner.refresh("shop")
    bobs, adas = owner.index.line_touches("shop", "b.py", 5, 8)
    assert (bobs.commit.sha, bobs.commit.author.name, bobs.added) == (sha, "Bob Baker", 3)
    assert (adas.commit.author.name, adas.added, adas.path) == ("Ada Lovelace", 1, "b.py")
    assert [touch.commit.author.name for touch in owner.index.line_touches("shop", "b.py", 1, 2)] == ["Ada Lovelace"]
    for path, start, end in (("b.py", 9, 12), ("b.py", 0, 3), ("b.py", 4, 3), ("gone.py", 1, 2), ("-x", 1, 1)):
        assert owner.index.line_touches("shop", path, start, end) == []
    assert sum(touch.added or 0 for touch in owner.index.line_touches("shop", "b.py", 7, 99)) == 2


def test_lines_older_than_what_the_settings_let_in(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "1\n", message="Begin\n\nCo-authored-by: Carol Clay <carol@example.com>")
    for number in range(3):
        git_repo.commit("b.py", f"{number}\n", author=BOB)
    workspace = opened(git_repo, tmp_path / "data", max_commits=2)
    workspace.refresh("shop")
    assert [touch.commit.co_authors[0].name for touch in workspace.index.line_touches("shop", "a.py", 1, 1)] == ["Carol Clay"]
    assert workspace.index.touches("shop", ["a.py"]) == []
    assert "newest 2 commits" in workspace.index.history_gaps("shop")[0]
    workspace.close()
    workspace = opened(git_repo, tmp_path / "data", max_commits=100)
    git_repo.commit("b.py", "more\n")
    workspace.refresh("shop")
    assert len(workspace.index.touches("shop")) == 5 and workspace.index.history_gaps("shop") == ()
    workspace.close()


def test_a_shallow_clone_is_said_and_lines_from_before_it_are_nobodys(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "1\n", author=BOB)
    git_repo.commit("a.py", "1\n2\n", author=CAROL)
    git_repo.commit("a.py", "1\n2\n3\n", author=ADA)
    clone = GitRepo(tmp_path / "clone")
    clone.git("fetch", "--quiet", "--depth=2", f"file://{git_repo.path}", "main")
    clone.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    workspace = opened(clone, tmp_path / "data")
    workspace.refresh("shop")
    assert "shallow" in workspace.index.history_gaps("shop")[0]
    (known,) = workspace.index.line_touches("shop", "a.py", 1, 3)
    assert (known.commit.author.name, known.added) == ("Ada Lovelace", 1)
    workspace.close()


def test_a_partial_clone_is_said_and_answers_as_far_as_it_goes(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "1\n", author=BOB)
    git_repo.commit("a.py", "1\n2\n", author=CAROL)
    git_repo.git("config", "uploadpack.allowFilter", "true")
    clone = GitRepo(tmp_path / "clone")
    clone.git("remote", "add", "origin", f"file://{git_repo.path}")
    clone.git("fetch", "--quiet", "--filter=blob:none", "origin", "main")
    clone.git("reset", "--quiet", "--hard", "FETCH_HEAD")
    workspace = opened(clone, tmp_path / "data")
    workspace.refresh("shop")
    assert "partial" in workspace.index.history_gaps("shop")[0]
    assert [touch.commit.author.name for touch in workspace.index.touches("shop", ["a.py"])] == ["Carol Clay", "Bob Baker"]
    assert workspace.index.line_touches("shop", "a.py", 1, 2) == []
    workspace.close()


def test_identities_follow_the_index_and_the_settings(git_repo: GitRepo, tmp_path: Path) -> None:
    git_repo.commit("a.py", "1\n", author=("bobby", "bob@home.org"))
    bob = PersonSettings(name="Bob Baker", emails=("bob@home.org", "bob@example.com"), handles=("bobb",))
    workspace = opened(git_repo, tmp_path / "data", (bob,))
    workspace.refresh("shop")
    identities = workspace.index.identities()
    assert identities is workspace.index.identities(("shop",))
    assert identities.find("@bobb") == (Person("Bob Baker", "bob@home.org"),)
    git_repo.commit("a.py", "2\n", author=BOB, message="x\n\nReviewed-by: Carol Clay <carol@example.com>")
    workspace.refresh("shop")
    identities = workspace.index.identities()
    assert identities.people() == (Person("Bob Baker", "bob@example.com"), Person(*CAROL))
    workspace.close()


def test_account_names_come_from_the_subjects_of_merges(git_repo: GitRepo, owner: Workspace) -> None:
    git_repo.commit("a.py", "1\n")
    for number in range(2):
        git_repo.branch(f"topic{number}")
        git_repo.commit(f"{number}.py", "1\n", author=BOB)
        git_repo.checkout("main")
        git_repo.merge(f"topic{number}", message=f"Merge pull request #{number} from bobb/topic{number}")
        owner.refresh("shop")
    assert owner.index.identities().find("@BobB") == (Person(*BOB),)


def test_dates_that_cannot_be_are_mended_however_often_it_was_refreshed(git_repo: GitRepo, owner: Workspace) -> None:
    for year in (2024, 1970, 2001, 2024):
        git_repo.commit("a.py", f"{year}{len(git_repo.git('log', '--all'))}\n", date=datetime(year, 5, 1, tzinfo=UTC))
        owner.refresh("shop")
    assert {touch.commit.committed_at for touch in owner.index.touches("shop")} == {datetime(2024, 5, 1, tzinfo=UTC)}


def test_every_file_of_the_head_and_who_is_declared(git_repo: GitRepo, owner: Workspace) -> None:
    with pytest.raises(IndexMissing):
        owner.index.tree_paths("shop")
    git_repo.commit({"a.py": "1\n", "pic.png": b"\x89PNG\0", "empty": ""})
    owner.refresh("shop")
    assert owner.index.tree_paths("shop") == ["a.py", "empty", "pic.png"]
    assert owner.index.owners_file("shop") is None
    git_repo.commit("CODEOWNERS", "*.py @ada\n")
    owner.refresh("shop")
    declared = owner.index.owners_file("shop")
    assert declared is not None and declared is owner.index.owners_file("shop")
    assert declared.owners_of("a.py")[0].holders[0].handle == "ada"
    with pytest.raises(UnknownRepo):
        owner.index.owners_file("shpo")


def test_keeping_what_only_an_ignored_commit_did() -> None:
    when = datetime(2025, 1, 1, tzinfo=UTC)
    facts: dict[str, Any] = {sha: CommitFacts(sha, Person(*ADA), when, when) for sha in ("a" * 40, "b" * 40)}
    plain, mass = facts.values()
    touches = [Touch("a.py", plain), Touch("a.py", mass), Touch("only.py", mass)]
    assert counted(touches, {"b" * 40}) == [touches[0], touches[2]]
    assert counted(touches, frozenset()) == touches


def test_when_commits_were_made_what_led_to_them_and_how_large_they_are(owner: Workspace, git_repo: GitRepo) -> None:
    first = git_repo.commit("a.py", LINES, date=datetime(2019, 1, 1, tzinfo=UTC))
    git_repo.branch("side")
    side = git_repo.commit("b.py", LINES[:14], date=datetime(2019, 3, 1, tzinfo=UTC))
    git_repo.checkout("main")
    main = git_repo.commit("a.py", None, date=datetime(2019, 2, 1, tzinfo=UTC))
    merged = git_repo.merge("side")
    owner.refresh("shop")
    (corpus,) = owner.index._corpora(["shop"]).each
    february = [datetime(2019, month, 1, tzinfo=UTC).timestamp() for month in (2, 3)]
    assert corpus.dated(february[0], february[1] - 1) == {main: (february[0], february[0])}
    assert corpus.reached("", "") == {first, side, main, merged}
    assert corpus.reached(main, merged) == {side, merged} and corpus.reached(first, main) == {main} and not corpus.reached(merged, side)
    sizes = CommitSizes(owner.catalog, owner.catalog.ensure_repo("shop"))
    for _ in range(2):  # read one by one, then held
        assert sizes.of([side, main, "0" * 40]) == {side: (2, 0), main: (0, 40)}
