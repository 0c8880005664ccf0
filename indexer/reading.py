"""What is new in a repository since it was last indexed: files to put in place of their old versions, and commits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Event
from typing import Any

from indexer.chunking import parse_file
from indexer.chunking.commits import commit_chunk
from indexer.config import IndexingSettings
from indexer.errors import MissingObject
from indexer.languages import detect_language
from indexer.layout import surroundings_of
from indexer.progress import Progress
from indexer.roles import Surroundings, role_of
from indexer.sources import load_source, skip_entry
from indexer.stores.catalog import RepoRow
from indexer.stores.writing import Delta, Resolving
from indexer.symbols.imports import MANIFESTS, ImportResolver
from indexer.types import Kind, ParsedFile, Role, Skipped, SkipReason, TreeEntry
from indexer.vcs.mailmap import Mailmap
from indexer.vcs.participants import unmerged_facts
from indexer.vcs.repository import Repository

log = logging.getLogger(__name__)


@contextmanager
def beside(work: Callable[..., None], delta: Delta, **options: Any) -> Iterator[Future[None]]:
    """Run `work(delta, stopping, **options)` in a thread; `stopping` (an Event) is set where what stands in the block fails."""
    stopping = Event()
    with ThreadPoolExecutor(1, thread_name_prefix="reading") as thread:
        try:
            yield thread.submit(work, delta, stopping, **options)
        except BaseException:
            stopping.set()
            raise


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one repository at one commit. `known` maps each path that is indexed to its blob; `row` is what the catalog knows."""

    repository: Repository
    row: RepoRow
    head: str
    entries: Mapping[str, TreeEntry]
    known: Mapping[str, str]
    limits: IndexingSettings
    progress: Progress
    indexed_date: datetime | None = None  # of the indexed head
    keeps_texts: bool = False  # of whole files, which only describing them needs

    @property
    def mailmap(self) -> str:
        """The blob of the file that maps people's names; "" without one."""
        return self.entries[".mailmap"].blob if ".mailmap" in self.entries else ""

    def files(self, delta: Delta, around: Surroundings) -> None:
        """Add the files that came, changed or went; `around` is what `surroundings` found."""
        changed = [entry for path, entry in sorted(self.entries.items()) if self.known.get(path) != entry.blob]
        delta.gone |= set(self.known) - self.entries.keys()
        self.progress.stage(self.repository.name, "reading files", len(changed))
        for entry in changed:
            found = self._parsed(entry, around)
            if isinstance(found, Skipped):
                delta.skipped.append((found, entry))
            else:
                delta.parsed.append(found)
            self.progress.advance(1)

    def surroundings(self) -> Surroundings:
        """What the whole tree says about the parts that its files play."""
        attributes = [path for path in self.entries if path.rsplit("/", 1)[-1] == ".gitattributes"]
        return surroundings_of(self.entries.values(), {path: self._text(path) for path in attributes})

    def roles(self, indexed: Iterable[tuple[str, Kind, Role]], around: Surroundings) -> dict[str, Role]:
        """The files, of those indexed as (path, kind, role), that now play another part, though they may be the same."""
        return {
            path: now for path, kind, role in indexed if path in self.entries and (now := role_of(path, kind, around)) is not role
        }

    def history(self, delta: Delta, stopping: Event, *, anew: bool) -> None:
        """Add the commits since the indexed head; all of them when `anew`, when history was rewritten or names were mapped anew.

        Touches nothing of the delta that `files` does, so that both can be read at once. Ends early once `stopping` is set.
        """
        since = None if anew else self._since()
        delta.rewritten = since is None
        for commit in self.repository.log(self.head, known=since, max_count=self.limits.max_commits):
            delta.commits.append(commit)
            if stopping.is_set():
                return
        mailmap = Mailmap(self._text(".mailmap"))
        delta.facts = unmerged_facts(delta.commits, mailmap, self.indexed_date if since else None)
        delta.newest_only = self._limit(delta) if delta.rewritten else self.row.newest_only
        delta.commit_chunks = [commit_chunk(self.repository.name, commit) for commit in delta.commits if len(commit.parents) < 2]

    def _since(self) -> str | None:
        """The commit from which on history has to be read; None: all of it, as it was rewritten, names are mapped anew, or the
        settings let in more of it."""
        allowed = self.limits.max_commits
        more = self.row.newest_only and (allowed > self.row.newest_only or not allowed)
        if not self.row.head or self.row.mailmap != self.mailmap or more:
            return None
        return self.row.head if self.repository.is_ancestor(self.row.head, self.head) else None

    def _limit(self, delta: Delta) -> int:
        """How many commits the settings let in, where they left older ones out; else 0."""
        if len(delta.commits) != self.limits.max_commits:
            return 0
        known = {commit.sha for commit in delta.commits}
        return len(known) if any(parent not in known for commit in delta.commits for parent in commit.parents) else 0

    def resolver(self, delta: Delta) -> Resolving | None:
        """Finds the files that imports mean; None when no file came or went, no manifest changed and no import was read."""
        manifests = {path: entry for path, entry in self.entries.items() if path.rsplit("/", 1)[-1] in MANIFESTS}
        anew = self.entries.keys() != self.known.keys() or any(parsed.source.path in manifests for parsed in delta.parsed)
        if not (anew or any(parsed.imports for parsed in delta.parsed)):
            return None
        loaded = ((path, self._content(entry)) for path, entry in manifests.items())
        texts = {path: data.decode(errors="replace") for path, data in loaded if data is not None}
        find = ImportResolver({path: detect_language(path).name for path in self.entries}, texts).resolve
        return Resolving(find, None if anew else tuple(parsed.source.path for parsed in delta.parsed))

    def _parsed(self, entry: TreeEntry, around: Surroundings) -> ParsedFile | Skipped:
        name = self.repository.name
        skip = skip_entry(name, entry, exclude=self.repository.settings.exclude, max_bytes=self.limits.max_file_bytes)
        if skip is not None:
            return skip
        data = self._content(entry)
        if data is None:
            return Skipped(name, entry.path, SkipReason.MISSING)
        source = load_source(name, entry, data, around)
        if isinstance(source, Skipped):
            return source
        try:
            parsed = parse_file(source)
        except Exception as exc:  # a fault of ours in one file must not cost the others; status and log name it
            log.exception("%s: %s could not be parsed", name, entry.path)
            return Skipped(name, entry.path, SkipReason.UNPARSABLE, type(exc).__name__)
        return parsed if self.keeps_texts else replace(parsed, source=replace(source, text=""))

    def _text(self, path: str) -> str:
        """A file of the head as text; "" where there is none."""
        entry = self.entries.get(path)
        return ((self._content(entry) if entry else None) or b"").decode(errors="replace")

    def _content(self, entry: TreeEntry) -> bytes | None:
        """A file's content; None where a partial or damaged clone lacks it."""
        try:
            return self.repository.read(entry.blob)
        except MissingObject:
            return None
