"""Which files of a repository declare owners, and in which dialect each is read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from indexer.declared.github import read_github
from indexer.declared.gitlab import has_sections, read_gitlab
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
_READERS: dict[Dialect, Callable[[str, bytes], OwnersFile]] = {Dialect.GITHUB: read_github, Dialect.GITLAB: read_gitlab}


def find_owners(read: Read, paths: Collection[str], host: str = "") -> OwnersFile | None:
    """What a repository declares about its owners; None where it declares nothing.

    `read` gives a file's bytes (None: it cannot be had), `paths` is every file of the tree, `host` a value of `indexer.links.Host`
    or "" where it is unknown. CODEOWNERS speaks first, files of other kinds add what they say.
    """
    parts = list(_parts(read, frozenset(paths), host))
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

    def declarations(self) -> Iterable[Declaration]:
        """Every entry, part by part."""
        for part in self._parts:
            yield from part.declarations()


def _parts(read: Read, paths: frozenset[str], host: str) -> Iterator[OwnersFile]:
    codeowners = _codeowners(read, paths, host)
    if codeowners is not None:
        yield codeowners


def _codeowners(read: Read, paths: frozenset[str], host: str) -> OwnersFile | None:
    """The one CODEOWNERS that counts: the first of the host's places that is there."""
    dialect, places = _BY_HOST.get(host, (None, _ANYWHERE))
    for place in places:
        if place in paths:
            data = read(place)
            if data is not None:
                return _READERS[dialect or _guessed(place, data)](place, data)
    return None


def _guessed(place: str, data: bytes) -> Dialect:
    """The dialect of a file of which only its place and content are known; a folder of a host's own tells most."""
    folder = place.partition("/")[0]
    return _BY_FOLDER.get(folder) or (Dialect.GITLAB if has_sections(data) else Dialect.GITHUB)
