"""`docent hotspots`, called as a person calls it, on a real repository."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot.cli import main
from tests.git_repo import ADA, BOB, GitRepo

pytestmark = pytest.mark.usefixtures("home", "embedder")

NOW = datetime.now(UTC)
GOLDEN = Path(__file__).with_name("hotspots.txt")
CAROL = ("Carol Clay", "carol@example.com")
RETRY, REFUND, FIND, RANK, SORT, HELP = (
    "src/billing/retry.py", "src/billing/refund.py", "src/search/find.py", "src/search/rank.py", "src/search/sort.py", "src/help.py"
)  # fmt: skip


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def code(size: int, word: str = "x", nested: bool = False) -> str:
    deep = "".join(f"{'    ' * level}if {word}:\n" for level in range(8)) + "    " * 8 + "pass\n" if nested else ""
    return deep + "".join(f"{word}_{number} = {number}\n" for number in range(size))


@pytest.fixture
def company(tmp_path: Path) -> GitRepo:
    """Retrying payments is fixed again and again, mostly together with refunds. Carol built the search and left."""
    repo = GitRepo(tmp_path / "company")
    repo.commit({FIND: code(300), RANK: code(80, "r"), SORT: code(60, "s")}, message="Find products", author=CAROL, date=ago(900))
    first = {RETRY: code(200, nested=True), REFUND: code(90), HELP: code(10), "tests/test_retry.py": code(50)}
    repo.commit(first, message="Retry payments", date=ago(500))
    for number in range(6):
        both = {RETRY: code(201 + number, nested=True), REFUND: code(91 + number)}
        repo.commit(both, message=f"Fix what is retried, {number}", author=(ADA, BOB)[number % 2], date=ago(300 - 40 * number))
    repo.commit(RETRY, code(220, nested=True), message="Wait longer", date=ago(5))
    return repo


def run(capsys: pytest.CaptureFixture[str], repo: GitRepo, *argv: str) -> tuple[int, str, str]:
    status = main(["hotspots", "--repo", str(repo.path), *argv])
    out, err = capsys.readouterr()
    return status, out, err


def without_names_of_the_day(text: str) -> str:
    text = re.sub(r"commit.[0-9a-f]{7}\b", "commit 0000000", text)
    return re.sub(r"@ [0-9a-f]{7}, read .*", "@ 0000000, read just now", text)


def test_the_text_reads_as_the_golden_one(capsys, company):
    status, out, _ = run(capsys, company, "--limit", "4")
    assert status == 0
    assert without_names_of_the_day(out) == GOLDEN.read_text(encoding="utf-8")


def test_the_machine_form_keeps_the_contract(capsys, company):
    status, out, _ = run(capsys, company, "--json")
    found = json.loads(out)
    first = found["hotspots"][0]
    assert status == 0
    assert {"repository", "path", "revisions", "complexity", "score", "main_author", "main_author_share", "bus_factor", "trend",
            "coupled_with"} <= first.keys()  # fmt: skip
    assert (first["repository"], first["path"], first["revisions"], first["score"]) == ("company", RETRY, 8, 1.0)
    assert (first["main_author"], first["bus_factor"]) == ("Ada Lovelace", 1)
    assert len(first["trend"]) == 12 and sum(first["trend"]) == first["revisions_within_a_year"] == 7
    assert first["coupled_with"] == [REFUND]
    assert first["coupling"][0] | {"commits": []} == {
        "path": REFUND, "together": 7, "of": 8, "of_other": 7, "degree": round(14 / 15, 3), "commits": []
    }
    assert first["complexity"] == sum(range(9)) and first["deepest"] == {"levels": 8, "line": 9}
    assert first["fixes_within_a_year"] == 6
    assert all(place["commit"] or place["path"] for line in first["lines_told"] for place in line["evidence"])
    assert [spot["path"] for spot in found["hotspots"]] == [RETRY, REFUND, FIND, RANK, SORT, HELP]
    assert (found["fixes_within_a_year"], found["fixes_in_hotspots"], found["files"]) == (6, 6, 6)
    assert [(area["path"], area["known_by_nobody_active"]) for area in found["areas"]] == [("src/search", True)]


def test_what_the_commits_say_is_in_git(capsys, company):
    _, out, _ = run(capsys, company, "--json")
    for place in (place for line in json.loads(out)["hotspots"][0]["lines_told"] for place in line["evidence"]):
        if place["commit"]:
            assert RETRY in company.git("show", "--name-only", "--format=", place["commit"]).splitlines()
        else:
            assert company.git("show", f"HEAD:{place['path']}").splitlines()[place["line"] - 1].strip() == "pass"


def test_a_folder_and_a_number_narrow_it(capsys, company):
    status, out, _ = run(capsys, company, "src/search", "--limit", "2", "--json")
    found = json.loads(out)
    assert (status, found["query"], found["places"]) == (0, "src/search", ["`src/search/`"])
    assert [spot["path"] for spot in found["hotspots"]] == [FIND, RANK]
    assert found["hotspots"][0]["score"] < 1  # beside the whole repository
    assert found["answer"].startswith("Nothing changed in `src/search/` within a year; by all that went before, `src/search/find.py`")


def test_the_picture_is_drawn_with_its_words(capsys, company, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run(capsys, company, "--out", "hot.svg", "--json")
    alt = json.loads(out)["picture"]["alt"]
    drawn = ElementTree.fromstring((tmp_path / "hot.svg").read_text(encoding="utf-8"))
    name = "{http://www.w3.org/2000/svg}"
    assert status == 0
    assert drawn.find(f"{name}desc").text == alt
    assert "1 src/billing/retry.py (7 changes and 6 fixes within a year, 229 lines)" in alt
    texts = [one.text for one in drawn.iter(f"{name}text")]
    assert {"1", "retry.py", "src/billing", "src/search", "hotter"} <= set(texts)
    status, _, err = run(capsys, company, "--out", "hot.png")
    assert (status, err) == (0, "docent: the picture is in hot.png.\n")
    assert (tmp_path / "hot.png").read_bytes().startswith(b"\x89PNG")
    assert sorted(path.name for path in tmp_path.glob("*hot*")) == ["hot.png", "hot.svg"]


@pytest.mark.parametrize(("argv", "said"), [
    (("--out", "hot.gif"), "docent: hot.gif is no kind of picture that docent draws here. Give --out a name that ends in .png or .svg.\n"),
    (("--out", "no/such/folder/hot.svg"), "written to no/such/folder/hot.svg: No such file or directory. Give --out another place.\n"),
    (("Ada Lovelace",), "Hotspots are about places, not about people. Name a folder or a topic;"),
    (("src/nowhere",), "Nothing here is called “src/nowhere”."),
    (("tests",), "There is no code of the product itself in `tests/`."),
])  # fmt: skip
def test_mistakes_end_in_a_sentence(capsys, company, argv, said):
    status, out, err = run(capsys, company, *argv)
    assert (status, out) == (2, "")
    assert said in err and sum(line.startswith("docent: ") for line in err.splitlines()) == 1


def test_where_nothing_was_ever_changed_it_says_so(capsys, tmp_path):
    repo = GitRepo(tmp_path / "words")
    repo.commit("README.md", "# Words\n\nOnly words.\n", date=ago(3))
    status, out, _ = run(capsys, repo)
    assert status == 1
    assert out.startswith("Nothing was ever changed that says where fixes land.\n")


def test_several_repositories_are_ranked_together_and_named(capsys, company, tmp_path):
    other = GitRepo(tmp_path / "other")
    other.commit("main.go", "package main\n\nfunc main() {}\n", message="Fix it", date=ago(8))
    status, out, _ = run(capsys, company, "--repo", str(other.path), "--json")
    found = json.loads(out)
    assert status == 0
    assert [(spot["rank"], spot["repository"]) for spot in found["hotspots"]][:3] == [(1, "company"), (2, "company"), (3, "company")]
    assert ("other", "main.go") in [(spot["repository"], spot["path"]) for spot in found["hotspots"]]
    assert [spot["score"] for spot in found["hotspots"]] == sorted((spot["score"] for spot in found["hotspots"]), reverse=True)
    assert "`company: src/billing/retry.py`" in found["answer"]
