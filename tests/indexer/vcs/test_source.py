"""Addresses: what is allowed, what is refused, and that no refusal repeats a secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.config import RepositorySettings
from indexer.errors import ConfigError, DocentError, RepoUnreachable, StoreError, UnknownRepo
from indexer.vcs.git_errors import explain, redact
from indexer.vcs.source import find_source


def protocol(url: str) -> str:
    return find_source(RepositorySettings(name="demo", url=url)).protocol


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/acme/shop.git", "https"),
        ("https://git.example.com:8443/a/b/c", "https"),
        ("https://me@bitbucket.org/acme/shop.git", "https"),
        ("http://localhost:3000/a/b.git", "http"),
        ("http://[::1]:3000/a/b.git", "http"),
        ("ssh://git@git.example.com:2222/a/b.git", "ssh"),
        ("git@github.com:acme/shop.git", "ssh"),
        ("git.example.com:acme/shop.git", "ssh"),
    ],
)
def test_allowed_addresses(url: str, expected: str) -> None:
    assert protocol(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "  ",
        "ext::sh -c touch% /tmp/x",
        "fd::17",
        "git://example.com/a.git",
        "file:///etc",
        "ftp://example.com/a.git",
        "http://example.com/a.git",
        "http://localhost.example.com/a.git",
        "--upload-pack=touch /tmp/x",
        "ssh://-oProxyCommand=x/a",
        "https://-x/a",
        "https:///a/b",
        "https://[bad/a",
        "https://example.com:port/a",
        "https://user:t0ken@example.com/a.git",
        "https://a\nb",
    ],
)
def test_refused_addresses(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        protocol(url)
    assert "t0ken" not in str(caught.value)
    assert caught.value.hint


@given(st.text(min_size=1))
def test_any_text_is_an_address_or_a_clear_error(url: str) -> None:
    try:
        source = find_source(RepositorySettings(name="demo", url=url))
    except DocentError:
        return
    assert source.protocol in ("https", "http", "ssh", "file")
    assert not source.url.startswith("-")


@pytest.mark.parametrize("url", ["x" * 5000, "~nobody-of-this-name/x", "./a" + "/b" * 3000])
def test_paths_nobody_can_open(url: str) -> None:
    with pytest.raises(UnknownRepo):
        protocol(url)


def test_a_path_with_a_colon_is_a_path_when_it_exists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("objects", "refs"):
        (tmp_path / "odd:name" / name).mkdir(parents=True)
    (tmp_path / "odd:name" / "HEAD").write_text("ref: refs/heads/main\n")
    monkeypatch.chdir(tmp_path)
    assert protocol("odd:name") == "file"


@given(st.text("abcXYZ019%._~-", min_size=8, max_size=30))
def test_secrets_are_removed_from_what_git_says(secret: str) -> None:
    told = redact(f"fatal: unable to access 'https://user:{secret}@git.example.com/a.git/' and https://{secret}@x.org/")
    assert secret not in told
    assert "https://git.example.com/a.git/" in told
    assert secret not in redact(f"http.extraheader: Authorization: Basic {secret}")


@pytest.mark.parametrize(
    ("stderr", "kind", "words"),
    [
        ("fatal: write error: No space left on device", StoreError, "disk is full"),
        ("error: Unable to create '/m/x.git/refs/heads/a.lock': Permission denied", StoreError, "cannot be written"),
        ("error: object file objects/aa/bb is empty", StoreError, "damaged"),
        ("git@github.com: Permission denied (publickey).", RepoUnreachable, "ssh key"),
        ("Host key verification failed.", RepoUnreachable, "host key"),
        ("fatal: unable to access: Could not resolve host: nowhere", RepoUnreachable, "cannot be found"),
        ("remote: Repository not found.", RepoUnreachable, "no repository at"),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", RepoUnreachable, "wants a login"),
        ("warning: hm\nfatal: something new", RepoUnreachable, "something new"),
        ("", RepoUnreachable, "no reason given"),
    ],
)
def test_each_failure_says_what_to_do(stderr: str, kind: type[DocentError], words: str) -> None:
    error = explain("demo", "https://me:pw@git.example.com/a.git", stderr)
    assert type(error) is kind
    assert words in error.message and error.hint
    assert "pw@" not in str(error)
