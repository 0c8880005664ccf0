"""How git logs in: the user's own ssh agent and credential helpers, or DOCENT_GIT_TOKEN; secrets travel by environment alone."""

from __future__ import annotations

import os
import subprocess
from functools import lru_cache
from urllib.parse import urlsplit

from indexer.vcs.source import Source

_SSH = "ssh -oBatchMode=yes -oConnectTimeout=20 -oServerAliveInterval=15 -oServerAliveCountMax=4 -oControlMaster=no"
_WANTED = r"^(credential|http)\.|^core\.sshcommand$"  # login, proxy and certificates; nothing that touches a repository
_PLACES = ("HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM")

# git asks a helper only for the host it is configured for, so a redirect elsewhere never gets the token.
_TOKEN_HELPER = '!f() { test "$1" = get && printf "username=%s\\npassword=%s\\n" "$DOCENT_GIT_USER" "$DOCENT_GIT_TOKEN"; }; f'
_TOKEN_USERS = {"bitbucket": "x-token-auth", "gitlab": "oauth2"}  # each host's documented user name for a token; others take any


def login(source: Source) -> dict[str, str]:
    """The environment a network call needs to log in to `source`; nothing for a local path."""
    environment = {"GIT_ALLOW_PROTOCOL": source.protocol}
    if source.path is not None:
        return environment
    config = list(_user_config())
    if source.protocol in ("https", "http"):
        config += [("http.followRedirects", "initial"), *_token_config(source.url)]
        environment["DOCENT_GIT_USER"] = _token_user(source.url)
    elif "GIT_SSH_COMMAND" not in os.environ and not any(key == "core.sshcommand" for key, _ in config):
        environment["GIT_SSH_COMMAND"] = _SSH
    return environment | _as_environment(config)


def _token_config(url: str) -> list[tuple[str, str]]:
    if not os.environ.get("DOCENT_GIT_TOKEN"):
        return []
    parts = urlsplit(url)
    scope = f"credential.{parts.scheme}://{parts.netloc.rpartition('@')[2]}.helper"
    return [("credential.helper", ""), (scope, ""), (scope, _TOKEN_HELPER)]  # an empty value clears the helpers before it


def _token_user(url: str) -> str:
    parts = urlsplit(url)
    named = (user for host, user in _TOKEN_USERS.items() if host in (parts.hostname or ""))
    return parts.username or next(named, "x-access-token")


def _as_environment(config: list[tuple[str, str]]) -> dict[str, str]:
    """Settings as git reads them from the environment (git-config(1), GIT_CONFIG_COUNT)."""
    environment = {"GIT_CONFIG_COUNT": str(len(config))}
    for number, (key, value) in enumerate(config):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return environment


def _user_config() -> tuple[tuple[str, str], ...]:
    """What the user's own git uses to reach a network: credential helpers, proxy, certificates, ssh command."""
    return _read_user_config(tuple((name, os.environ[name]) for name in _PLACES if name in os.environ))


@lru_cache(maxsize=4)
def _read_user_config(where: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    environment = {"PATH": os.environ.get("PATH", ""), **dict(where)}
    found: list[tuple[str, str]] = []
    for scope in ("--system", "--global"):
        command = ["git", "config", scope, "--includes", "--null", "--get-regexp", _WANTED]
        try:
            result = subprocess.run(command, cwd="/", env=environment, capture_output=True, timeout=10, check=False)
        except (OSError, subprocess.TimeoutExpired):  # no git: the fetch itself reports it
            return ()
        for item in result.stdout.decode(errors="replace").split("\0"):
            key, _, value = item.partition("\n")
            if key:
                found.append((key, value))
    return tuple(found)
