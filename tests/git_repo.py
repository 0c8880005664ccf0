"""Builds real git repositories for tests in a few lines: fixed dates and authors, none of the user's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from indexer.config import RepositorySettings
from indexer.vcs.repository import Repository

ADA = ("Ada Lovelace", "ada@example.com")
BOB = ("Bob Baker", "bob@example.com")
START = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)
"""The first commit's date; each further one is a day later, unless it is given one."""


class GitRepo:
    """A working copy at `path`, on branch main. Every commit advances the clock by a day."""

    def __init__(self, path: Path, *, bare: bool = False) -> None:
        self.path = path
        self._clock = START
        self._opened: list[Repository] = []
        path.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--template=", "--initial-branch=main", *(["--bare"] if bare else []))

    def git(self, *args: str, env: Mapping[str, str] | None = None, input: str | None = None) -> str:
        """Run git in the repository; its stdout without the last newline. A failure shows what git said."""
        environment = self._env() | dict(env or {})
        command = ["git", *args]
        result = subprocess.run(command, cwd=self.path, env=environment, input=input, capture_output=True, text=True, check=False)
        assert result.returncode == 0, f"git {' '.join(args)}: {result.stderr}"
        return result.stdout.rstrip("\n")

    def commit(
        self,
        files: Mapping[str, str | bytes | None] | str | None = None,
        text: str | bytes | None = None,
        *,
        message: str = "Change things",
        author: tuple[str, str] = ADA,
        date: datetime | None = None,
    ) -> str:
        """Write files (None deletes one), commit everything, and return the SHA. `repo.commit("a.py", "x = 1")` works as well."""
        self.write({files: text} if isinstance(files, str) else files or {})
        self.git("add", "--all")
        self.git(
            "commit", "--quiet", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "--file=-",
            env=self._who(author, date), input=message,
        )  # fmt: skip
        return self.head

    def write(self, files: Mapping[str, str | bytes | None]) -> None:
        """Change the working copy without committing."""
        for name, content in files.items():
            target = self.path / name
            if content is None:
                target.unlink()
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)

    def rename(self, old: str, new: str, *, message: str = "Move a file", author: tuple[str, str] = ADA) -> str:
        (self.path / new).parent.mkdir(parents=True, exist_ok=True)
        self.git("mv", "--", old, new)
        return self.commit(message=message, author=author)

    def symlink(self, name: str, target: str, *, message: str = "Add a link") -> str:
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        (self.path / name).symlink_to(target)
        return self.commit(message=message)

    def branch(self, name: str) -> None:
        """Make a branch here and switch to it."""
        self.git("checkout", "--quiet", "-b", name)

    def checkout(self, name: str) -> None:
        self.git("checkout", "--quiet", name)

    def merge(self, *names: str, message: str = "", author: tuple[str, str] = ADA) -> str:
        """Merge branches without fast-forward (several at once make an octopus)."""
        self.git("merge", "--quiet", "--no-ff", "-m", message or f"Merge {', '.join(names)}", *names, env=self._who(author, None))
        return self.head

    @property
    def head(self) -> str:
        return self.git("rev-parse", "HEAD")

    def settings(self, name: str = "demo", **more: object) -> RepositorySettings:
        return RepositorySettings.model_validate({"name": name, "url": str(self.path), **more})

    def opened(self, mirrors: Path | None = None, name: str = "demo", **more: object) -> Repository:
        """The product's Repository on this one, not yet fetched; its mirror lies beside it unless told otherwise."""
        return Repository(self.settings(name, **more), mirrors or self.path.with_name(f"{self.path.name}-mirrors"))

    def _who(self, author: tuple[str, str], date: datetime | None) -> dict[str, str]:
        when = date or self._clock
        self._clock = max(self._clock, when) + timedelta(days=1)
        return _identity(author, when)

    def _env(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        return kept | _identity(ADA, START) | {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}


def _identity(person: tuple[str, str], when: datetime) -> dict[str, str]:
    stamp = f"@{int(when.timestamp())} +0000"
    name, mail = person
    return {
        "GIT_AUTHOR_NAME": name, "GIT_AUTHOR_EMAIL": mail, "GIT_AUTHOR_DATE": stamp,
        "GIT_COMMITTER_NAME": name, "GIT_COMMITTER_EMAIL": mail, "GIT_COMMITTER_DATE": stamp,
    }  # fmt: skip
