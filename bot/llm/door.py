"""What both SDKs need at their door: a deadline for a whole answer, and foreign errors in our words."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from bot.errors import LLMCutShort, LLMError, LLMRateLimited, LLMRefused, LLMTimeout, LLMUnavailable

RETRIES = 1  # a connection that was reset, a short overload; more would only use up the time for the answer
_TIME_FOR_ANOTHER_TRY = 5.0  # seconds; with less, a second request would be paid for and come too late
_CONNECT_SECONDS = 5.0  # a model that is there at all accepts a connection within this time


def patient(client: Any, deadline: float) -> Any:
    """The SDK's client, which tries again only where there is time for it."""
    return client if deadline >= _TIME_FOR_ANOTHER_TRY else client.with_options(max_retries=0)


def timeouts(sdk: ModuleType, deadline: float) -> Any:
    """The SDK's own Timeout class (of httpx or httpx2, by version): `deadline` between two bytes, less for connecting."""
    return sdk.Timeout(deadline, connect=min(_CONNECT_SECONDS, deadline))


def within(deadline: float, name: str, write: Callable[[], Iterator[str]]) -> Iterator[str]:
    """Hand out what `write` yields until `deadline` seconds have passed, then raise LLMTimeout.

    It runs in a thread of its own, because the timeouts of an SDK are for the pause between two bytes: a slow drip would never
    reach them. A thread left behind ends with its next byte or its own timeout.
    """
    end = time.monotonic() + deadline
    pieces: queue.Queue[str | Exception | None] = queue.Queue()
    given_up = threading.Event()

    def run() -> None:
        try:
            for piece in write():
                if given_up.is_set():
                    return
                pieces.put(piece)
        except Exception as exc:  # raised again in the thread that reads
            pieces.put(exc)
        else:
            pieces.put(None)

    threading.Thread(target=run, name=f"llm-{name}", daemon=True).start()
    try:
        while True:
            left = end - time.monotonic()
            try:
                if left <= 0:
                    raise queue.Empty
                piece = pieces.get(timeout=left)
            except queue.Empty:
                raise _too_slow(name) from None
            if isinstance(piece, Exception):
                raise piece
            if piece is None:
                return
            yield piece
    finally:
        given_up.set()


def check_ending(name: str, ended: str | None, *, good: tuple[str, ...], refused: tuple[str, ...]) -> None:
    """Raise LLMRefused or LLMCutShort unless the model gave a good reason for ending; no reason at all means it broke off."""
    if ended in refused:
        raise LLMRefused(name, f"The language model {name} declined to answer.")
    if ended not in good:
        raise LLMCutShort(name, f"The language model {name} stopped before the end of its answer.")


@contextmanager
def sdk_errors(sdk: ModuleType, name: str, url: str, key_variable: str) -> Iterator[None]:
    """Translate what `openai` or `anthropic` raises (both name their errors alike).

    A server's own message is left out, and so is the error that carries it: it may repeat the key or the question.
    """
    try:
        yield
    except sdk.APITimeoutError as exc:
        raise _too_slow(name) from exc
    except sdk.APIConnectionError as exc:
        raise _unreachable(name, url) from exc
    except sdk.RateLimitError:
        message = f"The language model {name} takes no more requests for now (429)."
        raise LLMRateLimited(name, message, "Try again in a minute, or check the account's quota.") from None
    except sdk.APIStatusError as exc:
        raise _status_error(name, exc.status_code, key_variable) from None
    except sdk.APIError:
        raise _broken_off(name) from None
    except Exception as exc:
        raise _stream_error(name, url, exc) from exc


def _status_error(name: str, status: int, key_variable: str) -> LLMUnavailable:
    if status < 400:  # the error came inside a stream that had begun well
        return _broken_off(name)
    if status in (401, 403):
        return LLMUnavailable(name, f"The language model {name} refused the key ({status}).", f"Check {key_variable}.")
    if status == 404:
        return LLMUnavailable(name, f"The language model {name} is unknown there (404).", "Check model and base_url under [llm].")
    if status >= 500:
        return LLMUnavailable(name, f"The service of the language model {name} has a fault ({status}).", "Try again later.")
    message = f"The service of the language model {name} did not accept the request ({status})."
    return LLMUnavailable(name, message, "Check model and base_url under [llm].")


def _stream_error(name: str, url: str, exc: Exception) -> LLMError:
    """What an SDK lets through while it reads a stream: errors of its HTTP library, and of parsing what arrived."""
    library = type(exc).__module__.partition(".")[0]
    if library.startswith(("httpx", "httpcore")) or isinstance(exc, OSError):
        return _too_slow(name) if "Timeout" in type(exc).__name__ else _unreachable(name, url)
    return LLMUnavailable(name, f"The language model {name} sent something that is no answer.", "Check base_url under [llm].")


def _too_slow(name: str) -> LLMTimeout:
    return LLMTimeout(name, f"The language model {name} did not answer in time.", "Try again, or raise timeout under [llm].")


def _broken_off(name: str) -> LLMUnavailable:
    return LLMUnavailable(name, f"The service of the language model {name} broke off with an error.", "Try again later.")


def _unreachable(name: str, url: str) -> LLMUnavailable:
    parts = urlsplit(url)  # an address may hold a password; only host and port are shown
    where = f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)
    message = f"The connection to the language model {name} at {where} failed."
    return LLMUnavailable(name, message, "Check base_url under [llm], and that it runs.")
