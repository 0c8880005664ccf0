"""`docent eval --owners`, called as a person calls it, on real repositories."""

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

CAT = ("Cat Carter", "77+cat-c@users.noreply.github.com")
BOT = ("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")


@pytest.fixture
def crew(tmp_path: Path) -> GitRepo:
    """Bob wrote billing in two commits and Ada touched it in three; Cat wrote the docs; a bot changes everything again and again."""
    repo = GitRepo(tmp_path / "crew")
    repo.commit({"CODEOWNERS": "* @nobody-here\n", "setup.cfg": "[a]\n"}, message="Begin")
    repo.commit("src/billing/core.py", "".join(f"rate_{n} = {n}\n" for n in range(200)), message="Add billing", author=BOB)
    repo.commit("src/billing/tax.py", "".join(f"tax_{n} = {n}\n" for n in range(200)), message="Add taxes", author=BOB)
    for year in (2023, 2024, 2025):
        header = f"# Copyright {year}\n" + "".join(f"rate_{n} = {n}\n" for n in range(200))
        repo.commit("src/billing/core.py", header, message="Change the year")
    repo.commit("docs/guide.md", "Hello.\n" * 50, message="Write the guide", author=CAT)
    for n in range(5):
        repo.commit({"docs/guide.md": "Hello.\n" * 50 + f"v{n}\n", "setup.cfg": f"[a]\nv = {n}\n"}, message="Bump", author=BOT)
    return repo


def evaluate(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, cases: list[Mapping[str, Any]] | str, *argv: str
) -> tuple[int, str, str]:
    file = tmp_path / "cases.jsonl"
    file.write_text(cases if isinstance(cases, str) else "".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
    status = main(["eval", "--owners", str(file), *argv])
    out, err = capsys.readouterr()
    return status, out, err


def test_history_alone_names_who_built_it_where_most_commits_does_not(capsys, tmp_path, crew):
    cases = [
        {"repo": str(crew.path), "path": "src/billing/", "owners": ["@bob"]},
        {"repo": str(crew.path), "path": "src/**/core.py", "owners": ["bob@example.com"]},
        {"repo": str(crew.path), "paths": ["docs", "setup.cfg"], "owners": ["@cat-c", "@nobody"]},
        {"repo": str(crew.path), "path": "setup.cfg", "owners": ["@nobody-here"]},
        {"repo": str(crew.path), "path": "src/gone.py", "owners": ["@bob"]},
    ]
    status, out, err = evaluate(capsys, tmp_path, cases, "--json")
    assert (status, err) == (0, "")
    found = json.loads(out)
    (repo,) = found["repositories"]
    assert (repo["name"], repo["head"], repo["cases"], repo["commits"]) == ("crew", crew.head, 4, 12)
    assert repo["docent"] == {"hit1": 0.75, "hit3": 0.75}
    assert repo["most_commits"] == {"hit1": 0.25, "hit3": 0.75}
    assert repo["last_author"] == {"hit1": 0.25, "hit3": 0.75}
    assert repo["gain"] == {"hit1": 0.5, "hit3": 0.0}
    assert (repo["unknown_owners"], repo["known"]["cases"], repo["known"]["docent"]["hit1"]) == (1, 3, 1.0)
    assert repo["skipped"] == [{"line": 5, "paths": ["src/gone.py"], "reason": "no file is called src/gone.py"}]
    assert sum(one["said"] for one in repo["sureness"].values()) == 4
    assert sum(one["right"] for one in repo["sureness"].values()) == 3
    assert [one["files"] for one in repo["judged"]] == [2, 1, 2, 1]
    assert not any("bot" in name for one in repo["judged"] for key in ("docent", "most_commits", "last_author") for name in one[key])
    assert found["overall"]["cases"] == 4 and found["overall"]["docent"] == repo["docent"]
    assert (found["bars"], found["reached"]) == ([], True)
    assert crew.git("status", "--porcelain") == ""
    main(["status", "--repo", "crew", "--json"])
    assert json.loads(capsys.readouterr().out)["repositories"][0]["state"] == "missing"  # nothing had to be indexed


def test_files_that_declare_owners_are_never_read(capsys, tmp_path, crew):
    case = [{"repo": str(crew.path), "path": "src", "owners": ["@bob"]}]
    before = json.loads(evaluate(capsys, tmp_path, case, "--json")[1])
    crew.commit("CODEOWNERS", "src @ada\n", message="Say that Ada owns it")
    after = json.loads(evaluate(capsys, tmp_path, case, "--json")[1])
    assert after["repositories"][0]["commits"] == before["repositories"][0]["commits"] + 1
    assert after["repositories"][0]["judged"] == before["repositories"][0]["judged"]


def test_the_terminal_shows_a_table_and_names_what_was_missed(capsys, tmp_path, crew):
    cases = [{"path": "src/billing", "owners": ["@bob"]}, {"path": "docs", "owners": ["Zoe Zimmer"]}, {"path": "nope", "owners": ["@bob"]}]
    status, out, _ = evaluate(capsys, tmp_path, cases, "--repo", str(crew.path), "--verbose", "--min-hit1", "0.5")
    lines = out.splitlines()
    assert status == 0
    assert lines[0] == "Who built what, told from history alone: files that declare owners are not read."
    assert any(line.split() == ["docent", "0.50", "0.50", "1.00", "1.00"] for line in lines)
    assert any(line.split()[:5] == ["gain", "+0.50", "+0.00", "+1.00", "+0.00"] for line in lines)
    assert "line 2: docs is of Zoe Zimmer (unknown to history)" in out
    assert "line 3: no file is called nope" in out
    assert "Reached: hit@1 of at least 0.5 on every repository." in out


def test_a_missed_bar_is_named_with_its_repository(capsys, tmp_path, crew):
    other = GitRepo(tmp_path / "other")
    other.commit("a.py", "x = 1\n")
    cases = [{"repo": "crew", "path": "src", "owners": ["@bob"]}, {"repo": "other", "path": "a.py", "owners": ["@bob"]}]
    arguments = ("--min-hit1", "0.4", "--min-hit3", "1")
    main(["status", "--repo", str(crew.path), "--repo", str(other.path)])  # from now on their names will do
    capsys.readouterr()
    status, out, _ = evaluate(capsys, tmp_path, cases, *arguments)
    assert status == 1
    assert "Missed: hit@1 of at least 0.4 on every repository; other reaches 0.000." in out
    assert "All 2 repositories: 2 cases" in out
    status, out, _ = evaluate(capsys, tmp_path, cases, *arguments, "--json")
    found = json.loads(out)
    assert (status, found["reached"], found["overall"]["docent"]["hit1"]) == (1, False, 0.5)
    assert found["bars"][0] == {"measure": "hit@1", "least": 0.4, "missed": [{"name": "other", "reached": 0.0}]}


def test_relative_paths_begin_at_the_current_folder_and_the_repository_around_it_is_meant(capsys, tmp_path, crew, monkeypatch):
    monkeypatch.chdir(crew.path / "src")
    cases = [{"repo": "..", "path": "src", "owners": ["@bob"]}, {"path": "docs", "owners": ["@cat-c"]}]
    status, out, _ = evaluate(capsys, tmp_path, cases, "--json")
    (repo,) = json.loads(out)["repositories"]
    assert (status, repo["name"], repo["docent"]["hit1"]) == (0, "crew", 1.0)


def test_cases_come_from_stdin_too(capsys, crew, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO('{"path": "src", "owners": ["@bob"]}\n'))
    assert main(["eval", "--owners", "-", "--repo", str(crew.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["overall"]["docent"]["hit1"] == 1.0


def test_without_one_usable_case_the_status_says_so(capsys, tmp_path, crew):
    status, out, _ = evaluate(capsys, tmp_path, [{"path": "nope", "owners": ["@bob"]}], "--repo", str(crew.path))
    assert status == 1 and "No case could be used." in out


@pytest.mark.parametrize(
    ("cases", "said"),
    [
        ('{"path": "a", "owners": ["@ada"]}\nnonsense\n', "Line 2 of the cases is not a JSON object"),
        ('{"path": "a"}\n', 'Line 1 of the cases: there are no "owners"'),
        ('{"repo": "./nowhere", "path": "a", "owners": ["@ada"]}\n', "Line 1 of the cases: There is no folder"),
        ('{"path": "a", "owners": ["@ada"]}\n', "Line 1 of the cases: There is no git repository here"),
        ("", "There are no cases"),
    ],
)
def test_bad_input_is_one_sentence_with_its_line(capsys, tmp_path, cases, said):
    status, out, err = evaluate(capsys, tmp_path, cases)
    assert (status, out) == (2, "")
    assert err.startswith(f"docent: {said}") and err.count("\n") == 1


def test_several_repositories_and_a_case_that_names_none(capsys, tmp_path, crew):
    other = GitRepo(tmp_path / "other")
    other.commit("a.py", "x = 1\n")
    arguments = ("--repo", str(crew.path), "--repo", str(other.path))
    status, _, err = evaluate(capsys, tmp_path, [{"path": "a.py", "owners": ["@ada"]}], *arguments)
    assert status == 2 and "names no repository, and there are 2" in err


@pytest.mark.parametrize("argv", [["eval"], ["eval", "--owners", "x", "--min-hit1", "2"], ["eval", "--owners", "x", "--min-hit3", "nan"]])
def test_wrong_arguments_are_the_users_mistake(capsys, argv):
    assert main(argv) == 2
    assert "--help" in capsys.readouterr().err


def test_a_file_that_is_not_there(capsys, tmp_path):
    assert main(["eval", "--owners", str(tmp_path / "none.jsonl")]) == 2
    assert "The cases file" in capsys.readouterr().err
