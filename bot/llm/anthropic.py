"""Anthropic's Messages API."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.config import LLMSettings
from bot.llm.door import RETRIES, check_ending, patient, sdk_errors, timeouts, within

if TYPE_CHECKING:
    import anthropic

_URL = "https://api.anthropic.com"  # said outright, so that no ANTHROPIC_BASE_URL lying around sends questions elsewhere


class AnthropicModel:
    """A model behind Anthropic's Messages API."""

    def __init__(self, settings: LLMSettings, key: SecretStr) -> None:
        self.name = settings.model
        self._url = settings.base_url or _URL
        self._max_tokens = settings.max_tokens
        self._key = key
        self._client: anthropic.Anthropic | None = None
        self._opening = threading.Lock()

    def stream(self, system: str, user: str, *, deadline: float) -> Iterator[str]:
        return within(deadline, self.name, lambda: self._write(system, user, deadline))

    def prepare(self) -> None:
        self._connected()

    def _write(self, system: str, user: str, deadline: float) -> Iterator[str]:
        import anthropic

        ended = None
        with sdk_errors(anthropic, self.name, self._url, "ANTHROPIC_API_KEY"), self._open(system, user, deadline) as events:
            for event in events:
                if event.type == "content_block_delta" and event.delta.type == "text_delta":
                    yield event.delta.text
                elif event.type == "message_delta":
                    ended = event.delta.stop_reason or ended
        check_ending(self.name, ended, good=("end_turn", "stop_sequence"), refused=("refusal",))

    def _open(self, system: str, user: str, deadline: float) -> anthropic.Stream[Any]:
        import anthropic

        return patient(self._connected(), deadline).messages.create(
            model=self.name,
            system=system,
            messages=[{"role": "user", "content": user}],
            max_tokens=self._max_tokens,
            stream=True,
            timeout=timeouts(anthropic, deadline),
        )

    def _connected(self) -> anthropic.Anthropic:
        import anthropic

        with self._opening:
            if self._client is None:
                options: dict[str, Any] = {"base_url": self._url, "api_key": self._key.get_secret_value(), "max_retries": RETRIES}
                if "open_telemetry" in inspect.signature(anthropic.Anthropic).parameters:  # newer versions trace by default
                    options["open_telemetry"] = {"traces": False, "propagation": False}
                self._client = anthropic.Anthropic(**options)
            return self._client
