"""`docent eval --changes`, called as a person calls it, on real repositories."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from tests.git_repo import BOB, GitRepo

pytestmark = pytest.mark.usefixtures("home")

BOT = ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")


def lines(count: int, word: str = "line") -> str:
    return "".join(f"{word}_{n} = {n}\n" for n in range(count))


@pytest.fixture
def shop(tmp_path: Path) -> GitRepo:
    """From v1 to v2: a feature by merge (#7), a small deprecation (#12), a large bump, and upkeep that changes many lines."""
    repo = GitRepo(tmp_path / "shop")
    repo.commit({"shop/till.py": "x = 1\n", "CHANGES.md": "# 2.0\n"}, message="Begin")
    repo.git("tag", "v1")
    repo.branch("refunds")
    repo.commit("shop/refunds.py", lines(80, "refund"), message="Add refunds", author=BOB)
    repo.checkout("main")
    repo.merge("refunds", message="Merge pull request #7 from bob/refunds\n\nAdd refunds by post")
    repo.commit("package-lock.json", lines(4_000), message="Bump left-pad from 1.0 to 1.1 (#8)", author=BOT)
    for n in range(12):
        repo.commit(f"tests/test_{n}.py", lines(300 + n), message=f"Test the till, part {n} (#{20 + n})")
    repo.commit("shop/till.py", "x = 2\n" + lines(6), message="Deprecate the old till (#12)", author=BOB)
    repo.git("tag", "-a", "-m", "Two", "v2")
    repo.commit("shop/till.py", "x = 3\n", message="Add what comes after (#99)")
    return repo


def evaluate(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, cases: list[Mapping[str, Any]] | str, *argv: str
) -> tuple[int, str, str]:
    file = tmp_path / "cases.jsonl"
    file.write_text(cases if isinstance(cases, str) else "".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    status = main(["eval", "--changes", str(file), *argv])
    out, err = capsys.readouterr()
    return status, out, err


def case(at: GitRepo, **more: object) -> dict[str, object]:
    return {"repo": str(at.path), "release": "2.0", "since": "v1", "until": "v2", "major": [7, "#12"]} | more


def test_what_the_notes_name_is_found_where_most_lines_are_elsewhere(capsys, tmp_path, shop):
    status, out, err = evaluate(capsys, tmp_path, [case(shop)], "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    (project,) = found["projects"]
    (release,) = project["releases"]
    assert (project["name"], project["head"], project["skipped"]) == ("shop", shop.head, [])
    assert (release["stories"], release["major_stories"], release["named"], release["not_found"]) == (15, 2, 2, [])
    assert release["docent"] == {"precision_at_10": 0.2, "recall_at_20": 1.0} == release["best"]
    assert release["most_lines"] == {"precision_at_10": 0.0, "recall_at_20": 1.0}
    assert release["random"] == {"precision_at_10": round(2 / 15, 4), "recall_at_20": 1.0}
    assert release["gain"]["precision_at_10"] == 0.2
    assert [one["rank"] for one in release["wrong"]] == [3, 4, 5, 6, 7, 8, 9, 10]
    assert found["mean"] == project["mean"] == found["mean_releases"]
    assert (found["bars"], found["reached"]) == ([], True)
    main(["status", "--repo", "shop", "--json"])
    assert json.loads(capsys.readouterr().out)["repositories"][0]["state"] == "missing"  # nothing had to be indexed


def test_what_landed_before_or_after_the_release_is_left_out_and_said(capsys, tmp_path, shop):
    first = shop.git("rev-parse", "v1")
    cases = [case(shop, major=[7, 99, [first, "#98"]])]
    found = json.loads(evaluate(capsys, tmp_path, cases, "--json")[1])["projects"][0]["releases"][0]
    assert (found["named"], found["not_found"]) == (1, [["#99"], [first[:10], "#98"]])
    text = evaluate(capsys, tmp_path, cases)[1]
    assert "2 entries left out, since nothing that landed is what they name." in text


def test_changelogs_are_read_only_for_the_line_that_says_so(capsys, tmp_path, shop):
    note = "The old till is gone, use the new one.\n"
    shop.commit({"shop/till.py": "x = 4\n", "changelog/41.removal.rst": note}, message="Mend the till (#41)")
    for n in range(12):
        shop.commit({f"shop/{n}.py": lines(9)}, message=f"Mend part {n} (#{50 + n})")
    shop.git("tag", "v3")
    hidden = [case(shop, since="v2", until="v3", major=[41])]
    before = json.loads(evaluate(capsys, tmp_path, hidden, "--json")[1])["projects"][0]["releases"][0]
    assert before["with_notes"]["precision_at_10"] > before["docent"]["precision_at_10"] == 0.0


def test_bars_are_on_the_mean_over_projects_and_a_project_that_cannot_be_read_counts_as_nothing(capsys, tmp_path, shop):
    other = GitRepo(tmp_path / "other")
    other.commit("a.py", "x = 1\n", message="Begin")
    cases = [case(shop), case(other)]
    status, out, _ = evaluate(capsys, tmp_path, cases, "--min-precision", "0.1", "--min-gain", "0.1", "--json")
    found = json.loads(out)
    assert (status, found["reached"]) == (0, True)
    assert [(bar["value"], bar["least"], bar["reached"]) for bar in found["bars"]] == [(0.1, 0.1, True), (0.1, 0.1, True)]
    assert found["projects"][1]["skipped"] == [{"line": 2, "release": "2.0", "reason": "there is no revision v1"}]
    assert found["projects"][1]["mean"]["docent"] == {"precision_at_10": None, "recall_at_20": None}
    status, out, _ = evaluate(capsys, tmp_path, cases, "--min-precision", "0.11", "--min-gain", "0.1")
    assert status == 1
    assert "Missed: precision@10 of at least 0.11 on the mean over projects; it is 0.100." in out
    assert "Reached: precision@10 above most lines of at least 0.1 on the mean over projects; it is 0.100." in out


def test_the_means_are_of_projects_and_of_releases(capsys, tmp_path, shop):
    other = GitRepo(tmp_path / "other")
    other.commit("a.py", "x = 1\n", message="Begin")
    other.git("tag", "v1")
    other.commit("a.py", lines(30), message="Add a counter (#7)")
    other.git("tag", "v2")
    found = json.loads(evaluate(capsys, tmp_path, [case(shop), case(shop), case(other)], "--json")[1])
    assert found["releases"] == 3
    assert found["mean"]["docent"]["precision_at_10"] == 0.6
    assert found["mean_releases"]["docent"]["precision_at_10"] == round((0.2 + 0.2 + 1) / 3, 4)
    text = evaluate(capsys, tmp_path, [case(shop), case(shop), case(other)])[1]
    assert "All 2 projects: 3 releases" in text and "mean over projects" in text


def test_verbose_names_what_was_missed_and_what_was_wrong_with_the_reasons(capsys, tmp_path, shop):
    for n in range(21):
        shop.commit(f"shop/part_{n}.py", lines(40), message=f"Add part {n} (#{30 + n})")
    shop.commit("tests/test_x.py", "x = 1\n", message="Test a till (#90)")
    out = evaluate(capsys, tmp_path, [case(shop, since="v2", until="main", major=[90, 7, 30])], "-v")[1]
    assert "in the first 10, not named:" in out and '"Add part 20"' in out
    missed = out[out.index("named, not in the first 20:"):]
    assert '#90 "Test a till"' in missed and "folded as tests" in missed
    assert "named, not found among what landed: #7" in missed


def test_a_release_of_which_nothing_is_known_is_no_result(capsys, tmp_path, shop):
    status, out, _ = evaluate(capsys, tmp_path, [case(shop, major=[99])])
    assert status == 1
    assert "No release could be used." in out
    assert "line 1, 2.0: nothing that landed from v1 to v2 is among its major changes" in out


def test_a_case_may_leave_its_repository_to_the_command(capsys, tmp_path, shop):
    cases = [{key: value for key, value in case(shop).items() if key != "repo"}]
    status, out, _ = evaluate(capsys, tmp_path, cases, "--repo", str(shop.path), "--json")
    assert status == 0 and json.loads(out)["projects"][0]["name"] == "shop"


def test_paths_of_repositories_begin_where_the_command_is_typed(capsys, tmp_path, shop, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(case(shop, repo="./shop"))))
    status = main(["eval", "--changes", "-", "--json"])
    assert status == 0 and json.loads(capsys.readouterr().out)["projects"][0]["name"] == "shop"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{]", "Line 1 of the cases is not a JSON object."),
        ('{"repo": "nowhere", "since": "a", "until": "b", "major": [1]}', "Line 1 of the cases: "),
        ('{"since": "v1", "major": [1]}', 'Line 1 of the cases: there is no "until".'),
    ],
)
def test_a_mistake_in_the_cases_is_one_sentence(capsys, tmp_path, line, told):
    status, out, err = evaluate(capsys, tmp_path, line)
    assert (status, out) == (2, "") and told in err
