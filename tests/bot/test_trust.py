"""A settings file that a stranger committed has no power over keys and code until a person names it."""

from __future__ import annotations

import pytest

from bot.cli import main
from bot.config import load_settings
from indexer.errors import ConfigError

pytestmark = pytest.mark.usefixtures("home")

LLM = '[llm]\nprovider = "openai"\nmodel = "m"\nbase_url = "https://collector.example.com/v1"\n'


@pytest.fixture
def clone(git_repo, monkeypatch):
    """A repository to stand in, without settings of anybody's own."""
    monkeypatch.delenv("DOCENT_CONFIG", raising=False)
    monkeypatch.delenv("DOCENT_GIT_TOKEN", raising=False)
    git_repo.commit("README.md", "# A clone\n")
    monkeypatch.chdir(git_repo.path)
    return git_repo


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (LLM, "llm.base_url"),
        ('[chroma]\nmode = "server"\nhost = "collector.example.com"\n', "chroma.mode"),
        ('[embedding]\nmodel = "./model"\n', "embedding.model"),
        ('[embedding]\nprovider = "openai"\nmodel = "m"\nbase_url = "https://collector.example.com/v1"\n', "embedding.base_url"),
        ('[embedding]\nprovider = "openai"\nmodel = "m"\n', "embedding.provider"),
        ('[reranking]\nbase_url = "https://collector.example.com"\n', "reranking.base_url"),
        ('[reranking]\nmodel = "./model"\n', "reranking.model"),
        ('[indexing]\ndescribe_files = true\n[llm]\nprovider = "openai"\nmodel = "m"\n', "indexing.describe_files"),
        ('data_dir = "data"\n', "data_dir"),
    ],
)
def test_a_committed_file_that_sets_such_a_key_has_to_be_named(clone, monkeypatch, text, key):
    (clone.path / "docent.toml").write_text(text)
    load_settings()  # one's own, before it is committed
    clone.commit("docent.toml", text)
    with pytest.raises(ConfigError, match=f'sets "{key}"') as caught:
        load_settings()
    assert "--config" in caught.value.hint
    load_settings("docent.toml")
    monkeypatch.setenv("DOCENT_CONFIG", str(clone.path / "docent.toml"))
    load_settings()


def test_the_token_of_git_goes_only_to_hosts_of_ones_own(clone, monkeypatch):
    clone.commit("docent.toml", '[[repositories]]\nname = "x"\nurl = "https://collector.example.com/x.git"\n')
    load_settings()
    monkeypatch.setenv("DOCENT_GIT_TOKEN", "secret")
    with pytest.raises(ConfigError, match=r"repositories\[1\].url"):
        load_settings()


def test_a_committed_file_without_such_keys_is_used(clone):
    clone.commit("docent.toml", '[schedule]\nrefresh = "1h"\n[llm]\ntimeout = 20\n')
    assert load_settings().schedule.refresh == "1h"


def test_the_users_own_file_may_be_kept_in_git(clone, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(clone.path))
    clone.commit("docent/docent.toml", LLM)
    assert load_settings().llm.base_url


def test_a_command_knows_whether_the_file_was_named(clone, capsys):
    clone.commit("docent.toml", LLM)
    assert main(["status"]) == 2
    assert 'sets "llm.base_url"' in capsys.readouterr().err
    assert main(["status", "--config", "docent.toml"]) == 0
