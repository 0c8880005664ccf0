"""Repositories that were asked about by path or URL: each gets a short name of its own, remembered in the data folder."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer.errors import StoreError

_FILE = "repositories.json"
_NAMELESS = frozenset({"repo", "repository", "git", ""})  # folders that are called after what they are
_ORIGIN = re.compile(r'^\[remote "origin"\][^\[]*?^\s*url\s*=\s*(?P<url>.+?)\s*$', re.MULTILINE)


class KnownRepositories:
    """Name -> path or URL, for the repositories that no settings file names. Safe for several processes."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir

    def all(self) -> dict[str, str]:
        """Everything remembered; nothing where the file is missing or not ours to read as JSON."""
        try:
            found = json.loads((self._folder / _FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as exc:
            hint = "Delete it: docent finds the repositories again."
            raise StoreError(f"{self._folder / _FILE} cannot be read.", hint) from exc
        return {str(name): str(url) for name, url in found.items()} if isinstance(found, dict) else {}

    def name_of(self, url: str, taken: Collection[str]) -> str:
        """The name for a path or URL; a new one is made and kept, different from all names in `taken`. StoreError."""
        with self._alone():
            known = self.all()
            for name, kept in known.items():
                if kept == url and name not in taken:
                    return name
            name = new_name(url, {*taken, *known})
            self._save(known | {name: url})
            return name

    def _save(self, known: dict[str, str]) -> None:
        partial = self._folder / f"{_FILE}.{os.getpid()}"
        partial.write_text(json.dumps(known, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(self._folder / _FILE)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with open(self._folder / f"{_FILE}.lock", "w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as exc:
            hint = "Check data_dir, its permissions and free space."
            raise StoreError(f"The data folder {self._folder} cannot be written: {exc.strerror}.", hint) from exc


def new_name(url: str, taken: Collection[str]) -> str:
    """A name for a path or URL that is not in `taken`: what its origin or its folder is called."""
    base = _base_name(_origin(Path(url)) or url) if os.path.isabs(url) else _base_name(url)
    folded = {name.lower() for name in taken}
    if base.lower() not in folded:
        return base
    return f"{base}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"


def _origin(root: Path) -> str:
    """The URL that a local repository was cloned from, "" where there is none. Its configuration is read, never executed."""
    from indexer.vcs.source import config_file

    config = config_file(root)
    try:
        found = _ORIGIN.search(config.read_text(encoding="utf-8", errors="replace")) if config else None
    except OSError:
        found = None
    return found["url"] if found else ""


def _base_name(url: str) -> str:
    """The last part of a path or URL, as a name: letters, digits, dots, dashes and underscores."""
    parts = [part.removesuffix(".git") for part in re.split(r"[/:]", url.rstrip("/").removesuffix("/.git"))]
    last = parts[-2] if len(parts) > 1 and parts[-1].lower() in _NAMELESS else parts[-1]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip("-._")[:80] or "repository"
