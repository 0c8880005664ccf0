"""`docent eval CASES`, called as a person calls it, on real repositories and a real index."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.cli import main
from bot.evaluation.signals import variants
from tests.git_repo import GitRepo

pytestmark = pytest.mark.usefixtures("home", "embedder")

GIFTS = '"""Gift wrapping."""\n\n\ndef wrap(gift):\n    """Wrap a gift in ribbon, refund or not."""\n'
Cases = Sequence[Mapping[str, Any]] | str


class Eval:
    """Runs the command on cases; keeps what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys = capsys
        self._folder = folder

    def __call__(self, cases: Cases, *argv: str) -> tuple[int, str, str]:
        file = self._folder / "cases.jsonl"
        file.write_text(cases if isinstance(cases, str) else "".join(json.dumps(case) + "\n" for case in cases), encoding="utf-8")
        return self.command("eval", str(file), *argv)

    def json(self, cases: Cases, *argv: str) -> dict[str, Any]:
        _, out, err = self(cases, *argv, "--json")
        assert out, err
        return json.loads(out)

    def command(self, *argv: str) -> tuple[int, str, str]:
        status = main(argv)
        out, err = self._capsys.readouterr()
        return status, out, err


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Eval:
    return Eval(capsys, tmp_path)


@pytest.fixture
def cases(shop: GitRepo) -> list[dict[str, Any]]:
    common = {"repo": str(shop.path), "commit": shop.head}
    refunds = shop.git("rev-parse", "HEAD~1")
    return [
        {**common, "id": "q1", "kind": "lay", "question": "Who pays the money back to the card?", "gold_files": ["shop/refund.py"]},
        {**common, "id": "q2", "kind": "symbol", "question": "choose_carrier", "gold_files": ["shop/shipping.py"]},
        {**common, "id": "q3", "question": "When did tea become something one may send back?", "gold_commits": [refunds[:9]]},
    ]


def test_questions_for_files_and_for_commits(run, cases, shop):
    status, out, err = run(cases, "--json")
    found = json.loads(out)
    assert status == 0, err
    assert found["repositories"] == [{"name": "shop", "commit": shop.head}]
    assert found["files"]["cases"] == 2 and found["commits"]["cases"] == 1
    assert found["files"]["ndcg10"]["value"] == found["files"]["kinds"]["lay"]["mrr"]["value"] == 1.0
    assert list(found["files"]["kinds"]) == ["lay", "symbol"] and list(found["files"]["repositories"]) == ["shop"]
    low, high = found["files"]["ndcg10"]["interval"]
    assert low <= 1.0 <= high
    assert found["commits"]["hit1"]["value"] == 1.0
    assert [case["ranks"] for case in found["cases"]] == [[1], [1], [1]]
    assert found["cases"][2]["gold"] == [shop.git("rev-parse", "HEAD~1")] and found["cases"][2]["gold_commits"] is True
    assert 0 < found["latency_ms"]["median"] <= found["latency_ms"]["p95"]
    assert (found["bars"], found["reached"], found["left_out"], found["signals"]) == ([], True, [], None)


def test_nothing_later_than_the_pinned_commit_is_known(run, cases, shop, home):
    pinned = shop.head
    shop.commit("shop/gifts.py", GIFTS, message="Refund the money to the card: choose_carrier wraps tea in ribbon")
    shop.git("tag", "v9")
    shop.git("branch", "side")
    found = run.json(cases)
    everything = [place for case in found["cases"] for place in case["found"]]
    assert "shop/gifts.py" not in everything and shop.head not in everything
    (mirror,) = (home / "evaluation" / "mirrors").iterdir()
    assert GitRepo.git(_At(mirror), "rev-list", "--all").splitlines()[0] == pinned
    assert GitRepo.git(_At(mirror), "for-each-ref", "--format=%(objectname)").split() == [pinned, pinned]


def test_the_users_index_stays_as_it_is_and_a_second_run_embeds_nothing(run, cases, shop, embedder):
    run.command("index", "--repo", str(shop.path))
    shop.commit("shop/gifts.py", GIFTS)
    before = run.command("status", "--repo", str(shop.path), "--json")[1]
    run.json(cases)
    assert any("Decides whether a refund" in text for text in embedder.seen)
    assert json.loads(run.command("status", "--repo", str(shop.path), "--json")[1]) == json.loads(before)
    embedder.seen.clear()
    assert run.json(cases)["files"]["cases"] == 2
    assert embedder.seen == []
    assert shop.git("status", "--porcelain") == ""


def test_the_terminal_shows_tables_misses_and_bars(run, cases):
    cases.append({**cases[0], "id": "q4", "question": "Where is the zeppelin?", "gold_files": ["shop/__init__.py"]})
    status, out, _ = run(cases, "--min-ndcg", "0.5", "--min-ndcg", "symbol=1", "--min-ndcg", "lay=0.9", "--verbose")
    lines = out.splitlines()
    assert status == 1
    assert any(line.split()[:3] == ["all", "3", "0.667"] for line in lines)
    assert any(line.split()[:3] == ["lay", "2", "0.500"] for line in lines)
    assert "1 question without a right answer among the first ten:" in out
    assert " not  q4: Where is the zeppelin?" in out
    assert lines[-3:] == [
        "Reached: NDCG@10 of at least 0.5 over all files; it is 0.667.",
        "Reached: NDCG@10 of at least 1 of symbol questions; it is 1.000.",
        "Missed: NDCG@10 of at least 0.9 of lay questions; it is 0.500.",
    ]


def test_a_bar_decides_the_status(run, cases):
    assert run(cases, "--min-ndcg", "1")[0] == 0
    cases[0]["gold_files"] = ["shop/__init__.py"]
    status, out, _ = run(cases, "--min-ndcg", "0.9", "--json")
    found = json.loads(out)
    assert (status, found["reached"]) == (1, False)
    assert found["bars"] == [{"measure": "ndcg10", "kind": None, "least": 0.9, "value": 0.5, "reached": False}]


def test_labels_that_do_not_fit_the_commit_are_left_out_and_counted(run, cases):
    cases.append({**cases[0], "id": "q4", "gold_files": ["shop/refund.py", "shop/gone.py"]})
    cases.append({**cases[2], "id": "q5", "gold_commits": ["abcdef1234"]})
    cases.append({**cases[0], "id": "q6", "question": "lang:klingon refund"})
    found = run.json(cases)
    assert (found["files"]["cases"], found["commits"]["cases"]) == (2, 1)
    pinned = cases[0]["commit"][:7]
    assert [(one["id"], one["line"], one["reason"]) for one in found["left_out"]] == [
        ("q4", 4, f"there is no shop/gone.py at {pinned}"),
        ("q5", 5, f"the history of {pinned} has no commit abcdef1234"),
        ("q6", 6, 'There is no language "klingon".'),
    ]
    status, out, _ = run(cases[3:4])
    assert status == 1 and "No case could be used." in out
    assert "1 case left out, since the label does not fit the commit: 1 of shop." in out


def test_gold_of_later_commits_is_no_gold(run, cases, shop):
    shop.commit("shop/gifts.py", GIFTS)
    cases.append({**cases[2], "id": "q4", "gold_commits": [shop.head]})
    assert [one["id"] for one in run.json(cases)["left_out"]] == ["q4"]


def test_every_signal_is_measured_alone_and_left_out(run, cases):
    found = run.json(cases, "--signals")
    assert [row["name"] for row in found["signals"]] == [variant.name for variant in variants()]
    assert found["signals"][0]["files"] == {"ndcg10": 1.0, "difference": {"value": 0.0, "interval": [0.0, 0.0]}}
    by_name = {row["name"]: row for row in found["signals"]}
    assert by_name["without definitions"]["files_kinds"].keys() == {"lay", "symbol"}
    assert by_name["words alone"]["commits"]["mrr"] <= 1.0
    out = run(cases, "--signals")[1]
    assert "without bridge of tests" in out and "NDCG@10 of files, difference" in out


def test_a_saved_run_is_compared_case_by_case(run, cases, tmp_path):
    saved = str(tmp_path / "run.json")
    broken = [{**cases[0], "gold_files": ["shop/__init__.py"]}, *cases[1:]]
    assert run(broken, "--out", saved)[0] == 0
    before = json.loads(Path(saved).read_text())
    before["cases"][1]["ranks"] = [None]  # as if the search of that day had not found it
    before["cases"][2]["ranks"] = [3]
    Path(saved).write_text(json.dumps(before))
    status, out, _ = run(cases, "--against", saved, "--json")
    against = json.loads(out)["against"]
    assert status == 0
    assert (against["cases"], against["only_before"], against["only_now"]) == (2, 1, 1)  # the label of q1 was changed
    assert [(one["id"], one["before"], one["after"]) for one in against["better"]] == [("q2", None, 1), ("q3", 3, 1)]
    assert against["worse"] == []
    assert against["groups"]["files"]["mrr"] == {"before": 0.0, "after": 1.0, "difference": {"value": 1.0, "interval": [1.0, 1.0]}}
    assert against["groups"]["symbol"]["cases"] == against["groups"]["commits"]["cases"] == 1
    text = run(cases, "--against", saved)[1]
    assert "Against the earlier run, 2 cases; 1 only before, 1 only now" in text
    assert " not ->    1  +1.000  q2: choose_carrier" in text and "0 cases worse." in text


def test_the_same_run_differs_in_nothing(run, cases, tmp_path):
    saved = str(tmp_path / "run.json")
    run(cases, "--out", saved)
    against = run.json(cases, "--against", saved)["against"]
    assert against["better"] == against["worse"] == []
    assert all(group["ndcg10"]["difference"]["value"] == 0 for group in against["groups"].values())


@pytest.mark.parametrize("text", ["nonsense", "[]", '{"evaluation": "owners"}', '{"evaluation": "retrieval", "cases": [{"id": "q1"}]}'])
def test_a_file_that_is_no_saved_run(run, cases, tmp_path, text):
    (tmp_path / "run.json").write_text(text)
    status, out, err = run(cases, "--against", str(tmp_path / "run.json"))
    assert (status, out) == (2, "") and "is no saved run" in err


def test_runs_without_a_case_in_common(run, cases, tmp_path):
    saved = str(tmp_path / "run.json")
    run(cases[:1], "--out", saved)
    status, _, err = run(cases[1:], "--against", saved)
    assert status == 2 and "no case in common" in err


@pytest.fixture
def two(tmp_path: Path, shop: GitRepo) -> tuple[Path, list[dict[str, Any]]]:
    """A folder of copies, acme+shop/repo and acme+bank/repo, and a case about each."""
    bank = GitRepo(tmp_path / "bank")
    bank.commit("bank/refund.py", '"""The money goes back to the card of the customer."""\n\n\ndef wire(): ...\n', message="Wire money")
    for repo, name in ((shop, "acme+shop"), (bank, "acme+bank")):
        (tmp_path / "mirrors" / name).mkdir(parents=True)
        repo.git("clone", "--quiet", "--bare", ".", str(tmp_path / "mirrors" / name / "repo"))
    cases = [
        {"repo": "shop", "github": "acme/shop", "commit": shop.head, "question": "Approve a refund", "gold_files": ["shop/refund.py"]},
        {"github": "acme/bank", "commit": bank.head, "question": "The money goes back to the card", "gold_files": ["bank/refund.py"]},
    ]
    return tmp_path / "mirrors", cases


def test_repositories_come_from_a_folder_of_copies(run, two):
    mirrors, cases = two
    found = run.json(cases, "--mirrors", str(mirrors))
    assert [one["name"] for one in found["repositories"]] == ["shop", "bank"]
    assert list(found["files"]["repositories"]) == ["shop", "bank"] and found["files"]["mrr"]["value"] == 1.0
    assert all(len(set(case["found"])) == len(case["found"]) and case["ranks"] == [1] for case in found["cases"])


def test_all_repositories_can_be_asked_at_once(run, two):
    mirrors, cases = two
    cases[0]["question"] = "The money goes back to the card"  # the bank says it in more of its words
    apart, together = (run.json(cases, "--mirrors", str(mirrors), *more) for more in ((), ("--together",)))
    assert [case["ranks"] for case in apart["cases"]] == [[1], [1]]
    assert [case["ranks"] for case in together["cases"]] == [[2], [1]]
    assert together["cases"][0]["found"][0] == "bank/refund.py"


def test_several_commits_of_one_repository_are_not_asked_together(run, cases, shop):
    cases[1]["commit"] = "HEAD~2"
    cases[1]["gold_files"] = ["README.md"]
    assert [one["commit"] for one in run.json(cases)["repositories"]] == [shop.head, shop.git("rev-parse", "HEAD~2")]
    status, _, err = run(cases, "--together")
    assert status == 2 and "name 2 commits of shop" in err


def test_a_configured_repository_is_found_by_its_address(run, cases, shop, tmp_path):
    config = tmp_path / "docent.toml"
    config.write_text(
        f'data_dir = "{tmp_path / "data"}"\n[[repositories]]\nname = "tea"\nurl = "{shop.path}"\nexclude = ["shop/shipping.py"]\n'
        'web_url = "https://git.example.com/Acme/shop.git"\n'
    )
    case = {"repo": "other", "github": "acme/shop", "question": "refund desk", "gold_files": ["shop/refund.py"]}
    found = run.json([case, {**case, "question": "the cheapest carrier", "gold_files": ["shop/shipping.py"]}], "--config", str(config))
    assert found["repositories"] == [{"name": "tea", "commit": shop.head}]  # without a commit, the newest one
    assert [one["ranks"] for one in found["cases"]] == [[1], [None]]  # what the settings exclude is not found


def test_the_repository_may_be_left_out_where_there_is_one(run, shop, monkeypatch):
    case = '{"question": "refund desk", "gold_files": "shop/refund.py"}\n'
    monkeypatch.setattr("sys.stdin", io.StringIO(case))
    assert run.command("eval", "-", "--repo", str(shop.path), "--json")[0] == 0
    monkeypatch.chdir(shop.path)
    assert run.json(case)["repositories"][0]["name"] == "shop"


def test_several_files_of_cases(run, cases, tmp_path):
    more = tmp_path / "more.jsonl"
    more.write_text(json.dumps({**cases[1], "id": "q9"}) + "\n")
    assert [case["id"] for case in run.json(cases, str(more))["cases"]] == ["q1", "q2", "q3", "q9"]


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ('{"repo": "nowhere", "question": "q", "gold_files": "a"}', "Line 1 of {file}: No repository is called 'nowhere'."),
        ('{"repo": "./nowhere", "question": "q", "gold_files": "a"}', "Line 1 of {file}: There is no folder"),
        ('{"github": "acme/none", "question": "q", "gold_files": "a"}', "Line 1 of {file}: No repository here comes from acme/none"),
        ('{"commit": "abcdef1234", "question": "q", "gold_files": "a"}', "Line 1 of {file}: shop has no commit abcdef1234."),
        ('{"question": "q"}', "Line 1 of {file}: there are neither"),
        ("nonsense", "Line 1 of {file} is not a JSON object."),
        ("", "There are no cases in {file}."),
    ],
)  # fmt: skip
def test_a_mistake_is_one_sentence_with_its_place(run, shop, tmp_path, case, said):
    status, out, err = run(case + "\n", "--repo", str(shop.path))
    assert (status, out) == (2, "")
    assert err.startswith("docent: " + said.format(file=tmp_path / "cases.jsonl")) and err.count("\n") == 1


def test_other_mistakes(run, cases, shop, tmp_path):
    assert run(cases, "--min-ndcg", "nobody=0.5")[::2] == (
        2, 'docent: No case is of the kind "nobody". Kinds of these cases: lay, symbol, commit.\n',
    )  # fmt: skip
    status, _, err = run(cases, "--out", str(tmp_path / "no" / "where.json"))
    assert status == 2 and "cannot be written" in err
    assert run.command("eval", str(tmp_path / "none.jsonl"))[0] == 2
    for argv in (["eval"], ["eval", "x", "--from-history"], ["eval", "x", "--owners", "y"], ["eval", "x", "--min-ndcg", "lay=2"]):
        assert run.command(*argv)[0] == 2


class _At(GitRepo):
    """git in a repository that is there already."""

    def __init__(self, path: Path) -> None:
        self.path = path
