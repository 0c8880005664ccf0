"""A scripted language model on loopback: speaks OpenAI's chat completions and Anthropic's messages as server-sent events.

Embeddings and reranking it answers by itself (tests/model_endpoints.py).

It is strict about what reaches it: a request that the real services would not take is answered with 400 and noted in `faults`.
"""

from __future__ import annotations

import json
import sys
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.model_endpoints import PATHS, ModelEndpoints, Trouble

KEY = "sk-test-0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the next request gets: an HTTP error, or words in pieces with a reason for ending ("" breaks off without one)."""

    pieces: Sequence[str] = ()
    status: int = 200
    ended: str = "stop"  # "stop", "length", "refusal", ""
    pause: float = 0.0  # seconds before each piece
    silence: float = 0.0  # seconds before anything at all
    raw: bytes | None = None  # sent instead of well-formed events
    abort: bool = False  # close the connection in the middle of the body
    error: str = ""  # the text of an error event at the end of the stream
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it arrived."""

    api: str
    system: str
    user: str
    body: dict[str, Any]
    headers: dict[str, str]


class ScriptedModel(ThreadingHTTPServer):
    """Answers requests from a queue of replies and remembers what it was asked."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.replies: list[Reply] = []
        self.asked: list[Asked] = []
        self.faults: list[str] = []
        self.models = ModelEndpoints(keys=(KEY,))
        self.stopping = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a client may go at any time
            self.faults.append(traceback.format_exc())

    def says(self, *pieces: str, **options: Any) -> None:
        self.replies.append(Reply(pieces, **options))


@contextmanager
def scripted_model() -> Iterator[ScriptedModel]:
    server = ScriptedModel()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
    assert not server.faults, server.faults


class _Handler(BaseHTTPRequestHandler):
    server: ScriptedModel
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are written apart: without this every small reply takes 40 ms

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if self.path in PATHS:
            return self._model(PATHS[self.path], body)
        api = {"/v1/chat/completions": "openai", "/v1/messages": "anthropic"}.get(self.path.partition("?")[0])
        if api is None:
            fault = f"no such path: {self.path}"
        else:
            fault = _openai_fault(self.headers, body) if api == "openai" else _anthropic_fault(self.headers, body)
        if api is None or fault:
            self.server.faults.append(fault)
            return self._error(400, fault)
        self.server.asked.append(Asked(api, *_texts(api, body), body, dict(self.headers)))
        reply = self.server.replies.pop(0)
        self.server.stopping.wait(reply.silence)
        if reply.status != 200:
            return self._error(reply.status, f"Incorrect key {KEY} for {body['messages']}", reply.headers)
        try:
            self._stream(api, reply)
        except OSError:  # the client gave up, as it may
            self.close_connection = True

    def _model(self, api: str, body: dict[str, Any]) -> None:
        models = self.server.models
        status, value = models.reply(api, self.headers, body)
        if str(value).startswith("fault: "):
            self.server.faults.append(value)
        trouble = models.troubles.pop(0) if models.troubles else Trouble()
        self.server.stopping.wait(trouble.silence)
        if trouble.status != 200:
            return self._json(trouble.status, {"error": {"message": f"{trouble.message}: {KEY} {body}"}}, trouble.headers)
        self._json(status, value if trouble.body is None else trouble.body)

    def _json(self, status: int, value: Any, headers: dict[str, str] | None = None) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, api: str, reply: Reply) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        if reply.raw is not None:
            self._chunk(reply.raw)
        else:
            for event in (_openai_events if api == "openai" else _anthropic_events)(reply):
                if "text" in event[0]:
                    self.server.stopping.wait(reply.pause)
                self._chunk(event[1])
        if reply.abort:
            self.close_connection = True
            return
        self.wfile.write(b"0\r\n\r\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _error(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        data = json.dumps({"type": "error", "error": {"type": "error", "message": message}}).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "retry-after-ms": "1", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Keep the tests' output clean."""


def _openai_fault(headers: Any, body: dict[str, Any]) -> str:
    if headers["authorization"] not in (f"Bearer {KEY}", "Bearer none"):
        return "authorization is wrong"
    if [message.get("role") for message in body.get("messages", [])] != ["system", "user"]:
        return "messages must be one of the system and one of the user"
    limits = {"max_tokens", "max_completion_tokens"} & set(body)
    if len(limits) != 1 or not isinstance(body[limits.pop()], int):
        return "exactly one limit of tokens is needed"
    unknown = set(body) - {"model", "messages", "stream", "max_tokens", "max_completion_tokens", "temperature"}
    return _common_fault(headers, body) or (f"unknown: {unknown}" if unknown else "")


def _anthropic_fault(headers: Any, body: dict[str, Any]) -> str:
    # The SDK sends the key as x-api-key up to version 1 and as a bearer token from version 2 on; never both.
    keys = [value for value in (headers["x-api-key"], headers["authorization"]) if value]
    if len(keys) != 1 or keys[0].removeprefix("Bearer ") not in (KEY, "none"):
        return "the key is wrong"
    if not headers["anthropic-version"]:
        return "anthropic-version is missing"
    if headers["traceparent"]:
        return "tracing is on"
    if [message.get("role") for message in body.get("messages", [])] != ["user"] or not isinstance(body.get("system"), str):
        return "messages must be one of the user, the system text apart"
    unknown = set(body) - {"model", "messages", "stream", "max_tokens", "system"}
    return _common_fault(headers, body) or (f"unknown: {unknown}" if unknown else "")


def _common_fault(headers: Any, body: dict[str, Any]) -> str:
    if headers["content-type"] != "application/json":
        return "content-type is wrong"
    if body.get("stream") is not True or not body.get("model"):
        return "stream and model are needed"
    if any(not isinstance(message.get("content"), str) or not message["content"] for message in body["messages"]):
        return "content must be text"
    return ""


def _texts(api: str, body: dict[str, Any]) -> tuple[str, str]:
    system = body["messages"][0]["content"] if api == "openai" else body["system"]
    return system, body["messages"][-1]["content"]


def _openai_events(reply: Reply) -> Iterator[tuple[str, bytes]]:
    def chunk(delta: dict[str, Any], ended: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": ended}
        data = {"id": "c1", "object": "chat.completion.chunk", "created": int(time.time()), "model": "m", "choices": [choice]}
        return b"data: " + json.dumps(data).encode() + b"\n\n"

    yield "start", chunk({"role": "assistant", "content": ""})
    for piece in reply.pieces:
        yield "text", chunk({"content": piece})
    if reply.error:
        yield "error", b"data: " + json.dumps({"error": {"message": reply.error}}).encode() + b"\n\n"
    if reply.ended == "refusal":
        yield "refusal", chunk({"refusal": "I cannot help with that."})
    if reply.ended:
        yield "end", chunk({}, "length" if reply.ended == "length" else "stop")
        yield "usage", b'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":null}\n\n'
        yield "done", b"data: [DONE]\n\n"


def _anthropic_events(reply: Reply) -> Iterator[tuple[str, bytes]]:
    def event(kind: str, **data: Any) -> bytes:
        return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()

    usage = {"input_tokens": 1, "output_tokens": 1}
    message = {"id": "m1", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": usage}
    yield "start", event("message_start", message=message)
    yield "start", event("content_block_start", index=0, content_block={"type": "text", "text": ""})
    yield "ping", event("ping")
    for piece in reply.pieces:
        yield "text", event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
    if reply.error:
        yield "error", event("error", error={"type": "overloaded_error", "message": reply.error})
    if reply.ended:
        reason = {"stop": "end_turn", "length": "max_tokens"}.get(reply.ended, reply.ended)
        yield "stop", event("content_block_stop", index=0)
        yield "end", event("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage=usage)
        yield "end", event("message_stop")
