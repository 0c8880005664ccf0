"""The two ways Slack's events come in: a Socket Mode websocket that is watched, or signed HTTP requests."""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from slack_bolt import App, BoltRequest
from slack_bolt.adapter.socket_mode.internals import run_bolt_app, send_response
from slack_sdk import WebClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websocket_client import SocketModeClient

from bot.slack.errors import slack_errors
from indexer.errors import ConfigError

log = logging.getLogger(__name__)

_PING_SECONDS = 5.0
_SILENT_SECONDS = 4 * _PING_SECONDS
_LONGEST_PAUSE = 30.0
_MAX_BODY = 1_000_000
_SILENT = logging.getLogger("bot.slack.silent")
_SILENT.setLevel(logging.CRITICAL + 1)
EVENTS_PATH = "/slack/events"


class Connection(Protocol):
    """Where events come from."""

    def open(self) -> None: ...

    def silent_for(self) -> float: ...

    def tend(self) -> None: ...

    def close(self) -> None: ...


class SocketConnection:
    """Socket Mode over websocket-client: after an aborted connection it was back in 0.6 s, the SDK's own client in 50 s."""

    def __init__(self, app: App, app_token: str, client: WebClient) -> None:
        self._app = app
        self._client = _Client(app_token, logger=app.logger, web_client=client, ping_interval=_PING_SECONDS)
        self._client.socket_mode_request_listeners.append(self._on_request)
        self._client.on_open_listeners.append(self._on_open)
        self._heard_at = time.monotonic()
        self._opened = threading.Event()

    def open(self) -> None:
        """Connect. Raises SlackError when Slack refuses the app token."""
        with slack_errors("opening the Socket Mode connection", "SLACK_APP_TOKEN"):
            self._client.connect()
        self._heard_at = time.monotonic()
        self._opened.wait(_PING_SECONDS)

    def silent_for(self) -> float:
        """Seconds since the connection was last known to work: it answers our pings, so a dead peer shows as silence."""
        pong_at = getattr(self._client.current_session, "last_pong_tm", 0) or 0
        if self._client.is_connected() and time.time() - pong_at < _SILENT_SECONDS:
            self._heard_at = time.monotonic()
        return time.monotonic() - self._heard_at

    def tend(self) -> None:
        """Drop a connection that answers no pings, so that another is opened."""
        if self.silent_for() > _SILENT_SECONDS and self._client.is_connected():
            log.warning("the Slack connection answers no pings; opening another")
            self._heard_at = time.monotonic()
            self._client.hang_up()

    def close(self) -> None:
        client = self._client
        client.closed, client.auto_reconnect_enabled = True, False
        client.ended.set()
        client.message_queue.put(None)  # wakes the thread that waits a second for a message
        client.hang_up()

        def close() -> None:
            client.current_session_runner.shutdown()  # before the rest, which would close the socket under the reader
            client.close()

        # the SDK joins its threads, one of which may be waiting for the network: it gets a moment, not more
        closing = threading.Thread(target=close, name="slack-close", daemon=True)
        closing.start()
        closing.join(3.0)

    def _on_request(self, client: Any, request: SocketModeRequest) -> None:
        send_response(client, request, run_bolt_app(self._app, request), time.time())

    def _on_open(self, session: Any) -> None:
        self._heard_at = time.monotonic()
        self._client.failures = 0
        self._opened.set()
        log.info("connected to Slack (Socket Mode)")


class _Client(SocketModeClient):
    """The SDK's client with one way to a new connection, where it has several that race.

    A connection ends by its socket being shut down, which the reading thread notices at once; the SDK closes it from another
    thread, and the reader may stay deaf for ten seconds. Only the reading thread opens the next one, waiting longer after each
    failure; the SDK's monitor opens a second one beside a slow first, and without a pause.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        logging.getLogger("websocket").setLevel(logging.CRITICAL)  # tells again what the SDK tells
        self.current_app_monitor_started = True  # that is: never start it
        self.current_session_runner.interval_seconds = 0.05  # half a second by default, deaf after each lost connection
        self.failures = 0
        self.ended = threading.Event()
        self._log = self.logger

    def connect_to_new_endpoint(self, force: bool = False) -> None:
        if force and self.is_connected():  # Slack asked for it, or the connection is dead
            self.hang_up()
            return
        if not self.ended.is_set():
            self.logger = self._log
        pause = min(_LONGEST_PAUSE, 2.0 ** (self.failures - 1)) if self.failures else 0.0
        self.failures += 1
        if not self.ended.wait(pause):
            super().connect_to_new_endpoint(force)

    def hang_up(self) -> None:
        """End the connection on purpose, which the SDK would log as an error."""
        wrapped = getattr(getattr(self.current_session, "sock", None), "sock", None)
        if wrapped is not None:
            self.logger = _SILENT
            with suppress(OSError):  # ended by itself meanwhile
                wrapped.shutdown(socket.SHUT_RDWR)


class HttpConnection:
    """Slack's signed requests on POST /slack/events; Bolt checks signatures, their age, and answers url_verification."""

    def __init__(self, app: App, host: str, port: int) -> None:
        self._app = app
        self._address = (host, port)
        self._server: ThreadingHTTPServer | None = None

    @property
    def port(self) -> int:
        return self._server.server_address[1] if self._server else self._address[1]

    def open(self) -> None:
        """Listen, in a thread. Raises ConfigError when the port is taken."""
        handler = type("Handler", (_Handler,), {"app": self._app})
        try:
            self._server = ThreadingHTTPServer(self._address, handler)
        except OSError as exc:
            host, port = self._address
            message = f"docent cannot listen on {host}:{port} for Slack's requests ({exc.strerror})."
            raise ConfigError(message, "Set serve.slack_port to a free port.") from exc
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, name="slack-http", daemon=True, kwargs={"poll_interval": 0.1}).start()
        log.info("listening for Slack's requests on port %d", self.port)

    def silent_for(self) -> float:
        return 0.0  # Slack calls when there is something; silence says nothing here

    def tend(self) -> None:
        pass

    def close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    app: App
    protocol_version = "HTTP/1.1"
    timeout = 10  # seconds; a client that sends nothing does not keep its thread

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if urlsplit(self.path).path != EVENTS_PATH:
            self._send(404)
        elif not length.isdecimal() or int(length) > _MAX_BODY:
            self._send(413 if length.isdecimal() else 411)
        else:
            self._dispatch(self.rfile.read(int(length)))

    def do_GET(self) -> None:
        self._send(405 if urlsplit(self.path).path == EVENTS_PATH else 404)

    def _dispatch(self, raw: bytes) -> None:
        try:
            body = raw.decode("utf-8")
        except UnicodeDecodeError:
            self._send(400)
            return
        headers: dict[str, Any] = {name: self.headers.get_all(name) or [] for name in self.headers}
        response = self.app.dispatch(BoltRequest(body=body, query=urlsplit(self.path).query, headers=headers))
        self._send(response.status, response.body.encode(), response.first_headers_without_set_cookie())

    def _send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        if status >= 400:
            self.close_connection = True  # what is left unread of a refused request is not the next one
        self.send_response(status)
        for name, value in (headers or {}).items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        log.debug("slack http: " + format, *args)
