"""A health endpoint for supervisors and load balancers: /livez says that the process runs, /healthz that it does its work."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from indexer.errors import ConfigError

log = logging.getLogger(__name__)

Check = Callable[[], tuple[bool, str]]


class Health:
    """Serves GET /livez (always 200) and GET /healthz (200, or 503 when a check fails), each as JSON with a line a check."""

    def __init__(self, checks: Mapping[str, Check], host: str = "127.0.0.1", port: int = 8080) -> None:
        self._checks = dict(checks)
        self._host = host
        self._port = port
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        """The port in use; differs from the one asked for when that was 0."""
        return self._server.server_address[1] if self._server else self._port

    def start(self) -> None:
        """Begin to listen, in a thread of its own. Raises ConfigError when the port is taken."""
        handler = type("Handler", (_Handler,), {"health": self})
        try:
            self._server = ThreadingHTTPServer((self._host, self._port), handler)
        except OSError as exc:
            message = f"The health endpoint cannot listen on {self._host}:{self._port} ({exc.strerror})."
            raise ConfigError(message, "Set serve.health_port to a free port.") from exc
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="health", daemon=True, kwargs={"poll_interval": 0.1}).start()

    def report(self) -> tuple[bool, dict[str, Any]]:
        """Run every check; one that raises has failed."""
        results = {name: self._run(name, check) for name, check in self._checks.items()}
        healthy = all(ok for ok, _ in results.values())
        checks = {name: {"ok": ok, "detail": detail} for name, (ok, detail) in results.items()}
        return healthy, {"status": "ok" if healthy else "failing", "checks": checks}

    def close(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _run(self, name: str, check: Check) -> tuple[bool, str]:
        try:
            return check()
        except Exception as exc:  # a broken check must read as unhealthy, not as no answer
            log.exception("health check %s failed", name)
            return False, f"the check itself failed ({type(exc).__name__})"


class _Handler(BaseHTTPRequestHandler):
    health: Health
    timeout = 10  # seconds; a client that sends nothing does not keep its thread

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/livez":
            self._send(200, {"status": "ok"})
        elif path == "/healthz":
            healthy, report = self.health.report()
            self._send(200 if healthy else 503, report)
        else:
            self._send(404, {"status": "not found"})

    def _send(self, status: int, value: dict[str, Any]) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug("health: " + format, *args)
