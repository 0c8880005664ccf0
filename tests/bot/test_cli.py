"""The command line, called as a person calls it: what is printed where, and with which exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main

pytestmark = pytest.mark.usefixtures("home")

HEAVY = ("pydantic", "sqlalchemy", "torch", "chromadb", "slack_bolt", "rich", "numpy", "git", "sentence_transformers")
IMPORTS = "import sys; from bot.cli import main; main(sys.argv[1:]); "
IMPORTS += f"sys.stderr.write(' '.join(set({HEAVY}) & set(sys.modules)))"


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    status = main(argv)
    out, err = capsys.readouterr()
    return status, out, err


def one_sentence(err: str) -> str:
    """stderr holds one line of docent's, without a traceback."""
    assert "Traceback" not in err
    lines = [line for line in err.splitlines() if line.startswith("docent: ")]
    assert len(lines) == 1, err
    return lines[0]


@pytest.mark.parametrize("argv", [["--help"], ["ask", "--help"], ["--version"], ["nonsense"], ["search", "-k", "zero", "x"]])
def test_help_and_mistakes_import_nothing_heavy(argv):
    ran = subprocess.run([sys.executable, "-c", IMPORTS, *argv], capture_output=True, text=True, check=True)
    last = ran.stderr.splitlines()[-1:] or [""]
    assert not set(last[0].split()) & set(HEAVY)


def test_a_question_to_a_running_service_imports_nothing_heavy(home):
    from bot.local_server import LocalServer
    from bot.request import Outcome

    with LocalServer(home, lambda asked: Outcome(0, f"{asked['command']}: {asked['options']['question']}\n")):
        ran = subprocess.run([sys.executable, "-c", IMPORTS, "ask", "why", "not?"], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("ask: why not?\n", "")


def test_closed_output_is_no_failure(shop, home):
    command = f'"{sys.executable}" -c "import sys; from bot.cli import main; sys.exit(main([\'status\']))" >&-'
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, cwd=shop.path, env=os.environ | {"PYTHONPATH": os.getcwd()})
    assert (ran.returncode, ran.stderr) == (0, "")


def test_an_argument_that_is_wrong_is_one_sentence(capsys):
    for argv in (["aks"], [], ["index", "--shard", "5"], ["search", "-k", "0", "x"], ["ask", "--colour"]):
        status, out, err = run(capsys, *argv)
        assert (status, out) == (2, "")
        assert "--help" in one_sentence(err)


def test_the_first_question_indexes_and_the_next_refreshes(capsys, shop, embedder, home):
    status, out, err = run(capsys, "ask", "How does a refund work?", "--repo", str(shop.path), "--json")
    answer = json.loads(out)
    assert status == 0, err
    assert answer["status"] == "answered"
    assert [version["name"] for version in answer["repositories"]] == ["shop"]
    assert answer["repositories"][0]["commit"] == shop.head
    assert {item["path"] for item in answer["evidence"]} & {"shop/refund.py"}
    assert answer["checked"]["statements"] == answer["checked"]["supported"] > 0
    shop.commit("shop/gifts.py", '"""Gift wrapping."""\n\n\ndef wrap(gift):\n    """Wrap a gift in ribbon."""\n')
    embedder.seen.clear()
    status, out, _ = run(capsys, "search", "wrap a gift in ribbon", "--repo", str(shop.path), "--json", "-k", "1")
    assert json.loads(out)["hits"][0]["path"] == "shop/gifts.py"
    assert embedder.seen and not any("Decides whether a refund" in text for text in embedder.seen)


def test_the_repository_around_the_current_folder_is_asked(capsys, shop, embedder, monkeypatch):
    monkeypatch.chdir(shop.path / "shop")
    status, out, _ = run(capsys, "search", "cheapest", "carrier", "--json")
    found = json.loads(out)
    assert status == 0
    assert found["query"] == "cheapest carrier" and found["took_ms"] > 0
    assert found["hits"][0]["path"] == "shop/shipping.py"
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, len(found["hits"]) + 1))
    assert shop.git("status", "--porcelain") == ""


def test_a_terminal_answer_names_sources_and_what_was_checked(capsys, shop, embedder):
    status, out, _ = run(capsys, "ask", "--no-llm", "How does a refund work?", "--repo", str(shop.path))
    assert status == 0
    assert "Sources:\n  1 " in out
    assert f"statements checked · shop @ {shop.head[:7]}, read just now" in out
    assert "\x1b" not in out


def test_index_and_status_report_the_same_state(capsys, shop, embedder):
    shop.commit("logo.png", b"\x89PNG\r\n\x1a\n\0\0\0")
    status, out, _ = run(capsys, "index", "--repo", str(shop.path), "--json")
    report = json.loads(out)["repositories"][0]
    assert (status, report["head"], report["skipped"]) == (0, shop.head, {"binary": 1, "empty": 1})
    assert report["embedded"] > 0
    status, out, _ = run(capsys, "status", "--repo", str(shop.path), "--json", "--verbose")
    state = json.loads(out)["repositories"][0]
    assert (state["state"], state["commit"], state["files"]) == ("ready", shop.head, report["files"])
    assert ("logo.png", "binary") in [(item["path"], item["reason"]) for item in state["skipped_files"]]
    _, out, _ = run(capsys, "status", "--repo", "shop")
    assert "shop: ready" in out and "skipped 2 files: 1 binary, 1 empty" in out
    _, out, _ = run(capsys, "index", "--repo", str(shop.path))
    assert "nothing new" in out


def test_status_outside_of_any_repository_shows_everything_asked_about(capsys, shop, embedder):
    assert run(capsys, "status")[:2] == (0, "No repository is indexed. Run `docent index --repo PATH`, or write a docent.toml.\n")
    run(capsys, "index", "--repo", str(shop.path))
    assert "shop: ready" in run(capsys, "status")[1]


def test_a_batch_is_answered_line_by_line_in_order(capsys, shop, embedder, tmp_path):
    lines = [
        {"id": "b", "question": "choose the cheapest carrier", "repo": os.path.relpath(shop.path)},
        {"id": "a", "question": "refund", "repo": str(shop.path)},
        {"id": "c", "question": "refund", "repo": "nowhere"},
        {"id": "d", "question": "  ", "repo": str(shop.path)},
        {"id": "e", "question": ["refund"], "repo": {"name": "shop"}},
        {"id": "f", "question": "refund\u2028money", "repo": str(shop.path)},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (tmp_path / "q.jsonl").write_text(text + "\n\n", encoding="utf-8")
    status, out, err = run(capsys, "search", "--batch", str(tmp_path / "q.jsonl"), "--json", "-k", "2")
    found = [json.loads(line) for line in out.removesuffix("\n").split("\n")]
    assert [item["id"] for item in found] == ["b", "a", "c", "d", "e", "f"]
    assert found[0]["hits"][0]["path"] == "shop/shipping.py"
    assert found[1]["hits"][0]["path"] == "shop/refund.py"
    assert found[5]["hits"][0]["path"] == "shop/refund.py"
    assert "nowhere" in found[2]["error"] and "empty" in found[3]["error"] and '"repo" is not a text' in found[4]["error"]
    assert status == 1 and "3 of 6" in err


def test_a_broken_batch_names_its_line(capsys, tmp_path):
    (tmp_path / "q.jsonl").write_text('{"id": 1, "question": "x"}\nnonsense\n')
    status, out, err = run(capsys, "search", "--batch", str(tmp_path / "q.jsonl"), "--repo", str(tmp_path))
    assert (status, out) == (2, "") and "Line 2" in one_sentence(err)
    status, _, err = run(capsys, "search", "--batch", str(tmp_path / "none.jsonl"))
    assert status == 2 and "cannot be read" in one_sentence(err)


# bad input: one clear sentence, the right exit status, nothing lost


@pytest.mark.parametrize("argv", [["ask", "  "], ["ask"], ["search", ""]])
def test_an_empty_question(capsys, argv, shop):
    status, out, err = run(capsys, *argv, "--repo", str(shop.path))
    assert (status, out) == (2, "") and "The question is empty" in one_sentence(err)


def test_an_unknown_repository_names_the_nearest(capsys, shop, embedder):
    run(capsys, "index", "--repo", str(shop.path))
    status, _, err = run(capsys, "ask", "x", "--repo", "shopp")
    assert status == 2 and "Did you mean shop?" in one_sentence(err)


def test_no_repository_anywhere(capsys):
    status, _, err = run(capsys, "ask", "how?")
    assert status == 2 and "--repo" in one_sentence(err)


def test_a_path_that_is_no_repository(capsys, tmp_path):
    (tmp_path / "plain").mkdir()
    status, _, err = run(capsys, "ask", "x", "--repo", str(tmp_path / "plain"))
    assert status == 2 and "not in a git repository" in one_sentence(err)
    status, _, err = run(capsys, "ask", "x", "--repo", str(tmp_path / "missing"))
    assert status == 2 and "no folder" in one_sentence(err)


def test_an_empty_repository(capsys, git_repo, embedder):
    status, _, err = run(capsys, "ask", "x", "--repo", str(git_repo.path))
    assert status == 2 and "no commit" in one_sentence(err)


def test_an_unreachable_url(capsys, embedder, home):
    status, out, err = run(capsys, "ask", "x", "--repo", "https://127.0.0.1:1/shop.git", "--json")
    assert status == 3 and "127.0.0.1:1/shop.git" in one_sentence(err)
    answer = json.loads(out)
    assert answer["status"] == "error" and "127.0.0.1" in answer["answer"]


def test_a_source_that_went_away_is_answered_from_the_index_with_a_notice(capsys, shop, embedder, tmp_path):
    run(capsys, "index", "--repo", str(shop.path))
    shop.path.rename(tmp_path / "moved")
    status, out, _ = run(capsys, "ask", "How does a refund work?", "--repo", "shop", "--json")
    answer = json.loads(out)
    assert (status, answer["status"]) == (0, "answered")
    assert "could not be refreshed" in answer["notices"][0]


def test_a_broken_settings_file(capsys, home, tmp_path):
    Path("docent.toml").write_text("[llm]\nmodle = 'x'\n")
    status, out, err = run(capsys, "ask", "x", "--repo", str(tmp_path), "--json")
    assert status == 2 and json.loads(out)["status"] == "error"
    assert "docent.toml" in one_sentence(err) and 'Did you mean "llm.model"?' in err


@pytest.mark.skipif(os.getuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_cannot_be_written(capsys, home, shop, embedder):
    home.mkdir(mode=0o500)
    status, _, err = run(capsys, "ask", "x", "--repo", str(shop.path))
    assert status == 3 and "data folder" in one_sentence(err)


def test_a_data_folder_that_is_a_file(capsys, home, shop, embedder):
    home.write_text("not a folder")
    status, _, err = run(capsys, "ask", "x", "--repo", str(shop.path))
    assert status == 3 and "data folder" in one_sentence(err)


def test_a_damaged_catalog_is_mended_by_a_full_index(capsys, shop, embedder, home):
    run(capsys, "index", "--repo", str(shop.path))
    for part in home.glob("catalog.sqlite*"):
        part.unlink()
    (home / "catalog.sqlite").write_bytes(b"damaged" * 4000)
    status, _, err = run(capsys, "ask", "refund", "--repo", str(shop.path))
    assert status == 3 and "docent index --full" in one_sentence(err)
    assert run(capsys, "index", "--full", "--repo", str(shop.path))[0] == 0
    assert run(capsys, "ask", "How does a refund work?", "--repo", str(shop.path))[0] == 0
    assert list(home.glob("catalog.damaged-*"))


def test_damaged_vectors_are_made_again(capsys, shop, embedder, home):
    run(capsys, "index", "--repo", str(shop.path))
    for file in home.glob("chroma/**/*"):
        if file.is_file():
            file.write_bytes(b"damaged" * 1000)
    shop.commit("shop/new.py", '"""A new part."""\n')
    status, _, err = run(capsys, "ask", "How does a refund work?", "--repo", str(shop.path))
    assert status == 0, err
    assert run(capsys, "index", "--repo", str(shop.path))[0] == 0


def test_a_missing_model_folder(capsys, shop, home, tmp_path):
    Path("docent.toml").write_text(f"[embedding]\nmodel = '{tmp_path / 'nowhere'}'\n")
    status, _, err = run(capsys, "ask", "x", "--repo", str(shop.path))
    assert status == 3 and "nowhere" in one_sentence(err)


def test_another_writer_is_named(capsys, shop, embedder, home):
    from indexer.lock import WriterLock

    with WriterLock(home, "docent serve"):
        status, _, err = run(capsys, "index", "--repo", str(shop.path))
    assert status == 3 and "docent serve" in one_sentence(err)


def test_without_refresh_nothing_is_indexed(capsys, shop, embedder):
    status, _, err = run(capsys, "ask", "x", "--repo", str(shop.path), "--no-refresh")
    assert status == 1 and "docent index" in one_sentence(err)


def test_something_unexpected_is_a_sentence_and_a_file(capsys, shop, home, monkeypatch):
    def broken(settings):
        raise KeyError("xoxb-very-secret-token")

    monkeypatch.setattr("indexer.workspace.open_embedder", broken)
    status, _, err = run(capsys, "ask", "x", "--repo", str(shop.path))
    assert status == 3 and "KeyError" in one_sentence(err)
    kept = (home / "docent-errors.log").read_text()
    assert "open_embedder" in kept and "very-secret" not in kept + err


def test_ctrl_c_is_quiet(capsys, shop, monkeypatch):
    def interrupted(settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("indexer.workspace.open_embedder", interrupted)
    assert run(capsys, "ask", "x", "--repo", str(shop.path)) == (130, "", "docent: stopped.\n")


def test_a_full_disk_is_said(capsys, shop, monkeypatch):
    def full(settings):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("indexer.workspace.open_embedder", full)
    status, _, err = run(capsys, "ask", "x", "--repo", str(shop.path))
    assert status == 3 and "disk is full" in one_sentence(err)


def test_a_reader_that_leaves_ends_the_command_quietly(shop, home):
    command = f"{sys.executable} -c 'import sys; from bot.cli import main; sys.exit(main([\"--help\"] * 1))' | true"
    ran = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert ran.stderr == ""


def test_init_writes_settings_that_load(capsys, home, shop, monkeypatch):
    from bot.config import load_settings

    monkeypatch.chdir(shop.path)
    status, out, _ = run(capsys, "init")
    assert status == 0 and "api.slack.com/apps?new_app=1" in out
    settings = load_settings(shop.path / "docent.toml")
    assert [(item.name, item.url) for item in settings.repositories] == [("shop", str(shop.path))]
    status, _, err = run(capsys, "init")
    assert status == 2 and "--force" in one_sentence(err)
