"""The read side: everything docent can say about the indexed repositories, from the catalog, the vectors and git."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from indexer import links
from indexer.batching import search_together
from indexer.changes.past import Past
from indexer.changes.steps import steps_of
from indexer.changes.types import Step, Story
from indexer.config import PersonSettings
from indexer.corpora import RepoCorpora
from indexer.corpus import RepoCorpus
from indexer.declared.find import find_owners
from indexer.declared.types import OwnersFile
from indexer.embedding import Embedder
from indexer.errors import DocentError, IndexMissing, QueryError, unknown_repo
from indexer.kept import Kept, Latest
from indexer.remembering import past_of
from indexer.retrieval.english import frequencies
from indexer.retrieval.recipe import RECIPE, Recipe
from indexer.retrieval.reranking import Reranking
from indexer.searching import Searching
from indexer.statuses import status_of
from indexer.stores import facts, touches
from indexer.stores.catalog import Catalog, RepoRow
from indexer.stores.records import from_timestamp
from indexer.stores.vectors import ExactVectors, VectorSearch
from indexer.structure import Structure, structure_of
from indexer.types import (
    Chunk,
    Commit,
    CommitFacts,
    FileChange,
    Hit,
    Import,
    IndexState,
    Query,
    RepoStatus,
    Skipped,
    SkipReason,
    Symbol,
    Touch,
)  # fmt: skip
from indexer.vcs.gaps import history_gaps
from indexer.vcs.identity import Identities
from indexer.vcs.ignored import IGNORED_REVISIONS, counted, ignored_revisions
from indexer.vcs.mailmap import Mailmap
from indexer.vcs.participants import facts_of
from indexer.vcs.repository import Repository

_PASTS = 4  # of the repositories and bases asked about last
_JOINED = 16  # of the choices of repositories asked about last, their files and their commits apart
_TEXT_BYTES = 1_000_000


class Index:
    """Everything that can be asked of the indexed repositories. Holds no state of one question; safe for many threads."""

    def __init__(
        self,
        catalog: Catalog,
        vectors: VectorSearch,
        embedder: Embedder,
        repositories: Iterable[Repository],
        expected: Callable[[Repository], str],
        people: Sequence[PersonSettings] = (),
        reranking: Reranking | None = None,
        *,
        describes: bool = False,
    ) -> None:
        """`expected` gives the fingerprint that a repository's index must have to be current; `people` is what the settings say."""
        self._catalog = catalog
        self._vectors = vectors
        self._exact = vectors if isinstance(vectors, ExactVectors) else ExactVectors(catalog)
        self._repositories = {repository.name: repository for repository in repositories}
        self._expected = expected
        self._people = tuple(people)
        self._describes = describes
        self._kept = Kept()
        self._pasts, self._structures, self._joined = Latest(_PASTS), Latest(_PASTS), Latest(_JOINED)
        self._searching = Searching(embedder, reranking, catalog)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._repositories)

    def add(self, repository: Repository) -> None:
        """Make one more repository answerable."""
        self._repositories[repository.name] = repository

    def search(self, query: Query, k: int = 10, *, recipe: Recipe = RECIPE) -> list[Hit]:
        """The best places for a query, best first. UnknownRepo, IndexMissing when none of the repositories is indexed yet."""
        corpora = self._corpora(query.repos or self.names)
        return self._searching.search(corpora, self._searching.understood(corpora, query), k, recipe)

    def understood(self, query: Query) -> Query:
        """The query as it is searched for, its misspelled words mended; UnknownRepo, IndexMissing."""
        return self._searching.understood(self._corpora(query.repos or self.names), query)

    def rankings(self, query: Query, recipes: Sequence[Recipe], k: int = 10) -> list[list[Hit]]:
        """What `search` gives by each of several recipes, for measuring them; UnknownRepo, IndexMissing."""
        query = self.understood(query)
        corpora = self._corpora(query.repos or self.names).remembering()
        return [self._searching.search(corpora, query, k, recipe) for recipe in recipes]

    def best(self, query: Query, k: int = 10) -> tuple[list[Hit], tuple[str, ...]]:
        """As `search`, the best files judged once more where a model for that is configured; and notices: what was understood otherwise
        than it was written, and where that model failed."""
        corpora = self._corpora(query.repos or self.names)
        return self._searching.best(corpora, self._searching.understood(corpora, query), k)

    def best_of_each(self, queries: Sequence[Query], k: int = 10) -> list[tuple[list[Hit], tuple[str, ...]] | DocentError]:
        """What `best` gives for each query, or the error that it raises, for a part of the time."""
        return search_together(queries, self.names, self._corpora, self._searching, k)

    def passages(self, query: Query, k: int = 3) -> list[Hit]:
        """The best sections of documentation for a query, best first. UnknownRepo, IndexMissing."""
        return self._searching.passages(self._corpora(query.repos or self.names), query, k)

    def warm_up(self, name: str) -> None:
        """Read now what the first questions about a repository would wait for. IndexMissing."""
        frequencies()
        for corpus in self._corpora([name]).repositories:
            corpus.warm_up()

    def _corpora(self, names: Collection[str]) -> RepoCorpora:
        for name in names:
            self._repository(name)
        rows = {row.name: row for row in self._catalog.repo_rows() if row.head}
        if not rows.keys() & set(names):
            raise IndexMissing(f"There is no index of {', '.join(names) or 'any repository'} yet.", "Run `docent index` first.")
        corpora = [RepoCorpus(self._catalog, rows[name], self._vectors, self._exact) for name in names if name in rows]
        return RepoCorpora(corpora, self._joined)

    def similarity(self, question: str, sentences: Sequence[str]) -> list[float]:
        """How alike a question and each sentence are in meaning: cosines, in the order given."""
        return self._searching.similarity(question, sentences)

    def nearness(self, question: str, chunks: Sequence[Chunk]) -> dict[str, float]:
        """The cosine of a question and each of these chunks of files, by its id, as far as they have a vector."""
        return self._searching.nearness(self._corpora({chunk.repo for chunk in chunks}), question, chunks) if chunks else {}

    def statuses(self, names: Collection[str] = ()) -> tuple[RepoStatus, ...]:
        return tuple(self.status(name) for name in names or self.names)

    def status(self, name: str) -> RepoStatus:
        """Where one repository's index stands. UnknownRepo."""
        row = self._row(name)
        if row is None:
            return RepoStatus(name, IndexState.MISSING)
        return status_of(self._catalog, row, self._state(row), describes=self._describes)

    def version(self, name: str) -> tuple[str, datetime | None, bool]:
        """Which commit a repository's index shows ("" for none), when it was brought up to date, and whether history is cut off."""
        row = self._row(name)
        if row is None:
            return "", None, False
        return row.head, from_timestamp(row.indexed_at) if row.indexed_at else None, row.shallow

    def skipped(self, name: str) -> list[Skipped]:
        row = self._row(name)
        return self._catalog.skipped_files(row) if row else []

    # places

    def head(self, name: str) -> str:
        """The commit that a repository's index shows. IndexMissing."""
        return self._indexed(name).head

    def read_lines(self, name: str, commit: str, path: str, start: int, end: int) -> str | None:
        """Lines `start` to `end` of a file at a commit, straight from git; None where there is no such place."""
        text = _text_of(self._repository(name).read_at(commit, path))
        lines = (text or "").splitlines()
        return "\n".join(lines[start - 1 : end]) if 1 <= start <= end <= len(lines) else None

    def commit_from_git(self, name: str, sha: str) -> Commit | None:
        """One commit as git has it now; None where it is gone."""
        return next(iter(self._repository(name).log(sha, max_count=1)), None)

    def file_url(self, name: str, commit: str, path: str, start: int = 0, end: int = 0) -> str | None:
        return self._repository(name).file_url(commit, path, start, end)

    def commit_url(self, name: str, sha: str) -> str | None:
        return self._repository(name).commit_url(sha)

    def pull_request_url(self, name: str, number: int) -> str | None:
        return self._repository(name).pull_request_url(number)

    def web_url(self, name: str) -> str:
        """The repository's own page; "" where it is not known."""
        return self._repository(name).web_url()

    def text_at(self, name: str, commit: str, path: str) -> str | None:
        """A file at a commit; None where there is none, where it is no text, or more than a megabyte of it."""
        return _text_of(self._repository(name).read_at(commit, path, _TEXT_BYTES))

    # what landed when

    def revision(self, name: str, text: str) -> str | None:
        """The full SHA of the commit that a tag, branch, (short) SHA, "HEAD" (the indexed one) or "v1.2~3" means; None for none.

        Any text is safe. IndexMissing; QueryError for the first digits of several commits.
        """
        return self._repository(name).revision(text, self.head(name))

    def tags(self, name: str) -> list[str]:
        """The repository's tags, newest first."""
        return self._repository(name).tags()

    def brought_by(self, name: str, sha: str) -> str:
        """The merge that brought a commit to the main line; "" where none did: it was made there, or is not there."""
        return self._repository(name).brought_by(sha, self.head(name))

    def mainline_before(self, name: str, moment: datetime, head: str = "") -> str:
        """Where the main line (the first parents of `head`, else of the indexed commit) stood before a moment; "" for nowhere."""
        return self._repository(name).mainline_before(moment, head or self.head(name))

    def landed(self, name: str, base: str, head: str) -> list[Commit]:
        """What is in `head` and not in `base` ("" for everything; both full SHAs), newest first, merges among them.

        QueryError where `base` or `head` is gone, as after a force push.
        """
        repository = self._repository(name)
        for sha in (base, head):
            if sha and not repository.has(sha):
                raise QueryError(f"{name} has no commit {sha[:7]} any more.", "Its history was rewritten: give a date instead.")
        return list(repository.log(head, known=base or None))

    def difference(self, name: str, before: str, after: str) -> tuple[FileChange, ...]:
        """The net changes from one commit to another (full SHAs; "" as `before`: from nothing), renames followed."""
        return self._repository(name).difference(before, after)

    def steps(self, name: str, story: Story) -> tuple[Step, ...]:
        """What a story did to the main line, newest step first."""
        return steps_of(story, self._repository(name))

    def past(self, name: str, base: str) -> Past:
        """The history up to `base` (a full SHA, "" for none), to hold stories against."""
        row, repository = self._indexed(name), self._repository(name)

        def make() -> Past:
            return past_of(self._catalog, row, repository, base, self.tree_paths(name), self.identities([name]))

        return self._pasts.get((row.id, row.head, row.fingerprint, base), make)

    # facts

    def files(self, name: str) -> list[tuple[str, str, str, str, int]]:
        """Every indexed file: path, language, role, what it is about, number of lines."""
        rows = self._catalog.file_rows(self._indexed(name).id)
        return [(row.path, row.language, row.role, row.about, row.lines) for row in rows]

    def structure(self, name: str) -> Structure:
        """All of a repository at once: files, imports, definitions, changes. IndexMissing."""
        row = self._indexed(name)
        key = (row.id, row.head, row.fingerprint)
        return self._structures.get(key, lambda: structure_of(self._catalog, row, self.touches(name)))

    def chunks_of_file(self, name: str, path: str) -> list[Chunk]:
        return self._catalog.chunks_of_file(self._indexed(name), path)

    def definitions(self, name: str, names: Collection[str]) -> list[Symbol]:
        return facts.definitions(self._catalog, self._indexed(name), names)

    def mentioning(self, name: str, word: str, limit: int) -> list[Chunk]:
        """The chunks of files that hold a word, those that are about it first."""
        row = self._indexed(name)
        ids = [chunk_id for chunk_id, _ in self._catalog.lexical(row, word, limit, commits_only=False)]
        found = self._catalog.chunks(row, ids)
        return [found[chunk_id] for chunk_id in ids if chunk_id in found and not found[chunk_id].is_description]

    def commits_mentioning(self, name: str, word: str, limit: int) -> list[Commit]:
        """The commits whose messages hold a word, those that are about it first."""
        row = self._indexed(name)
        chunks = self._catalog.chunks(row, [chunk_id for chunk_id, _ in self._catalog.lexical(row, word, limit, commits_only=True)])
        found = self.commits(name, [chunk.commit for chunk in chunks.values() if chunk.commit])
        return [found[chunk.commit] for chunk in chunks.values() if chunk.commit in found and word in found[chunk.commit].message]

    def commits_naming(self, name: str, number: int) -> list[Commit]:
        """Every commit whose message may name a pull request's number, newest first, without what they changed."""
        return facts.commits_naming(self._catalog, self._indexed(name), number)

    def symbols_of(self, name: str, path: str) -> list[Symbol]:
        return facts.symbols_of(self._catalog, self._indexed(name), path)

    def imports_of(self, name: str, path: str) -> list[Import]:
        return facts.imports_of(self._catalog, self._indexed(name), path)

    def importers_of(self, name: str, path: str) -> list[Import]:
        return facts.importers_of(self._catalog, self._indexed(name), path)

    def commits(self, name: str, shas: Collection[str]) -> dict[str, Commit]:
        return facts.commits_by_sha(self._catalog, self._indexed(name), shas)

    def recent_commits(self, name: str, *, since: float = 0.0, limit: int = 1000) -> list[Commit]:
        return facts.recent_commits(self._catalog, self._indexed(name), since=since, limit=limit)

    def commits_touching(self, name: str, path: str, limit: int = 20) -> list[str]:
        return facts.commits_touching(self._catalog, self._indexed(name), path, limit)

    # who did what

    def touches(self, name: str, paths: Collection[str] | None = None) -> list[Touch]:
        """Every change of these files (None: of all files of the head), renames followed: one file after the other, newest first.

        Commits that the repository says are of no account are left out, people are as named in history.
        """
        row = self._indexed(name)
        found = touches.touches(self._catalog, row, self.tree_paths(name) if paths is None else paths)
        return counted(found, self._ignored(row))

    def line_touches(self, name: str, path: str, start: int, end: int) -> list[Touch]:
        """Who wrote these lines as they stand, most lines first; `added` counts theirs. [] where that cannot be told."""
        row = self._indexed(name)
        ignored = touches.facts_of(self._catalog, row, self._ignored(row))
        lines = self._repository(name).blame(row.head, path, start, end, ignored)
        known = touches.facts_of(self._catalog, row, lines)
        found = [(known.get(sha) or self._facts_from_git(row, sha), count) for sha, count in lines.items()]
        return [Touch(path, commit, count, 0) for commit, count in sorted(found, key=lambda pair: -pair[1])]

    def identities(self, names: Collection[str] = ()) -> Identities:
        """Who is who in the history of these repositories (all: empty), as far as they are indexed."""
        rows = [row for name in sorted(names or self.names) if (row := self._row(name)) is not None and row.head]
        state = tuple((row.id, row.head, row.fingerprint) for row in rows)

        def make() -> Identities:
            seen = (one for row in rows for one in touches.seen(self._catalog, row))
            branches = sum((touches.branches(self._catalog, row) for row in rows), Counter())
            return Identities(seen, self._people, branches)

        return self._kept.get(("identities", *(row.id for row in rows)), state, make)

    def tree_paths(self, name: str) -> list[str]:
        """Every file of the head, also those that are not indexed."""
        row = self._indexed(name)
        return self._kept.get(("paths", row.id), (row.head, row.fingerprint), lambda: sorted(self._catalog.blobs(row.id)))

    def owners_file(self, name: str) -> OwnersFile | None:
        """What the repository declares of its owners; None where it declares nothing."""
        row, repository = self._indexed(name), self._repository(name)

        def make() -> OwnersFile | None:
            def read(path: str) -> bytes | None:
                return repository.read_at(row.head, path)

            return find_owners(read, self.tree_paths(name), links.host_kind(row.web_url))

        return self._kept.get(("owners", row.id), (row.head, row.fingerprint, row.web_url), make)

    def history_gaps(self, name: str) -> tuple[str, ...]:
        """What of the history cannot be known, a sentence each; () where all of it is there."""
        row = self._indexed(name)
        incomplete = self._repository(name).lacks_objects()
        return history_gaps(shallow=row.shallow, lacks_objects=incomplete, newest_only=row.newest_only)

    def _ignored(self, row: RepoRow) -> frozenset[str]:
        """The commits that the repository says are of no account."""
        return self._kept.get(("ignored", row.id), row.head, lambda: ignored_revisions(self._text(row, IGNORED_REVISIONS)))

    def _facts_from_git(self, row: RepoRow, sha: str) -> CommitFacts:
        """A commit older than what the settings let in."""
        mailmap = Mailmap(self._text(row, ".mailmap"))
        return facts_of(next(self._repository(row.name).log(sha, max_count=1)), mailmap)

    def _text(self, row: RepoRow, path: str) -> str:
        return (self._repository(row.name).read_at(row.head, path) or b"").decode(errors="replace")

    def _state(self, row: RepoRow) -> IndexState:
        if not row.head:
            return IndexState.FAILED if row.failure else IndexState.MISSING
        current = self._expected(self._repositories[row.name])
        return IndexState.READY if row.fingerprint == current else IndexState.OUTDATED

    def _repository(self, name: str) -> Repository:
        if name not in self._repositories:
            raise unknown_repo(name, self.names)
        return self._repositories[name]

    def _row(self, name: str) -> RepoRow | None:
        self._repository(name)
        return self._catalog.repo(name)

    def _indexed(self, name: str) -> RepoRow:
        row = self._row(name)
        if row is None or not row.head:
            raise IndexMissing(f"There is no index of {name} yet.", "Run `docent index` first.")
        return row


def _text_of(data: bytes | None) -> str | None:
    if data is None:
        return None
    from indexer.sources import decode

    text = decode(data)
    return None if isinstance(text, SkipReason) else text  # which is a str as well
