"""What a report on changes holds. Slack, terminal, JSON and the digest all show these values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.answers.types import Owner, RepoVersion
from bot.told import Line
from indexer.changes.types import Against, Flag, Fold, Note, Rated

_SMALL = 3


@dataclass(frozen=True, slots=True)
class Period:
    """What is asked for. `label` reads after a clause, its preposition included: "What changed in shop-api" + " in the last 7 days",
    "yesterday", "last week", "in July 2026", "since 1 Nov 2026", "between v1.0 and v1.1", "in release v2.0", "up to now".

    Either moments, in UTC, `since` (None: from the beginning) inclusive to `until` (None: now) exclusive, or revisions as typed:
    what landed on `tip` ("" for the newest commit) since `base` ("" for the beginning). A side may be a moment and the other a
    revision. `release` says that tags are still to be looked up: "in", what the release `tip` ("" for the newest) brought, so
    that `base` is the tag before it; "since", what came after the newest release, so that `base` is its tag.
    """

    label: str
    since: datetime | None = None
    until: datetime | None = None
    base: str = ""
    tip: str = ""
    release: Literal["", "in", "since"] = ""


@dataclass(frozen=True, slots=True)
class Span:
    """One repository's part of a report: what is in `head` and not in `base` ("" for everything), both SHAs; `since` and `until`
    are the dates of these commits, or what was asked for."""

    repository: str
    base: str
    head: str
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change as it is told. Texts are Markdown without links; `lines` are the details, each with what shows it.

    `title` is the change in a few words, `summary` a sentence or two on what it does and why ("" where the title says it all),
    `why` its reason in its author's words ("" where none was given), `surprises` what to look at twice, one clause each.
    `url` is the page of its pull request, else of its newest commit; None where the host is not known.
    """

    repository: str
    rank: int
    rated: Rated
    title: str
    summary: str
    why: str
    areas: tuple[str, ...]
    surprises: tuple[str, ...]
    lines: tuple[Line, ...]
    against: Against = field(default_factory=Against)
    flags: tuple[Flag, ...] = ()
    notes: tuple[Note, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Further:
    """A change that is only named: it stands behind those told, or is folded."""

    repository: str
    rated: Rated
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ChangesReport:
    """The changes of a period: the few told, most important first, `further` those behind them, and how many others of each kind.

    `aside` are the folded ones themselves, in the order of the ranking. Where none stands out, `small` names the first of the small
    ones, for those who asked; a digest is silent then.
    `topic` is what it was narrowed to, as asked ("" for everything), `places` or the person `by` what that was taken for.
    """

    period: Period
    spans: tuple[Span, ...]
    changes: tuple[ToldChange, ...]
    further: tuple[Further, ...] = ()
    folded: Mapping[Fold, int] = field(default_factory=dict)
    aside: tuple[Further, ...] = ()
    topic: str = ""
    places: tuple[str, ...] = ()
    by: str = ""
    notices: tuple[str, ...] = ()
    repositories: tuple[RepoVersion, ...] = ()
    model: str | None = None
    took_ms: float = 0.0

    @property
    def quiet(self) -> bool:
        """Whether nothing stands out."""
        return not self.changes

    @property
    def small(self) -> tuple[Further, ...]:
        """What to name where nothing stands out."""
        return () if self.changes else tuple(one for one in self.aside if one.rated.fold is Fold.SMALL)[:_SMALL]

    @property
    def others(self) -> int:
        """How many stories are not told."""
        return len(self.further) + sum(self.folded.values())


@dataclass(frozen=True, slots=True)
class ChangeCard:
    """One change, or a range of them told as one: `lines` in the order to be read, each with what shows it.

    `parts` are a range's stories, most important first; `ask` whom to ask about it, their `reasons` saying about what.
    """

    asked: str
    change: ToldChange
    lines: tuple[Line, ...]
    parts: tuple[Further, ...] = ()
    ask: tuple[Owner, ...] = ()
    span: Span | None = None
    notices: tuple[str, ...] = ()
    repositories: tuple[RepoVersion, ...] = ()
    model: str | None = None
    took_ms: float = 0.0
