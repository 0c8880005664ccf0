"""Finds the repository of every labelled question, and makes an index of it at the question's commit, apart from the user's own."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.evaluation.retrieval_cases import RetrievalCase
from bot.request import Request
from bot.scope import scope
from bot.service import Docent
from indexer.config import RepositorySettings
from indexer.errors import ConfigError, QueryError, UnknownRepo
from indexer.vcs.pinning import BRANCH, find_commit, pin
from indexer.vcs.source import find_root

FOLDER = "evaluation"
"""The data folder of evaluations, within the user's: an index for every repository and commit that was measured."""

_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NAME_LENGTH = 80


@dataclass(frozen=True, slots=True)
class PinnedCase:
    """A case with its repository as people call it, the full SHA it is asked at, and the name of the index for it."""

    case: RetrievalCase
    repo: str
    commit: str
    index: str


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a repository comes from: its settings where docent has them, and the local folder git reads."""

    name: str
    folder: Path
    settings: RepositorySettings | None = None


class Pins:
    """The repositories of the cases, each pinned where cases ask about it. `settings` are those for an index of all of them."""

    def __init__(self, docent: Docent, request: Request, mirrors: Path | None) -> None:
        self._docent = docent
        self._request = request
        self._mirrors = mirrors
        self._folder = docent.settings.data_dir / FOLDER / "pinned"
        self._origins: dict[tuple[str, str], _Origin] = {}
        self._commits: dict[tuple[Path, str], str] = {}
        self._settings: dict[str, RepositorySettings] = {}
        for given, path in request.repos:  # what --repo names is known from here on
            docent.resolve(given, path)

    @property
    def settings(self) -> tuple[RepositorySettings, ...]:
        return tuple(self._settings.values())

    def place(self, case: RetrievalCase) -> PinnedCase:
        """QueryError where the repository is unknown or has no such commit; RepoError, StoreError."""
        key = (case.repo, case.github)
        if key not in self._origins:
            self._origins[key] = self._find(case)
        origin = self._origins[key]
        commit = self._commit(origin, case)
        index = f"{_plain(origin.name)}-{commit[:12]}"
        if index not in self._settings:
            target = self._folder / f"{index}.git"
            pin(origin.name, origin.folder, commit, target)
            settings = origin.settings
            self._settings[index] = RepositorySettings(
                name=index, url=str(target), branch=BRANCH, exclude=settings.exclude if settings else ()
            )
        return PinnedCase(case, origin.name, commit, index)

    def _find(self, case: RetrievalCase) -> _Origin:
        if case.github and self._mirrors is not None:
            root = self._mirror(case.github)
            if root is not None:
                return _Origin(case.repo or case.github.rpartition("/")[2], root)
        name = self._known(case) or self._resolved(case)
        return _Origin(name, self._docent.repository(name).git_dir, self._docent.repository(name).settings)

    def _mirror(self, github: str) -> Path | None:
        assert self._mirrors is not None
        folder = self._mirrors / github.replace("/", "+") / "repo"
        return find_root(folder.absolute()) if folder.is_dir() else None

    def _known(self, case: RetrievalCase) -> str | None:
        if case.repo in self._docent.names:
            return case.repo
        names = self._docent.names if case.github else ()
        return next((name for name in names if self._comes_from(name, case.github)), None)

    def _comes_from(self, name: str, github: str) -> bool:
        repository = self._docent.repository(name)
        addresses = (repository.settings.url, repository.web_url())
        wanted = github.lower().strip("/")
        plain = [address.lower().rstrip("/").removesuffix(".git") for address in addresses]
        return any(address == wanted or address.endswith((f"/{wanted}", f":{wanted}")) for address in plain)

    def _resolved(self, case: RetrievalCase) -> str:
        """A path or a name that docent remembers; without either the one repository that the command is about."""
        try:
            if case.repo:
                return self._docent.resolve(case.repo, os.path.join(self._request.options["folder"], case.repo))
            if case.github:
                raise UnknownRepo(case.github, f"No repository here comes from {case.github}.")
            names = scope(self._docent, self._request)
        except (UnknownRepo, ConfigError) as exc:
            hint = "Name it with --repo, in docent.toml, or give its copies with --mirrors."
            raise QueryError(f"{case.place}: {exc.message}", hint if case.repo or case.github else exc.hint) from exc
        if len(names) > 1:
            raise QueryError(f"{case.place} names no repository, and there are {len(names)}.", 'Add "repo" to it, or give one --repo.')
        return names[0]

    def _commit(self, origin: _Origin, case: RetrievalCase) -> str:
        key = (origin.folder, case.commit)
        if key not in self._commits:
            self._fetch(origin, case.commit)
            found = find_commit(origin.name, origin.folder, case.commit or "HEAD")
            if found is None:
                raise QueryError(f"{case.place}: {origin.name} has no commit {case.commit[:40]}.", "Fetch it, or correct the case.")
            self._commits[key] = found
        return self._commits[key]

    def _fetch(self, origin: _Origin, commit: str) -> None:
        """Bring docent's own mirror up to date, unless it holds the commit already."""
        if origin.settings is None:
            return
        repository = self._docent.repository(origin.name)
        if not (_SHA.fullmatch(commit) and repository.head() and repository.has(commit)):
            self._docent.fetched(origin.name)


def _plain(name: str) -> str:
    """A name as the settings allow it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._")[:_NAME_LENGTH] or "repository"


def one_commit_each(cases: Sequence[PinnedCase]) -> None:
    """QueryError where cases ask about a repository at several commits, which cannot be searched as one."""
    commits: dict[str, set[str]] = {}
    for one in cases:
        commits.setdefault(one.repo, set()).add(one.commit)
    for repo, shas in commits.items():
        if len(shas) > 1:
            message = f"--together asks all repositories at once, but the cases name {len(shas)} commits of {repo}."
            raise QueryError(message, "Leave --together out, or measure them one after the other.")
