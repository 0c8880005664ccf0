"""Repositories with next to nothing in them: every command answers in words, and none of them breaks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import main
from tests.git_repo import GitRepo

pytestmark = pytest.mark.usefixtures("home", "embedder")

HUGE = "\n\n".join(f'def step_{n}(order):\n    """Do step {n} of an order."""\n    return order.done({n})' for n in range(3_000))
ODD = {
    "three files": {
        "README.md": "# Shop\n\nSells things.\n", "shop.py": "def refund(order):\n    return order.total\n",
        "Makefile": "run:\n\tpython shop.py\n",
    },
    "one file": {"shop.py": "def refund(order):\n    '''Give money back.'''\n    return order.total\n"},
    "one line": {"a": "x"},
    "only a README": {"README.md": "# Shop\n\nIt gives refunds within thirty days.\n"},
    "only settings": {"values.yaml": "refund:\n  days: 30\n", "main.tf": 'resource "bucket" "refunds" {}\n'},
    "only scripts": {"bin/refund": "#!/bin/sh\n# Give money back.\ncurl $SHOP/refund\n"},
    "only tests": {"tests/test_refund.py": "def test_refund():\n    assert refund(1) == 1\n"},
    "only pictures": {"logo.png": b"\x89PNG\x00\x01"},
    "only empty files": {"__init__.py": "", "py.typed": ""},
    "nothing but a commit": {},
    "one huge file": {"shop.py": HUGE},
    "a language nobody knows": {"refund.zzz": "PROC REFUND(ORDER) -> MONEY\n"},
    "the same file twice": {"a/shop.py": "def refund(order):\n    return 1\n", "b/shop.py": "def refund(order):\n    return 1\n"},
    "names of other scripts": {
        "заказ.py": "def возврат(order):\n    '''Возврат денег, refund.'''\n",
        "源/退款.go": "package 源\n\n// Refund gives money back.\nfunc Refund() {}\n",
    },
}


@pytest.mark.parametrize("files", ODD.values(), ids=ODD.keys())
def test_every_command_answers(files: dict[str, str | bytes], git_repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    git_repo.commit(dict(files), message="Open the shop")
    where = ["--repo", str(git_repo.path)]
    for command in (["search", "how does a refund work?"], ["ask", "How does a refund work?"], ["changes", "--since", "2000-01-01"]):
        assert main([*command, *where, "--json"]) in (0, 1)
        assert json.loads(capsys.readouterr().out)
    for command in (["ask", "What is this repository about?"], ["whoowns", "the refund"]):
        assert main([*command, *where]) in (0, 1, 2)
        told = capsys.readouterr()
        assert "Traceback" not in told.err and (told.out + told.err).strip()


@pytest.mark.parametrize(("files", "first"), [
    (ODD["three files"], "shop.py"), (ODD["one file"], "shop.py"), (ODD["only a README"], "README.md"),
    (ODD["only settings"], "values.yaml"),
    (ODD["only scripts"], "bin/refund"), (ODD["only tests"], "tests/test_refund.py"), (ODD["a language nobody knows"], "refund.zzz"),
])  # fmt: skip
def test_what_little_there_is_is_found(
    files: dict[str, str | bytes], first: str, git_repo: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    git_repo.commit(dict(files), message="Open the shop")
    assert main(["search", "How many days for a refund?", "--repo", str(git_repo.path), "--json"]) == 0
    hits = [hit for hit in json.loads(capsys.readouterr().out)["hits"] if hit["path"]]
    assert hits[0]["path"] == first
    assert all(0 <= hit["score"] < 5 for hit in hits)


def test_a_repository_without_a_commit_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = GitRepo(tmp_path / "empty")
    assert main(["ask", "How does a refund work?", "--repo", str(empty.path)]) in (1, 2, 3)
    told = capsys.readouterr()
    assert "Traceback" not in told.err and "commit" in told.err
