"""A repository as a whole as it was at some commit, read from git alone: for evaluations, which ask about the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from indexer.analysis.history import History
from indexer.config import IndexingSettings
from indexer.progress import Progress, Silent
from indexer.reading import Reader
from indexer.stores.catalog import RepoRow
from indexer.stores.writing import Delta
from indexer.structure import ChangeSet, FileFacts, Structure, grouped
from indexer.types import Commit, Import, ParsedFile, TreeEntry
from indexer.vcs.ignored import IGNORED_REVISIONS, ignored_revisions
from indexer.vcs.mailmap import Mailmap
from indexer.vcs.participants import commit_facts
from indexer.vcs.repository import Repository

_NOT_INDEXED = RepoRow(0, "", "", "", "", "", "", None, False, 0, False, "", None, "")


@dataclass
class StructureReader:
    """Reads structures of one repository. What several commits have in common is parsed once. One thread at a time.

    `log` is what `repository.log` gives for the newest of these commits, newest first; without it, each commit's is read.
    """

    repository: Repository
    limits: IndexingSettings = field(default_factory=IndexingSettings)
    log: Sequence[Commit] = ()
    progress: Progress = field(default_factory=Silent)
    _parsed: dict[tuple[str, str], ParsedFile | None] = field(default_factory=dict)  # by path and blob; None where it is left out

    def at(self, commit: str) -> Structure:
        """The files, imports and definitions of a commit (a full SHA), and the history up to it, by the rules of the index; nothing
        later is known. RepoUnreachable, StoreError."""
        entries = {entry.path: entry for entry in self.repository.tree(commit)}
        parsed = self._files(commit, entries)
        resolve = self._reader(commit, entries, {}).resolver(Delta())
        imports = [item for one in parsed for item in one.imports]
        if resolve is not None:
            imports = [replace(item, target=resolve.find(item)) for item in imports]
        return Structure(
            repo=self.repository.name,
            head=commit,
            files={one.source.path: _file_facts(one) for one in parsed},
            imports=tuple(sorted(imports, key=_place)),
            symbols=tuple(symbol for one in parsed for symbol in one.symbols),
            changes=self._history(commit, list(entries)),
        )

    def _history(self, commit: str, paths: Sequence[str]) -> tuple[ChangeSet, ...]:
        commits = contained(self.log, commit) or list(self.repository.log(commit, max_count=self.limits.max_commits))
        facts = commit_facts(commits, Mailmap(self._text(commit, ".mailmap")))
        ignored = ignored_revisions(self._text(commit, IGNORED_REVISIONS))
        touches = History(commit, paths, commits, facts, ignored=ignored).touches()
        return grouped(touches, {one.sha: (one.subject, one.body) for one in commits})

    def _files(self, commit: str, entries: Mapping[str, TreeEntry]) -> list[ParsedFile]:
        """What would be indexed of this commit, by path."""
        read = {path: entry.blob for path, entry in entries.items() if (path, entry.blob) in self._parsed}
        reader, delta = self._reader(commit, entries, read), Delta()
        around = reader.surroundings()
        reader.files(delta, around)
        self._parsed |= {(entry.path, entry.blob): None for _, entry in delta.skipped}
        self._parsed |= {(one.source.path, one.source.blob): replace(one, chunks=()) for one in delta.parsed}
        found = [one for path, entry in sorted(entries.items()) if (one := self._parsed.get((path, entry.blob))) is not None]
        roles = reader.roles(((one.source.path, one.source.kind, one.source.role) for one in found), around)
        return [replace(one, source=replace(one.source, role=roles.get(one.source.path, one.source.role))) for one in found]

    def _reader(self, commit: str, entries: Mapping[str, TreeEntry], read: Mapping[str, str]) -> Reader:
        return Reader(self.repository, _NOT_INDEXED, commit, entries, read, self.limits, self.progress)

    def _text(self, commit: str, path: str) -> str:
        return (self.repository.read_at(commit, path) or b"").decode(errors="replace")


def contained(log: Sequence[Commit], head: str) -> list[Commit]:
    """The commits of a log (newest first) that `head` contains, itself included, in the same order; [] where it is not in the log."""
    parents = {commit.sha: commit.parents for commit in log}
    found: set[str] = set()
    ahead = [head]
    while ahead:
        sha = ahead.pop()
        if sha in parents and sha not in found:
            found.add(sha)
            ahead += parents[sha]
    return [commit for commit in log if commit.sha in found]


def _file_facts(parsed: ParsedFile) -> FileFacts:
    source = parsed.source
    return FileFacts(source.path, source.language, source.role, parsed.about, parsed.lines)


def _place(item: Import) -> tuple[str, int]:
    return item.path, item.line
