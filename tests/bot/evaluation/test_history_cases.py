"""Questions made of a repository's own commits, and the history that is hidden from whoever answers them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cli import main
from bot.evaluation.history_cases import make_history_cases, question_of
from indexer.errors import QueryError
from indexer.types import Commit, Person
from tests.git_repo import ADA, BOB, GitRepo

NAMES = frozenset({"session.py", "makefile"})
BOT = ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")
_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def commit(subject: str, body: str = "", *, parents: int = 1, author: tuple[str, str] = ADA) -> Commit:
    person = Person(*author)
    return Commit("a" * 40, ("b" * 40,) * parents, person, person, _DAY, _DAY, subject, body)


@pytest.mark.parametrize(
    ("subject", "body", "question"),
    [
        ("feat(auth)!: let riders stay signed in for a month (#123)", "", "let riders stay signed in for a month"),
        ("Fix #12: keep the session alive for longer than a day", "", "keep the session alive for longer than a day"),
        ("Keep riders signed in for a month", "Fixes #77\nCloses: acme/shop#8\n\nSigned-off-by: Ada <a@b.c>\nCo-authored-by: Bob <b@b.c>\n",
         "Keep riders signed in for a month"),
        ("Keep riders signed in", "* let them stay for a month\n- or two\n", "Keep riders signed in let them stay for a month or two"),
        ("Keep riders signed in", "They had to type it daily, see src/api/session.py and session.py.\n",
         "Keep riders signed in They had to type it daily, see and."),
        ("Let example.com pass through the gate", "As said in https://x.org/a?b#c and in 3f2a91c0d4e, (#4) GH-7.\n",
         "Let example.com pass through the gate As said in and in,."),
        ("Wait longer between two attempts", "```\nTraceback: no\n```\nThe bank was slow.\n",
         "Wait longer between two attempts The bank was slow."),
        ("Wait longer between two attempts", "(cherry picked from commit 3f2a91c0d4e3f2a91c0d4e)\nChange-Id: I123\n<!-- x -->\n",
         "Wait longer between two attempts"),
    ],
)  # fmt: skip
def test_what_gives_the_answer_away_is_taken_out(subject, body, question):
    assert question_of(commit(subject, body), NAMES) == question


@pytest.mark.parametrize(
    "subject",
    [
        "Bump requests from 2.31 to 2.32 in the api folder", "Merge branch main into the feature of Bob", "Release 1.2 with its fixes",
        'Revert "Keep riders signed in for a month"', "docs: say how long riders stay signed in", "test: cover riders who stay signed in",
        "Fix typo in the text about signing in", "Reformat everything by the new formatter", "chore: tidy up the sessions of riders",
        "Fix flake8 warnings in the api package now", "Apply the review comments of Bob and Cat", "Fix it",
        "Add a comment on why riders wait", "Document how long riders may wait", "session.py #123",
        "Find path:src/x when lang:python is asked",
    ],
)  # fmt: skip
def test_commits_that_answer_no_question(subject):
    assert question_of(commit(subject), NAMES) == ""


def test_merges_bots_and_reverts_told_in_the_body_make_no_question():
    subject = "Keep riders signed in for a month"
    assert question_of(commit(subject), NAMES)
    assert question_of(commit(subject, parents=2), NAMES) == ""
    assert question_of(commit(subject, author=BOT), NAMES) == ""
    assert question_of(commit(subject, "This reverts commit 3f2a91c0d4.\n"), NAMES) == ""


@given(st.text(max_size=300), st.text(max_size=2_000))
def test_any_message_gives_a_short_question_or_none(subject, body):
    assert len(question_of(commit(subject, body), NAMES)) <= 600


@pytest.fixture
def diary(tmp_path: Path) -> GitRepo:
    """Eight old commits of three files and their test, and eight later ones that say what they change."""
    repo = GitRepo(tmp_path / "diary")
    for number in range(8):
        files = {f"app/{name}.py": f'"""The {name}."""\n\nVALUE = {number}\n' for name in ("bread", "cheese", "wine")}
        repo.commit({**files, "tests/test_bread.py": f"x = {number}\n"}, message=f"Work on day {number}")
    repo.commit("app/bread.py", "VALUE = 20\n", message="feat: Bake the bread twice as long as before (#1)")
    ripe = {"app/cheese.py": "VALUE = 21\n", "tests/test_cheese.py": "x = 1\n"}
    repo.commit(ripe, message="Let the cheese ripen in the cellar", author=BOB)
    repo.commit("app/fish.py", "VALUE = 22\n", message="Serve fish on every Friday of the year")
    repo.commit("app/fish.py", "VALUE = 23\n", message="Serve fish with lemon from now on")
    repo.commit({"app/wine.py": "VALUE = 24\n", "app/cheese.py": "VALUE = 25\n"}, message="Pour the wine that fits the cheese")
    repo.commit("README.md", "# Diary\n", message="Say in many words what it is for")
    repo.commit("app/wine.py", "VALUE = 26\n", message="Bump version to 2.0")
    repo.commit("app/wine.py", "VALUE = 27\n", message="Pour the wine that fits the cheese")
    return repo


def test_cases_are_of_later_commits_whose_files_were_there_before(diary, tmp_path):
    repository = diary.opened()
    head = repository.fetch().sha
    made = make_history_cases(repository, head, 10)
    assert (made.base, made.hidden) == (diary.git("rev-parse", "HEAD~8"), 8)
    assert [(case.question, case.gold) for case in made.cases] == [
        ("Bake the bread twice as long as before", ("app/bread.py",)),
        ("Let the cheese ripen in the cellar", ("app/cheese.py",)),
        ("Pour the wine that fits the cheese", ("app/cheese.py", "app/wine.py")),
    ]
    assert {case.commit for case in made.cases} == {made.base} and {case.kind for case in made.cases} == {"history"}
    assert make_history_cases(repository, head, 10) == made
    assert [case.question[:4] for case in make_history_cases(repository, head, 2).cases] == ["Bake", "Let "]
    assert make_history_cases(repository, head, 1).cases == made.cases[:1]
    repository.close()


def test_merged_branches_are_hidden_too(diary):
    diary.git("checkout", "--quiet", "-b", "side", "HEAD~9")
    diary.commit("app/bread.py", "VALUE = 30\n", message="Salt the bread a little more than usual")
    diary.checkout("main")
    diary.git("merge", "--quiet", "--no-ff", "--strategy=ours", "-m", "Merge side", "side")
    repository = diary.opened()
    made = make_history_cases(repository, repository.fetch().sha, 10)
    assert "Salt the bread a little more than usual" in [case.question for case in made.cases]
    salted = diary.git("rev-parse", "side")
    assert not repository.is_ancestor(salted, made.base)
    repository.close()


def test_a_history_too_short_to_hide_a_part_of(git_repo):
    git_repo.commit("a.py", "x = 1\n")
    repository = git_repo.opened()
    with pytest.raises(QueryError, match="too short a history"):
        make_history_cases(repository, repository.fetch().sha, 10)
    repository.close()


@pytest.mark.usefixtures("home", "embedder")
def test_a_repository_is_measured_by_its_own_commits(capsys, diary, tmp_path):
    kept = tmp_path / "kept.jsonl"
    assert main(["eval", "--from-history", "--repo", str(diary.path), "--commits", "10", "--out-cases", str(kept), "--json"]) == 0
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert f"diary is asked as it was at {diary.git('rev-parse', '--short=7', 'HEAD~8')}, before 8 commits: 3 cases made from them." in err
    assert found["repositories"] == [{"name": "diary", "commit": diary.git("rev-parse", "HEAD~8")}]
    assert [case["ranks"][0] for case in found["cases"][:2]] == [1, 1]
    assert not {"app/fish.py", "README.md", "tests/test_cheese.py"} & {path for case in found["cases"] for path in case["found"]}
    lines = [json.loads(line) for line in kept.read_text().splitlines()]
    assert [line["id"] for line in lines] == [case["id"] for case in found["cases"]]
    assert main(["eval", str(kept), "--repo", str(diary.path), "--json"]) == 0  # the cases kept are cases like any other
    again = json.loads(capsys.readouterr().out)
    assert [case["ranks"] for case in again["cases"]] == [case["ranks"] for case in found["cases"]]


@pytest.mark.usefixtures("home", "embedder")
def test_a_history_without_a_usable_commit_is_said(capsys, git_repo):
    for number in range(6):
        git_repo.commit("a.py", f"x = {number}\n", message=f"Day {number}")
    assert main(["eval", "--from-history", "--repo", str(git_repo.path)]) == 1
    out, err = capsys.readouterr()
    assert "No case could be used." in out and "0 cases made from them" in err
