"""The doctor's look at the files that declare owners: where they are, and each line that cannot be read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.checks import Check, Level
from bot.render.screen import counted
from indexer.declared.types import Dialect, OwnersFile, Problem
from indexer.errors import DocentError

if TYPE_CHECKING:
    from bot.service import Docent

_SHOWN = 5
_MEND = "Correct it where the file is kept; the other lines hold."
_WHOLE_FILE = "Until then it says nothing of any file."
_READ_AS = {
    Dialect.GITHUB: "as GitHub reads it",
    Dialect.GITLAB: "as GitLab reads it",
    Dialect.BITBUCKET: "as Bitbucket reads it",
    Dialect.GITEA: "as Gitea and Forgejo read it",
    Dialect.GERRIT: "as Gerrit reads it",
    Dialect.PROW: "as Kubernetes reads it",
    Dialect.MAINTAINERS: "as Linux writes it",
}


def check_owners(docent: Docent, name: str) -> Iterator[Check]:
    """A line on what a repository declares, and one for each of the first bad lines; nothing where it declares nothing."""
    label = f"owners of {name}"
    try:
        owners = docent.index.owners_file(name)
    except DocentError as exc:
        yield Check(label, Level.OPTIONAL, exc.message, exc.hint)
        return
    if owners is None:
        return
    yield Check(label, Level.OK, _told(owners))
    for problem in owners.problems[:_SHOWN]:
        yield _bad_line(label, problem)
    more = len(owners.problems) - _SHOWN
    if more > 0:
        yield Check(f"{label}, more", Level.OPTIONAL, f"{counted(more, 'more line')} that cannot be read", _MEND)


def _told(owners: OwnersFile) -> str:
    """Which files, with how many entries each: "CODEOWNERS, as GitHub reads it, 12 entries; OWNERS in 30 folders, 41 entries"."""
    entries = Counter(declaration.file.rpartition("/")[2] for declaration in owners.declarations())
    places: dict[str, list[str]] = {}
    for file in owners.files:
        places.setdefault(file.rpartition("/")[2], []).append(file)
    told: list[str] = []
    for kind, files in places.items():
        where = files[0] if len(files) == 1 else f"{kind} in {len(files)} folders"
        how = f", {_READ_AS[owners.dialect]}" if not told else ""
        count = f", {counted(entries[kind], 'entry', 'entries')}" if entries[kind] or not told else ""
        told.append(f"{where}{how}{count}")
    return "; ".join(told)


def _bad_line(label: str, problem: Problem) -> Check:
    if not problem.line:
        return Check(f"{label}, {problem.file}", Level.OPTIONAL, f"{problem.file} {problem.reason}", _WHOLE_FILE)
    where = f"{problem.file}:{problem.line}"
    return Check(f"{label}, {where}", Level.OPTIONAL, f"{problem.reason[0].upper()}{problem.reason[1:]}", _MEND)
