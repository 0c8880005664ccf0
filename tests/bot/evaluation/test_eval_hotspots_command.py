"""`docent eval --hotspots`, called as a person calls it, on a real repository."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli import main
from bot.evaluation.hotspots import fixes_since
from tests.git_repo import BOB, GitRepo

pytestmark = pytest.mark.usefixtures("home")

BOT = ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def code(size: int, word: str = "x") -> str:
    return "".join(f"{word}_{number} = {number}\n" for number in range(size))


@pytest.fixture
def shop(tmp_path: Path) -> GitRepo:
    """Of ten files the largest never changes, a small one did before the cut, and 24 of the 25 later fixes land in that."""
    repo = GitRepo(tmp_path / "shop")
    repo.commit({f"shop/part_{n}.py": code(200 + n) for n in range(9)} | {"shop/table.py": code(900)}, message="Begin", date=ago(1000))
    for number in range(30):
        repo.commit("shop/part_0.py", code(30, f"y{number}"), message="Work on it", date=ago(990 - number))
    repo.rename("shop/part_0.py", "shop/till.py")
    for number in range(24):
        repo.commit("shop/till.py", code(30, f"z{number}"), message=f"Fix the till, {number}", author=BOB, date=ago(400 - number))
    repo.commit({"shop/part_1.py": code(30), "shop/new.py": code(30)}, message="Fix a crash", date=ago(9))
    repo.commit("shop/table.py", code(901), message="Fix by a program", author=BOT, date=ago(8))
    repo.commit("shop/table.py", code(902), message="Add a row", date=ago(0))
    return repo


def evaluate(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(["eval", "--hotspots", *argv])
    out, err = capsys.readouterr()
    return status, out, err


def caught(result: dict, ranking: str, part: float) -> tuple[float, float]:
    return next((one["fixes"], one["lines"]) for one in result["caught"] if (one["ranking"], one["part"]) == (ranking, part))


def test_fixes_of_two_years_are_caught_by_what_was_known_before(capsys, shop):
    status, out, _ = evaluate(capsys, str(shop.path), "--json")
    found = json.loads(out)["repositories"][0]
    assert (status, found["files"], found["fixes"], found["reason"]) == (0, 10, 25, "")
    assert caught(found, "docent", 0.1)[0] == caught(found, "changes", 0.1)[0] == pytest.approx(24 / 25)
    assert caught(found, "size", 0.1)[0] == 0
    assert caught(found, "size", 0.1)[1] > 0.3 > caught(found, "docent", 0.1)[1]
    assert found["gain"] == pytest.approx(24 / 25)


def test_the_table_and_the_bar(capsys, shop):
    status, out, _ = evaluate(capsys, str(shop.path), "--min-gain", "0.5")
    assert status == 0
    assert "shop at" in out and "10 files, 25 fixes" in out and out.endswith("at least 0.5 on every repository.\n")
    assert "  docent                0.96" in out
    assert evaluate(capsys, str(shop.path), "--min-gain", "1")[0] == 1


def test_a_repository_too_young_or_too_quiet_says_so(capsys, tmp_path):
    young = GitRepo(tmp_path / "young")
    young.commit("a.py", "x = 1\n", date=ago(9))
    quiet = GitRepo(tmp_path / "quiet")
    quiet.commit("a.py", "x = 1\n", date=ago(900))
    quiet.commit("a.py", "x = 2\n", message="Fix x", date=ago(1))
    status, out, _ = evaluate(capsys, str(young.path), str(quiet.path))
    assert status == 1
    assert "It has no commit that is two years older than its newest." in out
    assert "Only 1 fixes of its files landed in these two years" in out


def test_mirrors_are_found_by_owner_and_name(capsys, shop, tmp_path):
    (tmp_path / "mirrors" / "acme+shop").mkdir(parents=True)
    shop.path.rename(tmp_path / "mirrors" / "acme+shop" / "repo")
    status, out, _ = evaluate(capsys, "acme/shop", "--mirrors", str(tmp_path / "mirrors"), "--json")
    assert (status, json.loads(out)["repositories"][0]["fixes"]) == (0, 25)


def test_an_unknown_repository_is_the_askers_mistake(capsys):
    status, _, err = evaluate(capsys, "nowhere/at/all")
    assert status == 2 and err.count("\n") == 1


def test_later_names_lead_back_to_the_earlier_ones(git_repo):
    start = git_repo.commit({"a.py": code(40, "a"), "b.py": code(40, "b"), "c.md": "c\n"})
    git_repo.rename("a.py", "lib/a.py")
    git_repo.commit({"a.py": code(9, "other")}, message="Fix something with a file of the old name")
    git_repo.rename("lib/a.py", "lib/core.py")
    git_repo.commit({"lib/core.py": code(41, "a"), "b.py": code(41, "b")}, message="Fix what was a")
    git_repo.commit("c.md", "d\n", message="Fix a text")
    opened = git_repo.opened()
    opened.fetch()
    later = list(opened.log(git_repo.head, known=start))
    opened.close()
    assert fixes_since(later, ["a.py", "b.py"]) == [("b.py", "a.py")]
