"""A strict local Slack: the Web API over HTTP on a loopback port, and the state of its workspace. Sockets: tests/slack_socket.py.

It refuses what Slack refuses, in Slack's words (tests/slack_validation.py), and some of what Slack lets pass to people's sorrow.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from tests.slack_interactions import Interactions
from tests.slack_uploads import Uploads
from tests.slack_validation import Refused, check_message

BOT_TOKEN, APP_TOKEN, SIGNING_SECRET = "xoxb-test-bot", "xapp-test-app", "test-signing-secret"
TEAM, APP, BOT_USER, BOT_ID = "T0HOME", "A0DOCENT", "U0DOCENT", "B0DOCENT"
ALL_SCOPES = (
    "app_mentions:read,assistant:write,channels:history,channels:read,chat:write,commands,files:write,groups:history,groups:read,"
    "im:history,users:read,users:read.email"
)
WORKSPACE = "https://home.slack.com/"
_HISTORY = {"C": "channels:history", "G": "groups:history", "D": "im:history"}


@dataclass
class Call:
    """One Web API call as it arrived."""

    method: str
    arguments: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


@dataclass
class Trouble:
    """What happens to a call instead of an answer: an HTTP status, or a dropped connection, before or after it took effect."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    effective: bool = False
    error: str = ""


class SlackServer:
    """The workspace and its Web API. `calls` is all that was asked, `messages` all that was posted, by channel."""

    def __init__(self) -> None:
        self.scopes = ALL_SCOPES
        self.calls: list[Call] = []
        self.messages: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.users: dict[str, dict[str, Any]] = {}
        self.shared: set[str] = set()
        self.not_member: set[str] = set()
        self.names: dict[str, str] = {"C1": "general"}
        self.archived: set[str] = set()
        self.epoch = 1_790_000_000  # seconds since 1970 of the first message
        self.page = 200  # Slack may give fewer than asked for, also before the end
        self.unknown_methods: set[str] = set()
        self.trouble: dict[str, deque[Trouble]] = defaultdict(deque)
        self.delay: dict[str, float] = {}
        self.socket_url: Callable[[], str] | None = None
        self._changed = threading.Condition()
        self._count = 0
        handler = type("Handler", (_Handler,), {"slack": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
        self.interactions = Interactions(lambda: self.url.removesuffix("/api/"), self.next_ts)
        self.uploads = Uploads(lambda: self.url.removesuffix("/api/"))
        self.add_user("U0ANNA", real_name="Anna Smith", email="anna@corner.example")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    @property
    def changed(self) -> threading.Condition:
        return self._changed

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add_user(self, user: str, *, email: str = "", **facts: Any) -> None:
        member = {"team_id": TEAM, "is_bot": False, "is_restricted": False, "is_ultra_restricted": False}
        profile = {"email": email, "real_name": facts.get("real_name", "")}
        self.users[user] = {"id": user, "name": user.lower(), "profile": profile, **member, **facts}

    def take_away(self, *scopes: str) -> None:
        """The app was installed without these."""
        self.scopes = ",".join(scope for scope in self.scopes.split(",") if scope not in scopes)

    def next_ts(self) -> str:
        with self._changed:
            self._count += 1
            return f"{self.epoch}.{self._count:06d}"

    def say(self, channel: str, text: str, user: str = "U0ANNA", **more: Any) -> dict[str, Any]:
        """A person's message, as it lies in the channel."""
        message = {"type": "message", "channel": channel, "user": user, "text": text, "ts": self.next_ts(), **more}
        with self._changed:
            self.messages[channel].append(message)
        return message

    def called(self, method: str) -> list[Call]:
        with self._changed:
            return [call for call in self.calls if call.method == method]

    def posted(self, channel: str) -> list[dict[str, Any]]:
        """What docent posted in a channel, oldest first, as it stands now."""
        with self._changed:
            return [message for message in self.messages[channel] if message.get("bot_id") == BOT_ID]

    def wait_until(self, holds: Callable[[], Any], seconds: float = 10.0) -> Any:
        """Wait for something to become true after a call; fails the test when it does not."""
        end = time.monotonic() + seconds
        with self._changed:
            while not (value := holds()):
                left = end - time.monotonic()
                assert left > 0, f"nothing after {seconds} s; calls: {[call.method for call in self.calls]}"
                self._changed.wait(min(left, 0.05))
            return value

    def handle(self, method: str, arguments: dict[str, Any], token: str) -> dict[str, Any]:
        """Answer one call; raises Refused."""
        with self._changed:
            self.calls.append(Call(method, arguments))
            self._changed.notify_all()
        answer = getattr(self, "_" + method.replace(".", "_"), None)
        if answer is None or method in self.unknown_methods:
            raise Refused("unknown_method")
        expected = APP_TOKEN if method == "apps.connections.open" else BOT_TOKEN
        if token != expected:
            raise Refused("not_allowed_token_type" if token in (APP_TOKEN, BOT_TOKEN) else "invalid_auth")
        with self._changed:
            try:
                return answer(arguments)
            finally:
                self._changed.notify_all()

    def _needs(self, scope: str) -> None:
        if scope not in self.scopes.split(","):
            raise Refused("missing_scope", scope)

    def _auth_test(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"team": "Home", "team_id": TEAM, "user_id": BOT_USER, "bot_id": BOT_ID, "user": "docent", "url": WORKSPACE}

    def _apps_connections_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        if self.socket_url is None:
            raise Refused("forbidden_team")
        return {"url": self.socket_url()}

    def _users_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._needs("users:read")
        if arguments.get("user") not in self.users:
            raise Refused("user_not_found")
        return {"user": self._as_seen(self.users[arguments["user"]])}

    def _users_lookupByEmail(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._needs("users:read.email")
        address = str(arguments.get("email") or "").lower()
        if "@" not in address:
            raise Refused("users_not_found")
        for user in self.users.values():
            if user["profile"]["email"].lower() == address and not user.get("deleted"):
                return {"user": self._as_seen(user)}
        raise Refused("users_not_found")

    def _as_seen(self, user: dict[str, Any]) -> dict[str, Any]:
        """A profile shows its e-mail to apps with the scope for it only."""
        hidden = {} if "users:read.email" in self.scopes.split(",") else {"email"}
        return {**user, "profile": {key: value for key, value in user["profile"].items() if key not in hidden}}

    def _conversations_info(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel = str(arguments.get("channel") or "")
        self._needs({"C": "channels:read", "G": "groups:read"}.get(channel[:1], "im:read"))
        if channel.startswith("G") and channel in self.not_member:
            raise Refused("channel_not_found")
        return {"channel": self._conversation(channel)}

    def _conversation(self, channel: str) -> dict[str, Any]:
        facts = {"is_private": channel[0] == "G", "is_ext_shared": channel in self.shared, "is_archived": channel in self.archived}
        return {"id": channel, "name": self.names.get(channel, channel.lower()), "is_member": channel not in self.not_member, **facts}

    def _conversations_history(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Newest first; replies in threads are not in it, other than those also sent to the channel."""
        channel = str(arguments.get("channel") or "")
        self._needs(_HISTORY[channel[0]])
        if channel in self.not_member:
            raise Refused("not_in_channel" if channel[0] == "C" else "channel_not_found")
        oldest, latest = float(arguments.get("oldest") or 0), float(arguments.get("latest") or 9e12)
        inclusive = _is_true(arguments.get("inclusive"))
        found = [
            {key: value for key, value in one.items() if key != "metadata" or _is_true(arguments.get("include_all_metadata"))}
            for one in reversed(self.messages[channel])
            if one.get("thread_ts") in (None, one["ts"]) or one.get("subtype") == "thread_broadcast"
            if oldest < float(one["ts"]) < latest or (inclusive and float(one["ts"]) in (oldest, latest))
        ]
        return self._paged(found, arguments, most=999)

    def _paged(self, found: list[dict[str, Any]], arguments: dict[str, Any], most: int) -> dict[str, Any]:
        """One page of messages by Slack's cursors (docs.slack.dev/apis/web-api/pagination)."""
        limit, cursor = int(arguments.get("limit") or 100), str(arguments.get("cursor") or "page:0")
        if not 1 <= limit <= most:
            raise Refused("invalid_limit")
        if not cursor.startswith("page:"):
            raise Refused("invalid_cursor")
        start = int(cursor.removeprefix("page:"))
        end = start + min(limit, self.page)
        more = end < len(found)
        return {"messages": found[start:end], "has_more": more, "response_metadata": {"next_cursor": f"page:{end}" if more else ""}}

    def _views_open(self, arguments: dict[str, Any]) -> dict[str, Any]:
        return {"view": self.interactions.open_view(arguments)}

    def _chat_postMessage(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._needs("chat:write")
        channel = str(arguments.get("channel") or "")
        if not channel or channel[0] not in "CDGU":
            raise Refused("channel_not_found")
        if channel in self.not_member:
            raise Refused("not_in_channel")
        if channel in self.archived:
            raise Refused("is_archived")
        check_message(arguments, update=False, mentions=self.interactions.may_mention)
        if arguments.get("unfurl_links") is not False:
            raise Refused("invalid_arguments", "unfurl_links is not false: each source would become a card")
        message = {"type": "message", "channel": channel, "user": BOT_USER, "bot_id": BOT_ID, "ts": self.next_ts()}
        message |= {key: arguments[key] for key in ("text", "blocks", "thread_ts", "metadata") if key in arguments}
        self.messages[channel].append(message)
        return {"channel": channel, "ts": message["ts"], "message": message}

    def _chat_update(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._needs("chat:write")
        check_message(arguments, update=True)
        for message in self.messages[str(arguments.get("channel"))]:
            if message["ts"] == arguments.get("ts"):
                if message.get("bot_id") != BOT_ID:
                    raise Refused("cant_update_message")
                message |= {key: arguments[key] for key in ("text", "blocks", "metadata") if key in arguments}
                return {"channel": message["channel"], "ts": message["ts"], "text": message["text"]}
        raise Refused("message_not_found")

    def _conversations_replies(self, arguments: dict[str, Any]) -> dict[str, Any]:
        channel, root = str(arguments.get("channel")), arguments.get("ts")
        self._needs(_HISTORY[channel[0]])
        thread = [one for one in self.messages[channel] if one["ts"] == root or one.get("thread_ts") == root]
        if not thread:
            raise Refused("thread_not_found")
        oldest, latest = str(arguments.get("oldest") or ""), str(arguments.get("latest") or "9")
        found = [
            {key: value for key, value in one.items() if key != "metadata" or _is_true(arguments.get("include_all_metadata"))}
            for one in thread
            if one["ts"] == root or oldest < one["ts"] < latest
        ]
        return self._paged(found, {"limit": 1_000, **arguments}, most=1_000)

    def _assistant_threads_setStatus(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._needs("chat:write")
        self._place(arguments)
        if "status" not in arguments:
            raise Refused("invalid_arguments")
        return {}

    def _agents_sessions_setStatus(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._needs("chat:write")
        self._place(arguments)
        if arguments.get("status") not in ("active", "processing", "suspended", "closed"):
            raise Refused("invalid_status")
        return {"session": {"status": arguments["status"]}}

    def _files_getUploadURLExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._needs("files:write")
        return self.uploads.begin(arguments)

    def _files_completeUploadExternal(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._needs("files:write")
        channel, thread = str(arguments.get("channel_id") or ""), arguments.get("thread_ts")
        if not channel or channel in self.not_member:
            raise Refused("not_in_channel" if channel.startswith("C") else "channel_not_found")
        if thread is not None and thread not in {message["ts"] for message in self.messages[channel]}:
            raise Refused("thread_not_found")
        return self.uploads.complete(arguments)

    def _place(self, arguments: dict[str, Any]) -> None:
        if not arguments.get("channel_id") or not arguments.get("thread_ts"):
            raise Refused("invalid_arguments")
        if arguments["channel_id"] in self.not_member:
            raise Refused("channel_not_found")


def _is_true(value: Any) -> bool:
    return value in ("1", True, "true")


class _Handler(BaseHTTPRequestHandler):
    slack: SlackServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        method = self.path.removeprefix("/api/").partition("?")[0]
        if self.path.startswith("/upload/"):
            self._upload()
            return
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        time.sleep(self.slack.delay.get(method, 0.0))
        response_url = method.startswith("/actions/")
        queue = self.slack.trouble["response_url" if response_url else method]
        trouble = queue.popleft() if queue else None
        if trouble is None and response_url:
            self._respond(raw)
        elif trouble is None:
            self._answer(method, raw, token)
        else:
            self._misbehave(trouble, method, raw, token)

    def _upload(self) -> None:
        """The bytes of a file, to the address that was given for it. It takes no token, for the address is one."""
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with self.slack.changed:
            status, words = self.slack.uploads.receive(self.path, data)
            self.slack.changed.notify_all()
        self._send(status, words, {"Content-Type": "text/plain"})

    def _misbehave(self, trouble: Trouble, method: str, raw: str, token: str) -> None:
        if trouble.effective:
            self.slack.handle(method, self._arguments(raw), token)
        else:
            self.slack.calls.append(Call(method, self._arguments(raw)))
        if trouble.drop:
            self.close_connection = True
            self.connection.close()
        elif trouble.error:
            self._send(200, {"ok": False, "error": trouble.error}, {})
        else:
            body = {"ok": False, "error": "ratelimited"} if trouble.status == 429 else "oops"
            self._send(trouble.status, body, trouble.headers)

    def _respond(self, raw: str) -> None:
        """A message to a response_url."""
        try:
            with self.slack.changed:
                public = self.slack.interactions.respond(self.path, json.loads(raw))
                if public:
                    self.slack.messages[public["channel"]].append(public | {"user": BOT_USER, "bot_id": BOT_ID})
                self.slack.changed.notify_all()
            self._send(200, "ok", {})
        except Refused as exc:
            self.slack.interactions.refused.append(f"{exc.error} {exc.detail}".strip())
            gone = exc.error in ("expired_url", "used_url")
            self._send(404 if gone else 400, {"ok": False, "error": exc.error} if gone else exc.error, {})

    def _answer(self, method: str, raw: str, token: str) -> None:
        try:
            answer = {"ok": True, **self.slack.handle(method, self._arguments(raw), token)}
        except Refused as exc:
            answer = {"ok": False, "error": exc.error, "response_metadata": {"messages": [exc.detail]}}
            if exc.error == "missing_scope":
                answer |= {"needed": exc.detail, "provided": self.slack.scopes}
        self._send(200, answer, {"x-oauth-scopes": self.slack.scopes})

    def _arguments(self, raw: str) -> dict[str, Any]:
        if (self.headers.get("Content-Type") or "").startswith("application/json"):
            return json.loads(raw or "{}")
        values: dict[str, Any] = dict(parse_qsl(raw, keep_blank_values=True))
        return {key: json.loads(value) if value[:1] in ("[", "{") else value for key, value in values.items()}

    def _send(self, status: int, body: Any, headers: dict[str, str]) -> None:
        data = (json.dumps(body) if not isinstance(body, str) else body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        pass
