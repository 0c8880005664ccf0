"""Slack's side of Socket Mode and of signed HTTP events: sends envelopes, waits for acks, sends again what got none."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.server import ServerConnection, serve

from tests.slack_server import APP, BOT_USER, SIGNING_SECRET, TEAM, SlackServer


def envelope_body(event: dict[str, Any], event_id: str | None = None, **more: Any) -> dict[str, Any]:
    """The Events API body around an event."""
    event_id = event_id or "Ev" + uuid.uuid4().hex[:10].upper()
    body = {"type": "event_callback", "api_app_id": APP, "team_id": TEAM, "event_id": event_id, "event_time": 1_790_000_000}
    return {**body, "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}], "event": event, **more}


def mention(message: dict[str, Any]) -> dict[str, Any]:
    """The app_mention event of a message in a channel."""
    return {"client_msg_id": str(uuid.uuid4()), "team": TEAM, "event_ts": message["ts"], **message, "type": "app_mention"}


def direct(message: dict[str, Any]) -> dict[str, Any]:
    """The message.im event of a message in a direct conversation."""
    return {"client_msg_id": str(uuid.uuid4()), "team": TEAM, "event_ts": message["ts"], **message, "channel_type": "im"}


class SlackSocket:
    """The websocket that apps.connections.open hands out. `acks` says when each envelope was acknowledged."""

    def __init__(self, slack: SlackServer, redeliver_after: float = 0.5) -> None:
        self.acks: dict[str, float] = {}
        self.replies: dict[str, Any] = {}
        self.connections: list[ServerConnection] = []
        self.opened = 0
        self._redeliver_after = redeliver_after
        self._changed = threading.Condition()
        self._server = serve(self._serve, "127.0.0.1", 0, ping_interval=None)
        port = self._server.socket.getsockname()[1]
        slack.socket_url = lambda: f"ws://127.0.0.1:{port}/link/?ticket={uuid.uuid4()}&app_id={APP}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        for connection in list(self.connections):
            connection.close_socket()

    def wait_connected(self, opened: int = 1, seconds: float = 10.0) -> None:
        """Wait until docent has connected `opened` times in all, and is connected now."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.opened >= opened and self.connections, seconds), "docent does not connect"

    def send(self, body: dict[str, Any], *, envelope_id: str | None = None, wait: float = 10.0, retries: int = 3) -> float:
        """Send one event to one connection, again while it is not acknowledged; returns the seconds until it was."""
        envelope_id = envelope_id or str(uuid.uuid4())
        started = time.monotonic()
        for attempt in range(retries + 1):
            envelope = {
                "envelope_id": envelope_id,
                "type": "events_api",
                "payload": body,
                "accepts_response_payload": False,
                "retry_attempt": attempt,
                "retry_reason": "timeout" if attempt else "",
            }
            self._transmit(json.dumps(envelope), wait)
            if self._acknowledged(envelope_id, wait if attempt == retries else self._redeliver_after):
                return self.acks[envelope_id] - started
        raise AssertionError(f"never acknowledged: {body['event'].get('type')}")

    def interact(self, kind: str, body: dict[str, Any], *, envelope_id: str | None = None, seconds: float = 3.0) -> Any:
        """Send a command ("slash_commands") or a click or modal ("interactive"), once, as Slack does; what the ack says.

        Fails where it is not acknowledged in the 3 s after which a person sees that the app did not answer.
        """
        envelope_id = envelope_id or str(uuid.uuid4())
        envelope = {"envelope_id": envelope_id, "type": kind, "payload": body, "accepts_response_payload": True}
        self._transmit(json.dumps(envelope), 10.0)
        assert self._acknowledged(envelope_id, seconds), f"operation_timeout: {kind}"
        return self.replies.get(envelope_id)

    def say_goodbye(self) -> None:
        """Ask for a new connection as Slack does when it wants to replace one, then drop the old one."""
        old = self.connections[-1]
        old.send(json.dumps({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}}))

    def abort(self) -> None:
        """Cut every connection without a word."""
        for connection in list(self.connections):
            connection.close_socket()

    def _transmit(self, text: str, wait: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.connections, wait)
            connection = self.connections[-1]
        with suppress(ConnectionClosed):  # cut meanwhile: the next attempt takes the next connection
            connection.send(text)

    def _acknowledged(self, envelope_id: str, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: envelope_id in self.acks, seconds)

    def _serve(self, connection: ServerConnection) -> None:
        connection.send(json.dumps({"type": "hello", "num_connections": 1, "connection_info": {"app_id": APP}}))
        with self._changed:
            self.connections.append(connection)
            self.opened += 1
            self._changed.notify_all()
        try:
            for message in connection:
                ack = json.loads(message)
                with self._changed:
                    self.acks.setdefault(ack["envelope_id"], time.monotonic())
                    self.replies.setdefault(ack["envelope_id"], ack.get("payload"))
                    self._changed.notify_all()
        except ConnectionClosed:
            pass
        finally:
            with self._changed:
                self.connections.remove(connection)


def post_event(
    port: int, body: dict[str, Any], *, secret: str = SIGNING_SECRET, age: float = 0.0, path: str = "/slack/events"
) -> tuple[int, str]:
    """Send an event as Slack does over HTTP, signed; returns the status and the body of the reply."""
    return _post(port, json.dumps(body), "application/json", secret, age, path)


def post_form(port: int, kind: str, body: dict[str, Any], *, secret: str = SIGNING_SECRET, age: float = 0.0) -> tuple[int, str]:
    """Send a command as a form, or a click or modal as a form whose `payload` is JSON, signed."""
    form = body if kind == "slash_commands" else {"payload": json.dumps(body)}
    return _post(port, urllib.parse.urlencode(form), "application/x-www-form-urlencoded", secret, age, "/slack/events")


def _post(port: int, raw: str, content_type: str, secret: str, age: float, path: str) -> tuple[int, str]:
    stamp = str(int(time.time() - age))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
    headers = {"Content-Type": content_type, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", raw.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
