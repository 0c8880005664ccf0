"""docent doctor: every thing that can be missing is a line with its mend."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from bot.cli import main
from tests.llm_server import KEY, scripted_model
from tests.model_endpoints import Trouble

pytestmark = pytest.mark.usefixtures("home", "real_model_stays_out")


@pytest.fixture
def real_model_stays_out(monkeypatch, embedder):
    monkeypatch.setattr("indexer.embedding.open_embedder", lambda settings: embedder)


def doctor(capsys, *argv: str) -> tuple[int, dict[str, dict[str, str]]]:
    status = main(["doctor", "--json", *argv])
    value = json.loads(capsys.readouterr().out)
    assert value["ok"] == (status == 0)
    return status, {check["name"]: check for check in value["checks"]}


def test_all_is_well_without_slack_and_language_model(capsys, shop):
    main(["index", "--repo", str(shop.path)])
    capsys.readouterr()
    status, checks = doctor(capsys, "--repo", str(shop.path))
    assert status == 0
    assert {name for name, check in checks.items() if check["level"] == "ok"} >= {
        "Python", "git", "settings", "data folder", "embedding model", "catalog", "Chroma", "repository shop", "index of shop",
    }  # fmt: skip
    assert checks["Slack"]["level"] == checks["language model"]["level"] == "optional"
    assert "SLACK_BOT_TOKEN" in checks["Slack"]["mend"]


def test_each_line_is_readable_in_a_terminal(capsys, shop):
    assert main(["doctor", "--repo", str(shop.path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("ok Python: 3.")
    assert any(line.startswith("-- index of shop: not made yet. Run `docent index`") for line in lines)


def test_a_broken_settings_file_is_named_and_the_rest_goes_on(capsys):
    Path("docent.toml").write_text("[schedule]\nrefresh = 'often'\n")
    status, checks = doctor(capsys)
    assert status == 1
    assert "schedule.refresh" in checks["settings"]["detail"]
    assert checks["data folder"]["level"] == "ok"


def test_a_repository_that_cannot_be_read(capsys, tmp_path):
    Path("docent.toml").write_text(f"[[repositories]]\nname = 'gone'\nurl = '{tmp_path / 'gone'}'\n")
    status, checks = doctor(capsys)
    assert status == 1
    assert checks["repository gone"]["level"] == "error" and checks["repository gone"]["mend"]


def test_a_damaged_catalog(capsys, shop, home):
    home.mkdir()
    (home / "catalog.sqlite").write_bytes(b"damaged" * 1000)
    status, checks = doctor(capsys, "--repo", str(shop.path))
    assert status == 1
    assert "docent index --full" in checks["catalog"]["mend"]


def test_a_model_folder_that_is_missing(capsys, monkeypatch, tmp_path, shop):
    monkeypatch.undo()
    monkeypatch.setenv("DOCENT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DOCENT_EMBEDDING__MODEL", str(tmp_path / "nowhere"))
    status, checks = doctor(capsys, "--repo", str(shop.path))
    assert status == 1
    assert "nowhere" in checks["embedding model"]["detail"]


def test_an_embedding_endpoint_that_answers_and_one_that_refuses_the_key(capsys, monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setenv("DOCENT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DOCENT_EMBEDDING__PROVIDER", "openai")
    monkeypatch.setenv("DOCENT_EMBEDDING__MODEL", "wise-embed")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with scripted_model() as server:
        monkeypatch.setenv("DOCENT_EMBEDDING__BASE_URL", f"{server.url}/v1")
        _, checks = doctor(capsys)
        assert "64 dimensions, answered in" in checks["embedding model"]["detail"]
        server.models.troubles = [Trouble(401)]
        status, checks = doctor(capsys)
    assert status == 1 and KEY not in json.dumps(checks)
    assert checks["embedding model"]["mend"] == "Check OPENAI_API_KEY."


def test_the_writer_is_named(capsys, shop, home):
    from indexer.lock import WriterLock

    with WriterLock(home, "docent serve"):
        status, checks = doctor(capsys, "--repo", str(shop.path))
    assert status == 0 and "docent serve" in checks["writer"]["detail"]
    assert "Chroma" not in checks


def test_a_language_model_without_its_key(capsys, shop, monkeypatch):
    monkeypatch.setenv("DOCENT_LLM__PROVIDER", "anthropic")
    monkeypatch.setenv("DOCENT_LLM__MODEL", "some-model")
    status, checks = doctor(capsys, "--repo", str(shop.path))
    assert status == 1 and "ANTHROPIC_API_KEY" in checks["language model"]["mend"]


def test_wrong_slack_tokens(capsys, shop, monkeypatch):
    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = b'{"ok": false, "error": "invalid_auth"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Refusing)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    monkeypatch.setenv("SLACK_API_URL", f"http://127.0.0.1:{server.server_port}/api/")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-wrong")
    try:
        status, checks = doctor(capsys, "--repo", str(shop.path))
    finally:
        server.shutdown()
        server.server_close()
    assert status == 1
    assert "invalid_auth" in checks["Slack bot token"]["detail"] and "xoxb-wrong" not in json.dumps(checks)
