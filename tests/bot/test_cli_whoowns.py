"""`docent whoowns` as a person and as a program calls it: its JSON, its text and its exit statuses."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from bot.cli import main
from tests.git_repo import ADA, BOB, GitRepo

pytestmark = pytest.mark.usefixtures("home", "embedder")

PLACE = {"query", "resolved", "owners", "codeowners", "bus_factor", "contradictions", "took_ms"}  # the contract
OWNER = {"name", "email", "handle", "kind", "share", "sources", "reasons", "last_active", "active"}


@pytest.fixture
def owned(shop: GitRepo) -> GitRepo:
    shop.commit(".github/CODEOWNERS", "* bob@example.com\n/shop/refund.py @acme/money # the team\n", message="Declare owners", author=BOB)
    return shop


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(argv)
    out, err = capsys.readouterr()
    return status, out, err


def answered(capsys: pytest.CaptureFixture[str], repo: GitRepo, *topic: str) -> dict[str, Any]:
    status, out, err = run(capsys, "whoowns", *topic, "--repo", str(repo.path), "--json")
    assert status == 0, err
    return json.loads(out)


def test_the_machine_form_of_a_place(capsys, owned):
    found = answered(capsys, owned, "shop/refund.py")
    assert found.keys() >= PLACE and all(owner.keys() >= OWNER for owner in found["owners"])
    assert [(one["repository"], one["path"]) for one in found["resolved"]] == [("shop", "shop/refund.py")]
    assert found["codeowners"] == {"file": ".github/CODEOWNERS", "line": 2, "pattern": "/shop/refund.py"}
    assert [(one["name"], one["kind"], one["sources"]) for one in found["owners"]] == [
        ("@acme/money", "team", ["codeowners"]),
        (ADA[0], "person", ["history"]),
    ]
    ada = found["owners"][1]
    assert (ada["share"], ada["email"], ada["reasons"]) == (1.0, ADA[1], [ada["reasons"][0]])
    assert date.fromisoformat(ada["last_active"]).year == 2025
    assert found["bus_factor"] == 1 and found["took_ms"] > 0


def test_the_machine_form_of_a_person(capsys, owned):
    found = answered(capsys, owned, "what", "does", "Bob", "Baker", "own?")
    assert found.keys() >= PLACE
    assert [(one["name"], one["email"]) for one in found["owners"]] == [BOB]
    assert {one["path"] for one in found["holdings"]} == {one["path"] for one in found["resolved"]} == {"shop/shipping.py"}
    assert [(one["pattern"], one["line"]) for one in found["declared"]] == [("*", 1)]


def test_the_text_keeps_declared_built_and_ask_now_on_lines_of_their_own(capsys, owned):
    status, out, _ = run(capsys, "whoowns", "shop/refund.py", "--repo", str(owned.path))
    lines = out.splitlines()
    assert status == 0 and lines[0] == "shop/refund.py in shop"
    labels = [line.split(":")[0] for line in lines[1:] if line and not line.startswith(" ") and "@" not in line.split(":")[0]]
    assert labels[:3] == ["Declared", "Built it", "Ask now"]
    assert "Team @acme/money (.github/CODEOWNERS line 2, `/shop/refund.py`)" in out


def test_what_nobody_calls_so_is_said_with_the_nearest_and_status_1(capsys, owned):
    status, out, err = run(capsys, "whoowns", "shop/refnd.py", "--repo", str(owned.path))
    assert status == 1, err
    assert "Nothing here is called “shop/refnd.py”" in out and "`shop/refund.py`" in out
    status, out, _ = run(capsys, "whoowns", "@nobody", "--repo", str(owned.path), "--json")
    assert (status, json.loads(out)["owners"]) == (1, [])


@pytest.mark.parametrize("argv", [[], [""], ["  "], ["repo:nowhere x"]])
def test_a_mistake_is_one_sentence_and_status_2(capsys, owned, argv):
    status, out, err = run(capsys, "whoowns", *argv, "--repo", str(owned.path))
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1 and err.startswith("docent: ")


def test_a_bad_line_spoils_only_itself_and_the_doctor_names_it(capsys, owned):
    text = "*.md not-an-owner\n/shop/refund.py bob@example.com\n"
    owned.commit(".github/CODEOWNERS", text, message="Declare badly", author=BOB)
    assert answered(capsys, owned, "shop/refund.py")["owners"][0]["name"] == BOB[0]
    _, out, _ = run(capsys, "doctor", "--repo", str(owned.path), "--json")
    said = [check for check in json.loads(out)["checks"] if "owners of" in check["name"]]
    assert [check["level"] for check in said] == ["ok", "optional"]
    assert "not-an-owner" in said[1]["detail"] and "1" in said[1]["name"] + said[1]["detail"]


def test_text_from_the_repository_moves_no_cursor(capsys, owned):
    owned.commit("shop/x\x1b[2Jy.py", "x = 1\n", message="Odd", author=("Mal\x1b]0;x\x07lory Roe", "m@example.com"))
    _, out, _ = run(capsys, "whoowns", "shop/", "--repo", str(owned.path))
    assert "\x1b" not in out and "\x07" not in out
