"""Every setting of docent: one `docent.toml`, environment variables above it, secrets from the environment only."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError

from bot import settings_file
from bot.digest.settings import DigestSettings
from bot.places import default_data_dir, find_settings_file, user_settings_file
from bot.trust import refuse_power
from indexer.config import (
    ChromaSettings,
    DatabaseSettings,
    EmbeddingSettings,
    IndexerSettings,
    IndexingSettings,
    PersonSettings,
    RepositorySettings,
    RerankingSettings,
    Table,
)
from indexer.errors import ConfigError


class LLMSettings(Table):
    """`[llm]`: who writes the prose. `base_url` names any OpenAI-compatible endpoint; `timeout` (seconds) is for all of it.

    `rewrite` has it put questions into technical terms before the search; what is sent for that is the question and nothing else.
    """

    provider: Literal["none", "openai", "anthropic"] = "none"
    base_url: str = ""
    model: str = ""
    timeout: float = Field(default=30.0, gt=0, le=600)
    max_tokens: int = Field(default=700, ge=50, le=8000)
    rewrite: bool = True


class ScheduleSettings(Table):
    """`[schedule]`: how often repositories are refreshed ("10m", "2h", "1d")."""

    refresh: str = Field(default="10m", pattern=r"^[1-9]\d*[smhd]$")

    @property
    def refresh_seconds(self) -> int:
        return int(self.refresh[:-1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[self.refresh[-1]]


class ServeSettings(Table):
    """`[serve]`: the health endpoint and, in HTTP mode, where Slack's requests arrive."""

    host: str = "127.0.0.1"
    health_port: int = Field(default=8080, ge=0, le=65535)
    slack_port: int = Field(default=3000, ge=0, le=65535)


class AccessRule(Table):
    """One `[[access.rules]]`: these channels, teams and people (Slack ids) may ask about these repositories."""

    repositories: tuple[str, ...] = Field(min_length=1)
    channels: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    people: tuple[str, ...] = ()


class AccessSettings(Table):
    """`[access]`: a repository that no rule names is open to all members; other companies' people and guests are kept out."""

    rules: tuple[AccessRule, ...] = ()
    externals: Literal["deny", "allow"] = "deny"
    guests: Literal["deny", "allow"] = "deny"


class GlossaryEntry(Table):
    """One `[[glossary]]` entry: a word of the company, and the paths or names it stands for."""

    term: str = Field(min_length=1)
    means: tuple[str, ...] = Field(min_length=1)


class SlackSecrets(Table):
    """What Slack gave for this app, from SLACK_BOT_TOKEN, SLACK_APP_TOKEN, SLACK_SIGNING_SECRET and SLACK_API_URL."""

    bot_token: SecretStr | None = None
    app_token: SecretStr | None = None
    signing_secret: SecretStr | None = None
    api_url: str = "https://slack.com/api/"


class LLMSecrets(Table):
    """API keys, from OPENAI_API_KEY and ANTHROPIC_API_KEY."""

    openai_api_key: SecretStr | None = None
    anthropic_api_key: SecretStr | None = None


class Settings(BaseSettings):
    """The whole settings file. Variables named DOCENT_… win over it, `__` reaching into a table: DOCENT_LLM__MODEL."""

    model_config = SettingsConfigDict(env_prefix="DOCENT_", env_nested_delimiter="__", extra="forbid", frozen=True)

    data_dir: Path = Field(default_factory=default_data_dir)
    repositories: tuple[RepositorySettings, ...] = ()
    embedding: EmbeddingSettings = EmbeddingSettings()
    reranking: RerankingSettings = RerankingSettings()
    chroma: ChromaSettings = ChromaSettings()
    database: DatabaseSettings = DatabaseSettings()
    indexing: IndexingSettings = IndexingSettings()
    llm: LLMSettings = LLMSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    serve: ServeSettings = ServeSettings()
    digest: DigestSettings = DigestSettings()
    access: AccessSettings = AccessSettings()
    glossary: tuple[GlossaryEntry, ...] = ()
    people: tuple[PersonSettings, ...] = ()

    _path: Path | None = PrivateAttr(default=None)
    _slack: SlackSecrets = PrivateAttr(default_factory=SlackSecrets)
    _llm_secrets: LLMSecrets = PrivateAttr(default_factory=LLMSecrets)
    _git_token: SecretStr | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        """The file these settings came from, where there is one."""
        return self._path

    @property
    def slack(self) -> SlackSecrets:
        return self._slack

    @property
    def llm_secrets(self) -> LLMSecrets:
        return self._llm_secrets

    @property
    def git_token(self) -> SecretStr | None:
        return self._git_token

    @property
    def indexer(self) -> IndexerSettings:
        """The part that the indexer is built from."""
        return IndexerSettings(
            data_dir=self.data_dir,
            repositories=self.repositories,
            embedding=self.embedding,
            reranking=self.reranking,
            chroma=self.chroma,
            database=self.database,
            indexing=self.indexing,
            people=self.people,
        )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings  # the file's values arrive as arguments; the environment wins over them


def load_settings(path: str | os.PathLike[str] | None = None, *, named: bool = True) -> Settings:
    """Read the settings from `path`, or from where `find_settings_file` looks; without any file, the defaults.

    `named` is false for a `path` that no person named; see bot/trust.py for what such a file may not set.

    Raises ConfigError in one sentence: the file, the key, what is expected. Values are never repeated, as they may be secret.
    """
    source = find_settings_file(path)
    values = settings_file.read(source) if source is not None else {}
    if source is not None and not (named and (path or os.environ.get("DOCENT_CONFIG"))) and source != user_settings_file():
        refuse_power(source, values)
    try:
        settings = Settings(**values)
    except ValidationError as exc:
        raise settings_file.explain(exc, Settings, source, values) from exc
    except SettingsError as exc:
        message = f"An environment variable DOCENT_… cannot be read: {exc}."
        raise ConfigError(message, "Tables and lists are written as JSON.") from exc
    _check_names(settings, source)
    if settings.indexing.describe_files and settings.llm.provider == "none":
        message = f'{source or "DOCENT_INDEXING__DESCRIBE_FILES"}: "indexing.describe_files" needs a language model.'
        raise ConfigError(message, "Set provider and model under [llm], or take it out.")
    settings = settings.model_copy(update={"data_dir": settings.data_dir.expanduser().absolute()})
    settings._path = source
    settings._slack = SlackSecrets(
        bot_token=_secret("SLACK_BOT_TOKEN"),
        app_token=_secret("SLACK_APP_TOKEN"),
        signing_secret=_secret("SLACK_SIGNING_SECRET"),
        api_url=os.environ.get("SLACK_API_URL") or "https://slack.com/api/",
    )
    settings._llm_secrets = LLMSecrets(openai_api_key=_secret("OPENAI_API_KEY"), anthropic_api_key=_secret("ANTHROPIC_API_KEY"))
    settings._git_token = _secret("DOCENT_GIT_TOKEN")
    return settings


def _secret(variable: str) -> SecretStr | None:
    value = os.environ.get(variable, "").strip()
    return SecretStr(value) if value else None


def _check_names(settings: Settings, source: Path | None) -> None:
    seen: set[str] = set()
    for repository in settings.repositories:
        folded = repository.name.lower()  # names are folders too, and some file systems fold case
        if folded in seen:
            where = source or "DOCENT_REPOSITORIES"
            raise ConfigError(f'{where}: two [[repositories]] are named "{repository.name}".', "Each needs a name of its own.")
        seen.add(folded)
    unknown = settings.digest.unknown_repository({repository.name for repository in settings.repositories})
    if unknown is not None:
        name, key = unknown
        known = ", ".join(repository.name for repository in settings.repositories) or "none"
        raise ConfigError(f'{source or "DOCENT_DIGEST"}: "{key}" names "{name}".', f"Repositories known here: {known}.")
