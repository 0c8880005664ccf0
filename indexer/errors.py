"""The errors a person has to repair. Foreign errors are translated into these at one door per leaf, with the cause kept."""

from __future__ import annotations

from collections.abc import Collection


class DocentError(Exception):
    """Something a person has to repair: `message` says what is wrong, `hint` what the reader can do about it."""

    exit_status = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigError(DocentError):
    """A setting is wrong: names the file, the key and the value expected."""

    exit_status = 2


class QueryError(DocentError):
    """The question cannot be read: it is empty, or holds a filter nobody can parse."""

    exit_status = 2


class AccessDenied(DocentError):
    """This person may not ask this here; the message never reveals whether the thing asked about exists."""

    exit_status = 2


class RepoError(DocentError):
    """One repository cannot be used."""

    def __init__(self, repo: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.repo = repo


class RepoUnreachable(RepoError):
    """git could not read or fetch the repository."""


class MissingObject(RepoUnreachable):
    """The repository lacks an object that it should have: it is a partial clone, or damaged."""


class UnknownRepo(RepoError):
    """No repository of this name is configured, and no repository lies at this path."""

    exit_status = 2


class EmptyRepo(RepoError):
    """The repository has no commit yet."""

    exit_status = 2


class IndexUnavailable(DocentError):
    """There is no index to answer from."""


class IndexMissing(IndexUnavailable):
    """The repository has not been indexed yet."""

    exit_status = 1


class IndexOutdated(IndexUnavailable):
    """The index was made with another model, format or chunking; a refresh rebuilds it."""

    exit_status = 1


class IndexLocked(IndexUnavailable):
    """Another process is writing to the index; the message names it."""


class ModelError(DocentError):
    """The embedding model is missing, damaged or does not fit."""


class StoreError(DocentError):
    """Chroma, the database or the disk failed; the cause is attached."""


def unknown_repo(name: str, known: Collection[str]) -> UnknownRepo:
    """The error for a repository nobody configured, naming the nearest known one."""
    import difflib

    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"Known repositories: {', '.join(sorted(known)) or 'none'}."
    return UnknownRepo(name, f"No repository is called {name!r}.", hint)
