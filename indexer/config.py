"""The settings the indexer needs, as the tables of `docent.toml` hold them. `bot/config.py` reads the file; nothing here does I/O."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

RepoName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$")]


class Table(BaseModel):
    """A table of the settings file: an unknown key is an error, and values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class RepositorySettings(Table):
    """One `[[repositories]]` entry. `url` is https, ssh or a local path; `web_url` is inferred for the hosts docent knows."""

    name: RepoName
    url: str = Field(min_length=1)
    branch: str | None = None
    web_url: str | None = None
    exclude: tuple[str, ...] = ()


class EmbeddingSettings(Table):
    """`model` is "builtin", a hub name or a folder, or with `provider` "openai" what an endpoint calls it.

    `precision` "auto" takes bfloat16 where the CPU has it. `dimensions` 0 are the model's own, fewer cut its vectors short, for
    models made for that. Prefixes that are None are those the model's authors documented; `timeout` (seconds) is for one request.
    """

    provider: Literal["local", "openai"] = "local"
    base_url: str = ""
    model: str = "builtin"
    dimensions: int = Field(default=0, ge=0, le=65536)
    timeout: float = Field(default=30.0, gt=0, le=600)
    device: str = "cpu"
    batch_size: int = Field(default=32, ge=1, le=1024)
    precision: Literal["auto", "float32", "bfloat16"] = "auto"
    backend: Literal["torch", "openvino"] = "torch"
    query_prefix: str | None = None
    passage_prefix: str | None = None


class RerankingSettings(Table):
    """`model` is a cross-encoder's hub name or folder; with `base_url` an endpoint judges, and `model` is its name there.

    The best `top` files are judged; `weight` is what the judgement counts beside the ranking so far; `timeout` is in seconds.
    """

    model: str = ""
    base_url: str = ""
    top: int = Field(default=30, ge=2, le=200)
    weight: float = Field(default=0.5, ge=0.0, le=1.0)
    timeout: float = Field(default=5.0, gt=0, le=60)
    device: str = "cpu"


class ChromaSettings(Table):
    """Where the vectors live: in `data_dir`, on a Chroma server, or in Chroma Cloud (key from CHROMA_API_KEY)."""

    mode: Literal["embedded", "server", "cloud"] = "embedded"
    host: str = "localhost"
    port: int = Field(default=8000, ge=1, le=65535)
    ssl: bool = False
    tenant: str = "default_tenant"
    database: str = "default_database"


class DatabaseSettings(Table):
    """SQLAlchemy URLs; empty means SQLite files in `data_dir`."""

    catalog_url: str = ""
    state_url: str = ""


class IndexingSettings(Table):
    """Limits that turn a bad file into a skipped one, how much history is read, and whether a model describes source files."""

    max_file_bytes: int = Field(default=1_000_000, ge=1_000)
    max_commits: int = Field(default=200_000, ge=0)
    embed_commits: int = Field(default=10_000, ge=0)
    keep_vectors_days: int = Field(default=30, ge=0)
    describe_files: bool = False


class PersonSettings(Table):
    """One `[[people]]` entry: what git cannot know of somebody. Addresses and handles (without "@") join one person's identities.

    `slack` is a Slack member id, `teams` are handles as declarations write them ("@acme/payments"), `left` says that nobody can
    ask this person any more.
    """

    name: str = Field(min_length=1)
    emails: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    slack: str = Field(default="", pattern=r"^([UW][A-Z0-9]{2,})?$")
    teams: tuple[str, ...] = ()
    left: bool = False


class IndexerSettings(Table):
    """Everything the indexer is built from."""

    data_dir: Path
    repositories: tuple[RepositorySettings, ...] = ()
    embedding: EmbeddingSettings = EmbeddingSettings()
    reranking: RerankingSettings = RerankingSettings()
    chroma: ChromaSettings = ChromaSettings()
    database: DatabaseSettings = DatabaseSettings()
    indexing: IndexingSettings = IndexingSettings()
    people: tuple[PersonSettings, ...] = ()

    @property
    def mirrors(self) -> Path:
        return self.data_dir / "mirrors"
