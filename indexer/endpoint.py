"""One HTTP endpoint that takes JSON and gives JSON: the door to embedding and reranking models that run elsewhere.

httpx, because Chroma's client brings it anyway, it keeps connections open between questions, and it honours the proxies and
certificates of the environment; the `openai` package is an extra, takes four times as long to import, and speaks neither of the
reranking protocols. Imported at the first request only.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from indexer.errors import ConfigError, ModelError

if TYPE_CHECKING:
    import httpx

_CONNECT_SECONDS = 5.0
_MOST_BYTES = 256 << 20
_FIRST_WAIT, _LONGEST_WAIT = 0.5, 60.0  # seconds between two tries, where the server names no time
_PASSING = frozenset({408, 409, 425, 429})  # statuses that another try may mend, beside all from 500 on
_TOO_LARGE = re.compile(
    r"too (?:long|large|many)|maximum (?:context|sequence|allowed|input)|context[ _](?:length|window|size)|max_?imum .{0,20}tokens"
    r"|(?:less|more|fewer) than \d+ tokens|exceed|batch size",
    re.IGNORECASE,
)


class TooLarge(ModelError):
    """The endpoint takes no input of this length, or not so many at once: less may pass."""


class Endpoint:
    """`what` names the model in errors ("The embedding model x"), `table` the settings it comes from. Threads may share it."""

    def __init__(self, what: str, base_url: str, table: str, key: str, key_variable: str) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"docent.toml: {table} base_url is no web address.", 'Write it like "http://localhost:8080/v1".')
        self._what = what
        self._base = base_url.rstrip("/")
        self._table = table
        self._key = key
        self._key_variable = key_variable
        self._client: httpx.Client | None = None
        self._opening = threading.Lock()
        # an address may hold a password; only host and port are shown
        self.place = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)

    def post(self, path: str, body: Mapping[str, Any], *, timeout: float, patience: float) -> Any:
        """What the endpoint replies. One request may take `timeout` seconds, all tries and the pauses between them `patience`.

        Another try follows a lost connection, 429 and 5xx, after the time the server asks for. TooLarge, ModelError.
        """
        end = time.monotonic() + patience
        wait = _FIRST_WAIT
        while True:
            left = max(0.05, end - time.monotonic())
            try:
                status, headers, data = self._send(path, body, min(timeout, left))
                if status < 300:
                    return self._parsed(data)
                failure, asked = self._failure(status, data), _asked_wait(headers)
                again = not isinstance(failure, TooLarge) and (status in _PASSING or status >= 500)
            except _Lost as exc:
                failure, asked, again = exc.error, None, True
            pause = asked if asked is not None else wait * random.uniform(0.5, 1.0)
            if not again or time.monotonic() + pause >= end:
                raise failure
            time.sleep(pause)
            wait = min(2 * wait, _LONGEST_WAIT)

    def prepare(self) -> None:
        """Load what a first request would wait for."""
        self._connected()

    def _send(self, path: str, body: Mapping[str, Any], seconds: float) -> tuple[int, Mapping[str, str], bytes]:
        import httpx

        end = time.monotonic() + seconds
        received = bytearray()
        timeout = httpx.Timeout(seconds, connect=min(_CONNECT_SECONDS, seconds))
        try:
            with self._connected().stream("POST", self._base + path, json=body, timeout=timeout) as response:
                for piece in response.iter_bytes():  # the timeout above is for each pause; a slow drip would never reach it
                    received += piece
                    if time.monotonic() > end:
                        raise _Lost(self._too_slow(seconds))
                    if len(received) > _MOST_BYTES:
                        raise self._nonsense()
                return response.status_code, response.headers, bytes(received)
        except httpx.TimeoutException as exc:
            raise _Lost(self._too_slow(seconds)) from exc
        except httpx.TransportError as exc:
            hint = f"Check {self._table} base_url, and that it runs."
            raise _Lost(ModelError(f"The connection to {self._what} at {self.place} failed.", hint)) from exc

    def _connected(self) -> httpx.Client:
        import httpx

        with self._opening:
            if self._client is None:
                headers = {"authorization": f"Bearer {self._key}"} if self._key else {}
                self._client = httpx.Client(headers=headers, follow_redirects=False)  # a redirect would take the key elsewhere
            return self._client

    def _parsed(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except ValueError as exc:
            raise self._nonsense() from exc

    def _failure(self, status: int, data: bytes) -> ModelError:
        """A status in our words. The server's own are left out: they may repeat the key or the text."""
        name = self._what[0].upper() + self._what[1:]
        if status in (401, 403):
            return ModelError(f"{name} refused the key ({status}).", f"Check {self._key_variable}.")
        if status == 404 or status < 400:
            return ModelError(f"{name} is unknown at {self.place} ({status}).", f"Check {self._table} base_url and model.")
        if status == 413 or (status in (400, 422, 500) and _TOO_LARGE.search(data[:4000].decode(errors="replace"))):
            return TooLarge(f"{name} does not take an input of this size ({status}).", "Raise the limit of its server.")
        if status == 429:
            return ModelError(f"{name} takes no more requests for now (429).", "Try again later, or check the account's quota.")
        if status >= 500:
            return ModelError(f"The service of {self._what} has a fault ({status}).", "Try again later.")
        return ModelError(f"{name} did not accept the request ({status}).", f"Check what stands under {self._table}.")

    def _too_slow(self, seconds: float) -> ModelError:
        message = f"{self._what[0].upper()}{self._what[1:]} did not answer within {seconds:.3g} seconds."
        return ModelError(message, f"Try again, or raise timeout under {self._table}.")

    def _nonsense(self) -> ModelError:
        return ModelError(f"What {self.place} sent is no answer of {self._what}.", f"Check {self._table} base_url.")


class _Lost(Exception):
    """No reply came; `error` says it in words."""

    def __init__(self, error: ModelError) -> None:
        super().__init__(str(error))
        self.error = error


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds a server asks to wait: Retry-After as seconds or a date (RFC 9110, 10.2.3), or OpenAI's retry-after-ms."""
    try:
        if headers.get("retry-after-ms"):
            return max(0.0, float(headers["retry-after-ms"]) / 1000)
        asked = headers.get("retry-after", "")
        if re.fullmatch(r"\d+(?:\.\d+)?", asked.strip()):
            return float(asked)
        date = parsedate_to_datetime(asked) if asked else None
    except ValueError:
        return None
    if date is None:
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
