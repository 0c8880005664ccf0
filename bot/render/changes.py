"""What changed, for a terminal and as the machine form of the contract."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import groupby
from typing import Any

from bot.answers.types import RepoVersion
from bot.changes.clauses import LOOK, MISSING, RISK, SIZE, TOUCHES
from bot.changes.telling import reason_words
from bot.changes.titles import title_of
from bot.changes.types import ChangeCard, ChangesReport, Further, Span, ToldChange
from bot.changes.words import counted_line, further_line, headline, quiet_line, told
from bot.render.json import date_json, owner_json
from bot.render.screen import Screen, ago, clean, clean_line
from bot.told import Line, Shows
from indexer.changes.types import Flag

UrlOf = Callable[[Shows], str | None]
_DETAILS = frozenset({SIZE, TOUCHES, LOOK, MISSING, RISK})
_COMMITS = 6  # named of one change
_FURTHER = 100  # changes of a period named in the machine form behind those told


def changes_text(report: ChangesReport, screen: Screen, url_of: UrlOf) -> str:
    """The headline, each change with its details, and the rest counted."""
    if report.quiet:
        blocks = [screen.wrap(screen.inline(quiet_line(report)))]
        blocks.append("\n".join(screen.wrap(screen.inline(further_line(one)), "• ", "  ") for one in report.small))
    else:
        several = len({change.repository for change in report.changes}) > 1 or len(report.spans) > 1
        blocks = [screen.bold(_plain(headline(report)))]
        blocks += [_change_text(change, screen, url_of, repo=several) for change in report.changes]
        if line := counted_line(report):
            blocks.append(screen.wrap(screen.inline(f"{line}.")))
    blocks.append(_footer(report.notices, report.repositories, report.model, screen))
    return "\n\n".join(block for block in blocks if block) + "\n"


def card_text(card: ChangeCard, screen: Screen, url_of: UrlOf) -> str:
    """The diff card."""
    title = screen.bold(_plain(card.change.title))
    page = f"\n{_address(card.change.url, screen)}" if card.change.url else ""
    page += f"\n{screen.wrap(_commits(card.change))}"
    summary = screen.wrap(screen.inline(card.change.summary)) if card.model and card.change.summary else ""
    blocks = [title + page, summary, lines_text([line for line in card.lines if line.label], screen, url_of, known=own_places(card.change))]
    blocks.append(_footer(card.notices, card.repositories, card.model, screen))
    return "\n\n".join(block for block in blocks if block) + "\n"


def lines_text(
    lines: Sequence[Line], screen: Screen, url_of: UrlOf, indent: str = "", known: Collection[Shows] = frozenset()
) -> str:
    """Labelled lines, a label before the first of its lines only; places that are `known` anyway are not named again."""
    width = max((len(line.label) for line in lines), default=0) + 2
    shown = []
    for label, group in groupby(lines, key=lambda line: line.label):
        for number, line in enumerate(group):
            head = f"{label}:" if number == 0 else ""
            first = indent + (screen.bold(head) if head else "") + " " * (width - len(head))
            places = [place for place in line.shown_by if place not in known]
            shown.append(screen.wrap(line_text(line.text, places, screen, url_of), first, indent + " " * width))
    return "\n".join(shown)


def _change_text(change: ToldChange, screen: Screen, url_of: UrlOf, *, repo: bool) -> str:
    number = f"{change.rank}. "
    pad = " " * len(number)
    parts = [screen.wrap(screen.inline(told(change, repo=repo, watch=False)), number, pad)]
    if change.url:
        parts.append(pad + _address(change.url, screen))
    spread = len(change.areas) > 1
    details = [line for line in change.lines if line.label in _DETAILS and (spread or line.label != TOUCHES)]
    return "\n".join(part for part in [*parts, lines_text(details, screen, url_of, pad, known=own_places(change))] if part)


def own_places(change: ToldChange) -> frozenset[Shows]:
    """The change's own commits, which its page shows."""
    return frozenset(Shows(change.repository, commit.sha) for commit in change.rated.story.commits)


def _commits(change: ToldChange) -> str:
    """Which commits it is made of."""
    shas = [commit.short for commit in change.rated.story.commits]
    rest = f" and {len(shas) - _COMMITS} more" if len(shas) > _COMMITS else ""
    return f"{change.repository}, {'commit' if len(shas) == 1 else 'commits'} {', '.join(shas[:_COMMITS])}{rest}"


def _address(url: str, screen: Screen) -> str:
    return screen.link(clean(url), url if screen.links else None)


def line_text(text: str, places: Iterable[Shows], screen: Screen, url_of: UrlOf) -> str:
    """A sentence of Markdown with the places that show it behind."""
    labels = [_place_text(place, screen, url_of) for place in places]
    return screen.inline(text) + (f" ({', '.join(labels)})" if labels else "")


def _place_text(place: Shows, screen: Screen, url_of: UrlOf) -> str:
    url = url_of(place)
    label = clean_line(place_label(place)).replace(" ", "\u00a0")
    return screen.link(label, url) if screen.links and url else label


def place_label(place: Shows) -> str:
    """What a link to a place is called: "refunds.sql 3", "commit 1a2b3c4"."""
    if not place.path:
        return f"commit {place.commit[:7]}"
    return f"{place.path} {place.line}" if place.line else place.path


def _footer(notices: Sequence[str], repositories: Iterable[RepoVersion], model: str | None, screen: Screen) -> str:
    told_notices = [screen.wrap(clean(notice), "Note: ", "      ") for notice in notices]
    states = [f"{item.name} @ {item.commit[:7] or '?'}, read {ago(item.indexed_at)}" for item in repositories]
    states += [f"worded by {model}"] if model else []
    return "\n".join([*told_notices, *([screen.wrap(clean(" · ".join(states)))] if states else [])])


def _plain(markdown: str) -> str:
    return clean(markdown).replace("`", "").replace("**", "")


def changes_json(report: ChangesReport, url_of: UrlOf) -> dict[str, Any]:
    """The machine form of the contract. Ranks go on from those told over `further` to the folded stories."""
    behind = len(report.changes) + len(report.further)
    return {
        "since": date_json(_earliest(report.spans)),
        "until": date_json(_latest(report.spans)),
        "period": report.period.label,
        "topic": report.topic,
        "places": list(report.places),
        "quiet": report.quiet,
        "changes": [change_json(change, url_of) for change in report.changes],
        "further": [_further_json(one, rank) for rank, one in enumerate(report.further[:_FURTHER], len(report.changes) + 1)],
        "folded": {
            "count": sum(report.folded.values()),
            "kinds": {fold.value: number for fold, number in report.folded.items()},
            "stories": [_further_json(one, rank) for rank, one in enumerate(report.aside[:_FURTHER], behind + 1)],
        },
        "spans": [_span_json(span) for span in report.spans],
        "notices": list(report.notices),
        "repositories": [_version_json(item) for item in report.repositories],
        "model": report.model,
        "took_ms": round(report.took_ms, 1),
    }


def card_json(card: ChangeCard, url_of: UrlOf) -> dict[str, Any]:
    """One change: what `changes --json` says of it, the lines of the card, and whom to ask."""
    return {
        "query": card.asked,
        **change_json(card.change, url_of),
        "card": [_line_json(line, url_of) for line in card.lines],
        "parts": [_further_json(one, rank) for rank, one in enumerate(card.parts, 1)],
        "ask": [owner_json(owner) for owner in card.ask],
        "span": _span_json(card.span) if card.span else None,
        "notices": list(card.notices),
        "repositories": [_version_json(item) for item in card.repositories],
        "model": card.model,
        "took_ms": round(card.took_ms, 1),
    }


def change_json(change: ToldChange, url_of: UrlOf) -> dict[str, Any]:
    rated, against = change.rated, change.against
    story, size = rated.story, rated.size
    return {
        "rank": change.rank,
        "repository": change.repository,
        "title": change.title,
        "summary": change.summary,
        "why": reason_words(change.why, story),
        "kind": rated.nature.value,
        "score": round(rated.score, 3),
        "reasons": list(rated.reasons),
        "surprises": list(change.surprises),
        "areas": list(change.areas),
        "authors": [person.name for person in rated.authors],
        "commits": [commit.sha for commit in story.commits],
        "pull_request": story.pull_request,
        "issues": list(story.issues),
        "files": size.all_files,
        "added": size.added,
        "deleted": size.deleted,
        "size": {
            "source_lines": size.source,
            "test_lines": size.tests,
            "docs_lines": size.docs,
            "usual": against.usual.usual if against.usual else None,
            "times_usual": round(against.usual.times, 2) if against.usual else None,
            "area": against.usual.area if against.usual else None,
        },
        "areas_usually": against.areas_usually,
        "flags": [_flag_json(flag, change.repository, url_of) for flag in change.flags],
        "missing": [
            {"usual": one.usual, "with": one.with_, "together": one.together, "of": one.of, "commits": list(one.latest)}
            for one in against.missing
        ],
        "lines": [_line_json(line, url_of) for line in change.lines],
        "url": change.url,
    }


def _flag_json(flag: Flag, repo: str, url_of: UrlOf) -> dict[str, Any]:
    places = [Shows(repo, place.commit, place.path, place.line) for place in flag.places]
    return {
        "kind": flag.kind.value,
        "subject": flag.subject,
        "before": flag.before,
        "after": flag.after,
        "detail": flag.detail,
        "evidence": [_place_json(place, url_of) for place in places],
    }


def _line_json(line: Line, url_of: UrlOf) -> dict[str, Any]:
    return {"label": line.label, "text": line.text, "evidence": [_place_json(place, url_of) for place in line.shown_by]}


def _place_json(place: Shows, url_of: UrlOf) -> dict[str, Any]:
    return {
        "repository": place.repository,
        "commit": place.commit,
        "path": place.path or None,
        "line": place.line or None,
        "url": url_of(place),
    }


def _further_json(one: Further, rank: int) -> dict[str, Any]:
    story = one.rated.story
    return {
        "rank": rank,
        "repository": one.repository,
        "title": title_of(one.rated),
        "score": round(one.rated.score, 3),
        "folded": one.rated.fold.value if one.rated.fold else None,
        "commits": [commit.sha for commit in story.commits],
        "pull_request": story.pull_request,
        "url": one.url,
    }


def _span_json(span: Span) -> dict[str, Any]:
    return {"repository": span.repository, "base": span.base or None, "head": span.head or None}


def _version_json(item: RepoVersion) -> dict[str, Any]:
    return {"name": item.name, "commit": item.commit, "indexed_at": date_json(item.indexed_at)}


def _earliest(spans: Sequence[Span]) -> Any:
    return min((span.since for span in spans if span.since), default=None)


def _latest(spans: Sequence[Span]) -> Any:
    return max((span.until for span in spans if span.until), default=None)
