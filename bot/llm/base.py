"""The edge to a language model: one method that streams words, whichever SDK is behind it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Protocol
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.config import LLMSecrets, LLMSettings
from indexer.errors import ConfigError


class LanguageModel(Protocol):
    """Something that writes prose. Safe to use from several threads."""

    name: str

    def stream(self, system: str, user: str, *, deadline: float) -> Iterator[str]:
        """The answer piece by piece, the last one not later than `deadline` seconds from now; raises LLMError."""
        ...

    def prepare(self) -> None:
        """Load what a first request would wait for; sends nothing."""
        ...


def connect(settings: LLMSettings, secrets: LLMSecrets) -> LanguageModel | None:
    """The configured model, or None where there is none. Opens no connection; raises ConfigError where a setting is missing."""
    if settings.provider == "none":
        return None
    if not settings.model:
        raise ConfigError("docent.toml: [llm] model is missing.", f"Name the model that {settings.provider} shall answer with.")
    if settings.base_url and urlsplit(settings.base_url).scheme not in ("http", "https"):
        raise ConfigError("docent.toml: [llm] base_url is no web address.", 'Write it like "http://localhost:11434/v1".')
    if importlib.util.find_spec(settings.provider) is None:
        raise ConfigError(
            f'[llm] provider = "{settings.provider}" needs the package {settings.provider}, which is not installed.',
            f"Install repodocent[{settings.provider}].",
        )
    if settings.provider == "openai":
        from bot.llm.openai import OpenAIModel

        return OpenAIModel(settings, _key(settings, secrets.openai_api_key, "OPENAI_API_KEY"))
    from bot.llm.anthropic import AnthropicModel

    return AnthropicModel(settings, _key(settings, secrets.anthropic_api_key, "ANTHROPIC_API_KEY"))


def _key(settings: LLMSettings, key: SecretStr | None, variable: str) -> SecretStr:
    """The API key. An endpoint of one's own often wants none, but the SDKs insist on sending something."""
    if key is not None and key.get_secret_value().strip():
        return key
    if settings.base_url:
        return SecretStr("none")
    raise ConfigError(f'[llm] provider = "{settings.provider}" needs a key.', f"Set {variable} in the environment.")
