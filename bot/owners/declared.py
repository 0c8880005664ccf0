"""What the files of a repository declare of some paths, with the people and teams behind what is written there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

from bot.answers.types import Owner
from bot.owners.people import owner_of, person_known
from bot.owners.types import Declared
from indexer.analysis.ownership import Contributor, ago
from indexer.declared.types import Declaration, Holder, HolderKind
from indexer.index import Index
from indexer.types import Person
from indexer.vcs.identity import Identities


@dataclass(frozen=True, slots=True)
class Named:
    """An owner that an entry names: `person` where history or the settings know who it is."""

    owner: Owner
    person: Person | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, whom it names, and which of the asked files it decides."""

    declared: Declared
    named: tuple[Named, ...]
    files: frozenset[str]


class People:
    """Turns the holders of declarations into people: those who worked on the asked files, or on anything here."""

    def __init__(self, identities: Identities, contributors: Iterable[Contributor], now: datetime) -> None:
        self._identities = identities
        self._here = {one.person: one for one in contributors}
        self._now = now

    def named(self, holder: Holder, file: str) -> Named:
        person = self.person_of(holder)
        reason = f"named {f'as {holder.role} ' if holder.role else ''}in {PurePosixPath(file).name}"
        source = source_of(file)
        if person is None:
            kind = "person" if holder.kind is HolderKind.PERSON else "team" if holder.kind is HolderKind.TEAM else "role"
            owner = Owner(shown(holder), holder.email or "", 0.0, (reason,), None, False, kind, holder.handle, (source,))
            return Named(owner, None)
        if person in self._here:
            known = owner_of(self._here[person], self._identities)
            return Named(replace(known, reasons=(reason, *known.reasons), sources=(source, *known.sources)), person)
        return Named(self._elsewhere(person, holder, reason, source), person)

    def person_of(self, holder: Holder) -> Person | None:
        """Who a holder is; None for teams, roles and people that no commit and no setting knows."""
        if holder.kind is not HolderKind.PERSON:
            return None
        texts = (holder.email, f"@{holder.handle}" if holder.handle else None, holder.name)
        return next((found[0] for text in texts if text and (found := self._identities.find(text))), None)

    def _elsewhere(self, person: Person, holder: Holder, reason: str, source: str) -> Owner:
        """Somebody who has no part in the asked files, as far as history tells."""
        known = person_known(person, self._identities, self._now)
        seen = known.last_active
        told = f"last seen {ago(seen, self._now)}, elsewhere in the repository" if seen else "no commit of theirs is known"
        return replace(known, reasons=(reason, told), handle=holder.handle or known.handle, sources=(source,))


def entries_of(index: Index, files: Mapping[str, Sequence[str]], people: People) -> tuple[tuple[Entry, ...], int]:
    """The entries that decide these files (by repository), those of most files first, and how many files no entry covers."""
    decided: dict[tuple[str, Declaration], list[str]] = defaultdict(list)
    uncovered = 0
    for repo, paths in files.items():
        owners_file = index.owners_file(repo)
        if owners_file is None:
            continue
        for path in paths:
            deciding = owners_file.deciding(path)
            uncovered += not deciding
            for declaration in deciding:
                decided[repo, declaration].append(path)
    ranked = sorted(decided.items(), key=lambda item: -len(item[1]))  # stable: the order of the files beside
    heads = {repo: index.head(repo) for repo in files}
    found = (entry(index, repo, heads[repo], declaration, paths, people) for (repo, declaration), paths in ranked)
    return tuple(found), uncovered


def entry(index: Index, repo: str, head: str, declaration: Declaration, paths: Collection[str], people: People) -> Entry:
    """One declaration, as it stands at the commit `head`, with its people and the `paths` that it decides."""
    named = tuple(people.named(holder, declaration.file) for holder in declaration.holders)
    url = index.file_url(repo, head, declaration.file, declaration.line, declaration.line)
    declared = Declared(
        repository=repo,
        file=declaration.file,
        line=declaration.line,
        pattern=declaration.pattern,
        owners=tuple(one.owner for one in named),
        files=len(paths),
        section=declaration.section,
        status=declaration.status,
        optional=declaration.optional,
        approvals=declaration.approvals,
        url=url,
    )
    return Entry(declared, named, frozenset(paths))


def source_of(file: str) -> str:
    """What a declaring file is called among the sources of an owner: "codeowners", "owners" or "maintainers"."""
    return PurePosixPath(file).name.split(".")[0].lower()


def shown(holder: Holder) -> str:
    """A holder that nobody knows more of, as people read it."""
    if holder.name:
        return holder.name
    if holder.kind is HolderKind.ANYBODY:
        return "anybody who may commit"
    return f"@{holder.handle}" if holder.handle else holder.email or holder.text
