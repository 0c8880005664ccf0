"""Which files of a repository declare owners, and in which dialect each is read."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from indexer.declared.bitbucket import read_bitbucket
from indexer.declared.gerrit import read_gerrit
from indexer.declared.gitea import read_gitea
from indexer.declared.github import read_github
from indexer.declared.gitlab import has_sections, read_gitlab
from indexer.declared.maintainers import read_maintainers
from indexer.declared.prow import ALIASES, is_prow, read_prow
from indexer.declared.types import Declaration, Dialect, OwnersFile, Problem

Read = Callable[[str], bytes | None]

_GITHUB = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
_GITLAB = ("CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_GITEA = ("CODEOWNERS", "docs/CODEOWNERS", ".gitea/CODEOWNERS", ".forgejo/CODEOWNERS")
_BITBUCKET = (".bitbucket/CODEOWNERS", "CODEOWNERS")
_BY_HOST: dict[str, tuple[Dialect, tuple[str, ...]]] = {
    "github": (Dialect.GITHUB, _GITHUB),
    "gitlab": (Dialect.GITLAB, _GITLAB),
    "gitea": (Dialect.GITEA, _GITEA),
    "bitbucket": (Dialect.BITBUCKET, _BITBUCKET),
    "bitbucket-server": (Dialect.BITBUCKET, _BITBUCKET),
}
_BY_FOLDER = {
    ".github": Dialect.GITHUB,
    ".gitlab": Dialect.GITLAB,
    ".gitea": Dialect.GITEA,
    ".forgejo": Dialect.GITEA,
    ".bitbucket": Dialect.BITBUCKET,
}
_ANYWHERE = (*_GITHUB, ".gitlab/CODEOWNERS", ".bitbucket/CODEOWNERS", ".gitea/CODEOWNERS", ".forgejo/CODEOWNERS")
_LONGEST_LINK = 500  # bytes
_TEAMS = (".bitbucket/teams.yaml", ".bitbucket/teams.yml")
_MAINTAINERS = ("MAINTAINERS", "MAINTAINERS.md", "MAINTAINERS.txt", "MAINTAINERS.rst")


def find_owners(read: Read, paths: Collection[str], host: str = "") -> OwnersFile | None:
    """What a repository declares about its owners; None where it declares nothing.

    `read` gives a file's bytes (None: it cannot be had), `paths` is every file of the tree, `host` a value of
    `indexer.links.Host` or "" where it is unknown. CODEOWNERS speaks first, files of other kinds add what they say.
    """
    tree = frozenset(paths)
    parts = list(_parts(lambda path: _read_linked(read, tree, path), tree, host))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Together(parts)


class Together:
    """Several kinds of declaration in one repository; the first decides first."""

    def __init__(self, parts: Sequence[OwnersFile]) -> None:
        self._parts = tuple(parts)
        self.dialect = parts[0].dialect
        self.files: tuple[str, ...] = tuple(file for part in parts for file in part.files)
        self.problems: tuple[Problem, ...] = tuple(problem for part in parts for problem in part.problems)

    def owners_of(self, path: str) -> tuple[Declaration, ...]:
        """What each part says, one after the other."""
        return tuple(entry for part in self._parts for entry in part.owners_of(path))

    def deciding(self, path: str) -> tuple[Declaration, ...]:
        """What decides in each part."""
        return tuple(entry for part in self._parts for entry in part.deciding(path))

    def declarations(self) -> Iterable[Declaration]:
        """Every entry, part by part."""
        for part in self._parts:
            yield from part.declarations()


def _read_linked(read: Read, paths: frozenset[str], path: str) -> bytes | None:
    """A file's bytes; where they are those of a symbolic link to another declaration of the tree, that one's."""
    data = read(path)
    if data is None or len(data) > _LONGEST_LINK or b"\n" in data:
        return data
    target = posixpath.normpath(posixpath.join(posixpath.dirname(path), data.decode("utf-8", errors="replace")))
    return read(target) if target in paths and target != path and posixpath.basename(target).isupper() else data


def _parts(read: Read, paths: frozenset[str], host: str) -> Iterator[OwnersFile]:
    codeowners = _codeowners(read, paths, host)
    if codeowners is not None:
        yield codeowners
    yield from _owners_by_folder(read, paths)
    maintainers = read_maintainers(read, _maintainers_files(paths))
    if maintainers is not None:
        yield maintainers


def _codeowners(read: Read, paths: frozenset[str], host: str) -> OwnersFile | None:
    """The one CODEOWNERS that counts: the first of the host's places that is there."""
    dialect, places = _BY_HOST.get(host, (None, _ANYWHERE))
    for place in places:
        if place in paths:
            data = read(place)
            if data is not None:
                return _read_as(dialect or _guessed(place, data), place, data, read, paths)
    return None


def _read_as(dialect: Dialect, place: str, data: bytes, read: Read, paths: frozenset[str]) -> OwnersFile:
    match dialect:
        case Dialect.GITLAB:
            return read_gitlab(place, data)
        case Dialect.GITEA:
            return read_gitea(place, data)
        case Dialect.BITBUCKET:
            teams = next((file for file in _TEAMS if file in paths), None)
            found = read(teams) if teams else None
            return read_bitbucket(place, data, (teams, found) if teams and found is not None else None)
        case _:
            return read_github(place, data)


def _guessed(place: str, data: bytes) -> Dialect:
    """The dialect of a file of which only its place and content are known; a folder of a host's own tells most."""
    folder = place.partition("/")[0]
    return _BY_FOLDER.get(folder) or (Dialect.GITLAB if has_sections(data) else Dialect.GITHUB)


def _owners_by_folder(read: Read, paths: frozenset[str]) -> Iterator[OwnersFile]:
    """OWNERS files of both kinds; each file is read as what it is."""
    files = sorted(path for path in paths if path == "OWNERS" or path.endswith("/OWNERS"))
    if not files:
        return
    known = {file: data for file in files if (data := read(file)) is not None}
    prow = [file for file in known if is_prow(known[file])]
    if prow:
        yield read_prow(lambda file: known.get(file) or read(file), prow, ALIASES in paths)
    gerrit = read_gerrit(lambda file: known.get(file) or read(file), [file for file in known if file not in set(prow)])
    if gerrit is not None:
        yield gerrit


def _maintainers_files(paths: frozenset[str]) -> list[str]:
    """The root's file first, then those of folders, which U-Boot has by the hundred."""
    root = [name for name in _MAINTAINERS if name in paths][:1]
    return root + sorted(path for path in paths if path.endswith("/MAINTAINERS"))
