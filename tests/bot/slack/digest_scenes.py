"""Reports on changes with real values, for the tests of the digest in Slack."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from bot.answers.types import RepoVersion
from bot.changes.types import ChangesReport, Further, Period, Span, ToldChange
from bot.digest.types import WEEK, Plan
from bot.told import Line, Shows
from indexer.changes.types import Fold, Nature, Rated, Size, Story
from indexer.types import Commit, Person

SHA, BASE = "46e939b0c0ffee46e939b0c0ffee46e939b0c0ff", "1111111111111111111111111111111111111111"
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
WEB = "https://github.com/corner/shop"
KEY = "digest-C1-2026-11-23"
PLAN = Plan("C1", time(9), "Europe/Berlin", WEEK[:5], ("shop",))


def page_of(place: Shows) -> str:
    if place.path:
        return f"{WEB}/blob/{place.commit or SHA}/{place.path}#L{place.line}"
    return f"{WEB}/commit/{place.commit}"


def rated(title: str, fold: Fold | None = None) -> Rated:
    anna = Person("Anna Smith", "anna@corner.example")
    story = Story(title, "", (Commit(SHA, (BASE,), anna, anna, NOW, NOW, title),))
    return Rated(story, 1.0, Nature.CHANGE, Size(), fold=fold, authors=(anna,))


def change(title: str = "Refunds are paid in parts", rank: int = 1, **changes: Any) -> ToldChange:
    values: dict[str, Any] = {
        "summary": "An order can be paid back in several parts.",
        "why": "Customers asked for it.",
        "areas": ("billing",),
        "surprises": ("the default of `max_age` went from 30 to 60", "no test changed"),
        "lines": (
            Line("Why", "Customers asked for it.", (Shows("shop", SHA),)),
            Line("Default", "`max_age` went from 30 to 60.", (Shows("shop", SHA, "src/billing/refund.py", 12),)),
        ),
        "url": f"{WEB}/pull/{rank}",
    }
    return ToldChange("shop", rank, rated(title), title, **{**values, **changes})


def report(*changes: ToldChange, **more: Any) -> ChangesReport:
    values: dict[str, Any] = {
        "period": Period("since Fri 20 Nov"),
        "spans": (Span("shop", BASE, SHA, NOW, NOW),),
        "changes": changes or (change(),),
        "further": (Further("shop", rated("Faster search"), f"{WEB}/pull/9"),),
        "folded": {Fold.BOTS: 9, Fold.TESTS: 5},
        "repositories": (RepoVersion("shop", SHA, NOW),),
    }
    return ChangesReport(**{**values, **more})


def quiet_report() -> ChangesReport:
    return replace(report(), changes=(), further=())
