"""The service's end of the local socket: answers the commands of this user's terminals in threads. See `bot/local.py`."""

from __future__ import annotations

import json
import logging
import socket
import socketserver
import stat
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from bot.local import SOCKET, address, connect, is_trusted
from bot.request import Outcome
from indexer.errors import DocentError, IndexLocked, StoreError

_MAX_LINE = 32 * 1024 * 1024  # bytes; a whole batch of questions is one request
_IDLE = 60.0  # seconds a connection may say nothing
_log = logging.getLogger(__name__)

Handler = Callable[[Mapping[str, Any]], Outcome]


class LocalServer:
    """Answers requests until close(), one thread per connection, so `handle` is called by several threads at once.

    start() raises IndexLocked where another service answers already, and StoreError where the socket cannot be made; a socket
    file that nobody listens to is replaced. What `handle` raises becomes an outcome: a DocentError its sentence, all else exit
    status 3 and a line in the log.
    """

    def __init__(self, data_dir: Path, handle: Handler) -> None:
        self._data_dir = data_dir
        self._handle = handle
        self._server: _Server | None = None

    def start(self) -> Self:
        running = connect(self._data_dir)
        if running is not None:
            running.close()
            raise IndexLocked("Another `docent serve` runs on this data folder.", "Stop it first, or use another data_dir.")
        try:
            self._server = self._listen()
        except OSError as exc:
            hint = "Check data_dir, its permissions and that its file system knows sockets."
            raise StoreError(f"No socket can be made in {self._data_dir}: {exc.strerror or exc}.", hint) from exc
        threading.Thread(target=self._server.serve_forever, args=(0.2,), name="local-socket", daemon=True).start()
        return self

    def close(self) -> None:
        """Take no more connections and remove the socket; what is being answered goes on in its thread."""
        if self._server is not None:
            server, self._server = self._server, None
            (self._data_dir / SOCKET).unlink(missing_ok=True)
            server.shutdown()
            server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def _listen(self) -> _Server:
        self._data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        _require_private(self._data_dir)
        (self._data_dir / SOCKET).unlink(missing_ok=True)
        with address(self._data_dir) as path:
            server = _Server(path, self._answer)
        (self._data_dir / SOCKET).chmod(0o600)
        return server

    def _answer(self, line: bytes) -> Outcome:
        try:
            request = json.loads(line)
        except ValueError as exc:
            return Outcome(2, stderr=f"The request is not JSON: {exc}.\n")
        if not isinstance(request, dict):
            return Outcome(2, stderr="The request is not an object.\n")
        try:
            return self._handle(request)
        except DocentError as exc:
            return Outcome(exc.exit_status, stderr=f"{exc}\n")
        except Exception:
            _log.exception("local request failed: command=%s", request.get("command"))
            return Outcome(3, stderr="`docent serve` failed to answer; its log says why.\n")


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, path: str, answer: Callable[[bytes], Outcome]) -> None:
        self.answer = answer
        super().__init__(path, _Connection)

    def verify_request(self, request: Any, client_address: Any) -> bool:
        if is_trusted(request):
            return True
        _log.warning("local request refused: it came from another user")
        return False

    def handle_error(self, request: Any, client_address: Any) -> None:
        _log.debug("local connection ended early", exc_info=True)  # somebody pressed Ctrl-C, or said nothing for a minute


class _Connection(socketserver.StreamRequestHandler):
    timeout = _IDLE
    server: _Server

    def handle(self) -> None:
        while line := self.rfile.readline(_MAX_LINE):
            complete = line.endswith(b"\n")
            outcome = self.server.answer(line) if complete else Outcome(2, stderr="The request is too long or was cut short.\n")
            self.wfile.write(json.dumps(asdict(outcome)).encode() + b"\n")
            if not complete:
                break


def _require_private(data_dir: Path) -> None:
    """Where the kernel does not say who connects, the folder's mode has to keep others out."""
    if not hasattr(socket, "SO_PEERCRED") and stat.S_IMODE(data_dir.stat().st_mode) & 0o077:
        raise StoreError(f"{data_dir} is open to other users.", f"Run `chmod 700 {data_dir}`.")
