"""docent serve: one process that owns the data folder and answers for the others."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.cli import main
from bot.config import load_settings
from bot.request import DECLINED, Request
from bot.serve import answer_local, serve
from bot.wiring import open_docent
from indexer.errors import ConfigError, IndexLocked
from tests.git_repo import GitRepo
from tests.slack_server import APP_TOKEN, BOT_TOKEN, BOT_USER, SlackServer
from tests.slack_socket import SlackSocket, envelope_body, mention

pytestmark = pytest.mark.usefixtures("home")


@contextmanager
def running(home: Path, config: Path | None = None) -> Iterator[None]:
    """A service in a thread of this process, from its socket's appearance to its clean end."""
    stopped, failures = threading.Event(), []

    def run() -> None:
        try:
            serve(Request("serve", config=str(config) if config else None), stopped)
        except BaseException as exc:  # shown below, in the test's own thread
            failures.append(exc)

    thread = threading.Thread(target=run)
    thread.start()
    while thread.is_alive() and not (home / "serve.sock").exists():
        time.sleep(0.01)
    try:
        yield
    finally:
        stopped.set()
        thread.join(30)
        assert not thread.is_alive() and failures == []
        assert not (home / "serve.sock").exists()


@pytest.fixture
def service(home, embedder, monkeypatch):
    """A service without Slack; commands of this test go through its socket."""
    monkeypatch.setenv("DOCENT_SERVE__HEALTH_PORT", "0")
    with running(home):
        yield


def test_commands_are_answered_by_the_service(service, capsys, shop: GitRepo, home, monkeypatch):
    monkeypatch.setattr("bot.foreground.run_here", lambda request: pytest.fail("the command did the work itself"))
    assert main(["index", "--repo", str(shop.path)]) == 0  # it would be locked out otherwise
    capsys.readouterr()
    assert main(["ask", "How does a refund work?", "--repo", str(shop.path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["repositories"][0]["name"] == "shop"
    assert main(["ask", "   ", "--repo", "shop"]) == 2
    assert "empty" in capsys.readouterr().err
    assert main(["status"]) == 0
    assert "shop: ready" in capsys.readouterr().out


def test_a_second_owner_is_refused_by_name(service, home):
    with pytest.raises(IndexLocked, match="docent serve"):
        open_docent(load_settings(), owner="docent index")


def test_a_service_with_other_settings_declines(home, embedder, tmp_path):
    docent = open_docent(load_settings())
    try:
        other = Request("status", {"verbose": False}, config=str(tmp_path / "docent.toml"))
        assert answer_local(docent, other.to_json()).status == DECLINED
        assert answer_local(docent, Request("serve").to_json()).status == DECLINED
        assert answer_local(docent, {"command": "ask"}).status == DECLINED
    finally:
        docent.close()


def test_a_mention_in_slack_is_answered_from_the_repository(home, embedder, shop: GitRepo, tmp_path, monkeypatch, capsys):
    slack = SlackServer()
    socket = SlackSocket(slack)
    monkeypatch.setenv("SLACK_API_URL", slack.url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
    path = tmp_path / "docent.toml"
    path.write_text(f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\n[serve]\nhealth_port = 0\n")
    try:
        with running(home, path):
            socket.wait_connected()
            for _ in range(600):
                assert main(["status", "--config", str(path), "--json"]) == 0
                if '"ready"' in capsys.readouterr().out:
                    break
                time.sleep(0.05)
            message = slack.say("C1", f"<@{BOT_USER}> How does a refund work?")
            socket.send(envelope_body(mention(message)))
            slack.wait_until(lambda: slack.posted("C1"), 30)
            [posted] = slack.posted("C1")
    finally:
        socket.close()
        slack.close()
    shown = json.dumps(posted, ensure_ascii=False)
    assert posted["thread_ts"] == message["ts"]
    assert "statements checked" in shown and f"shop @ {shop.head[:7]}" in shown


def test_rules_that_nobody_enforces_keep_it_out_of_slack(home, embedder, monkeypatch, tmp_path):
    path = tmp_path / "docent.toml"
    path.write_text("[[access.rules]]\nrepositories = ['shop']\npeople = ['U1']\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-x")
    with pytest.raises(ConfigError, match="not enforced"):
        serve(Request("serve", config=str(path)), threading.Event())


def test_a_real_process_says_ready_is_healthy_and_ends_on_sigterm(home, shop: GitRepo, tmp_path):
    path = tmp_path / "docent.toml"
    path.write_text(f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\n[serve]\nhealth_port = 0\n")
    command = [sys.executable, "-c", "import sys; from bot.cli import main; sys.exit(main())", "serve", "--config", str(path)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}) as process:
        try:
            said = []
            for line in process.stderr:
                said.append(line)
                if "is ready" in line:
                    break
            assert "Slack is off" in "".join(said)
            address = said[-1].rsplit(" ", 1)[-1].strip().replace("/healthz", "/livez")
            assert urlopen(address, timeout=10).status == 200
            process.send_signal(signal.SIGTERM)
            rest = process.stderr.read()
            assert process.wait(60) == 0, rest
            assert "Traceback" not in rest and "Stopping." in rest
        finally:
            process.kill()


def digest_settings(tmp_path: Path, shop: GitRepo, more: str = "") -> Path:
    """A digest that is due each day since midnight, of something that landed an hour ago."""
    shop.commit("shop/charge.py", "def charge(card):\n    card.debit()\n", message="Add charging of cards (#7)", date=hour_ago())
    path = tmp_path / "docent.toml"
    days = '["mon", "tue", "wed", "thu", "fri", "sat", "sun"]'
    digest = f'[digest]\nchannel = "C1"\ntime = "00:00"\ndays = {days}\n{more}'
    path.write_text(f"[[repositories]]\nname = 'shop'\nurl = '{shop.path}'\n{digest}[serve]\nhealth_port = 0\n")
    return path


def hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def test_the_digest_is_posted_once_and_its_next_run_is_told(home, embedder, shop: GitRepo, tmp_path, monkeypatch, capfd):
    slack = SlackServer()
    socket = SlackSocket(slack)
    monkeypatch.setenv("SLACK_API_URL", slack.url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT_TOKEN)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP_TOKEN)
    path = digest_settings(tmp_path, shop)
    try:
        for _ in range(2):  # the second start finds it posted
            with running(home, path):
                slack.wait_until(lambda: len(slack.posted("C1")) >= 2, 30)
                [health] = re.findall(r"health at (http://\S+)", said(capfd, "next digest: #general, "))
                report = json.loads(urlopen(health, timeout=10).read())
            assert report["checks"]["digest"]["ok"] and "next: #general, " in report["checks"]["digest"]["detail"]
        message, details = slack.posted("C1")
    finally:
        socket.close()
        slack.close()
    assert "charging of cards" in json.dumps(message) and details["thread_ts"] == message["ts"]


def said(capfd, last: str) -> str:
    """What the service said, until it said `last`."""
    words = ""
    for _ in range(1000):
        words += capfd.readouterr().err
        if last in words:
            return words
        time.sleep(0.01)
    raise AssertionError(words)


def test_without_slack_a_digest_that_is_set_is_told_of_once(home, embedder, shop: GitRepo, tmp_path, capfd):
    with running(home, digest_settings(tmp_path, shop)):
        words = said(capfd, "is ready")
    assert words.count("digests need Slack") == 1
