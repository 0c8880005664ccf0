"""What an answer is made of. Everything shown to a person, in Slack or a terminal, is rendered from these values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from indexer.types import Hit, Kind


class Status(StrEnum):
    """How a question ended."""

    ANSWERED = "answered"
    NOT_FOUND = "not_found"
    ERROR = "error"


class Part(StrEnum):
    """What a statement does in its answer; renderers use it for layout only."""

    LEAD = "lead"  # the first sentence, which answers
    POINT = "point"  # one piece that matters and what it does
    LINK = "link"  # how pieces connect
    WHY = "why"  # what history says about the reason
    WHO = "who"  # whom to ask
    PROSE = "prose"  # a sentence an LLM wrote


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier message of the same thread."""

    text: str
    by_docent: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked: `repos` are configured names (empty: all), `thread` the conversation so far, oldest first."""

    text: str
    repos: tuple[str, ...] = ()
    thread: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A place that supports a statement, as it stands at `commit`. `number` is the citation mark, counted from 1.

    For a commit, `path` is None, `commit` is the commit cited and the lines are those of its message.
    `label` is what a link to it is called: "sessions.py 282–286" or "commit 857e9b7".
    """

    number: int
    repository: str
    path: str | None
    start_line: int
    end_line: int
    commit: str
    url: str | None
    excerpt: str
    kind: Kind
    label: str
    symbol: str | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence (Markdown, no citation marks) and the numbers of the evidence behind it."""

    text: str
    evidence: tuple[int, ...]
    part: Part = Part.POINT


@dataclass(frozen=True, slots=True)
class Checked:
    """How many statements were checked against the repository, and how many held."""

    statements: int
    supported: int


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody to ask, or a team: `share` 0..1 of having built the cited files, `reasons` in words.

    `active` says that they worked on anything in these repositories within half a year, `sources` where all this is known from
    ("codeowners", "maintainers", "owners", "history"). `aliases` are further addresses of the same person, `slack` is the Slack id
    that the settings give, `latest` the SHA, in `latest_in`, of the newest commit that shows their part, `latest_url` its page.
    """

    name: str
    email: str
    share: float
    reasons: tuple[str, ...]
    last_active: datetime | None
    active: bool
    kind: str = "person"
    handle: str | None = None
    sources: tuple[str, ...] = ("history",)
    aliases: tuple[str, ...] = ()
    slack: str | None = None
    latest: str = ""
    latest_in: str = ""
    latest_url: str | None = None


@dataclass(frozen=True, slots=True)
class RepoVersion:
    """Which state of a repository an answer speaks of."""

    name: str
    commit: str
    indexed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture that belongs to an answer: a "map" or "hotspots", narrowed to `words`, of some repositories. Planning.picture draws it."""

    kind: str
    words: str
    repos: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. `statements` are in reading order; `notices` say what went wrong on the way, in words."""

    question: str
    status: Status
    statements: tuple[Statement, ...]
    evidence: tuple[Evidence, ...] = ()
    confidence: float = 0.0
    checked: Checked = Checked(0, 0)
    owners: tuple[Owner, ...] = ()
    repositories: tuple[RepoVersion, ...] = ()
    notices: tuple[str, ...] = ()
    model: str | None = None
    took_ms: float = 0.0
    drawing: Drawing | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A ranking; `urls` holds each hit's permalink, None where its host is not known; `notices` as in an answer."""

    query: str
    took_ms: float
    hits: tuple[Hit, ...]
    urls: tuple[str | None, ...]
    notices: tuple[str, ...] = ()


TextSink = Callable[[str], None]
"""Receives the words of an answer as they are written, for streaming; the final Answer replaces them."""
