"""OpenAI and every endpoint that speaks its chat completions, such as llama.cpp, Ollama, vLLM or a company's proxy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from bot.config import LLMSettings
from bot.llm.door import RETRIES, check_ending, patient, sdk_errors, timeouts, within

if TYPE_CHECKING:
    import openai

_URL = "https://api.openai.com/v1"  # said outright, so that no OPENAI_BASE_URL lying around sends questions elsewhere


class OpenAIModel:
    """A model behind OpenAI's chat completions API."""

    def __init__(self, settings: LLMSettings, key: SecretStr) -> None:
        self.name = settings.model
        self._url = settings.base_url or _URL
        self._own_endpoint = bool(settings.base_url)
        self._max_tokens = settings.max_tokens
        self._key = key
        self._client: openai.OpenAI | None = None
        self._opening = threading.Lock()

    def stream(self, system: str, user: str, *, deadline: float) -> Iterator[str]:
        return within(deadline, self.name, lambda: self._write(system, user, deadline))

    def prepare(self) -> None:
        self._connected()

    def _write(self, system: str, user: str, deadline: float) -> Iterator[str]:
        import openai

        ended = None
        with sdk_errors(openai, self.name, self._url, "OPENAI_API_KEY"), self._open(system, user, deadline) as chunks:
            for chunk in chunks:
                if not chunk.choices or chunk.choices[0].delta is None:  # the chunk with the usage has none
                    continue
                choice = chunk.choices[0]
                if getattr(choice.delta, "refusal", None):
                    ended = "refusal"
                elif choice.finish_reason and ended is None:
                    ended = choice.finish_reason
                if choice.delta.content:
                    yield choice.delta.content
        check_ending(self.name, ended, good=("stop",), refused=("refusal", "content_filter"))

    def _open(self, system: str, user: str, deadline: float) -> openai.Stream[Any]:
        import openai

        messages: list[Any] = [{"role": "system", "content": system}, {"role": "user", "content": user}]
        # OpenAI's newer models know only the first form, most other servers only the second; a proxy may lead to either.
        forms: list[dict[str, Any]] = [
            {"max_completion_tokens": self._max_tokens},
            {"max_tokens": self._max_tokens, "temperature": 0.0},
        ]
        first, second = reversed(forms) if self._own_endpoint else forms
        timeout = timeouts(openai, deadline)
        create: Any = patient(self._connected(), deadline).chat.completions.create
        try:
            return create(model=self.name, messages=messages, stream=True, timeout=timeout, **first)
        except openai.BadRequestError as exc:
            if not any(name in str(exc) for name in ("max_completion_tokens", "max_tokens", "temperature")):
                raise
        return create(model=self.name, messages=messages, stream=True, timeout=timeout, **second)

    def _connected(self) -> openai.OpenAI:
        import openai

        with self._opening:
            if self._client is None:
                key = self._key.get_secret_value()
                self._client = openai.OpenAI(base_url=self._url, api_key=key, max_retries=RETRIES)
            return self._client
