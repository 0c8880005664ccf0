"""Where a repository comes from: reads and checks the `url` setting, and finds the repository a local path belongs to."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from indexer.config import RepositorySettings
from indexer.errors import ConfigError, UnknownRepo
from indexer.vcs.git_errors import redact

_SCP_LIKE = re.compile(r"^(?:[A-Za-z0-9_][\w.+-]*@)?[A-Za-z0-9][\w.-]*:(?!/?-)[^:\s].*$")  # git@host:path, as in git-clone(1)
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_EXPECTED = "Use https://…, ssh://…, git@host:path or a local path."


@dataclass(frozen=True, slots=True)
class Source:
    """What is fetched: `url` as git gets it, the one `protocol` git may use for it, and the folder if it is local."""

    url: str
    protocol: str
    path: Path | None = None

    @property
    def shown(self) -> str:
        return redact(self.url)


def find_source(settings: RepositorySettings) -> Source:
    """The source a setting means.

    Raises ConfigError for an address docent does not allow, UnknownRepo for a path that lies in no repository.
    """
    url = settings.url.strip()
    if not url or url.startswith("-") or "\n" in url or "\0" in url:
        raise _refused(settings, "is no address")
    if re.match(r"^\w+::", url):
        raise _refused(settings, "names a remote helper, which can run any program")
    if "://" in url:
        return _remote(settings, url)
    if _SCP_LIKE.match(url) and "/" not in url.split(":", 1)[0] and not os.path.lexists(url):
        return Source(url, "ssh")
    return _local(settings, url)


def _remote(settings: RepositorySettings, url: str) -> Source:
    try:
        parts = urlsplit(url)
        host, password, _ = parts.hostname or "", parts.password, parts.port
    except ValueError as exc:
        raise _refused(settings, "is not a well-formed URL") from exc
    if parts.scheme == "file":
        raise _refused(settings, "is a file:// URL; write the plain path")
    if parts.scheme not in ("https", "ssh", "http"):
        raise _refused(settings, f"uses {parts.scheme}://, which docent does not allow")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise _refused(settings, "is not encrypted (http is for this machine only)")
    if not host or host.startswith("-") or (parts.username or "").startswith("-"):
        raise _refused(settings, "has no valid host")
    if password and parts.scheme != "ssh":
        raise ConfigError(
            f"The url of repository {settings.name!r} holds a password or token.",
            "Take it out of the settings file and give it in DOCENT_GIT_TOKEN.",
        )
    return Source(url, parts.scheme)


def _refused(settings: RepositorySettings, why: str) -> ConfigError:
    return ConfigError(f"The url of repository {settings.name!r}, {redact(settings.url)!r}, {why}.", _EXPECTED)


def _local(settings: RepositorySettings, url: str) -> Source:
    try:
        path = Path(url).expanduser().absolute()
        missing = not path.exists()
        root = None if missing else find_root(path)
    except (OSError, RuntimeError) as exc:  # too long, not permitted, or the home of a user there is not
        reason = getattr(exc, "strerror", None) or str(exc)
        raise UnknownRepo(settings.name, f"{url[:200]} cannot be opened: {reason}.", _EXPECTED) from exc
    if missing:
        raise UnknownRepo(settings.name, f"There is no folder {path}.", _EXPECTED)
    if root is None:
        raise UnknownRepo(settings.name, f"{path} is not in a git repository.", "Give a working copy or a URL.")
    return Source(str(root), "file", root)


def find_root(path: Path) -> Path | None:
    """The working copy or bare repository that `path` lies in, or None. A `.git` file (worktree, submodule) counts as well."""
    for folder in (path, *path.parents):
        if is_git_dir(folder / ".git") or (folder / ".git").is_file() or is_git_dir(folder):
            return folder.resolve()
    return None


def is_git_dir(folder: Path) -> bool:
    """Git's own rule (setup.c, is_git_directory): HEAD, objects and refs; a `config` file is not needed."""
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def config_file(root: Path) -> Path | None:
    """The configuration file of a local repository, found by reading alone; None where there is none."""
    config = common_dir(root) / "config"
    return config if config.is_file() else None


def common_dir(root: Path) -> Path:
    """The folder with a local repository's objects, refs and configuration; a worktree shares that of its main one."""
    git_dir = root / ".git"
    if git_dir.is_file():
        pointer = git_dir.read_text(errors="replace").strip().removeprefix("gitdir:").strip()
        git_dir = root / pointer
    elif not git_dir.is_dir():
        git_dir = root
    common = git_dir / "commondir"
    if common.is_file():
        git_dir = git_dir / common.read_text(errors="replace").strip()
    return git_dir
