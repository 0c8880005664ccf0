"""The values that travel between the stages: frozen, slotted, and free of any foreign library.

`path` is relative to its repository with forward slashes, `repo` is a short name, lines start at 1 and ranges include both ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What a chunk is, as the JSON contract names it."""

    CODE = "code"
    DOC = "doc"
    CONFIG = "config"
    COMMIT = "commit"


Hint = tuple[str, float]  # a word as the word index knows it, and how likely it is (0..1), or what it counts

DESCRIPTION = "description"
"""The `symbol_kind` of a chunk that holds what a language model says of its file; see indexer/describing.py."""


class Role(StrEnum):
    """What part a file plays in its repository; all but SOURCE stand back in the ranking unless they are asked for."""

    SOURCE = "source"
    TEST = "test"
    EXAMPLE = "example"
    DOCS = "docs"
    SCRIPT = "script"
    VENDORED = "vendored"
    GENERATED = "generated"
    TRANSLATION = "translation"


class SkipReason(StrEnum):
    """Why a file is not in the index; the value is the text that `docent status` shows."""

    BINARY = "binary"
    GENERATED = "generated"
    MINIFIED = "minified"
    VENDORED = "vendored"
    TOO_LARGE = "too large"
    LFS_POINTER = "Git LFS pointer"
    SYMLINK = "symbolic link"
    SUBMODULE = "submodule"
    UNDECODABLE = "undecodable"
    EXCLUDED = "excluded by settings"
    EMPTY = "empty"
    UNPARSABLE = "could not be parsed"
    MISSING = "missing from the clone"


class IndexState(StrEnum):
    """Where a repository's index stands."""

    READY = "ready"
    MISSING = "missing"
    OUTDATED = "outdated"
    FAILED = "failed"


class Sureness(StrEnum):
    """How sure it is who built something: right at least 9 times in 10, more often than not, or no better than a hint."""

    LIKELY = "likely"
    MAYBE = "maybe"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """One path of a commit's tree as git lists it; `size` in bytes, 0 for links and submodules, -1 for a file whose content a
    partial or damaged clone lacks."""

    path: str
    mode: str
    blob: str
    size: int


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's text at one commit, ready to be cut into chunks; `language` is a name from `indexer.languages`, or "text"."""

    repo: str
    path: str
    blob: str
    text: str
    language: str
    kind: Kind
    role: Role


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that is not in the index, and why."""

    repo: str
    path: str
    reason: SkipReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition: `name` as written, `qualified` with its enclosing names ("SessionStore.open")."""

    path: str
    name: str
    qualified: str
    kind: str  # function | method | class | interface | struct | enum | trait | module | type | constant
    start_line: int
    end_line: int
    signature: str = ""
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Import:
    """One import statement: what is written (`module`, `names`), and the repository's own file it means, where it is one."""

    path: str
    line: int
    module: str
    names: tuple[str, ...] = ()
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a file, or a commit's message, that is embedded and found as one.

    `text` is the source as it is; `embed_text` is what the model sees, made for finding by meaning. `symbol` is the qualified
    name of what it defines, `enclosing` the names around it, `doc` its docstring or leading comment as plain text, `about` one
    line on what its file is for. `id` depends on content and path, never on line numbers. A commit chunk has no path, and its
    `commit` is the SHA.
    """

    id: str
    repo: str
    path: str | None
    start_line: int
    end_line: int
    text: str
    kind: Kind
    embed_text: str
    language: str = "text"
    role: Role = Role.SOURCE
    symbol: str | None = None
    symbol_kind: str | None = None
    enclosing: tuple[str, ...] = ()
    doc: str = ""
    about: str = ""
    commit: str | None = None

    @property
    def is_description(self) -> bool:
        """Whether a model wrote it. It helps finding its file and is no text of the repository, so it is never shown."""
        return self.symbol_kind == DESCRIPTION

    @property
    def subject(self) -> str:
        """The first line of the text: what a commit says it does."""
        return self.text.split("\n", 1)[0]


@dataclass(frozen=True, slots=True)
class ParsedFile:
    """Everything one file contributes to the index; `lines` is how many lines it has. The text of `source` may have been let go."""

    source: SourceFile
    chunks: tuple[Chunk, ...]
    symbols: tuple[Symbol, ...] = ()
    imports: tuple[Import, ...] = ()
    about: str = ""
    lines: int = 0


@dataclass(frozen=True, slots=True)
class FileChange:
    """What one commit did to one file: status A, M, D or R; lines added and deleted, both None for binary files."""

    path: str
    status: str = "M"
    old_path: str | None = None
    added: int | None = 0
    deleted: int | None = 0


@dataclass(frozen=True, slots=True)
class Person:
    """A contributor after identities were merged; `email` is the address used most recently."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit with the files it changed. Dates are aware and in UTC; merges carry no changes."""

    sha: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    authored_at: datetime
    committed_at: datetime
    subject: str
    body: str = ""
    changes: tuple[FileChange, ...] = ()

    @property
    def short(self) -> str:
        return self.sha[:7]

    @property
    def message(self) -> str:
        return f"{self.subject}\n{self.body}"


@dataclass(frozen=True, slots=True)
class CommitFacts:
    """Who took part in a commit, when, and how large it was: `files`, `added` and `deleted` are of the whole commit.

    People are as written in history, identities not merged, bots and assistants left out of all but `author`. `reviewers` are
    named by Reviewed-by and Acked-by, `integrators` brought the change in: a committer who is not the author, whoever signed it
    off besides, whoever merged its branch.
    """

    sha: str
    author: Person
    authored_at: datetime
    committed_at: datetime
    co_authors: tuple[Person, ...] = ()
    reviewers: tuple[Person, ...] = ()
    integrators: tuple[Person, ...] = ()
    files: int = 1
    added: int = 0
    deleted: int = 0


@dataclass(frozen=True, slots=True)
class Touch:
    """One change of one file: `path` as it is called today, `added` and `deleted` None for binary files, `created` for a new file."""

    path: str
    commit: CommitFacts
    added: int | None = 0
    deleted: int | None = 0
    created: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """When what a question asks about happened, as its `words` say and as it was understood: `label` ("in 2018", "since 3.2").

    Either from `since` inclusive to `until` exclusive, aware moments, None for no end; or what is in one commit and not in another,
    by repository: (name, base, tip), full SHAs, base "" for the beginning, tip "" for the newest. It most likely happened before
    `soon`, where that is known ("since July 2023": in that month). Where it is `loose` nobody would swear to its ends; where it is
    `strict` nothing else is asked for.
    """

    label: str
    words: str
    since: datetime | None = None
    until: datetime | None = None
    soon: datetime | None = None
    releases: tuple[tuple[str, str, str], ...] = ()
    loose: bool = False
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A place that a stack trace, a log or a sentence names. `path` is the end of a path as far as it is known, `line` 0 where none
    is given, `name` the function without its owners, `package` the library that an installed file belongs to. `trace` numbers the
    traces of a text; within one the innermost call comes first, whatever order it was printed in (`innermost_last`)."""

    path: str
    line: int = 0
    name: str = ""
    package: str = ""
    trace: int = 0
    innermost_last: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for searching: the words without the filters, and the filters apart. `named` are repositories that it
    speaks of in its words: they come first, and others are searched as well.

    `frames` are the places that a pasted text names. `understood` says what was read otherwise than it was written, in words.
    `terms` and `imagined` are what a language model made of it, where there is one: technical words to search for, and an answer
    it thinks likely. They help finding and nothing else; both may be wrong. `when` says which commits are asked for.
    """

    text: str
    repos: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    wants_tests: bool = False
    wants_history: bool = False
    when: When | None = None
    frames: tuple[Frame, ...] = ()
    understood: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    imagined: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that answers a query: the best chunk of one file, or a commit. `more` are the file's further good chunks."""

    chunk: Chunk
    score: float
    rank: int = 0
    more: tuple[Chunk, ...] = ()
    signals: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RefreshReport:
    """What one refresh of one repository did; `seconds_model` is the share of `seconds` spent in the embedding model."""

    repo: str
    head: str
    branch: str = ""
    files: int = 0
    skipped: tuple[Skipped, ...] = ()
    chunks: int = 0
    embedded: int = 0
    reused: int = 0
    commits: int = 0
    seconds: float = 0.0
    seconds_model: float = 0.0
    changed: bool = True
    error: str = ""


@dataclass(frozen=True, slots=True)
class RepoStatus:
    """Where one repository's index stands, for `docent status` and the answers' footers."""

    repo: str
    state: IndexState
    commit: str = ""
    branch: str = ""
    web_url: str = ""
    indexed_at: datetime | None = None
    files: int = 0
    chunks: int = 0
    commits: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    described: tuple[int, int] | None = None  # how many source files have a description, of how many; None where none are wanted
    failure: str = ""
    failed_at: datetime | None = None
    shallow: bool = False
