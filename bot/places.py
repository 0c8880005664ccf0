"""Where docent finds its settings file, its data folder and the repository around a folder.

Standard library only: every command starts here, also those that only talk to a running `docent serve`.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

SETTINGS_FILE = "docent.toml"


def find_settings_file(explicit: str | os.PathLike[str] | None = None, start: Path | None = None) -> Path | None:
    """The settings file to use: `explicit`, $DOCENT_CONFIG, docent.toml here or in a parent, or the user's own; None without one.

    A file named explicitly is returned whether or not it exists, so that its reader can say that it is missing.
    """
    named = explicit or os.environ.get("DOCENT_CONFIG")
    if named:
        return Path(named).expanduser().absolute()
    here = (start or Path.cwd()).absolute()
    candidates = [folder / SETTINGS_FILE for folder in (here, *here.parents)] + [user_settings_file()]
    return next((path for path in candidates if path.is_file()), None)


def user_settings_file() -> Path:
    """The user's own settings file, whether or not it exists (XDG base directory specification)."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "docent" / SETTINGS_FILE


def default_data_dir() -> Path:
    """The per-user data folder (XDG base directory specification)."""
    return Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "docent"


def locate_data_dir(settings_file: Path | None) -> Path:
    """The data folder that `load_settings` would choose, found without loading them; a broken file counts as an empty one."""
    from_environment = os.environ.get("DOCENT_DATA_DIR")
    if from_environment:
        return Path(from_environment).expanduser().absolute()
    if settings_file is not None:
        try:
            value = tomllib.loads(settings_file.read_text(encoding="utf-8-sig")).get("data_dir")
        except (OSError, ValueError):  # load_settings says what is wrong with it
            value = None
        if isinstance(value, str):
            return relative_to_file(value, settings_file)
    return default_data_dir()


def relative_to_file(value: str, settings_file: Path) -> Path:
    """A path written in the settings file, made absolute."""
    return Path(os.path.normpath(settings_file.parent.absolute() / Path(value).expanduser()))


def is_local_url(url: str) -> bool:
    """True for a path, false for "https://…", "file://…" and git's short ssh form "host:path"."""
    return "://" not in url and ":" not in url.split("/", 1)[0]


def repository_around(folder: Path) -> Path | None:
    """The root of the git working copy, or the bare repository, that holds `folder`; None where there is none."""
    here = folder.absolute()
    for candidate in (here, *here.parents):
        if (candidate / ".git").exists() or _is_bare(candidate):
            return candidate
    return None


def _is_bare(folder: Path) -> bool:
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()
