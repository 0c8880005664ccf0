"""The local socket, with real sockets and processes."""

from __future__ import annotations

import json
import logging
import os
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from bot import local, local_server
from bot.local import ask_local
from bot.local_server import LocalServer
from bot.request import Outcome
from indexer.errors import DocentError, IndexLocked, QueryError, StoreError

ASK = {"command": "ask"}


def echo(request: Mapping[str, Any]) -> Outcome:
    return Outcome(0, stdout=json.dumps(request, ensure_ascii=False))


ECHOED = Outcome(0, '{"command": "ask"}')


def talk(data_dir: Path, *lines: bytes) -> list[dict[str, object]]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(data_dir / "serve.sock"))
        connection.sendall(b"".join(lines))
        connection.shutdown(socket.SHUT_WR)
        return [json.loads(line) for line in connection.makefile("rb")]


def test_a_request_is_answered(tmp_path: Path):
    with LocalServer(tmp_path, echo):
        answer = ask_local(tmp_path, {"question": "wie läuft\ndas? \U0001f389", "repos": ["a"]})
    assert answer == Outcome(0, '{"question": "wie läuft\\ndas? \U0001f389", "repos": ["a"]}', "")


def test_nobody_serves(tmp_path: Path):
    assert ask_local(tmp_path, ASK) is None
    assert ask_local(tmp_path / "nowhere", ASK) is None
    with LocalServer(tmp_path, echo):
        pass
    assert not (tmp_path / "serve.sock").exists()
    assert ask_local(tmp_path, ASK) is None


def test_only_its_owner_may_connect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    with LocalServer(tmp_path, echo):
        assert stat.S_IMODE((tmp_path / "serve.sock").stat().st_mode) == 0o600
        monkeypatch.setattr(local, "is_trusted", lambda _: True)
        monkeypatch.setattr(local_server, "is_trusted", lambda _: False)
        assert ask_local(tmp_path, ASK) is None
    assert "another user" in caplog.text


@pytest.mark.skipif(not hasattr(socket, "SO_PEERCRED"), reason="this system does not say who connects")
def test_the_kernel_says_who_connects(monkeypatch: pytest.MonkeyPatch):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert local.is_trusted(ours)
        stranger = os.getuid() + 4711
        monkeypatch.setattr(os, "getuid", lambda: stranger)
        assert local.is_trusted(ours) == (os.geteuid() == 0), "only root may speak with another user's service"


def test_a_folder_with_a_very_long_path_works(tmp_path: Path):
    deep = tmp_path / ("d" * 100) / ("e" * 100)
    with LocalServer(deep, echo):
        assert (deep / "serve.sock").is_socket()
        assert ask_local(deep, ASK) == ECHOED
    assert list(deep.iterdir()) == []


def test_a_stale_socket_is_replaced(tmp_path: Path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "serve.sock"))
    assert ask_local(tmp_path, ASK) is None
    with LocalServer(tmp_path, echo):
        assert ask_local(tmp_path, ASK) == ECHOED


def test_a_second_service_is_told(tmp_path: Path):
    with LocalServer(tmp_path, echo):
        with pytest.raises(IndexLocked, match="Another `docent serve`"):
            LocalServer(tmp_path, echo).start()
        assert ask_local(tmp_path, ASK) == ECHOED


def test_requests_run_side_by_side(tmp_path: Path):
    together = threading.Barrier(4)

    def meet(request: Mapping[str, Any]) -> Outcome:
        together.wait(timeout=30)
        return Outcome(0, stdout=str(request["number"]))

    answers: dict[int, Outcome | None] = {}

    def ask(number: int) -> None:
        answers[number] = ask_local(tmp_path, {"number": number})

    with LocalServer(tmp_path, meet):
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert answers == {number: Outcome(0, str(number)) for number in range(4)}


def test_errors_become_responses(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    def fail(request: Mapping[str, Any]) -> Outcome:
        if request == ASK:
            raise QueryError("The question is empty.", "Ask something.")
        raise RuntimeError("secret detail")

    with LocalServer(tmp_path, fail), caplog.at_level(logging.ERROR):
        assert ask_local(tmp_path, ASK) == Outcome(2, "", "The question is empty. Ask something.\n")
        broken = ask_local(tmp_path, {"command": "search"})
    assert broken is not None and broken.status == 3 and "secret" not in broken.stderr
    assert "secret detail" in caplog.text and "command=search" in caplog.text


def test_nonsense_is_refused_and_the_connection_goes_on(tmp_path: Path):
    with LocalServer(tmp_path, echo):
        answers = talk(tmp_path, b"\xff\xfe\n", b"[]\n", b"3\n", b'{"command": "ask"}\n')
        assert [answer["status"] for answer in answers] == [2, 2, 2, 0]
        assert talk(tmp_path, b'{"command": "cut')[0]["status"] == 2


def test_a_large_answer_arrives_whole(tmp_path: Path):
    with LocalServer(tmp_path, lambda request: Outcome(0, request["text"] * 2)):
        answer = ask_local(tmp_path, {"text": "é" * 1_000_000})
    assert answer is not None and answer.stdout == "é" * 2_000_000


def test_a_service_that_does_not_answer_is_named(tmp_path: Path):
    release = threading.Event()

    def wait(request: Mapping[str, Any]) -> Outcome:
        release.wait(30)
        return Outcome(0)

    with LocalServer(tmp_path, wait):
        with pytest.raises(DocentError, match=r"did not answer within 0\.2 s"):
            ask_local(tmp_path, ASK, timeout=0.2)
        release.set()


def test_a_service_that_dies_while_answering_leaves_the_work_to_us(tmp_path: Path):
    code = f"""
import os, time
from pathlib import Path
from bot.local_server import LocalServer
LocalServer(Path({str(tmp_path)!r}), lambda request: os._exit(9)).start()
print("ready", flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        assert ask_local(tmp_path, ASK) is None
        assert process.wait() == 9
    with LocalServer(tmp_path, echo):
        assert ask_local(tmp_path, ASK) == ECHOED


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="No socket can be made"):
        LocalServer(tmp_path / "file" / "data", echo).start()


def test_importing_it_costs_nothing():
    code = "import sys, bot.local; print([n for n in ('pydantic', 'numpy', 'asyncio', 'sqlalchemy', 'rich') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
