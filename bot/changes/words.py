"""A report on changes in words, the same for terminal, Slack and the digest; Markdown that they only lay out."""

from __future__ import annotations

from collections.abc import Sequence

from bot.changes.titles import title_of
from bot.changes.types import ChangesReport, Further, ToldChange
from bot.render.screen import counted, listed
from indexer.changes.types import Fold

_SURPRISES = 3  # told beside a change; all of them stand in its details
_NAMES = 3
_FOLDED = {
    Fold.BOTS: ("automatic update", "automatic updates"),
    Fold.BUMPS: ("dependency update or release by hand", "dependency updates and releases by hand"),
    Fold.FORMATTING: ("change of formatting", "changes of formatting"),
    Fold.REFACTORING: ("refactoring or upkeep", "refactorings and upkeep"),
    Fold.TESTS: ("to tests alone", "to tests alone"),
    Fold.DOCS: ("to documentation alone", "to documentation alone"),
    Fold.SMALL: ("small", "small"),
}


def headline(report: ChangesReport) -> str:
    """What was asked for: "What changed in shop-api in the last 7 days"."""
    if report.by:
        return f"What {report.by} changed in {_where(report)} {report.period.label}".rstrip()
    return f"What changed in {_where(report)} {report.period.label}".rstrip()


def told(change: ToldChange, *, repo: bool = False, watch: bool = True) -> str:
    """One change as one paragraph: what it is in bold, what it does or why, and what to look at twice.

    `repo` names its repository; without `watch` what to look at twice is left for its details.
    """
    where = f"{change.repository}: " if repo else ""
    parts = [f"**{where}{change.title}**{who(change)}", change.summary or "No reason given."]
    if change.surprises and watch:
        shown = [*change.surprises[:_SURPRISES]]
        more = len(change.surprises) - _SURPRISES
        if more > 0:
            shown.append(f"{more} more to look at")
        parts.append(f"Look twice: {'; '.join(shown)}.")
    return ended_all(parts)


def ended_all(parts: Sequence[str]) -> str:
    """Sentences one after the other."""
    return " ".join(part if part.endswith((".", "!", "?", "…", "”.")) else f"{part}." for part in parts)


def who(change: ToldChange) -> str:
    """Who did it, in brackets; "" where only tools did."""
    names = [person.name for person in change.rated.authors]
    return f" ({listed(names, _NAMES)})" if names else ""


def counted_line(report: ChangesReport) -> str:
    """How many others there were, by kind; "" for none."""
    kinds = [f"{number:,} {_FOLDED[fold][number != 1]}" for fold, number in report.folded.items()]
    if report.further:
        kinds.insert(0, f"{len(report.further):,} of note")
    if not kinds:
        return ""
    other = "other " if report.changes else ""
    if set(report.folded) == {Fold.SMALL} and not report.further:
        told_of = counted(report.others, f"{other}small change")
    else:
        told_of = f"{counted(report.others, f'{other}change')}: {', '.join(kinds)}"
    return f"{'and ' if report.changes else ''}{told_of}"


def quiet_line(report: ChangesReport) -> str:
    """What there is to say of a period without a change that stands out."""
    others, by = counted_line(report), f" by {report.by}" if report.by else ""
    place = f"changed in {_where(report)}{by} {report.period.label}".rstrip()
    if not others:
        return f"Nothing {place}."
    return f"Nothing that stands out {place}; there {'was' if report.others == 1 else 'were'} {others}."


def further_line(one: Further) -> str:
    """A change that is only named, and who made it."""
    names = listed([person.name for person in one.rated.authors], _NAMES)
    return f"{title_of(one.rated)} ({names})" if names else title_of(one.rated)


def _where(report: ChangesReport) -> str:
    repos = listed([span.repository for span in report.spans], _NAMES) or "no repository"
    if not report.places:
        return repos
    places = listed(list(report.places), _NAMES)
    return places if places.startswith("all of") else f"{places} of {repos}"
