"""What a digest tells: everything that landed since the one before, from a fresh index."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.changes.types import ChangesReport, Period, Span
from bot.digest.plan import begin_of
from bot.digest.types import Plan
from bot.state.digests import Told
from indexer.errors import IndexLocked, UnknownRepo

if TYPE_CHECKING:
    from bot.service import Docent

log = logging.getLogger(__name__)

LIMIT = 5  # changes told; the others are counted
_FURTHEST = timedelta(days=31)  # where the head told of last is gone, for example after a force push


class Composer(Protocol):
    """Makes the reports that digests are posted from. Any DocentError: not now."""

    def compose(self, plan: Plan, day: date, told: Mapping[str, Told], now: datetime) -> ChangesReport:
        """What landed since `told` ({repository: head}), for the digest of `day`."""
        ...

    def again(self, heads: Mapping[str, tuple[str, str]]) -> ChangesReport:
        """What landed between two commits of each repository, {repository: (base, head)}: the report of a digest once more."""
        ...


class FreshNews:
    """The composer over a `Docent`."""

    def __init__(self, docent: Docent, *, refresh: bool = True, use_llm: bool = True) -> None:
        self._docent = docent
        self._refresh = refresh
        self._use_llm = use_llm

    def compose(self, plan: Plan, day: date, told: Mapping[str, Told], now: datetime) -> ChangesReport:
        names, notices = self._ready(plan.repositories)
        heads = {name: told[name].head for name in names if name in told}
        since = begin_for(plan, day, told, now)
        report = self._docent.news(names, heads, since, limit=LIMIT, use_llm=self._use_llm)
        return replace(report, notices=(*notices, *report.notices))

    def _ready(self, repositories: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """A digest waits for its refresh, as nobody waits for it; a question asked of a service does so only shortly."""
        notices: tuple[str, ...] = ()
        if self._refresh:
            try:
                reports = self._docent.refresh(repositories)
                notices = tuple(f"{one.repo} could not be refreshed: {one.error}" for one in reports if one.error)
            except IndexLocked as exc:  # a service runs beside this command, and refreshes by its schedule
                log.info("composing from the index as it is: %s", exc.message)
        names, left_out = self._docent.ready(repositories, refresh=False)
        return names, (*notices, *left_out)

    def again(self, heads: Mapping[str, tuple[str, str]]) -> ChangesReport:
        from bot.changes.report import changes_report

        spans = [Span(name, base, head, None, None) for name, (base, head) in heads.items() if name in self._docent.names]
        if not spans:
            raise UnknownRepo("", f"{', '.join(heads) or 'The repository'} is no longer configured.")
        return changes_report(self._docent.index, Period(""), spans, limit=LIMIT)


def begin_for(plan: Plan, day: date, told: Mapping[str, Told], now: datetime) -> datetime:
    """Where to begin in a repository that has no head told of, or whose head is gone: when the digest before was told or was to
    come, whichever is earlier, within a month."""
    known = [told[name].at for name in plan.repositories if name in told]
    return max(min([begin_of(plan, day), *known]), now - _FURTHEST)
