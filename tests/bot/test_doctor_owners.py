"""docent doctor on the files that declare owners."""

from __future__ import annotations

import json

import pytest

from bot.cli import main
from tests.git_repo import GitRepo

pytestmark = pytest.mark.usefixtures("home", "real_model_stays_out")


@pytest.fixture
def real_model_stays_out(monkeypatch, embedder):
    monkeypatch.setattr("indexer.embedding.open_embedder", lambda settings: embedder)


@pytest.fixture
def checks_of(tmp_path, capsys):
    def checks(files: dict[str, str]) -> list[dict[str, str]]:
        repo = GitRepo(tmp_path / "shop")
        repo.commit({"src/pay.py": "PAY = 1\n", **files})
        assert main(["index", "--repo", str(repo.path)]) == 0
        capsys.readouterr()
        assert main(["doctor", "--json", "--repo", str(repo.path)]) == 0
        found = json.loads(capsys.readouterr().out)["checks"]
        return [check for check in found if check["name"].startswith("owners of shop")]

    return checks


def test_a_declaration_is_told_with_its_place_dialect_and_size(checks_of):
    (check,) = checks_of({".gitlab/CODEOWNERS": "* @all\n[Pay][2] @pay\nsrc/\n"})
    assert check["level"] == "ok"
    assert check["detail"] == ".gitlab/CODEOWNERS, as GitLab reads it, 2 entries"


def test_each_bad_line_is_named_up_to_five_then_counted(checks_of):
    bad = "".join(f"f[{number} @a\n" for number in range(7))
    first, *lines = checks_of({"CODEOWNERS": f"* @all\n{bad}"})
    assert "1 entry" in first["detail"]
    assert [line["name"] for line in lines[:5]] == [f"owners of shop, CODEOWNERS:{number}" for number in range(2, 7)]
    assert "“f[0” uses “[ ]”" in lines[0]["detail"] and "the other lines hold" in lines[0]["mend"]
    assert len(lines) == 6 and lines[5]["detail"].startswith("2 more lines")
    assert {line["level"] for line in lines} == {"optional"}


def test_files_by_folder_are_counted_together(checks_of):
    (check,) = checks_of({"OWNERS": "approvers: [ada]\n", "src/OWNERS": "approvers: [bob]\n", "CODEOWNERS": "* @all\n"})
    assert check["detail"] == "CODEOWNERS, as GitHub reads it, 1 entry; OWNERS in 2 folders, 2 entries"


def test_a_file_that_is_ignored_whole_says_so(checks_of):
    first, whole = checks_of({"CODEOWNERS": "* @all\n" * 500_000})
    assert first["detail"] == "CODEOWNERS, as GitHub reads it, 0 entries"
    assert whole["name"] == "owners of shop, CODEOWNERS" and "ignored whole" in whole["detail"]


def test_without_a_declaration_there_is_no_line(checks_of):
    assert checks_of({}) == []
