"""Settings: which file is read, what wins, and one sentence for everything that can be wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.config import load_settings
from bot.places import find_settings_file, is_local_url, locate_data_dir, repository_around
from indexer.errors import ConfigError

CONTRACT = """
data_dir = "data"
[[repositories]]
name = "shop-api"
url = "https://git.example.com/shop/api.git"
branch = "main"
web_url = "https://git.example.com/shop/api"
exclude = ["vendor/**"]
[[repositories]]
name = "local"
url = "../code"
[embedding]
model = "builtin"
device = "cpu"
batch_size = 16
precision = "auto"
[chroma]
mode = "embedded"
[database]
catalog_url = ""
state_url = ""
[llm]
provider = "openai"
base_url = "http://localhost:11434/v1"
model = "some-model"
timeout = 20
[schedule]
refresh = "2h"
[digest]
channel = "C012AB3CD"
time = "08:30"
timezone = "Europe/Berlin"
days = ["mon", "fri"]
quiet = "skip"
[access]
[[glossary]]
term = "dunning"
means = ["billing/retry"]
"""


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    for name in ("DOCENT_CONFIG", "DOCENT_DATA_DIR", "SLACK_BOT_TOKEN", "SLACK_API_URL", "OPENAI_API_KEY", "DOCENT_GIT_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    monkeypatch.chdir(tmp_path)


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "docent.toml"
    path.write_text(text, encoding="utf-8")
    return path


def refusal(folder: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load_settings(write(folder, text))
    assert "docent.toml" in str(caught.value)
    return str(caught.value)


def test_the_contracts_file_is_read(tmp_path):
    settings = load_settings(write(tmp_path / "etc", CONTRACT))
    assert [repository.name for repository in settings.repositories] == ["shop-api", "local"]
    assert settings.data_dir == tmp_path / "etc" / "data"
    assert settings.repositories[1].url == str(tmp_path / "code")
    assert settings.schedule.refresh_seconds == 7200
    assert settings.indexer.embedding.batch_size == 16
    assert settings.glossary[0].means == ("billing/retry",)
    assert settings.path == tmp_path / "etc" / "docent.toml"


def test_no_file_gives_the_defaults(tmp_path):
    settings = load_settings()
    assert settings.path is None
    assert settings.repositories == ()
    assert settings.data_dir == tmp_path / "share" / "docent"


def test_the_nearest_file_upwards_is_used_then_the_users_own(tmp_path, monkeypatch):
    own = write(tmp_path / "config" / "docent", "")
    below = tmp_path / "project" / "src"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert find_settings_file() == own
    nearest = write(tmp_path / "project", "")
    assert find_settings_file() == nearest
    monkeypatch.setenv("DOCENT_CONFIG", str(own))
    assert find_settings_file() == own
    assert find_settings_file(nearest) == nearest


def test_the_environment_wins_and_reaches_into_tables(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCENT_LLM__MODEL", "other")
    monkeypatch.setenv("DOCENT_DATA_DIR", str(tmp_path / "elsewhere"))
    settings = load_settings(write(tmp_path, CONTRACT))
    assert (settings.llm.model, settings.llm.provider) == ("other", "openai")
    assert settings.data_dir == tmp_path / "elsewhere" == locate_data_dir(settings.path)


def test_the_data_folder_is_located_without_loading_the_settings(tmp_path):
    path = write(tmp_path / "etc", CONTRACT)
    assert locate_data_dir(path) == load_settings(path).data_dir
    assert locate_data_dir(write(tmp_path / "broken", "data_dir =")) == tmp_path / "share" / "docent"


def test_secrets_come_from_the_environment_and_are_never_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-very-secret")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    settings = load_settings(write(tmp_path, ""))
    assert settings.slack.bot_token is not None and settings.slack.bot_token.get_secret_value() == "xoxb-very-secret"
    assert settings.llm_secrets.openai_api_key is not None
    assert "very-secret" not in repr(settings) + repr(settings.slack) + repr(settings.llm_secrets)


@pytest.mark.parametrize(
    ("text", "variable"),
    [
        ('[slack]\nbot_token = "xoxb-very-secret"', "SLACK_BOT_TOKEN"),
        ('[llm]\napi_key = "very-secret"', "ANTHROPIC_API_KEY"),
        ('[llm]\nmodel = "sk-very-secret-very-secret"', "OPENAI_API_KEY"),
        ('[[repositories]]\nname = "a"\nurl = "https://me:very-secret@git.example.com/a"', "DOCENT_GIT_TOKEN"),
        ('[database]\ncatalog_url = "postgresql://docent:very-secret@db/docent"', "DOCENT_DATABASE__CATALOG_URL"),
    ],
)
def test_a_secret_in_the_file_is_an_error_that_says_where_it_belongs(tmp_path, text, variable):
    message = refusal(tmp_path, text)
    assert variable in message
    assert "very-secret" not in message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[llm]\nmodle = 'x'", 'unknown key "llm.modle". Did you mean "llm.model"?'),
        ("[embeding]\nmodel = 'x'", 'unknown key "embeding". Did you mean "embedding"?'),
        ("[[repositories]]\nname = 'a'\nurl = 'b'\nbranhc = 'c'", 'Did you mean "repositories[1].branch"?'),
        ("[schedule]\nzzzz = 1", 'unknown key "schedule.zzzz". Known here: refresh.'),
        ("[[repositories]]\nname = 'a'", '"repositories[1].url" is missing'),
        ("[llm]\nprovider = 'nobody'", "\"llm.provider\" is wrong; expected 'none', 'openai' or 'anthropic'"),
        ("[embedding]\nbatch_size = 'many'", '"embedding.batch_size" is wrong; expected a valid integer'),
        ("data_dir = 'a'\n\nllm = [", "line 3"),
        ("[[repositories]]\nname='a'\nurl='b'\n[[repositories]]\nname='A'\nurl='c'", 'two [[repositories]] are named "A"'),
    ],
)
def test_a_mistake_is_one_sentence_with_file_key_and_expectation(tmp_path, text, expected):
    assert expected in refusal(tmp_path, text)


def test_a_mistake_in_the_environment_names_the_variable(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCENT_EMBEDDING__BATCH_SIZE", "very-secret")
    with pytest.raises(ConfigError, match="DOCENT_EMBEDDING__BATCH_SIZE") as caught:
        load_settings(write(tmp_path, "[embedding]\nbatch_size = 4"))
    assert "very-secret" not in str(caught.value)
    monkeypatch.setenv("DOCENT_REPOSITORIES", "not json")
    with pytest.raises(ConfigError, match="JSON"):
        load_settings(write(tmp_path, ""))


def test_a_named_file_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="no settings file"):
        load_settings(tmp_path / "nowhere.toml")


def test_local_paths_are_told_from_urls():
    assert [is_local_url(url) for url in ("../a", "/srv/a.git", "a/b:c", "git@host:a/b.git", "https://h/a", "file:///a")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


def test_the_repository_around_a_folder(tmp_path):
    (tmp_path / "work" / ".git").mkdir(parents=True)
    (tmp_path / "work" / "src" / "deep").mkdir(parents=True)
    bare = tmp_path / "bare.git"
    for folder in ("objects", "refs/heads"):
        (bare / folder).mkdir(parents=True)
    (bare / "HEAD").write_text("ref: refs/heads/main\n")
    assert repository_around(tmp_path / "work" / "src" / "deep") == tmp_path / "work"
    assert repository_around(bare / "refs") == bare
    assert repository_around(tmp_path) is None
