"""`docent impact` as a person and as a program calls it: its JSON, its text and its exit statuses."""

from __future__ import annotations

import json

import pytest

from bot.cli import main
from tests.git_repo import GitRepo

pytestmark = pytest.mark.usefixtures("home", "embedder")

CONTRACT = {"query", "resolved", "affected", "areas", "precedents", "owners"}


@pytest.fixture
def repo(git_repo: GitRepo) -> GitRepo:
    git_repo.commit({"shop/cart.py": "def total():\n    return 1\n", "shop/page.py": "from shop.cart import total\n"}, message="Begin")
    return git_repo


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(["impact", *argv])
    out, err = capsys.readouterr()
    return status, out, err


def test_the_machine_form(capsys: pytest.CaptureFixture[str], repo: GitRepo) -> None:
    status, out, _ = run(capsys, "shop/cart.py", "--repo", str(repo.path), "--json")
    found = json.loads(out)
    assert status == 0 and found.keys() >= CONTRACT
    assert [(one["path"], one["reasons"][0]) for one in found["affected"]] == [("shop/page.py", "imports it")]
    assert found["affected"][0]["evidence"][0]["line"] == 1


def test_words_need_no_quotes_and_the_answer_comes_first(capsys: pytest.CaptureFixture[str], repo: GitRepo) -> None:
    status, out, _ = run(capsys, "what", "would", "changing", "shop/cart.py", "touch?", "--repo", str(repo.path))
    assert status == 0 and out.startswith("Changing shop/cart.py would most likely touch shop; 1 file imports it.")


def test_what_is_not_there_ends_in_a_sentence_and_status_1(capsys: pytest.CaptureFixture[str], repo: GitRepo) -> None:
    status, out, _ = run(capsys, "shop/nothing.py", "--repo", str(repo.path))
    assert status == 1 and out.startswith("Nothing here is called “shop/nothing.py”")


def test_nothing_asked_is_a_mistake(capsys: pytest.CaptureFixture[str], repo: GitRepo) -> None:
    status, out, err = run(capsys, "--repo", str(repo.path))
    assert (status, out) == (2, "") and err.startswith("docent: Nothing was asked about.")


def test_a_file_without_any_ties_is_told_so(capsys: pytest.CaptureFixture[str], repo: GitRepo) -> None:
    repo.commit("alone/notes.py", "x = 1\n", message="Alone")
    status, out, _ = run(capsys, "alone/notes.py", "--repo", str(repo.path))
    assert status == 0 and out.startswith("Nothing is seen that a change of alone/notes.py would touch.")
