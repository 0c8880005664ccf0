"""`docent eval --impact`, called as a person calls it, on real repositories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from tests.git_repo import GitRepo

pytestmark = pytest.mark.usefixtures("home")

NAMES = ("cart", "tax", "stock", "mail", "page", "sign")
BOT = ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")


@pytest.fixture
def pairs(tmp_path: Path) -> GitRepo:
    """Pairs of files that change together, in two folders, and a file that changes most, always alone."""
    repo = GitRepo(tmp_path / "pairs")
    files = [f"{side}/{name}.py" for name in NAMES for side in ("left", "right")]
    extra = {f"{side}/more_{number}.py": "x = 1\n" for side in ("left", "right") for number in range(6)}
    repo.commit(dict.fromkeys(files, "x = 0\n") | extra | {"busy.py": "x = 0\n"}, message="Begin")
    for number in range(60):
        name = NAMES[number % len(NAMES)]
        repo.commit({f"left/{name}.py": f"x = {number}\n", f"right/{name}.py": f"y = {number}\n"}, message=f"Both, {number}")
        repo.commit({"busy.py": f"x = {number}\n"}, message=f"Busy, {number}")
    repo.commit({"left/cart.py": "z = 1\n", "busy.py": "z = 1\n"}, message="Bump", author=BOT)
    return repo


def evaluate(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str]:
    status = main(["eval", "--impact", *argv])
    return status, capsys.readouterr().out


def test_what_changes_together_is_found_from_one_of_its_files(capsys: pytest.CaptureFixture[str], pairs: GitRepo) -> None:
    status, out = evaluate(capsys, str(pairs.path), "--json", "--min-gain", "0.1")
    found = json.loads(out)
    (result,) = found["repositories"]
    assert (status, found["reached"], result["name"], result["head"]) == (0, True, "pairs", pairs.head)
    assert result["docent"] == {"hit1": 1.0, "hit5": 1.0, "recall10": 1.0}
    assert result["most_changed"]["hit1"] == 0.0 and result["same_folder"]["hit5"] == 0.0
    assert result["cases"] == len(result["judged"]) == 11
    asked = {(one["asked"], *one["others"]) for one in result["judged"]}
    assert asked <= {(f"{a}/{n}.py", f"{b}/{n}.py") for n in NAMES for a, b in (("left", "right"), ("right", "left"))}


def test_facts_are_of_before_the_commit(capsys: pytest.CaptureFixture[str], pairs: GitRepo) -> None:
    result = json.loads(evaluate(capsys, str(pairs.path), "--json")[1])["repositories"][0]
    order = pairs.git("rev-list", "HEAD").splitlines()
    assert result["read_at"] == sorted(result["read_at"], key=lambda sha: -order.index(sha))
    oldest = order.index(result["read_at"][0])
    assert all(order.index(one["commit"]) < oldest for one in result["judged"])


def test_a_bar_that_is_missed_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "two")  # where there are but two files, everybody finds the other
    for number in range(30):
        repo.commit({"a.py": f"x = {number}\n", "b.py": f"x = {number}\n"})
    status, out = evaluate(capsys, str(repo.path), "--min-gain", "0.1")
    assert status == 1
    assert "Missed: hit@5 at least 0.1 above the better of the other two on every repository; two reaches +0.000." in out


def test_a_history_too_short_has_no_cases(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "short")
    repo.commit({"a.py": "x = 1\n", "b.py": "x = 1\n"})
    status, out = evaluate(capsys, str(repo.path))
    assert status == 1 and "No case could be made." in out


def test_a_repository_that_is_not_there_is_the_users_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--impact", "nowhere/at/all"]) == 2
    assert "There is no folder" in capsys.readouterr().err
